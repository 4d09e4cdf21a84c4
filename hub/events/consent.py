"""What a person says about the use of her data, purpose by purpose: yes, no, and no longer.

Consent is one lawful basis among several: where a partner works by law, no answer at all is not a no.
"""

from hub.events.base import Happened
from hub.events.codes import ConsentAnswer, ConsentGiver, ConsentPurpose, ConsentRecipient, LawfulBasis


class ConsentRecorded(Happened):
    """A person, or who speaks for her, was asked about one purpose and said yes or no (GDPR art. 4(11), 7)."""

    name = "consent.recorded"
    purpose: ConsentPurpose
    recipient: ConsentRecipient = "ANY"
    answer: ConsentAnswer
    given_by: ConsentGiver = "NR"
    lawful_basis: LawfulBasis = "NR"


class ConsentWithdrawn(Happened):
    """From this day on it is no for this purpose. What was done before stays lawful (GDPR art. 7(3))."""

    name = "consent.withdrawn"
    purpose: ConsentPurpose
    recipient: ConsentRecipient = "ANY"
    given_by: ConsentGiver = "NR"
