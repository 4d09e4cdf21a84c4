"""A case: the time in which a service accompanies one person."""

from typing import Literal

from hub.events.base import Happened
from hub.events.codes import Closure, ReferralSource, ServiceTier
from hub.events.victim import AboutVictim


class CaseOpened(AboutVictim):
    """A service took a person on."""

    name = "case.opened"
    entry_source: ReferralSource = "NR"
    tier: ServiceTier = "NR"


class CaseClosed(Happened):
    """The support ended."""

    name = "case.closed"
    reason: Closure = "NR"
    needs_met: Literal["Y", "PARTLY", "N", "U", "NR"] = "NR"


class CaseReopened(Happened):
    """The person came back on the same matter."""

    name = "case.reopened"
