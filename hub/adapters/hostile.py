"""A partner who does all that a partner should not, by a seed: what every test of the pipe must bear.

Its files are late, double, torn, mislabelled, reordered, back-dated, huge and rude. Its adapter in Python raises any
error and states any rubbish. Whatever it sends, each row is accepted, unchanged or put aside, and nothing is quoted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Fact, Identifier, Record, Rejected, Statement
from hub.adapters.damage import MARK, RUDE, STRANGE, damaged_files

HUGE_CELL = 200_000
YEARS = (b"1899", b"1900", b"2031", b"2099", b"9999", b"0001", b"25")

ERRORS: Sequence[type[Exception]] = (
    ValueError, KeyError, TypeError, RecursionError, MemoryError, ZeroDivisionError, StopIteration, OSError,
    AssertionError, UnicodeError, OverflowError, EOFError, TimeoutError,
)  # fmt: skip
FIELDS = (
    "age", "birth_on", "nationality", "region", "sex", "occurred_on", "recorded_on", "services", "duration_minutes",
)  # fmt: skip


class Sent(NamedTuple):
    """One file, and what is wrong with it."""

    how: str
    data: bytes


def hostile_files(good: bytes, separator: str, rng: Random, *, damaged: int = 12) -> Iterator[Sent]:
    """A partner's files after a good one of a delimited table, in the order in which they are sent."""
    header, *rows = good.splitlines(keepends=True)
    mark = separator.encode()
    yield Sent("good", good)
    yield Sent("double", good)
    yield Sent("reordered", header + b"".join(rng.sample(rows, len(rows))))
    turned = (mark.join(line.strip().split(mark)[::-1]) for line in (header, *rows))
    yield Sent("columns reordered", b"\n".join(turned))
    yield Sent("dated back", header + b"".join(row.replace(b"2025", rng.choice(YEARS)) for row in rows))
    yield Sent("rude", header + b"".join(_rude(row, mark, rng) for row in rows))
    yield Sent("huge", header + b"".join(_huge(row, mark, rng) for row in rows[:2]) + b"".join(rows) * 5)
    yield Sent("mislabelled", MARK.encode() + header + b"".join(rows))
    yield Sent("another partner's", header.replace(mark, b"#") + b"".join(rows))
    for how, data in damaged_files(good, rng, damaged):
        yield Sent(how, data)
    yield Sent("late", header + b"".join(rows[: len(rows) // 2]))
    yield Sent("good", good)


def _rude(row: bytes, mark: bytes, rng: Random) -> bytes:
    cells = row.rstrip(b"\r\n").split(mark)
    cells[rng.randrange(len(cells))] = rng.choice(RUDE).encode("utf-8", "surrogateescape")
    return mark.join(cells) + b"\n"


def _huge(row: bytes, mark: bytes, rng: Random) -> bytes:
    cells = row.rstrip(b"\r\n").split(mark)
    cells[rng.randrange(len(cells))] = MARK.encode() * (HUGE_CELL // len(MARK))
    return mark.join(cells) + b"\n"


@dataclass(frozen=True)
class HostileAdapter:
    """An adapter in Python that keeps none of its promises. One seed, one behaviour."""

    seed: int
    records: int = 60
    name: str = "xx_hostile"
    breaks_off: bool = False
    """Whether reading ends with an error in the middle."""

    def read(self, _source: BinaryIO) -> Iterator[Record]:
        """Records whose positions are no places and whose data are anything."""
        rng = Random(self.seed)  # noqa: S311 - for trying, not for keys
        for number in range(self.records):
            if self.breaks_off and number == self.records // 2:
                raise RuntimeError(MARK)
            position: Any = rng.choice((f"line {number}", MARK * 100, f"{MARK}\n", number, None, b"x"))
            yield Record(position if rng.random() < 0.3 else f"line {number}", _value(rng))

    def translate(self, record: Record) -> Statement:
        """An error, rubbish, or, one time in four, a statement as it should be."""
        rng = Random(f"{self.seed}/{record.position!r}")  # noqa: S311
        chance = rng.random()
        if chance < 0.35:
            raise rng.choice(ERRORS)(MARK)
        if chance < 0.4:
            raise Rejected(MARK, MARK * 50)
        if chance < 0.45:
            return rng.choice(STRANGE)  # type: ignore[no-any-return]
        good = Statement("contact", f"K{rng.randrange(40)}", Identifier("local", "C1"), (_fact({}),))
        if chance < 0.7:
            return good
        return _broken(good, rng)


def _fact(more: dict[str, Any], event: Any = "contact.held") -> Fact:
    return Fact(event, {"occurred_on": date(2025, 2, 3), "sex": "F", **more})


def _broken(good: Statement, rng: Random) -> Statement:
    strange: Any = _value(rng)
    ways = (
        good._replace(kind=strange),
        good._replace(key=strange),
        good._replace(subject=strange),
        good._replace(subject=Identifier(strange, strange)),
        good._replace(facts=strange),
        good._replace(facts=()),
        good._replace(facts=(strange,)),
        good._replace(kind="plan"),
        good._replace(facts=(_fact({}), _fact({}))),
        good._replace(facts=(_fact({}, event=strange),)),
        good._replace(facts=(_fact({rng.choice(FIELDS): strange}),)),
        good._replace(facts=(_fact({MARK: MARK}),)),
        good._replace(facts=(_fact({})._replace(part=strange),)),
    )
    return rng.choice(ways)


def _value(rng: Random) -> Any:
    deep: Any = MARK
    for _ in range(rng.choice((0, 0, 1, 3, 200))):
        deep = [deep]
    rude = rng.choice(RUDE)
    return rng.choice((rude, rng.choice(STRANGE), {MARK: rude}, {1: deep}, deep, "\ud800" + MARK))
