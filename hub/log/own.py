"""What the hub itself states: public facts of its own streams (releases), said once."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa

from hub import __version__
from hub.errors import Stop
from hub.events.base import Event
from hub.events.facts import StatedFact, coded, join
from hub.events.wire import HUB_DATASET, HUB_TENANT, Header
from hub.log import deliveries
from hub.log.appending import Appending
from hub.log.applying import Applying
from hub.log.behind import behind
from hub.log.receive import Receiver

TENANT, COUNTRY, DATASET = HUB_TENANT, "EU", HUB_DATASET


def state(hub: Receiver, name: str, event: Event) -> bool:
    """Append a public event to the hub's stream of that name, unless it says just that. Whether it was new."""
    with hub.store.writing() as connection:
        return state_within(hub, connection, name, event)


def state_within(hub: Receiver, connection: sa.Connection, name: str, event: Event) -> bool:
    """The same, within a transaction that writes."""
    now = datetime.now(UTC)
    header = Header(secrets.token_hex(16), TENANT, COUNTRY, DATASET, __version__, False)
    fact = StatedFact(event.topic(), "", join(coded(event).values))
    with behind() as writing:
        ordinal = deliveries.enter(connection, header, now)
        if ordinal is None:
            raise Stop("two deliveries drew one random id")
        appending = Appending(hub.store, connection, hub.signer, hub.anchor)
        applying = Applying(appending, hub.vault, header, ordinal, f"{now:%Y-%m}", writing)
        new = applying.state(hub.vault.record_hash(TENANT, DATASET, name.encode()), fact, 0)
        if not new:
            deliveries.leave(connection, ordinal)
        appending.close()
    return new
