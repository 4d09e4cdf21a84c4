"""Old versions of events, step by step, to the newest. What was once written is read for ever: docs/evolution.md."""

from collections.abc import Callable
from typing import Any

import msgspec

from hub.errors import Stop
from hub.events import EVENTS, MODELS, NEWEST
from hub.events.facts import StatedFact

State = dict[str, Any]


def declined_by_whom(state: State) -> State:
    """v1 had who said no among the reasons: `CLIENT_WITHDREW` is the victim's no, a named ground is the service's."""
    reason = state.get("reason", "NR")
    who = {"CLIENT_WITHDREW": "VICTIM", "OTHER": "NR", "U": "NR", "NR": "NR"}.get(reason, "SERVICE")
    return {**state, "declined_by": who, "reason": "NA" if who == "VICTIM" else reason}


UPCASTERS: dict[tuple[str, int], Callable[[State], State]] = {
    ("referral.declined", 1): declined_by_whom,
}
"""(name, version) → the step from that version to the next. A stored state leaves out what is its version's default."""


def split_topic(topic: str) -> tuple[str, int]:
    """`vs.contact.held.v1` → ("contact.held", 1)."""
    name, _, version = topic.removeprefix("vs.").rpartition(".v")
    return name, int(version)


def upcast(topic: str, state: State) -> State:
    """The state as the newest version would have stored it. Raises Stop for a type this release does not know."""
    if topic not in MODELS:
        raise Stop(f"unknown event type {topic}: this installation is older than its log")
    name, version = split_topic(topic)
    for step in range(version, NEWEST[name].version):
        state = UPCASTERS[name, step](state)
    return state


def as_newest(fact: StatedFact) -> StatedFact:
    """The fact in its event's newest version, in canonical JSON: what says the same becomes the same bytes.

    Raises Stop for a type this release does not know.
    """
    if fact.topic in EVENTS:
        return fact
    state = upcast(fact.topic, msgspec.json.decode(fact.data))
    model = NEWEST[MODELS[fact.topic].name]
    said = model.__pydantic_validator__.validate_json(msgspec.json.encode(state))
    plain = model.__pydantic_serializer__.to_json(said, exclude_defaults=True, exclude_none=True)
    return StatedFact(model.topic(), fact.part, plain)
