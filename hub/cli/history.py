"""`hub history` and `hub deliveries`: what was said about one record, and what became of each delivery."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from hub.adapters.fhir_export import SENT, referral_bundle
from hub.adapters.names import JOINT
from hub.cli.answer import answer, table
from hub.cli.installation import Installation
from hub.edge.rows import record_kind
from hub.errors import Reject, Stop
from hub.events.kinds import KINDS
from hub.events.wire import COUNTS
from hub.log.deliveries import receipts
from hub.log.tables import deliveries as ledger
from hub.projections import history
from hub.projections.history import Noted, Said
from hub.transport import files

Row = dict[str, Any]


def of_record(
    hub: Installation, cells: list[str], partner: str, dataset: str, kind: str | None, *, until: int | None
) -> Row:
    """What was said about a record, opened. `cells` are the partner's own key: they are turned into a token here, and
    go no further. Raises Reject where the hub knows no such record."""
    with hub.store.reading() as connection:
        delivered = sa.select(ledger.c.country).where(ledger.c.partner == partner).limit(1)
        country = connection.scalar(delivered)
    if country is None:  # before its key is asked for: nobody's key is made by asking
        raise Reject("that partner has delivered nothing")
    tokens, key = hub.tokens(partner, country), JOINT.join(cells)
    found = {}
    for each in (kind,) if kind else KINDS:
        (token,) = tokens.records(record_kind(dataset, each), [key])
        stream = history.stream_of(hub.store, hub.vault, partner, dataset, token)
        if stream is not None:
            found[each] = stream
    if not found:
        raise Reject(
            "no record of that key in that dataset: name the adapter as dataset, and the key as the file has it"
        )
    if len(found) > 1:
        raise Reject(f"several kinds of record have that key: name one of --kind {', '.join(found)}")
    ((kind, stream),) = found.items()
    said = history.said(hub.store, hub.vault, stream, until=until)
    return {"kind": kind, "stream": stream, "events": [_said(each) for each in said]}


def as_fhir(result: Row) -> Row:
    """A referral as its history leaves it: a FHIR bundle that names nobody. Raises Reject for other records."""
    facts: dict[tuple[str, str], dict[str, Any]] = {}
    for event in result["events"]:
        if not event["readable"]:
            raise Reject("the key of the person it is about was destroyed: nothing of it can be told")
        if event["retracts"]:
            facts.pop(_place(result["events"][event["retracts"] - 1]), None)
        else:
            facts.setdefault(_place(event), {}).update({name: now for name, (_, now) in event["changed"].items()})
    stated = {
        event: {name: value for name, value in said.items() if value is not None} for (event, _), said in facts.items()
    }
    if SENT not in stated:
        raise Reject("only a referral that was sent, and stands, is told as FHIR")
    return referral_bundle(result["stream"], stated)


def _place(event: Mapping[str, Any]) -> tuple[str, str]:
    """Which fact an event is about: `vs.referral.sent.v1` is about `referral.sent`."""
    return event["type"][3 : event["type"].rindex(".v")], event["part"]


def of_stream(hub: Installation, stream: str, *, until: int | None) -> Row:
    """The events of a stream by what stands in clear; nothing is opened."""
    events = history.noted(hub.store, stream, until=until)
    if not events:
        raise Stop("no such stream" if until is None else "no such stream at that position")
    return {"stream": stream, "events": [_noted(each) for each in events]}


def deliveries(hub: Installation) -> list[Row]:
    """Every delivery: those applied, oldest first, with what became of their rows; then what waits or was put aside."""
    with hub.store.reading() as connection:
        complete = {row.delivery: row.complete for row in connection.execute(sa.select(ledger))}
    rows = [
        {
            "delivery": (receipt := proven.receipt).delivery,
            "state": "applied",
            "partner": receipt.partner,
            "dataset": receipt.dataset,
            "complete": complete[receipt.delivery],
            **{name: getattr(receipt, name) for name in COUNTS},
            "position": receipt.position,
            "at": at,
        }
        for at, proven in receipts(hub.store)
    ]
    nothing = dict.fromkeys(("partner", "dataset", "complete", *COUNTS, "position", "at"))
    for state, folder in (("waiting", "inbox"), ("put aside", "rejected")):
        waiting = files.pending(hub.settings.deliveries_dir / folder)
        rows += [{"delivery": path.stem, "state": state, **nothing} for path in waiting]
    return rows


def show(result: Row, as_json: bool) -> None:
    """A history, for programs or for people."""
    if as_json:
        answer(result, as_json)
        return
    opened = "kind" in result
    heads = ["position", "version", "month", "type", *(["part", "said"] if opened else [])]
    events = [{**event, "said": in_words(event)} if opened else event for event in result["events"]]
    answer({name: said for name, said in result.items() if name != "events"}, as_json)
    table(heads, [tuple(event[name] for name in heads) for event in events])


def in_words(event: Mapping[str, Any]) -> str:
    """An event's change as one line for people."""
    if not event.get("readable", True):
        return "purged" if event["type"].startswith("purged.") else "under a key that was destroyed"
    if event["retracts"]:
        return f"retracts {event['retracts']} ({event['reason']})"
    first = not event["corrects"]
    told = ", ".join(
        f"{field} {_code(now)}" if first else f"{field} {_code(before)} → {_code(now)}"
        for field, (before, now) in event["changed"].items()
    )
    return told if first else f"corrects {event['corrects']} ({event['reason']}): {told}"


def _noted(event: Noted) -> Row:
    return {"position": event.position, "version": event.version, "type": event.type, "month": event.known_month}


def _said(event: Said) -> Row:
    return {**_noted(event.noted), **{name: getattr(event, name) for name in Said._fields if name != "noted"}}


def _code(value: object) -> str:
    if isinstance(value, list | tuple):
        return "+".join(map(str, value)) or "none"
    return "-" if value is None else str(value)
