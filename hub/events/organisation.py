"""What an organisation says of itself, by a questionnaire."""

from datetime import date

from pydantic import Field

from hub.events.base import Code, Event
from hub.events.codes import OrganisationKind


class OrganisationSelfAssessed(Event):
    """One dimension of a self-assessment (2Gether4Victims' OSA and others); `part` is its code. Levels are 0 to 5.

    OSA has 0 to 4; a scale of another length is another instrument, and is not compared.
    """

    name = "organisation.selfassessed"
    personal = False
    organisation: Code
    organisation_kind: OrganisationKind = "NR"
    programme: Code | None = None
    instrument: Code
    instrument_version: Code
    dimension: Code
    score: int = Field(ge=0, le=5)
    assessed_on: date
    evidence: Code | None = None
