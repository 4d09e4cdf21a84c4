"""A person who is forgotten: what the log says of it names nobody, and stays."""

from pydantic import Field

from hub.events.base import Event, KeyHandle, OpaqueId
from hub.events.codes import ErasureReason

MOST_FORGOTTEN = 1_000
"""Persons of one request."""


class SubjectForgotten(Event):
    """A partner asked, and the data keys with these handles were destroyed: what they sealed says nothing any more.

    One event a request, with no handle where the hub knew nobody: that it was asked tells nothing.
    """

    name = "subject.forgotten"
    personal = False
    request: OpaqueId
    reason: ErasureReason
    keys: tuple[KeyHandle, ...] = Field(max_length=MOST_FORGOTTEN)
