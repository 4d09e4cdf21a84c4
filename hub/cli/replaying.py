"""The partner's side of the quarantine: open refused rows with its own key, and deliver those that pass after a fix."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Set
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from hub.adapters import find
from hub.adapters.agreement import enforce, load_agreement
from hub.adapters.base import Adapter, Problem, Record, Rejected
from hub.cli.ingest import acknowledge
from hub.cli.installation import Installation
from hub.cli.marked import write_marked
from hub.cli.sender import sender_of
from hub.cli.tasks import beside
from hub.edge.epochs import source
from hub.edge.kept import Kept, open_rows
from hub.edge.problems import Problems, language_of, told
from hub.edge.replay import Passed, again, as_record, replay
from hub.errors import Reject, Stop
from hub.events.wire import COUNTS, Refusal
from hub.log import deliveries, quarantine
from hub.log.receive import receive
from hub.transport import files

Echo = Callable[[str], None]


def replay_all(
    hub: Installation, adapter: str, partner: str | None, rules: Set[str], chosen: Set[str], to: Path | None, echo: Echo
) -> dict[str, Any]:
    """Every refused row of the adapter's dataset that waits, by delivery, the newest first; or some of them.

    `rules`: rows that broke one of them; `chosen`: of these deliveries. `to`: only leave sealed deliveries there.
    """
    found = find(adapter)
    sender = sender_of(found, partner)
    if agreed := beside(adapter):
        enforce(load_agreement(agreed), found, sender.partner, date.today())
    problems, done = Problems(), list[dict[str, Any]]()
    left = 0
    for delivery in _waiting(hub, found.name, sender.partner, chosen):
        records, others = _chosen(hub, found, delivery, sender.partner, rules)
        left += others
        tokens = source(hub.token_keys(sender.partner), partner=sender.partner, country=sender.country)
        passed = replay(
            *(found, records, sender, delivery, problems.take),
            tokens=tokens,
            readers=hub.readers(sender.partner),
            echo=echo,
        )
        if passed:
            done.append(_sent(hub, delivery, passed, to, echo))
    return {
        "replayed": sum(each["rows"] for each in done),
        "refused_again": problems.refused,
        "not_by_mapping": left,
        "deliveries": done,
        "language": language_of(found),
        "problems": [told(line) for line in problems.lines(language_of(found))],
    }


def open_delivery(hub: Installation, delivery: str, to: Path, language: str) -> int:
    """A delivery's refused rows as a workbook, each broken cell marked; how many there are. At the partner only."""
    partner = deliveries.known_receipt(hub.store, delivery).receipt.partner
    rows, broken = _opened(hub, delivery, partner), _broken(hub, delivery)
    problems = Problems()

    def check(record: Record) -> None:
        if found := broken.get(record.position):
            raise Rejected.all_of([(each.rule, each.place) for each in found])

    for row in rows:
        problems.take(*row[:2], [Problem(each.rule, each.place) for each in broken.get(row.position, ())])
    records = (as_record(row, _rules(broken, row)) for row in rows)
    write_marked(to, problems.lines(language), records, check, frozenset(), language)
    return len(rows)


def _waiting(hub: Installation, dataset: str, partner: str, chosen: Set[str]) -> list[str]:
    """Deliveries with rows that wait, the newest first: what came last of a record is what it says."""
    waits = [each for each in quarantine.waiting(hub.store) if (each.partner, each.dataset) == (partner, dataset)]
    names = list(dict.fromkeys(each.delivery for each in waits))
    if unknown := sorted(chosen - {*names}):
        raise Reject(f"{unknown[0]}: no row of such a delivery of {partner} and {dataset} waits")
    return [name for name in names if not chosen or name in chosen]


def _chosen(
    hub: Installation, adapter: Adapter, delivery: str, partner: str, rules: Set[str]
) -> tuple[list[Record], int]:
    """The rows to try, as records of the adapter, and how many others only the file itself can mend."""
    broken, passed = _broken(hub, delivery), quarantine.passed(hub.store, delivery)
    records, others = [], 0
    for row in _opened(hub, delivery, partner):
        of_row = _rules(broken, row)
        if row.position in passed or (rules and not of_row & rules):
            continue
        record = again(adapter, row, of_row)
        if record is None:
            others += 1
        else:
            records.append(record)
    return records, others


def _rules(broken: dict[str, list[Refusal]], row: Kept) -> frozenset[str]:
    return frozenset(each.rule for each in broken.get(row.position, ()))


def _opened(hub: Installation, delivery: str, partner: str) -> list[Kept]:
    sealed = quarantine.sealed_rows(hub.store, delivery)
    if sealed is None:
        raise Reject(f"{delivery} has no refused rows any more")
    try:
        return open_rows(sealed, hub.secrets(f"edge/{partner}/quarantine"), delivery)
    except InvalidTag:
        raise Stop(f"the refused rows of {delivery} do not open with the key of {partner}") from None


def _broken(hub: Installation, delivery: str) -> dict[str, list[Refusal]]:
    broken: dict[str, list[Refusal]] = defaultdict(list)
    for each in quarantine.refusals(hub.store, delivery):
        broken[each.position].append(each)
    return broken


def _sent(hub: Installation, of: str, passed: Passed, to: Path | None, echo: Echo) -> dict[str, Any]:
    """Into a folder; or into the log at once."""
    about = {"delivery_id": passed.delivery.header.delivery, "replays": of, "rows": len(passed.positions)}
    if to is not None:
        return {**about, "delivery": str(files.send(passed.delivery, to))}
    proven = receive(hub.receiver, passed.delivery, echo=echo)
    acknowledge(hub, proven)
    return {**about, **{name: getattr(proven.receipt, name) for name in COUNTS}}


def put_aside(hub: Installation) -> list[dict[str, Any]]:
    """Deliveries that the hub refused as a whole: their names, why, and by which version of the hub."""
    why = quarantine.refused(hub.store)
    waits: Iterable[Path] = files.pending(hub.settings.deliveries_dir / "rejected")
    return [
        {"delivery": path.stem, "rule": why[path.stem].rule, "version": why[path.stem].version}
        if path.stem in why
        else {"delivery": path.stem, "rule": "", "version": ""}
        for path in waits
    ]


def back(hub: Installation, delivery: str) -> None:
    """Put a delivery that was put aside back into the inbox: the next `hub receive` takes it, or refuses it again."""
    folder = hub.settings.deliveries_dir
    path = next((each for each in files.pending(folder / "rejected") if each.stem == delivery), None)
    if path is None:
        raise Reject("no delivery of that name was put aside")
    files.put_aside(path, folder / "inbox")
