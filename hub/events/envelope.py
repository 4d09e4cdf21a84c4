"""The wire envelope: CloudEvents 1.0 with short extensions, in two forms, sealed and clear.

CloudEvents' `time` is left out on purpose: no exact instant leaves the log, `knownmonth` says when the hub learned of
the fact. What a sealed event says, dates included, stands in its ciphertext only.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.events import MODELS
from hub.events.base import Country, Event, OpaqueId, PartnerId, Precision
from hub.events.codes import CorrectionReason

Sender = Annotated[str, Field(pattern=r"^/[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*$", max_length=41)]
"""Who said it, as a relative URI: `/<partner>`."""
Source = Annotated[str, Field(pattern=r"^/[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*/[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=82)]
"""Who said it, and in which dataset: `/<partner>/<dataset>`."""
Type = Annotated[str, Field(pattern=r"^vs\.[a-z]+\.[a-z]+\.v[1-9][0-9]{0,2}$", max_length=60)]
"""A stored type, for instance `vs.contact.held.v1`."""
Month = Annotated[str, Field(pattern=r"^[12][0-9]{3}-(0[1-9]|1[0-2])$")]
"""A calendar month, `2026-11`."""
Ciphertext = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=16384)]
"""Base64 of nonce, ciphertext and tag, padded to one size class."""


class Envelope(BaseModel):
    """What stands in clear around every event."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    personal: ClassVar[bool]
    """Which events this form is for."""

    specversion: Literal["1.0"] = "1.0"
    id: OpaqueId
    type: Type
    subject: OpaqueId
    """The stream: the partner record that the fact is about. Opaque, and not a person's id."""
    tenant: PartnerId
    country: Country
    streamseq: int = Field(ge=1)
    """The event's place in its stream."""
    knownmonth: Month
    """When the hub learned of it: the third clock, no finer than a month."""


class Sealed(Envelope):
    """A personal event. Whose it is, what it corrects, dataset, dates and facts are under its subject's data key."""

    personal = True
    datacontenttype: Literal["application/octet-stream"] = "application/octet-stream"
    source: Sender
    keyid: OpaqueId
    """Handle of the data key. The key destroyed, nothing can be read any more."""
    data_base64: Ciphertext


class Clear(Envelope):
    """An event without personal data: plans, capacity, deliveries, releases."""

    personal = False
    datacontenttype: Literal["application/json"] = "application/json"
    source: Source
    corrects: OpaqueId | None = None
    """The id of the event that this one takes the place of."""
    reason: CorrectionReason | None = None
    occurredon: date | None = None
    occurredprec: Precision | None = None
    recordedon: date | None = None
    data: dict[str, object]


def topics(form: type[Envelope], events: dict[str, type[Event]] = MODELS) -> list[str]:
    """The stored types that travel in this form, and in no other."""
    return sorted(topic for topic, event in events.items() if event.personal is form.personal)
