"""CloudEvents 1.0 in Kafka's binary mode: attributes as headers `ce_…`, data as the message's value.

No `time`, and no `subject`: when and about what is nobody's business on the way.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

Headers = list[tuple[str, bytes]]
NAME = re.compile(r"[a-z0-9]{1,20}")
REQUIRED = ("specversion", "id", "source", "type")
BINARY = "application/octet-stream"
VERSION = "1.0"


class CloudEvent(NamedTuple):
    """A message's attributes and data. `extensions`: further attributes by name."""

    id: str
    source: str
    type: str
    data: bytes
    datacontenttype: str | None = BINARY
    extensions: tuple[tuple[str, str], ...] = ()

    def extension(self, name: str) -> str | None:
        """An extension attribute; None where there is none."""
        return dict(self.extensions).get(name)


def headers_of(event: CloudEvent) -> Headers:
    """The Kafka headers of an event in binary mode (Kafka protocol binding 1.0.2, section 3.2)."""
    attributes = {"specversion": VERSION, "id": event.id, "source": event.source, "type": event.type}
    told = [(f"ce_{name}", value.encode()) for name, value in (attributes | dict(event.extensions)).items()]
    return told if event.datacontenttype is None else [*told, ("content-type", event.datacontenttype.encode())]


def event_of(headers: Sequence[tuple[str, bytes | None]], value: bytes | None) -> CloudEvent:
    """The event of a message. Raises ValueError, naming the rule, for a message that is none in binary mode."""
    attributes: dict[str, str] = {}
    content = None
    for name, raw in headers:
        text = (raw or b"").decode()  # a UnicodeDecodeError is a ValueError; nothing of it is told
        if name.lower() == "content-type":
            content = text
        elif name.startswith("ce_"):
            if not NAME.fullmatch(name[3:]) or name[3:] in attributes:
                raise ValueError("an attribute whose name is none, or twice")
            attributes[name[3:]] = text
    if content is not None and content.startswith("application/cloudevents"):
        raise ValueError("structured mode")
    if any(not attributes.get(name) for name in REQUIRED):
        raise ValueError("a required attribute is missing")
    if attributes["specversion"] != VERSION:
        raise ValueError("another version of CloudEvents")
    more = tuple((name, text) for name, text in attributes.items() if name not in REQUIRED)
    return CloudEvent(attributes["id"], attributes["source"], attributes["type"], value or b"", content, more)
