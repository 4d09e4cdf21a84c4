"""By what right a partner's data are here: the sharing agreements that the hub knows, as public facts."""

from datetime import date
from typing import Annotated

from pydantic import Field

from hub.events.base import Code, Event, PartnerId
from hub.events.codes import ConsentPurpose, ConsentRecipient, LawfulBasis


class AgreementRecorded(Event):
    """A version of a sharing agreement that its parties approved (GDPR art. 26, 28(3)). `digest`: what they approved.

    `valid_from` to `valid_until`, both included, are the days on which things happened that it covers.
    """

    name = "agreement.recorded"
    personal = False
    partner: PartnerId
    dataset: Code
    agreement_version: int = Field(ge=1, le=9999)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    purposes: Annotated[tuple[ConsentPurpose, ...], Field(max_length=4)]
    recipients: Annotated[tuple[ConsentRecipient, ...], Field(max_length=15)]
    lawful_basis: Annotated[tuple[LawfulBasis, ...], Field(max_length=17)]
    retention_months: int = Field(ge=1, le=1200)
    valid_from: date
    valid_until: date
