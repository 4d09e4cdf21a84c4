"""A service in the directory: what is offered, by whom, for whom. After HSDS 3.0; the hub's words where it has text.

No names: the directory has them, under the same id. A shelter's name can be the name of its village.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hub.events.base import Code, Event, Language, Region
from hub.events.codes import Admission, OrganisationKind, Service, ServiceStatus, ServiceTier, YesNo


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
