"""Marked strings in every column that identifies, in files of all partners, whole and damaged: none is seen again."""

import contextlib
import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb

from examples.generator import generate, mapping_of
from hub.cli.history import deliveries
from hub.cli.ingest import ingest
from hub.cli.installation import Installation, installation
from hub.cli.overview import overview
from hub.cli.preview import preview
from hub.errors import HubError
from hub.settings import Settings
from tests.attacks.attack import Attack, Outcome
from tests.pipe import Pipe

MARK = b"CANARY"
SCALE, BROKEN, DAMAGED = 0.02, 20, 12
"""Of the partners' published year; rows broken by rule in each file; and damaged copies of each file, at random."""


def holding(folder: Path, mark: bytes) -> list[str]:
    """Files below a folder that hold the mark, in UTF-8, UTF-16, hex, small letters or reversed."""
    text = mark.decode()
    forms = (mark, text.encode("utf-16-le"), mark.hex().encode(), text.lower().encode(), mark[::-1])
    there = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return [str(path.relative_to(folder)) for path, data in there.items() if any(form in data for form in forms)]


def _run(folder: Path, scale: float) -> Outcome:
    """Everything that a hub keeps, answers or says, of files as they are and of files that are damaged."""
    rng, told, own = random.Random(5), list[str](), folder / "own"
    made = generate(own, scale=SCALE * max(scale, 0.2), seed=5, broken=BROKEN)
    marks = {mark for each in made for mark in re.findall(MARK + rb"[^;\t\r\n\0]*", each.path.read_bytes())}
    settings = Settings(folder / "home")
    with installation(settings) as hub:
        for each in made:
            mapping = str(mapping_of(each.partner))
            _tell(told, lambda: ingest(hub, each.path, mapping, complete=True, echo=told.append))  # noqa: B023
            _tell(told, lambda: preview(each.path, mapping, 50))  # noqa: B023
            for number in range(max(2, round(DAMAGED * scale))):
                bad = damaged(each.path, folder / "damaged" / f"{number}-{each.path.name}", rng)
                _tell(told, lambda: ingest(hub, bad, mapping, complete=False, echo=told.append))  # noqa: B023
        Pipe(hub, folder).project()
        _tell(told, lambda: overview(hub))
        _tell(told, lambda: deliveries(hub))
        told += _rows(hub)
    found = holding(settings.home, MARK) + [text for text in told if MARK.decode() in text.upper()]
    (settings.home / "planted").write_bytes(b"x" + MARK.hex().encode())
    seen = [*holding(settings.home, MARK), *holding(own, MARK)]
    return Outcome(len(marks), len(found), len(seen))


def _tell(told: list[str], command: Any) -> None:
    """What a command answers, or what it says when it fails."""
    try:
        told.append(json.dumps(command(), default=str))
    except HubError as error:
        told.append(str(error))


def damaged(path: Path, into: Path, rng: random.Random, most: int = 200) -> Path:
    """A copy with bytes turned over, taken out, or cut off, at fewer than so many places."""
    into.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, into)
    content = bytearray(into.read_bytes())
    for _ in range(rng.randrange(1, most)):
        at = rng.randrange(max(1, len(content)))
        with contextlib.suppress(IndexError):
            match rng.randrange(3):
                case 0:
                    content[at] = rng.randrange(256)
                case 1:
                    del content[at : at + rng.randrange(1, 40)]
                case _:
                    content[at:at] = bytes(rng.choice(b';\t"\r\n\0') for _ in range(rng.randrange(1, 4)))
    if rng.random() < 0.3:
        del content[rng.randrange(max(1, len(content))) :]
    into.write_bytes(content)
    return into


def _rows(hub: Installation) -> list[str]:
    """Every table of the warehouse as text: on the disk it is compressed."""
    with duckdb.connect(str(hub.settings.warehouse_path), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        return [str(connection.execute(f'SELECT * FROM "{s}"."{t}"').fetchall()) for s, t in tables]


CANARIES = Attack("marked strings of made-up victims, files damaged too", "in the partners' files, and planted", _run)
