"""Every section of the pipe on a generated file of one row a contact, its controls in the same run. `make bench`."""

import argparse
import pstats
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter, process_time

from benchmarks.clock import Clock, Now, Timed, Trial, alone, race, run
from benchmarks.controls import engine_controls, shared_controls
from benchmarks.homes import PARTNER, POSTGRES, SQLITE, engines, fresh
from benchmarks.million import million
from benchmarks.plain import Event
from benchmarks.privacy import numeric_edge, vault_in_batches
from benchmarks.report import Finding, findings, show, write
from benchmarks.sections import EDGE_WHOLE, Sealed, edge_of, edge_sections, edge_steps, log_sections, log_steps
from benchmarks.table import (
    BULK,
    CRYPTOGRAPHY,
    LEAST,
    ROWS,
    edge_lines,
    engine_lines,
    numbers_lines,
    plain_lines,
    privacy_lines,
    yardstick_lines,
)
from benchmarks.wholes import clear_log, whole_ingest, whole_log
from benchmarks.yardsticks import factor, yardsticks
from examples.generator import generate
from hub.events.columns import unpack_rows
from hub.events.wire import Chunk, binding, open_sealed

ADAPTER, PUBLISHED = "pt_apav", 75_445
"""The adapter whose partner's rows are one contact each, and how many of them are its published year."""
YARD, FEW = 50_000, 100_000
PROFILED = 30
"""Functions of a profile that are printed."""


def main(arguments: Sequence[str]) -> None:
    """Measure, print, and write build/bench.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows of the file; default 200,000")
    parser.add_argument("--rounds", type=int, help=f"turns that each one has; default 3, and 1 below {FEW:,} rows")
    parser.add_argument("--engine", choices=(SQLITE, POSTGRES), help="one engine alone; default both")
    parser.add_argument(
        "--profile",
        nargs="?",
        const="",
        metavar="SECTION",
        help=f"also the top {PROFILED} functions of a section; default the slowest",
    )
    parser.add_argument(
        "--million",
        nargs="?",
        type=int,
        const=1_000_000,
        metavar="ROWS",
        help="only this: so many rows from a file to the marts, on each engine",
    )
    parser.add_argument(
        "--cpu", action="store_true", help="this process's own time instead of the clock's: for a machine that is busy"
    )
    asked = parser.parse_args(arguments)
    now = process_time if asked.cpu else perf_counter
    here = engines(asked.engine)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        if asked.million:
            found = million(Path(folder), here, asked.million)
        else:
            rounds = asked.rounds or (3 if asked.rows >= FEW else 1)
            found = measure(Path(folder), here, asked.rows, rounds, now, asked.profile)
    for title, lines in found.items():
        show(title, lines)
    campaign = "million" if asked.million else "bench"
    print(f"\nwritten: {write(campaign, [line for lines in found.values() for line in lines])}")


def measure(
    folder: Path, here: tuple[str, ...], rows: int, rounds: int, now: Now, profile: str | None
) -> dict[str, list[Finding]]:
    """Every section and its controls, one turn each a round; then a profile, where one was asked for."""
    made = generate(folder, scale=rows / PUBLISHED, broken=0, partners=[PARTNER], echo=print)[0]
    kept: list[Event] = []
    with fresh(folder, SQLITE) as hub:  # its keys are those of all others, and only they are needed later on
        edge = edge_of(hub, made.path, ADAPTER)
        new, again = edge.drawn(), edge.drawn()
        shuffled = edge._replace(path=_shuffled(made.path)).drawn()
        facts = _stated(new, hub.payload_secret)
        numeric = numeric_edge(folder, hub, rows)
    steps: dict[str, Trial] = {
        "edge, step by step": edge_steps(edge, made.rows),
        "edge": alone(EDGE_WHOLE, lambda: len(edge.drawn()[1]) and made.rows),
        "edge, national numbers": numeric,
    }
    controls = {**yardsticks(folder, here, min(rows, YARD)), **shared_controls(made.path, made.rows, facts)}
    for engine in here:
        steps[f"log, step by step, {engine}"] = log_steps(folder, engine, new)
        steps[f"log and views, {engine}"] = whole_log(folder, engine, new, again, shuffled, kept)
        steps[f"vault, {engine}"] = vault_in_batches(folder, engine, rows)
        steps[f"ingest, {engine}"] = whole_ingest(folder, engine, made.path, ADAPTER)
        steps[f"views of what is clear, {engine}"] = clear_log(folder, engine, rows)
        steps |= engine_controls(engine, folder, made.path, made.rows, kept)
    timed = race({**controls, **steps}, rounds, print, now)
    if profile is not None:
        _profile(steps, timed, here, profile)
    return tables(timed, here)


def tables(timed: dict[str, Timed], here: tuple[str, ...]) -> dict[str, list[Finding]]:
    """The table's parts, by their titles."""
    timed = timed | {f"{LEAST}, {engine}": _least(timed, engine) for engine in here}
    rates = {name: each.rate for name, each in timed.items()}
    found = {
        "this machine": findings(yardstick_lines(), timed, 1.0),
        "plainly": findings(plain_lines(here), timed, 1.0),
        "edge": findings(edge_lines(), timed, 1.0),
    }
    private = findings(numbers_lines(), timed, factor(rates, here[0]))
    for engine in here:
        found[engine] = findings(engine_lines(engine), timed, factor(rates, engine))
        private += findings(privacy_lines(engine), timed, factor(rates, engine))
    return {**found, "privacy": private}


def _least(timed: dict[str, Timed], engine: str) -> Timed:
    """What no row can do without, by the libraries' calls alone, if two cores shared it without a loss.

    Nothing of ours is in it: no mapping, no check, no vault, no look-up, no head, no tree.
    """
    rows = timed[ROWS].tries
    each = sum(1 / timed[name].rate for name in (ROWS, CRYPTOGRAPHY, f"{BULK}, {engine}"))
    return Timed(rows, rows, rows * each / 2)


def _shuffled(path: Path) -> Path:
    """The same table with its rows in another order, beside it. No cell of the generator's goes over a line."""
    header, *rows = path.read_bytes().splitlines(keepends=True)
    Random(1).shuffle(rows)
    made = path.with_stem(f"{path.stem}-shuffled")
    made.write_bytes(header + b"".join(rows))
    return made


def _stated(sealed: Sealed, secret: bytes) -> list[bytes]:
    """The contacts of a delivery."""
    header, parts = sealed
    chunks = [part.rows for part in parts if isinstance(part, Chunk)]
    opened = [open_sealed(rows, secret, f"{binding(header)}|rows|{number}") for number, rows in enumerate(chunks)]
    facts = [fact for packed in opened for row in unpack_rows(packed).facts for fact in row]
    return [fact.data for fact in facts if fact.topic.startswith("vs.contact.held.")]


def _profile(steps: dict[str, Trial], timed: dict[str, Timed], here: tuple[str, ...], asked: str) -> None:
    """The functions of one section, by their own time. Under the profiler calls cost more than they do."""
    sections = [*edge_sections(), *(section for engine in here for section in log_sections(engine))]
    if asked and asked not in sections:
        print(f"\nno section {asked!r}: {'; '.join(sections)}")
        return
    section = asked or max(sections, key=lambda name: timed[name].seconds / max(timed[name].tries, 1))
    engine = next((each for each in here if section.endswith(f", {each}")), None)
    clock = Clock(profile=section)
    run(steps[f"log, step by step, {engine}" if engine else "edge, step by step"], clock)
    print(f"\nprofile of {section}")
    pstats.Stats(clock.profiler).strip_dirs().sort_stats("tottime").print_stats(PROFILED)
