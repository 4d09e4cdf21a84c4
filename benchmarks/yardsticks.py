"""What this machine's processor and disk can do, beside the machine that the wishes were written for."""

from collections.abc import Iterable
from math import prod
from pathlib import Path
from random import Random

from benchmarks import plain
from benchmarks.clock import Clock, Trial, alone
from benchmarks.homes import POSTGRES, SQLITE, new_plain_database

HMAC, AES, INSERT, COPY = (
    "yardstick: HMAC by copied pads",
    "yardstick: AES-256-GCM, 200 bytes",
    "yardstick: SQLite executemany",
    "yardstick: PostgreSQL binary COPY",
)
REFERENCE = {HMAC: 1_840_000, AES: 925_000, INSERT: 223_365, COPY: 244_000}
"""A second, on the reference machine: two cores of an AMD EPYC under KVM, Python 3.11, SQLite 3.40, PostgreSQL 15."""
BYTES, COMMIT = 568, 10_000
"""The reference's events, and how many of them it wrote in one transaction."""
OF = {SQLITE: (HMAC, AES, INSERT), POSTGRES: (HMAC, AES, COPY)}
"""Which of them a wish for an engine is read by."""


def yardsticks(folder: Path, engines: Iterable[str], rows: int) -> dict[str, Trial]:
    """Their trials."""
    draw = Random(1)
    events = [
        (number, f"{number:032x}", 1, "vs.contact.held.v1", draw.randbytes(BYTES)) for number in range(1, rows + 1)
    ]

    def insert(clock: Clock) -> None:
        with new_plain_database(folder, SQLITE) as path:
            alone(INSERT, lambda: plain.bulk_insert(path, events, COMMIT))(clock)

    def copy(clock: Clock) -> None:
        with new_plain_database(folder, POSTGRES) as url:
            alone(COPY, lambda: plain.bulk_copy(url, events, COMMIT))(clock)

    trials = {
        HMAC: alone(HMAC, lambda: 2 * plain.hashed(rows)),
        AES: alone(AES, lambda: plain.sealed(rows, 200)),
        INSERT: insert,
        COPY: copy,
    }
    return {name: trial for name, trial in trials.items() if name != COPY or POSTGRES in engines}


def factor(rates: dict[str, float], engine: str) -> float:
    """How fast this machine is for an engine's work, 1 for as fast as the reference: a geometric mean."""
    shares = [rates[name] / REFERENCE[name] for name in OF[engine] if name in rates]
    return prod(shares) ** (1 / len(shares)) if shares else 1.0
