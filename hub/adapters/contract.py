"""What every adapter owes: the same twice, in any order, and for any damage `Rejected` and nothing else.

A finding names rules, kinds of errors and places, never a value. `hub.edge.conformance` tries what leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from random import Random
from traceback import extract_tb
from typing import Any, Literal, NamedTuple

from hub.adapters.base import Adapter, Fact, Record, Rejected, Statement
from hub.adapters.damage import MARK, damaged_files, damaged_records
from hub.adapters.unknowns import stand_for_unknown

State = Literal["passed", "failed", "not tried"]
SHOWN = 5
"""Findings of a check that are told."""
DAMAGES = 150
"""Damaged files, and as many damaged records."""
PART_ROWS, PART_BYTES = 40, 8_192
"""How much of a sample is damaged at once: small, so that much can be tried."""


class Check(NamedTuple):
    """One promise, whether it is kept, and what was found: where it is broken, or why it was not tried."""

    name: str
    says: str
    state: State
    found: tuple[str, ...] = ()


def judged(name: str, says: str, found: Iterator[str]) -> Check:
    """A check that failed where anything was found."""
    told = tuple(dict.fromkeys(found))
    more = (f"and {len(told) - SHOWN} more",) if len(told) > SHOWN else ()
    return Check(name, says, "failed" if told else "passed", told[:SHOWN] + more)


def contract(load: Callable[[], Adapter], data: bytes, *, seed: int = 0) -> list[Check]:
    """The checks of an adapter and a good file of it. `load` makes the adapter anew. Deterministic in `seed`.

    Raises Rejected for a file that the adapter refuses as a whole.
    """
    adapter = load()
    records = list(adapter.read(BytesIO(data)))
    rng = Random(seed)  # noqa: S311 - for trying, not for keys
    return [
        judged("shape", "every record becomes one statement of facts, or is Rejected", _shapes(adapter, records)),
        judged("twice", "the same file says the same twice", _twice(adapter, load(), data)),
        judged("order", "a record says the same wherever it stands", _order(adapter, records, rng)),
        judged("damage", "any damage is Rejected, and nothing else", _damage(load, data, records, rng)),
        judged("unknowns", "no number that stands for unknown is taken for an age", _unknowns(adapter, records)),
    ]


def _unknowns(adapter: Adapter, records: Sequence[Record]) -> Iterator[str]:
    ages = (age for record in records if (age := _age(adapter, record)) is not None)
    for age, times in stand_for_unknown(ages).items():
        yield f"{age} is the age in {times} records: if it means that nobody knows, name it in source.empty"


def _age(adapter: Adapter, record: Record) -> int | None:
    """The age in a record's first fact."""
    try:
        age = adapter.translate(record).facts[0].data.get("age")
    except Exception:  # noqa: BLE001 - `shape` tells what is wrong with a stranger's statement
        return None
    return age if type(age) is int else None


def outcome(adapter: Adapter, record: Record) -> Statement | tuple[Any, ...]:
    """What a record states, or the problems for which it is refused."""
    try:
        return adapter.translate(record)
    except Rejected as rejected:
        return rejected.problems


def failed_at(error: BaseException) -> str:
    """An error by its kind and place: its message may quote what was read."""
    frames = extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an error"


def _shapes(adapter: Adapter, records: Sequence[Record]) -> Iterator[str]:
    if not records:
        yield "the file holds no record"
    for record in records:
        try:
            said = outcome(adapter, record)
        except Exception as error:  # noqa: BLE001 - any error of a stranger's code is the finding
            yield f"{record.position}: {failed_at(error)}"
            continue
        if isinstance(said, Statement):
            facts = isinstance(said.facts, tuple) and all(isinstance(each, Fact) for each in said.facts)
            taken_back = said.whole and said.key is not None  # all that was said of the record
            if (
                not facts
                or not (said.facts or taken_back)
                or not isinstance(said.kind, str)
                or not isinstance(said.key, str | None)
            ):
                yield f"{record.position}: not a statement with facts"
        elif not isinstance(said, tuple):
            yield f"{record.position}: {type(said).__name__} in the place of a statement"


def _twice(adapter: Adapter, anew: Adapter, data: bytes) -> Iterator[str]:
    for which, other in (("the same adapter", adapter), ("an adapter made anew", anew)):
        before, after = _said(adapter, data), _said(other, data)
        if len(before) != len(after):
            yield f"{which} finds another number of records"
        yield from (
            f"{position}: {which} says something else"
            for (position, said), again in zip(before, after, strict=False)
            if (position, said) != again
        )


def _said(adapter: Adapter, data: bytes) -> list[tuple[str, Any]]:
    return [(record.position, _safe(adapter, record)) for record in adapter.read(BytesIO(data))]


def _order(adapter: Adapter, records: Sequence[Record], rng: Random) -> Iterator[str]:
    straight = [_safe(adapter, record) for record in records]
    shuffled = rng.sample(range(len(records)), len(records))
    said = {at: _safe(adapter, records[at]) for at in shuffled}
    yield from (
        f"{record.position}: says something else" for at, record in enumerate(records) if said[at] != straight[at]
    )


def _safe(adapter: Adapter, record: Record) -> Any:
    try:
        return outcome(adapter, record)
    except Exception as error:  # noqa: BLE001 - told by the check of shapes
        return failed_at(error)


def _damage(load: Callable[[], Adapter], data: bytes, records: Sequence[Record], rng: Random) -> Iterator[str]:
    adapter = load()
    for how, torn in damaged_files(data[:PART_BYTES] if _is_text(data) else data, rng, DAMAGES):
        yield from (f"file {how}: {told}" for told in _tried(adapter, torn))
    for how, record in damaged_records(records[:PART_ROWS], rng, DAMAGES):
        yield from (f"record {how}: {told}" for told in _translated(adapter, record))


def _is_text(data: bytes) -> bool:
    return not data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def _tried(adapter: Adapter, data: bytes) -> Iterator[str]:
    try:
        for record in adapter.read(BytesIO(data)):
            yield from _translated(adapter, record)
    except Rejected as rejected:
        yield from _quotes(rejected)
    except Exception as error:  # noqa: BLE001 - any error of a stranger's code is the finding
        yield failed_at(error)


def _translated(adapter: Adapter, record: Record) -> Iterator[str]:
    if MARK in str(record.position):
        yield "a position quotes the input"
    try:
        adapter.translate(record)
    except Rejected as rejected:
        yield from _quotes(rejected)
    except Exception as error:  # noqa: BLE001 - any error of a stranger's code is the finding
        yield failed_at(error)


def _quotes(rejected: Rejected) -> Iterator[str]:
    """A header that was damaged is no column of the adapter's: it may not be named by what stands there."""
    if MARK in str(rejected):
        yield f"{rejected.problems[0].rule} quotes the input"
