"""A contact between a victim and a service: one call, one visit, one chat."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Happened
from hub.events.codes import Channel, ContactResult, DurationBand, ReferralSource, Service
from hub.events.victim import AboutVictim


class ContactAttempted(Happened):
    """A service tried to reach the person."""

    name = "contact.attempted"
    channel: Channel = "NR"
    attempt: int | None = Field(default=None, ge=1, le=99)
    result: ContactResult = "NR"


class ContactHeld(AboutVictim):
    """A service and a person spoke. The counting unit is the contact, never the person."""

    name = "contact.held"
    channel: Channel = "NR"
    source: ReferralSource = "NR"
    services: Annotated[tuple[Service, ...], Field(max_length=31)] = ()
    duration_band: DurationBand = "NR"
