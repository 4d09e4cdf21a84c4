"""A referral's life: the states of FHIR Task, BSeR and Primero, one event each, as the partner saw them."""

from typing import Literal

from pydantic import Field

from hub.events.base import Happened
from hub.events.codes import (
    DeclinedBy,
    DeclineReason,
    ReferralMode,
    ReferralSource,
    Sector,
    SectorAnswer,
    ServiceTier,
)
from hub.events.victim import AboutVictim


class ReferralSent(AboutVictim):
    """A victim was referred to a support service. The cohort date of every referral indicator."""

    name = "referral.sent"
    direction: Literal["IN", "OUT"]
    source: ReferralSource = "NR"
    mode: ReferralMode = "NR"
    from_tier: ServiceTier = "NR"
    to_tier: ServiceTier = "NR"
    priority: Literal["ROUTINE", "URGENT", "NR"] = "NR"
    response_wished_hours: int | None = Field(default=None, ge=0, le=8784)


class ReferralReceived(Happened):
    """The receiving service has it, technically."""

    name = "referral.received"


class ReferralAccepted(Happened):
    """The receiving service takes the referral."""

    name = "referral.accepted"


class ReferralDeclined(Happened):
    """The receiving service, or the victim, says no.

    A service's reasons are a rights indicator (Istanbul Convention 4(3)); a victim needs none, and then it is `NA`.
    """

    name = "referral.declined"
    version = 2
    declined_by: DeclinedBy = "NR"
    reason: DeclineReason = "NR"


class ReferralWaitlisted(Happened):
    """No capacity now."""

    name = "referral.waitlisted"


class ReferralScheduled(Happened):
    """An appointment was set for `occurred_on`."""

    name = "referral.scheduled"


class ReferralNoShow(Happened):
    """The victim did not come to the appointment."""

    name = "referral.noshow"


class ReferralEngaged(Happened):
    """The first real service contact was held: the loop is closed."""

    name = "referral.engaged"


class ReferralCancelled(Happened):
    """Withdrawn before it was fulfilled."""

    name = "referral.cancelled"


class ReferralCompleted(Happened):
    """The sender was told the outcome."""

    name = "referral.completed"


class ReferralFailed(Happened):
    """The person could not be reached."""

    name = "referral.failed"


class ReferralSectorAnswered(Happened):
    """Whether a victim was referred to one sector, and if not, why not (GBVIMS). `part` is the sector's code.

    A sector that has nothing to offer is counted too: rights that cannot be used are seen by it.
    """

    name = "referral.sectoranswered"
    sector: Sector
    answer: SectorAnswer
