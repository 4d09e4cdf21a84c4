"""What the topics are called, and what travels on them. A partner has two of its own, so that a broker's rules can keep
partners apart: on one it alone writes, on the other it alone reads."""

import re
from collections.abc import Sequence

from hub.errors import Stop

DELIVERIES, RECEIPTS = "vs.deliveries.", "vs.receipts."
DEAD_LETTERS = "vs.deadletters"
PUBLIC = "vs.public"
FRAME, LAST_FRAME = "vs.delivery.frame.v1", "vs.delivery.lastframe.v1"
RECEIPT, REFUSED, WANTED = "vs.delivery.received.v1", "vs.delivery.refused.v1", "vs.delivery.wanted.v1"
DEAD_LETTER = "vs.delivery.deadlettered.v1"
SEQUENCE = "sequence"
"""The extension attribute with a frame's number, from 0 (CloudEvents' documented extension of that name)."""
HUB = "/hub"
"""The source of what the hub says."""
_PARTNER = re.compile(r"vs\.deliveries\.([a-z]{2}-[a-z0-9-]{1,37})")


def deliveries(partner: str) -> str:
    """On which a partner's deliveries come."""
    return f"{DELIVERIES}{partner}"


def receipts(partner: str) -> str:
    """On which it gets its answers."""
    return f"{RECEIPTS}{partner}"


def of_partners(partners: Sequence[str]) -> list[str]:
    """All topics that these partners and their hub need. Raises Stop for a name that is no partner's."""
    if any(partner_of(deliveries(each)) is None for each in partners):
        raise Stop("a partner is named as pt-apav: two letters of its country, then its own")
    return [*map(deliveries, partners), *map(receipts, partners), DEAD_LETTERS, PUBLIC]


def pattern(only: str) -> str:
    """The topics of the deliveries of all partners whose names begin so."""
    return f"^{re.escape(DELIVERIES + only)}.*"


def group(only: str) -> str:
    """The consumer group of the receivers that share these topics."""
    return f"vs.hub.{only}" if only else "vs.hub"


def partner_of(topic: str) -> str | None:
    """Whose deliveries come on a topic; None for one of another name."""
    found = _PARTNER.fullmatch(topic)
    return found[1] if found else None


def source_of(partner: str) -> str:
    """The source of what a partner sends."""
    return f"/partners/{partner}"
