"""What houses have to offer, and how far they are taken: figures of houses, in which there is no person."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Event, Period, Region, Rounded
from hub.events.codes import Accommodation, Admission, PlacesUnit, SiteBand


class ShelterCapacityReported(Event):
    """Places of one house, or of several together, in a period; the record is the house, and names it to nobody.

    Occupation is in days of places (a place that was taken on ten nights is ten), rounded: on no day can be seen that
    somebody came or went. `sites` says how many houses are summed: with fewer than three the edge lets no region out.
    """

    name = "shelter.capacityreported"
    personal = False
    period: Period
    sites: SiteBand
    region: Region | None = None
    accommodation: Accommodation = "NR"
    places_unit: PlacesUnit
    places: int = Field(ge=0, le=100_000)
    places_accessible: int | None = Field(default=None, ge=0, le=100_000)
    boys_to_age: int | None = Field(default=None, ge=0, le=18)
    admits: Annotated[tuple[Admission, ...], Field(max_length=11)] = ()
    days_available: Annotated[int | None, Rounded] = None
    days_occupied: Annotated[int | None, Rounded] = None
