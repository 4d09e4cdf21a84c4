"""The public topic, brought up to the log, and kept there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from hub.cli.following import LISTENED, LONGEST_PAUSE, PAUSE
from hub.cli.installation import Installation
from hub.cli.interrupted import rest
from hub.errors import Retry, Stop
from hub.projections.base import Echo, catch_up
from hub.projections.kafka_relay import TOPICS, KafkaRelay
from hub.transport.kafka import Cluster
from hub.transport.kafka_topic import OwnedTopic, owned
from hub.transport.topics import PUBLIC

WRITER = "vs.relay"
"""How a transactional id begins; the topic follows. Of two relays, the later one writes."""
SEEN = "relayed"
"""File in $HUB_HOME: how far each broker's topic was when it was last seen. The place is in the topic; this tells when
the topic has less."""


def keep_up(
    hub: Installation, cluster: Cluster, *, stopping: Callable[[], bool], echo: Echo, follow: bool = False,
    again: bool = False, topic: str = PUBLIC,
) -> dict[str, Any]:  # fmt: skip
    """Relay up to the log's end, or until stopped. What may work later is told and tried again where it follows.

    Raises Stop for a topic that has less than it had, unless `again`; and where another relay has come.
    """
    result: dict[str, Any] = {"messages": 0, "position": 0, "missing": 0}
    pause = 0.0
    while True:
        try:
            with owned(cluster, topic, f"{WRITER}.{topic}") as target:
                view = _begun(hub, cluster, topic, target, again, echo)
                again, pause, result["missing"] = False, 0.0, target.missing
                while True:
                    if hub.store.position() > view.place():
                        catch_up(hub.store, hub.vault, view, only=TOPICS, stopping=stopping, echo=echo)
                        _see(hub, cluster, topic, view.topped)
                    result["messages"], result["position"] = result["messages"] + view.taken(), view.place()
                    if not follow or stopping():
                        return result
                    hub.store.wait(view.place(), LISTENED)
        except Retry as error:
            if not follow or stopping():
                raise
            pause = min(max(PAUSE, 2 * pause), LONGEST_PAUSE)
            echo(f"{error}; once more in {pause:.0f} s")
            rest(pause, stopping)


def _begun(hub: Installation, cluster: Cluster, topic: str, target: OwnedTopic, again: bool, echo: Echo) -> KafkaRelay:
    """The view at its place, which is where the topic ends."""
    view = KafkaRelay(hub.store, hub.payload_secret, target)
    seen = _seen(hub.settings.home / SEEN).get(_name(cluster, topic), 0)
    if view.place() < seen and not again:
        raise Stop(f"{topic} has less than it had: it was lost or cut. hub relay --again sends what it lacks")
    if target.missing:
        echo(f"the first {target.missing:,} offsets of {topic} are gone: who begins to read now does not see all")
    return view


def _see(hub: Installation, cluster: Cluster, topic: str, position: int) -> None:
    path = hub.settings.home / SEEN
    draft = path.with_name(f"{SEEN}.draft")
    draft.write_bytes(msgspec.json.encode({**_seen(path), _name(cluster, topic): position}))
    draft.replace(path)


def _seen(path: Path) -> dict[str, int]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, int])
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError:
        raise Stop(f"{path.name} in $HUB_HOME is not what a relay wrote: take it away") from None


def _name(cluster: Cluster, topic: str) -> str:
    return f"{topic} on {','.join(sorted(cluster.servers))}"
