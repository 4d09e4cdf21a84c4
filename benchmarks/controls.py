"""The trials of what the pipe is measured against, see `plain`."""

from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from benchmarks import plain
from benchmarks.clock import Clock, Trial, alone
from benchmarks.homes import PARTNER, POSTGRES, new_plain_database, plain_environment
from benchmarks.table import BOTH, BULK, CHECKED, CRYPTOGRAPHY, HASHED, ONE_BY_ONE, READER, ROWS, SEAL
from examples.generator import mapping_of
from hub.adapters.mapping import load_mapping

SLOW, PATIENCE = 2_000, 2.0
"""Rows and seconds for what is done one at a time, at most."""


def shared_controls(path: Path, rows: int, facts: Sequence[bytes]) -> dict[str, Trial]:
    """Those that need no database. `facts` are the file's contacts as they are stated."""
    source = load_mapping(mapping_of(PARTNER)).mapping.source
    return {
        READER: alone(READER, lambda: plain.dict_reader(path, source.encoding, source.separator)),
        ROWS: alone(ROWS, lambda: plain.rows_read(path, source.encoding, source.separator)),
        CHECKED: alone(CHECKED, lambda: plain.validated(facts)),
        HASHED: alone(HASHED, lambda: plain.hashed(rows)),
        SEAL: alone(SEAL, lambda: plain.sealed(rows)),
        BOTH: alone(BOTH, lambda: plain.hashed_and_sealed(rows)),
        CRYPTOGRAPHY: alone(CRYPTOGRAPHY, lambda: plain.all_cryptography(rows)),
    }


def engine_controls(engine: str, folder: Path, path: Path, rows: int, kept: Sequence[plain.Event]) -> dict[str, Trial]:
    """Those on one engine. `kept` are the log's own events, which must be there when the trial is run."""
    source = load_mapping(mapping_of(PARTNER)).mapping.source
    slow = min(SLOW, max(200, rows // 20))
    one_by_one, in_bulk = f"{ONE_BY_ONE}, {engine}", f"{BULK}, {engine}"

    def library(clock: Clock) -> None:
        with new_plain_database(folder, engine) as database:
            environment, until = plain_environment(database), monotonic() + PATIENCE
            alone(
                one_by_one,
                lambda: plain.aggregates(environment, path, source.encoding, source.separator, slow, until),
            )(clock)

    def bulk(clock: Clock) -> None:
        with new_plain_database(folder, engine) as database:
            write = plain.bulk_copy if engine == POSTGRES else plain.bulk_insert
            alone(in_bulk, lambda: write(database, kept))(clock)

    return {one_by_one: library, in_bulk: bulk}
