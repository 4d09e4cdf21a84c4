"""Old versions of events, step by step, to the newest. What was once written is read for ever."""

from collections.abc import Callable
from typing import Any

from hub.errors import Stop
from hub.events import NEWEST

State = dict[str, Any]

UPCASTERS: dict[tuple[str, int], Callable[[State], State]] = {}
"""(name, version) → the step from that version to the next. Empty as long as every event is at version 1."""


def split_topic(topic: str) -> tuple[str, int]:
    """`vs.contact.held.v1` → ("contact.held", 1)."""
    name, _, version = topic.removeprefix("vs.").rpartition(".v")
    return name, int(version)


def upcast(topic: str, state: State) -> State:
    """The state as the newest version would have stored it. Raises Stop for a type this release does not know."""
    name, version = split_topic(topic)
    if name not in NEWEST or version > NEWEST[name].version:
        raise Stop(f"unknown event type {topic}: this installation is older than its log")
    while version < NEWEST[name].version:
        state = UPCASTERS[name, version](state)
        version += 1
    return state
