"""Persons of the test table, asked for and forgotten, and what the installation still says of them."""

import shutil
from pathlib import Path

import msgspec

from hub.adapters import find
from hub.adapters.mapping import MappingAdapter
from hub.cli.installation import Installation
from hub.cli.sender import sender_of
from hub.edge.erase import erasure, tokens_of
from hub.events.wire import Delivery, ProvenReceipt
from hub.log.receive import receive
from hub.projections.opening import Opener
from tests.pipe import Pipe, write_mapping

REASON = "CONSENT_WITHDRAWN"


def request(pipe: Pipe, names: list[str], *, by_record: bool = False, confirmed: bool = False) -> Delivery:
    """The partner's request."""
    adapter = find(str(write_mapping(pipe.folder)))
    if not isinstance(adapter, MappingAdapter):
        raise TypeError("a mapping")
    sender = sender_of(adapter, None, pipe.folder)
    tokens, readers = pipe.hub.tokens(*sender), pipe.hub.readers(sender.partner)
    named, _ = tokens_of(adapter, names, tokens, by_record=by_record)
    return erasure(sender, named, readers, reason=REASON, confirmed=confirmed, epochs=tokens.epochs)


def forget(pipe: Pipe, names: list[str], *, by_record: bool = False, confirmed: bool = False) -> ProvenReceipt:
    """Ask, and carry it out."""
    return receive(pipe.hub.receiver, request(pipe, names, by_record=by_record, confirmed=confirmed))


def readable(hub: Installation) -> dict[str, set[str]]:
    """The persons of whom something can be read in the log: subject → the streams of their records."""
    opener, end = Opener(hub.vault), hub.store.position()
    found: dict[str, set[str]] = {}
    if not end:
        return found
    for columns in opener.page(0, hub.store.read(0, end, end)).columns.values():
        for stream, inside in zip(columns.stream, columns.inside, strict=True):
            if subject := msgspec.json.decode(inside).get("subject"):
                found.setdefault(subject, set()).add(stream)
    return found


def put_back(home: Path, backup: Path, name: str) -> None:
    """One of an installation's stores, with the files beside it, as it was in a backup."""
    for left in home.glob(f"{name}*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()
    for kept in backup.glob(f"{name}*"):
        if kept.is_dir():
            shutil.copytree(kept, home / kept.name)
        else:
            shutil.copyfile(kept, home / kept.name)
