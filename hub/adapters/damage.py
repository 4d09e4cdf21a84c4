"""Damage by a seed: to a file's bytes, and to what a record holds. Rude texts carry a mark that must not leave."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any

from hub.adapters.base import Record

MARK = "CANARY"
"""Stands in every text that a damage brings in: not one byte of it may leave, or be quoted."""
RUDE = (
    MARK, f"{MARK}\x00\x1b[2J", f'"{MARK}', f"{MARK}\n;;;\r", f"=cmd|'{MARK}'!A0", f"{MARK}\u202e\ufeff\u0000",
    f"{MARK}\udcff", MARK * 2_000, "9" * 5_000, "1e309", "nan", "-0", "٣", "99999-99-99", "31-02-2025", "0000-00-00",
    " ", "", "null", "[]", "{",
)  # fmt: skip
STRANGE: tuple[Any, ...] = (
    None, True, -1, 10**400, float("nan"), float("inf"), 1e-320, b"\xff", [], {}, [[[]]], object(),
)  # fmt: skip
"""What a text may turn out to be in a format that has types."""
BYTES = (b"\x00", b"\xff\xfe", b'"', b"\n", b"\r", b";", b",", b"\t", b"\xe2\x80", MARK.encode(), b"\x1a", b"{", b"<!")


def damaged_files(data: bytes, rng: Random, times: int) -> Iterator[tuple[str, bytes]]:
    """Copies of a file, each broken, and how."""
    yield "empty", b""
    yield "of its first line alone", data[: data.find(b"\n") + 1]
    yield "in another encoding", data.decode("latin-1").encode("utf-16")
    for number in range(times):
        how = rng.choice(tuple(_FILES))
        yield f"{how} ({number})", _FILES[how](data, rng)


def damaged_records(records: Sequence[Record], rng: Random, times: int) -> Iterator[tuple[str, Record]]:
    """Copies of records, each with one of its texts replaced, and how. A record without plain texts is left."""
    for number in range(times if records else 0):
        record = rng.choice(records)
        places = list(leaves(record.data))
        if not places:
            continue
        place = rng.choice(places)
        tables = all(isinstance(leaf, str) for _, leaf in leaves_of(record.data))
        value = rng.choice(RUDE if tables or rng.random() < 0.6 else STRANGE)
        yield f"with a rude value ({number})", record._replace(data=replaced(record.data, place, value))


def leaves(data: Any) -> Iterator[tuple[Any, ...]]:
    """The places of all texts and numbers in a tree of dicts and lists."""
    yield from (place for place, _ in leaves_of(data))


def leaves_of(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The same with what stands there."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from leaves_of(value, (*place, name))
    elif type(data) is list:
        for number, value in enumerate(data):
            yield from leaves_of(value, (*place, number))
    elif type(data) in (str, int, float):
        yield place, data


def replaced(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy of a tree with another value at a place."""
    if not place:
        return value
    first, *rest = place
    inner = replaced(data[first], tuple(rest), value)
    if isinstance(data, Mapping):
        return {**data, first: inner}
    return [*data[:first], inner, *data[first + 1 :]]


def _torn(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _pushed_in(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(BYTES) + data[at:]


def _lost(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.randint(1, 30) :]


def _flipped(data: bytes, rng: Random) -> bytes:
    torn = bytearray(data)
    for _ in range(rng.randint(1, 8) if torn else 0):
        torn[rng.randrange(len(torn))] = rng.randrange(256)
    return bytes(torn)


def _lines_mixed(data: bytes, rng: Random) -> bytes:
    lines = data.splitlines(keepends=True)
    return b"".join(rng.choices(lines, k=len(lines)) if lines else [])


def _marked_heading(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(max(data.find(b"\n"), 0) + 1)
    return data[:at] + MARK.encode() + data[at:]


_FILES: dict[str, Callable[[bytes, Random], bytes]] = {
    "torn": _torn,
    "with bytes pushed in": _pushed_in,
    "with bytes lost": _lost,
    "with bytes flipped": _flipped,
    "with its lines mixed": _lines_mixed,
    "with another heading": _marked_heading,
}
