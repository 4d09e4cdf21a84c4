"""The log about itself: what was taken out of it, so that gone on purpose and gone otherwise are told apart."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Country, Event, OpaqueId
from hub.events.codes import PurgeReason

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class LogPurged(Event):
    """A country's records of which the hub learned nothing after a year were purged: their events' content is gone.

    Their leaves stay in the log's tree. `root` is the root (RFC 9162) of just these leaves, in the order of positions;
    `events` says how many there are, `first_position` and `last_position` between which. `approvals` are SHA-256 of
    those that the act was carried out on.
    """

    name = "log.purged"
    personal = False
    purge: OpaqueId
    country: Country
    until: int = Field(ge=1900, le=2999)
    reason: PurgeReason
    records: int = Field(ge=1)
    events: int = Field(ge=1)
    first_position: int = Field(ge=1)
    last_position: int = Field(ge=1)
    root: Sha256
    approvals: tuple[Sha256, ...] = Field(default=(), max_length=8)
