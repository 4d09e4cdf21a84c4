"""What was done to a victim, as she told it: the act in codes, and of who did it only what the law asks for."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hub.events.codes import (
    DelayBand,
    Frequency,
    GbvimsType,
    OffenceCountry,
    OffenceDuration,
    OffenceTag,
    PerpetratorAgeBand,
    Perpetrators,
    PlaceType,
    ReportedElsewhere,
    Sex,
    ViolenceForm,
    YesNo,
)
from hub.events.victim import AboutVictim


class OffenceDisclosed(AboutVictim):
    """A victim told of an offence. `occurred_on` is when she told, `incident_on` when it happened or began.

    One record an offence: several of one victim are several facts. Contexts (partner violence, child sexual abuse,
    femicide) are derived from the act, the relationship, the age and the tags, as GBVIMS does, and stand in no event.
    """

    name = "offence.disclosed"
    sealed_bytes = 1024
    tags: Annotated[tuple[OffenceTag, ...], Field(max_length=9)] = ()
    primary_form: ViolenceForm | Literal["NR"] = "NR"
    gbvims_type: GbvimsType = "NR"
    frequency: Frequency = "NR"
    lasted: OffenceDuration = "NR"
    incident_on: date | None = None
    incident_precision: Literal["Y", "M"] = "M"
    delay: DelayBand = "NR"
    place_type: PlaceType = "NR"
    offence_country: OffenceCountry = "NR"
    reported_to_police: YesNo = "NR"
    reported_elsewhere: ReportedElsewhere = "NR"
    perpetrators: Perpetrators = "NR"
    perpetrator_sex: Sex = "NR"
    perpetrator_age_band: PerpetratorAgeBand = "NR"


def delay_band(days: int) -> DelayBand:
    """The band of the days from an incident to the report; U for a report before the incident.

    GBVIMS. Day 4 is in 4-5: the code of Primero (4b95bf9) puts it into 0-3, and so into the 72 hours of rape.
    """
    if days < 0:
        return "U"
    edges: tuple[tuple[int, DelayBand], ...] = ((3, "0-3D"), (5, "4-5D"), (14, "6-14D"), (30, "15-30D"), (90, "1-3M"))
    return next((band for last, band in edges if days <= last), "3M+")
