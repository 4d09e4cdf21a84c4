"""What a partner may say about the victim and the violence behind a record: codes only, coarse only."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Happened, Region
from hub.events.codes import (
    AgeBand,
    NationalityGroup,
    Offence,
    Relationship,
    Sex,
    VictimRole,
    ViolenceForm,
    YesNo,
)


class AboutVictim(Happened):
    """Shared fields of events about one victim.

    `relationship` is the offender as the victim sees them (UNODC VOR); contexts such as intimate partner violence are
    derived from it in the warehouse, never picked (as GBVIMS does with case contexts).
    """

    victim_role: VictimRole = "NR"
    sex: Sex = "NR"
    age_band: AgeBand = "NR"
    nationality_group: NationalityGroup = "NR"
    region: Region | None = None
    offence: Offence = "NR"
    violence_forms: Annotated[tuple[ViolenceForm, ...], Field(max_length=10)] = ()
    relationship: Relationship = "NR"
    cohabiting: YesNo = "NR"
