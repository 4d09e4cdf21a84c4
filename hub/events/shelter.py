"""Shelter for one person: asked for, begun, ended. No event here has a place, a house or a day of the month.

What the houses have to offer is in no person's record: `capacity`.
"""

from pydantic import Field

from hub.events.base import Happened
from hub.events.codes import (
    Accommodation,
    AgeBand,
    ChildrenBand,
    DeclineReason,
    Destination,
    ReferralSource,
    Sex,
    ShelterOutcome,
    StayLength,
    VictimRole,
)


class InShelter(Happened):
    """Who asked for shelter, coarse. Her region would say where the shelter is, so there is none."""

    victim_role: VictimRole = "NR"
    sex: Sex = "NR"
    age_band: AgeBand = "NR"
    children_band: ChildrenBand = "NR"
    accommodation: Accommodation = "NR"
    source: ReferralSource = "NR"


class ShelterRequestRecorded(InShelter):
    """Shelter was asked for, and this came of it. A refusal is a fact as an admission is (Istanbul Convention 23)."""

    name = "shelter.requestrecorded"
    outcome: ShelterOutcome
    reason: DeclineReason = "NR"
    waited_days: int | None = Field(default=None, ge=0, le=999)


class ShelterStayStarted(InShelter):
    """A stay began."""

    name = "shelter.staystarted"


class ShelterStayEnded(Happened):
    """A stay ended: how long it was, and to what she left."""

    name = "shelter.stayended"
    accommodation: Accommodation = "NR"
    length: StayLength = "NR"
    destination: Destination = "NR"
