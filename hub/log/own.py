"""What the hub itself states: public facts of its own streams (releases), said once."""

import secrets
from datetime import UTC, datetime

from hub import __version__
from hub.errors import Stop
from hub.events.base import Event
from hub.events.wire import Header, StatedFact
from hub.log import deliveries
from hub.log import heads as heads_of
from hub.log.reconcile import Head, differences
from hub.log.recorders import LogStore
from hub.log.writer import Writer
from hub.vault.subjects import Vault

TENANT, COUNTRY, DATASET = "eu-hub", "EU", "hub"


def state(store: LogStore, vault: Vault, name: str, event: Event) -> bool:
    """Append a public event to the hub's stream of that name, unless it says just that. Whether it was new."""
    now = datetime.now(UTC)
    record = vault.record_hash(TENANT, name.encode())
    fact = StatedFact(event.topic(), "", event.model_dump_json(exclude_none=True).encode())
    with store.writing() as cursor:
        ordinal = deliveries.enter(cursor, _header(), now)
        if ordinal is None:
            raise Stop("two deliveries drew one random id")
        head = heads_of.load(cursor, [record]).get(record)
        changes, kept = differences(head.facts if head else (), [fact], b"", whole=True)
        if not changes:
            deliveries.leave(cursor, ordinal)
            return False
        writer = Writer(tenant=TENANT, country=COUNTRY, dataset=DATASET, month=f"{now:%Y-%m}")
        before = head or Head(f"{ordinal:016x}{1:016x}", 0, 0, None, ())
        heads_of.save(cursor, {record: writer.write(before, changes, kept, None)})
        store.append(cursor, writer.take())
    return True


def _header() -> Header:
    return Header(secrets.token_hex(16), TENANT, COUNTRY, DATASET, __version__, False, 1, 0, 0, ())
