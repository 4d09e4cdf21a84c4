"""What a delivery must be before the log believes it. The edge checked all of this; the hub believes no edge."""

from typing import Any

from hub.events import EVENTS
from hub.events.delivery import DeliveryClosed, ReleasePublished
from hub.events.periods import grain_of, period_of
from hub.events.record import RecordRetracted
from hub.events.wire import NO_PERIOD, Delivery, Row, check_part
from hub.vault.subjects import Handle

HUB_ONLY = frozenset(event.topic() for event in (DeliveryClosed, ReleasePublished, RecordRetracted))
"""What only the hub itself states."""


def check_row(row: Row, handle: Handle, covers: tuple[str, ...]) -> None:
    """Raises ValueError for a row that is not one: its period, kinds, parts, or one byte of a fact."""
    if row.period != NO_PERIOD and row.period not in covers:
        raise ValueError("a period that the header does not name")
    if len({(topic, part) for topic, part, _ in row.facts}) < len(row.facts):
        raise ValueError("one fact twice")
    stated = []
    for topic, part, data in row.facts:
        check_part(part)
        stated.append(_exact(topic, data))
        if stated[-1].personal != (handle.subject is not None):
            raise ValueError("an event about a person without one, or the other way round")
    if row.period != NO_PERIOD and period_of(stated[0].occurred_on, grain_of(row.period)) != row.period:
        raise ValueError("a record of another period")


def check_refusals(delivery: Delivery) -> None:
    """Raises ValueError when the header counts other refused rows than the delivery names."""
    if len({refusal.position for refusal in delivery.refusals}) != delivery.header.refused:
        raise ValueError("refused rows are not those that were counted")


def _exact(topic: str, data: bytes) -> Any:
    """The event, if the bytes are exactly its canonical JSON: what is stored says no more than what was read."""
    if topic not in EVENTS or topic in HUB_ONLY:
        raise ValueError("no event that a partner may state")
    model = EVENTS[topic]
    stated = model.__pydantic_validator__.validate_json(data)
    if model.__pydantic_serializer__.to_json(stated, exclude_defaults=True, exclude_none=True) != data:
        raise ValueError("not the canonical form")
    return stated
