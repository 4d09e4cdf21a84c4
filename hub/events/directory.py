"""A service in the directory: what is offered, by whom, for whom. After HSDS 3.0; the hub's words where it has text.

No names: the directory has them, under the same id. A shelter's name can be the name of its village.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hub.events.base import Code, District, Event, Language, Region
from hub.events.codes import Admission, OrganisationKind, Service, ServiceStatus, ServiceTier, YesNo

Weekday = Literal["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
"""As RFC 5545 writes them, and HSDS."""


class OrganisationListed(Event):
    """The directory has the organisation, whether it offers a service in it or not."""

    name = "organisation.listed"
    personal = False
    organisation: Code
    organisation_kind: OrganisationKind = "NR"
    parent: Code | None = None


class InDirectory(Event):
    """A service as the directory describes it. `service_id` and `organisation` are the directory's own ids.

    Beside shelter stands no region, whatever the directory says.
    """

    personal = False
    service_id: Code
    organisation: Code | None = None
    organisation_kind: OrganisationKind = "NR"
    tier: ServiceTier = "NR"
    services: Annotated[tuple[Service, ...], Field(max_length=31)] = ()
    region: Region | None = None
    area: Code | None = None
    languages: Annotated[tuple[Language, ...], Field(max_length=50)] = ()
    interpreters: YesNo = "NR"
    admits: Annotated[tuple[Admission, ...], Field(max_length=11)] = ()
    minimum_age: int | None = Field(default=None, ge=0, le=120)
    maximum_age: int | None = Field(default=None, ge=0, le=120)
    status: ServiceStatus = "NR"
    assured_on: date | None = None


class ServiceListed(InDirectory):
    """The directory has the service, and describes it so. Another description later corrects it."""

    name = "service.listed"


class ServiceChanged(InDirectory):
    """From this day on it was so: for directories that know when. `part` tells several changes apart."""

    name = "service.changed"
    changed_on: date


class ServiceClosed(Event):
    """The service is no more."""

    name = "service.closed"
    personal = False
    service_id: Code
    closed_on: date
    reason: Literal["FUNDING", "MERGED", "MOVED", "OTHER", "NR"] = "NR"


class ServiceRegionListed(Event):
    """The service is given in this region (`ON_SITE`), or for those who live there (`AREA`). One fact a region.

    What kind of service it is stands beside it, because of a shelter only the country may be told.
    """

    name = "service.regionlisted"
    personal = False
    service_id: Code
    reach: Literal["ON_SITE", "AREA"]
    district: District
    organisation_kind: OrganisationKind = "NR"
    services: Annotated[tuple[Service, ...], Field(max_length=31)] = ()


class ServiceHoursListed(Event):
    """When the service is open in any week. Istanbul Convention art. 24 asks for helplines round the clock."""

    name = "service.hourslisted"
    personal = False
    service_id: Code
    weekdays: Annotated[tuple[Weekday, ...], Field(max_length=7)]
    weekly_hours: int = Field(ge=0, le=168)
    round_the_clock: YesNo = "NR"
