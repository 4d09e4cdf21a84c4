"""What was said about one record over time: its stream, opened for this one look and kept nowhere."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from hub.events import NEWEST
from hub.events.record import RecordRetracted
from hub.log.heads import streams_of
from hub.log.sealed import split
from hub.log.store import LogStore
from hub.projections.opening import Opener
from hub.vault.subjects import Vault

RETRACTED = RecordRetracted.name


class Noted(NamedTuple):
    """An event of a stream, as everybody with the log may read it. Of a purged one, `purged.` and the position of the
    statement that says so."""

    position: int
    version: int
    type: str
    known_month: str


class Said(NamedTuple):
    """The same, opened. `readable` is False where the person's key was destroyed or the event purged: it says nothing.

    `corrects` and `retracts` are versions of the same stream. `changed`: field → (before, now), None where it was or is
    not stated; for a first statement, all that it states.
    """

    noted: Noted
    readable: bool
    part: str
    corrects: int | None
    retracts: int | None
    reason: str | None
    changed: Mapping[str, tuple[Any, Any]]


def stream_of(store: LogStore, vault: Vault, partner: str, dataset: str, token: bytes) -> str | None:
    """The stream of the record behind a partner's token, as events name it; None where the hub never heard of it."""
    record = vault.record_hash(partner, dataset, token)
    with store.reading() as connection:
        stream = streams_of(connection, [record]).get(record)
    return None if stream is None else f"{stream:032x}"


def noted(store: LogStore, stream: str, *, until: int | None = None) -> list[Noted]:
    """A stream's events, in order, without opening one. `until`: as known at that position."""
    return [
        Noted(position, version, topic, split(state)[0].month if state else "")
        for position, _, version, topic, state in store.stream(stream, until)
    ]


def said(store: LogStore, vault: Vault, stream: str, *, until: int | None = None) -> Iterator[Said]:
    """A stream's events, in order and opened, each with what it changed."""
    opener = Opener(vault)
    versions: dict[str, int] = {}
    stated: dict[tuple[str, str], dict[str, Any]] = {}
    for row in store.stream(stream, until):
        position, _, version, topic, state = row
        if not state:
            yield Said(Noted(position, version, topic, ""), False, "", None, None, None, {})
            continue
        header, _, _ = split(state)
        event = Noted(position, version, topic, header.month)
        versions[header.id] = version
        page = opener.page(position - 1, [row])
        if not page.columns:
            yield Said(event, False, "", None, None, None, {})
            continue
        ((name, columns),) = page.columns.items()
        inside = msgspec.json.decode(columns.inside[0])
        data, part, reason = inside["data"], inside.get("part", ""), inside.get("reason")
        if name == RETRACTED:
            stated.pop((data["fact"], data.get("part", "")), None)
            yield Said(event, True, data.get("part", ""), None, versions.get(data["retracts"]), data["reason"], {})
            continue
        changed = _changed(name, stated.get((name, part)), data)
        stated[name, part] = data
        yield Said(event, True, part, versions.get(inside.get("corrects", "")), None, reason, changed)


def _changed(name: str, before: dict[str, Any] | None, now: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """A first statement: what it states. A later one: what is another value than before, the defaults counted in."""
    if before is None:
        return {field: (None, value) for field, value in now.items()}
    defaults = {field: info.default for field, info in NEWEST[name].model_fields.items() if not info.is_required()}
    then, since = defaults | before, defaults | now
    return {f: (then.get(f), since.get(f)) for f in since | then if then.get(f) != since.get(f)}
