"""Bytes that were whole: one of many ways to damage them, by chance."""

import random
import zipfile
from collections.abc import Callable
from io import BytesIO

SPECIAL = [
    *(bytes([each]) for each in b"\0\xff\"'\r\n;\t,{[]}&*!<-"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"]]>", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xae"),
    *(b"1e999", b"9" * 5000, b"A" * 140_000),
]
"""What readers stumble over: bytes that are no text, marks of formats, numbers and texts too long."""
Damage = Callable[[random.Random, bytes], bytes]


def _flip(rng: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(rng.choice((1, 1, 4, 40))):
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    return bytes(made)


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _drop(rng: random.Random, data: bytes) -> bytes:
    at, wide = rng.randrange(len(data)), rng.choice((1, 2, 30, 400))
    return data[:at] + data[at + wide :]


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.choice(SPECIAL) * rng.choice((1, 1, 1, 3)) + data[at:]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    at, wide = rng.randrange(len(data)), rng.choice((1, 10, 200))
    return data[:at] + data[at : at + wide] * rng.choice((2, 3, 50)) + data[at:]


def _move(rng: random.Random, data: bytes) -> bytes:
    at, wide, to = rng.randrange(len(data)), rng.choice((5, 60)), rng.randrange(len(data))
    return data[:to] + data[at : at + wide] + data[to:]


def _recode(rng: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(("utf-16", "utf-16-le", "utf-32", "utf-7", "cp1252", "utf-8-sig")), "replace")


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    rng.shuffle(lines)
    return b"".join(lines[: rng.randrange(len(lines) + 1)])


DAMAGES: tuple[Damage, ...] = (_flip, _cut, _drop, _insert, _repeat, _move, _recode, _lines)


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Damage once or a few times. Of an archive, half of the time a part of it, packed again so that it opens."""
    if data[:2] == b"PK" and rng.random() < 0.5:
        return _in_a_part(rng, data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        data = rng.choice(DAMAGES)(rng, data) if data else data
    return data


def _in_a_part(rng: random.Random, data: bytes) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
        names = archive.namelist()
        broken = rng.choice(names)
        for name in names:
            part = archive.read(name)
            copy.writestr(name, rng.choice(DAMAGES)(rng, part) if name == broken and part else part)
    return made.getvalue()
