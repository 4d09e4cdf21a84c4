"""A sharing agreement's own shape: what the parties write in it. Its JSON Schema is published in `schemas/`."""

import hashlib
import json
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from hub.adapters.plain_values import parse_date, parse_integer
from hub.adapters.strict import Part
from hub.events.base import Code, PartnerId
from hub.events.codes import ConsentPurpose, ConsentRecipient, LawfulBasis


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError:
        raise ValueError("a day is written 2025-07-31") from None


def _number(text: str) -> int:
    try:
        return parse_integer(text)
    except ValueError:
        raise ValueError("an integer is needed") from None


Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[int, BeforeValidator(_number)]


class Party(Part):
    """Who takes part, and as what (GDPR art. 4(7), 4(8), 26)."""

    party: PartnerId
    role: Literal["CONTROLLER", "JOINT_CONTROLLER", "PROCESSOR"]


class Approval(Part):
    """That a party agreed: by which office, on which day, to what. `digest` is what `hub agreements check` prints."""

    party: PartnerId
    role: Code
    on: Day
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")


class Agreement(Part):
    """A sharing agreement. See `docs/agreements.md`."""

    agreement: Literal["1"]
    version: Annotated[Number, Field(ge=1, le=9999)]
    partner: PartnerId
    dataset: Code
    parties: list[Party] = Field(min_length=2)
    purposes: list[ConsentPurpose] = Field(min_length=1)
    lawful_basis: list[LawfulBasis] = Field(min_length=1)
    recipients: list[ConsentRecipient] = Field(min_length=1)
    events: dict[str, list[str]] = Field(min_length=1)
    retention_months: Annotated[Number, Field(ge=1, le=1200)]
    valid_from: Day
    valid_until: Day
    approvals: list[Approval] = Field(default_factory=list)

    def digest(self) -> str:
        """SHA-256, in hex, of all that the parties approve: everything but the approvals, in canonical JSON.

        Order of keys, spaces and comments mean nothing; any change of content gives another digest.
        """
        said = self.model_dump(mode="json", exclude={"approvals"})
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def agreement_schema() -> dict[str, str]:
    """The file's JSON Schema, by its path below `schemas/`."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "vs.agreement.v1"}
    text = json.dumps({**head, **Agreement.model_json_schema()}, indent=2, ensure_ascii=False)
    return {"agreements/agreement.v1.json": text + "\n"}
