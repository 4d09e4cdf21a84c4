"""A partner's clerk sends one person at a time and looks at the answer: does the hub know her already?

The other partner named her before, under the token that both would make of her. What the clerk sees of a delivery: the
files that come and go, their names and sizes, what the receipt says, and when.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from benchmarks.synthetic import packed
from hub.cli.ingest import drain
from hub.cli.installation import Installation, installation
from hub.edge.seal import Sealer
from hub.events.wire import TOKEN_BYTES, Delivery, Header
from hub.settings import Settings
from hub.transport import files
from hub.transport.answering import Clock
from tests.attacks.attack import Attack, Outcome
from tests.pipe import quiet

PAIRS, COUNTED_PAIRS = 5_000, 250
CONTROLS = 10
"""The control is tried with one pair for so many."""
PERIOD = "2025Q1"
GUESSING = (0.45, 0.55)
"""The share of pairs in which the later answer is that of the new person: between these, he may as well guess."""


class Seen(NamedTuple):
    """What the clerk sees of one answer: its shape, without what follows from the log's size, and its seconds."""

    shape: str
    seconds: float


class Ticking:
    """A clock under the attacker's eye: waiting passes at once. `counted` tells work in statements, not in seconds."""

    def __init__(self, *, counted: bool) -> None:
        self._counted, self.statements, self.waited = counted, 0, 0.0

    def now(self) -> float:
        """Seconds; a counted statement costs a millisecond."""
        return (self.statements / 1000 if self._counted else perf_counter()) + self.waited

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waited += seconds

    @contextmanager
    def watching(self, hub: Installation) -> Iterator[None]:
        """Count what both databases are asked to do."""
        engines = [hub.vault.database.engine, hub.store.database.engine] if self._counted else []
        for engine in engines:
            sa.event.listen(engine, "connect", self._trace)
            engine.dispose()
        yield
        for engine in engines:
            sa.event.remove(engine, "connect", self._trace)
            engine.dispose()

    def _trace(self, connection: Any, _record: object) -> None:
        connection.set_trace_callback(self._one)

    def _one(self, _statement: str) -> None:
        self.statements += 1


def auc(new: list[float], known: list[float]) -> float:
    """How often a new person's answer takes longer than a known one's; half for those that take as long."""
    ordered = np.sort(known)
    below, upto = (np.searchsorted(ordered, new, side) for side in ("left", "right"))
    return float((below + upto).mean() / 2 / len(known))


def _run(folder: Path, pairs: int, *, counted: bool) -> Outcome:
    few = max(20, pairs // CONTROLS)
    held = _sent(folder / "held", pairs, Ticking(counted=counted), Settings.answer_every)
    bare = _sent(folder / "bare", few, Ticking(counted=counted), 0.0)
    return Outcome(2 * pairs, _told(held, leaking=False), _told(bare, leaking=True))


def _told(seen: dict[bool, list[Seen]], *, leaking: bool) -> int:
    """How many answers tell on a person: by their shape, or, where they are not as good as guesses, by their time.

    In the control both must tell: the clock, and a receipt that counts the persons it brought.
    """
    shapes = [{each.shape + str(new if leaking else "") for each in answers} for new, answers in seen.items()]
    by_shape = 0 if shapes[0] == shapes[1] and len(shapes[0]) == 1 else len(seen[True])
    share = auc([each.seconds for each in seen[True]], [each.seconds for each in seen[False]])
    print(f"  later answers for new persons: {share:.4f} of pairs, {'answered at once' if leaking else 'held'}")
    by_time = 0 if GUESSING[0] <= share <= GUESSING[1] else round(abs(2 * share - 1) * len(seen[True]))
    return min(by_shape, by_time) if leaking else by_shape + by_time


def _sent(folder: Path, pairs: int, clock: Ticking, every: float) -> dict[bool, list[Seen]]:
    """One person at a time, in an order drawn by chance: whether new → what was seen."""
    draw = Random(7)
    persons = {new: [draw.randbytes(TOKEN_BYTES) for _ in range(pairs)] for new in (True, False)}
    order = [True] * pairs + [False] * pairs
    draw.shuffle(order)
    seen: dict[bool, list[Seen]] = {True: [], False: []}
    with installation(Settings(folder, answer_every=every)) as hub:
        for partner, named in (("pt-one", persons[False]), ("pt-two", [draw.randbytes(TOKEN_BYTES)])):
            _send(hub, partner, named)
            drain(hub, quiet, Clock(clock.now, clock.sleep))
            _fetched(hub)
        with clock.watching(hub):
            for new in order:
                person = persons[new][len(seen[new])]
                begun = clock.now()
                _send(hub, "pt-two", [person])
                drain(hub, quiet, Clock(clock.now, clock.sleep))
                seconds = round(clock.now() - begun, 9)
                seen[new].append(Seen(_fetched(hub), seconds))
    return seen


def _send(hub: Installation, partner: str, persons: list[bytes]) -> None:
    """A delivery of one new record for each person."""
    header = Header(secrets.token_hex(16), partner, "PT", "cases", "0", complete=False)
    sealer = Sealer(header, hub.readers(partner))
    tokens = b"".join(secrets.token_bytes(TOKEN_BYTES) + person for person in persons)
    parts = [
        sealer.chunk(tokens, packed(len(persons), PERIOD)),
        sealer.end(rows=len(persons), complete=False, covers=(PERIOD,), refusals=[], refused=[]),
    ]
    files.send(Delivery(header, iter(parts)), hub.settings.deliveries_dir / "inbox")


def _fetched(hub: Installation) -> str:
    """Where a file came, what the receipt counts, and how long each of its texts is. The clerk takes it away."""
    (path,) = (path for path in hub.settings.deliveries_dir.rglob("*") if path.is_file())
    said = json.loads(path.read_bytes())
    path.unlink()
    receipt, proof = said["receipt"], said["proof"]
    for part, name in ((receipt, "position"), (proof, "index"), (proof, "path")):
        del part[name]  # by the number of events in the log, whoever they are about
    size = proof["checkpoint"].split("\n")[1]
    checkpoint = len(proof["checkpoint"]) - len(size)
    texts = {name: len(text) if isinstance(text, str) else text for name, text in {**receipt, **proof}.items()}
    return f"{path.parent.relative_to(hub.settings.home)} {len(path.name)} {texts | {'checkpoint': checkpoint}}"


MEMBERSHIP = Attack(
    "one person at a time: answers, and work by count, of new and known persons",
    "answered at once, with a count of persons",
    lambda folder, scale: _run(folder, max(40, round(COUNTED_PAIRS * scale)), counted=True),
)
TIMING = Attack(
    "the same by the clock",
    "answered at once, with a count of persons",
    lambda folder, scale: _run(folder, max(40, round(PAIRS * scale)), counted=False),
)
