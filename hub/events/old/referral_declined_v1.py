"""`referral.declined` until release 0.1: who said no stood among the reasons."""

from typing import Literal

from hub.events.base import Happened


class ReferralDeclinedV1(Happened):
    """The receiving service, or the victim, says no. The reasons are a rights indicator (Istanbul Convention 4(3))."""

    name = "referral.declined"
    version = 1
    reason: Literal[
        "NO_CAPACITY", "OUT_OF_AREA", "NOT_ELIGIBLE", "LANGUAGE", "RESIDENCE_STATUS", "SAFETY", "CHILDREN_NOT_ADMITTED",
        "DISABILITY_ACCESS", "SUBSTANCE_MH_EXCLUSION", "DUPLICATE", "WRONG_SERVICE", "CLIENT_WITHDREW", "OTHER",
        "U", "NR",
    ] = "NR"  # fmt: skip
