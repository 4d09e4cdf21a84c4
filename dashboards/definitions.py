"""What each number means, once: the pages compute by it and print it, and so does the download."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.words import marked as _

SMALLEST_BASE = 20
"""A share of fewer than this is hidden: one rounding step would move it by several points."""


@dataclass(frozen=True)
class Definition:
    """A number that a page shows. A count sums a cube; a share has a numerator per outcome level."""

    code: str
    cube: str
    title: str
    meaning: str
    numerator: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Outcome level → outcome codes that count. A level that is absent cannot answer."""
    left_out: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Outcome level → outcome codes that are not part of the base."""

    @property
    def is_share(self) -> bool:
        """Whether this is a part of a whole."""
        return bool(self.numerator)

    def differs_at(self, level: int) -> bool:
        """Whether the base at this level holds outcomes that the definition leaves out but the level cannot tell."""
        return self.is_share and self.left_out.get(level) != self.left_out.get(0)


REFERRALS = Definition(
    "referrals",
    "referrals",
    _("Referrals"),
    _("Referrals sent in the quarter, from one organisation to another. One person can be referred more than once."),
)
ACCEPTED = Definition(
    "share_accepted",
    "referrals",
    _("Accepted by a service"),
    _(
        "Referrals that a service accepted, whether or not support then began, as a share of all referrals sent in the "
        "quarter except cancelled ones (≠: with the cancelled ones, where a country publishes outcomes only for wider "
        "groups). Referrals that still wait for an answer count as not accepted."
    ),
    numerator={0: frozenset({"ENGAGED_30D", "ENGAGED_LATER", "ACCEPTED"}), 1: frozenset({"ENGAGED", "ACCEPTED"})},
    left_out={0: frozenset({"CANCELLED"}), 1: frozenset()},
)
ENGAGED = Definition(
    "share_engaged_30d",
    "referrals",
    _("Support began within 30 days"),
    _(
        "Referrals after which support began at most 30 days after the referral was sent, as a share of all referrals "
        "sent in the quarter except cancelled ones."
    ),
    numerator={0: frozenset({"ENGAGED_30D"})},
    left_out={0: frozenset({"CANCELLED"})},
)
CONTACTS = Definition(
    "contacts",
    "contacts",
    _("Contacts held"),
    _(
        "Contacts that took place in the quarter: calls, meetings, messages. One person can have many contacts. "
        "Contacts and referrals are different things and are never added together."
    ),
)
ALL = (REFERRALS, ACCEPTED, ENGAGED, CONTACTS)
