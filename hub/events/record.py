"""What can be said about an earlier fact: that it is no longer stated.

A correction is not an event of its own: it is the corrected fact, whose envelope names the event it `corrects`.
"""

from pydantic import Field

from hub.events.base import Code, Event, OpaqueId
from hub.events.codes import RetractionReason


class RecordRetracted(Event):
    """A fact that the source no longer states. `fact` and `part` name its place in the record."""

    name = "record.retracted"
    personal = False
    retracts: OpaqueId
    fact: str = Field(pattern=r"^[a-z]+\.[a-z]+$", max_length=40)
    part: Code | None = None
    reason: RetractionReason
