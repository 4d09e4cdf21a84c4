"""A partner's files → the log: edge and receiver on one machine, side by side for a large file."""

import errno
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from hub.adapters import find
from hub.adapters.base import Problem
from hub.cli.beside import delivered, delivered_beside
from hub.cli.installation import Installation
from hub.cli.logs import log
from hub.cli.tasks import make_task, no_collector, told_of
from hub.edge.problems import Problems, language_of, told
from hub.errors import Reject, Retry, Stop
from hub.events.wire import COUNTS, ProvenReceipt
from hub.log.checkpoint import write_anchor
from hub.log.deliveries import known_receipt
from hub.log.quarantine import refusals, refuse
from hub.log.receive import receive
from hub.transport import files
from hub.transport.answering import MACHINES, Clock, answering

Echo = Callable[[str], None]
LATER = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""A disk without room may have some later."""
LARGE = 4_000_000
"""Bytes of a file from which on the edge gets a process of its own; starting one takes half a second."""


def ingest(
    hub: Installation,
    path: Path,
    adapter: str,
    *,
    partner: str | None = None,
    complete: bool,
    confirmed: bool = False,
    periods: tuple[str, ...] = (),
    link: str | None = None,
    agreement: Path | None = None,
    echo: Echo = lambda _line: None,
) -> dict[str, Any]:
    """One file, edge to log. The answer holds counts, the delivery's id, and every refused place with its rule.

    `adapter` is an adapter's name or a mapping file. Raises Reject when the file as a whole cannot be read by it.
    """
    drain(hub, echo)
    task = make_task(
        *(hub, path, adapter, partner),
        complete=complete,
        confirmed=confirmed,
        periods=periods,
        link=link,
        agreement=agreement,
    )
    with no_collector(), told_of(task):
        large = path.stat().st_size >= LARGE
        with (delivered_beside if large else delivered)(task, echo) as delivery:
            proven = receive(hub.receiver, delivery, echo=echo)
    acknowledge(hub, proven)
    logged(hub, proven)
    return _answered(hub, proven, language_of(find(adapter)))


def drain(hub: Installation, echo: Echo, clock: Clock = MACHINES) -> list[ProvenReceipt]:
    """Receive what waits in the inbox. One that cannot be applied is put aside and told.

    What a sender sees of it, a file that comes or goes, it sees when a step ends: see `answering`.
    """
    folder = hub.settings.deliveries_dir
    received = []
    waiting = files.pending(folder / "inbox")
    with answering(hub.settings.answer_every, waiting.values(), clock) as answer:
        for path in waiting:
            try:
                with files.opened(path) as delivery, no_collector():
                    proven = receive(hub.receiver, delivery, echo=echo)
            except FileNotFoundError:
                # Another receiver on this machine was faster: it took the file away after the log had it.
                received.append(known_receipt(hub.store, path.stem))
            except Reject as error:
                refuse(hub.store, path.stem, error.rule, date.today())
                answer(partial(files.put_aside, path, folder / "rejected"))
                echo(f"put aside: {error}")
                log("put aside")
            else:
                answer(partial(_answer, hub, proven, path))
                received.append(proven)
                logged(hub, proven)
    return received


def _answer(hub: Installation, proven: ProvenReceipt, path: Path) -> None:
    acknowledge(hub, proven)
    path.unlink(missing_ok=True)


def logged(hub: Installation, proven: ProvenReceipt) -> None:
    """What became of a delivery, by counts and rules, in the log of this process."""
    receipt = proven.receipt
    counts = {name: getattr(receipt, name) for name in COUNTS}
    rules = Counter(each.rule for each in refusals(hub.store, receipt.delivery))
    log("received", delivery=receipt.delivery, partner=receipt.partner, dataset=receipt.dataset, **counts, rules=rules)


def acknowledge(hub: Installation, proven: ProvenReceipt) -> Path:
    """The receipt for the partner, and the newest checkpoint outside of the log. A crash before asks for them again."""
    try:
        receipt = files.keep_receipt(proven, hub.settings.deliveries_dir / "receipts")
        write_anchor(hub.settings.anchor_path, proven.proof.checkpoint)
    except OSError as error:
        said = f"delivery {proven.receipt.delivery} is in the log, but not its receipt or checkpoint in their folder"
        kind = Retry if error.errno in LATER else Stop
        raise kind(f"{said} ({error.strerror}): the same again writes them") from None
    return receipt


def _answered(hub: Installation, proven: ProvenReceipt, language: str) -> dict[str, Any]:
    receipt, problems = proven.receipt, Problems()
    refused = refusals(hub.store, receipt.delivery)
    for refusal in refused:
        problems.add(refusal.position, None, [Problem(refusal.rule, refusal.place)])
    return {
        "delivery_id": receipt.delivery,
        "partner": receipt.partner,
        "dataset": receipt.dataset,
        "digest": receipt.digest,
        "received": receipt.received,
        "accepted": receipt.accepted,
        "unchanged": receipt.unchanged,
        "quarantined": receipt.quarantined,
        "unlinked": receipt.unlinked,
        "events": receipt.events,
        "position": receipt.position,
        "refusals": [
            {"position": refusal.position, "rule": refusal.rule, "place": refusal.place} for refusal in refused
        ],
        "language": language,
        "problems": [told(line) for line in problems.lines(language)],
    }
