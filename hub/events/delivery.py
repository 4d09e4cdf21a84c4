"""A partner's delivery as a whole: what lets the hub tell zero from silence."""

from pydantic import Field

from hub.events.base import Code, Event, Period


class DeliveryClosed(Event):
    """For one dataset and period, how many records the partner states. Restated only when that changes."""

    name = "delivery.closed"
    personal = False
    dataset: Code
    period: Period
    complete: bool
    records: int = Field(ge=0)


class ReleasePublished(Event):
    """A closed period was protected, signed and frozen. `digest` is the manifest's SHA-256."""

    name = "release.published"
    personal = False
    release: Code
    period: Period
    position: int = Field(ge=0)
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
