"""Rows on their way out one by one: those that leave, those that wait for the last row, and those that are refused."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from hub.adapters.base import Problem, Record, Rejected
from hub.edge.seal import CHUNK_ROWS, Sealable, Sealer
from hub.edge.twice import Held, standing
from hub.events.wire import Chunk, Refusal

PROGRESS_ROWS = 50_000
Aside = Callable[[str, object, Iterable[Problem]], None]
"""Takes a refused row: its position, its content, and what is wrong with it."""


class Leaving:
    """What became of a file's rows so far."""

    def __init__(self, sealer: Sealer, echo: Callable[[str], None], aside: Aside | None = None) -> None:
        """`aside` takes refused rows in the place of `refused` and `refusals`: whoever has no use for all of them."""
        self._sealer, self._echo = sealer, echo
        self._aside = aside or self._keep
        self._came = 0
        self._ready: list[Sealable] = []
        self._held: list[Held] = []
        self.refused: list[tuple[str, object]] = []
        """Position and content of each row that is put aside."""
        self.refusals: list[Refusal] = []
        self.covers: set[str] = set()
        """Periods in which something is stated."""
        self.stated = 0

    def came(self, rows: int) -> None:
        """So many more rows were read."""
        before, self._came = self._came, self._came + rows
        if before // PROGRESS_ROWS < self._came // PROGRESS_ROWS:
            self._echo(f"read {self._came:,} rows")

    def read(self, read: Callable[[Record], Sealable], record: Record) -> Sealable | None:
        """What may leave of a record, or None where it is refused."""
        try:
            return read(record)
        except Rejected as rejected:
            self._aside(record.position, record.data, rejected.problems)
            return None

    def count(self, periods: Sequence[str]) -> None:
        """As many rows are stated, in these periods."""
        self.stated += len(periods)
        self.covers.update(periods)

    def state(self, sealable: Sealable) -> None:
        """A row leaves, with the last chunks."""
        self.count([sealable.row.period])
        self._ready.append(sealable)

    def wait(self, position: str, sealable: Sealable, data: object) -> None:
        """A row waits for the last one, because another may say something else about its record."""
        self._held.append(Held(position, sealable, data))

    def settle(self, opened: Callable[[Any], object]) -> None:
        """No other row comes: those that waited leave or are refused. `opened` makes the row of what was kept of it."""
        for row, stands in standing(self._held):
            if stands:
                self.state(row.sealable)
            else:
                self._aside(row.position, opened(row.data), [Problem("contradicts-row", "key")])
        self._held.clear()

    def chunks(self, more: Iterable[Sealable]) -> Iterator[Chunk]:
        """The rows that are ready, and `more`."""
        ready = [*self._ready, *more]
        self._ready.clear()
        for start in range(0, len(ready), CHUNK_ROWS):
            yield self._sealer.rows(ready[start : start + CHUNK_ROWS])

    def _keep(self, position: str, data: object, problems: Iterable[Problem]) -> None:
        self.refused.append((position, data))
        self.refusals += [Refusal(position, rule, place[:120]) for rule, place in problems]
