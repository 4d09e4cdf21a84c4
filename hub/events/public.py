"""Which events anybody may read as they come, without waiting for a release: an allow-list, and of the rest why not.

What is in clear in the log is not public for that: figures of people leave by a release alone, which protects them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hub.events import NEWEST
from hub.events.base import Event
from hub.events.record import RecordRetracted

PUBLIC: tuple[str, ...] = (
    "plan.adopted", "plan.pillarset", "plan.objectiveset", "plan.measureplanned", "plan.milestoneplanned",
    "plan.milestonereached", "plan.targetset", "plan.targetmeasured", "plan.statusreported", "framework.assessed",
    "framework.recommended", "framework.gapfound", "programme.partnerjoined", "programme.placeincluded",
    "instrument.versioned",
    "indicator.valuereported", "shelter.capacityreported", "organisation.listed", "service.listed",
    "service.regionlisted", "service.hourslisted", "service.changed", "service.closed", "agreement.recorded",
    "linkage.authorised", "linkage.ended", "delivery.closed", "release.published", RecordRetracted.name,
)  # fmt: skip
"""By name. Of retractions those alone that take back a fact which is public itself."""
WITHHELD: Mapping[str, str] = MappingProxyType(
    {
        "aggregate.reported": "counts of people: by a release alone",
        "helpline.tallied": "counts of what people did: by a release alone",
        "activity.held": "counts of people who were there: by a release alone",
        "training.held": "counts of people, and a day on which they were there",
        "organisation.selfassessed": "what an organisation says to its programme, and not to everybody",
        "subject.forgotten": "about a person",
        "log.purged": "how many records a country had",
        "custody.enrolled": "who guards the hub's keys",
        "act.approved": "who guards the hub's keys, and what they ordered",
    }
)
"""Events in clear that are not public, and why not."""
LEFT_OUT: Mapping[str, tuple[str, ...]] = MappingProxyType({"delivery.closed": ("records",)})
"""Fields that the public form of an event has not: of a delivery its state, and not how many it holds."""
FREE = "F"
"""`conf_status` of a figure that its source lets everybody have (SDMX)."""


def is_public(name: str, data: Mapping[str, object]) -> bool:
    """Whether an event may be read by anybody: by its name, and where that is not all of it, by its data."""
    if name == RecordRetracted.name:
        return data["fact"] in PUBLIC
    return name in PUBLIC and data.get("conf_status", FREE) == FREE


def public_form(name: str, data: Mapping[str, object]) -> dict[str, object]:
    """An event's data without what is left out."""
    return {field: value for field, value in data.items() if field not in LEFT_OUT.get(name, ())}


def data_schema(event: type[Event]) -> str:
    """The id of the published schema that the public form keeps to."""
    return f"vs.public.{event.name}.v{event.version}" if event.name in LEFT_OUT else event.topic()


def stored_types() -> frozenset[str]:
    """The stored types of the newest versions of all that may be public, in the log."""
    return frozenset(NEWEST[name].topic() for name in PUBLIC)
