"""A large file's whole way: ingest, project, build the marts. Each engine in a process of its own."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from benchmarks.clock import Timed, race
from benchmarks.homes import PARTNER, fresh
from benchmarks.memory import watched_memory
from benchmarks.report import Finding, Line, findings, wish
from benchmarks.table import yardstick_lines
from benchmarks.yardsticks import factor, yardsticks
from examples.generator import generate
from hub.cli.build import build
from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import ingest

PUBLISHED = 75_445
WISH = 1_000_000 / 20
"""Rows a second: a million of them from a file to the marts in 20 seconds."""
YARD = 50_000


def million(folder: Path, here: tuple[str, ...], rows: int) -> dict[str, list[Finding]]:
    """The stages by engine, and all of them together."""
    print(f"writing a file of {rows:,} rows (its time does not count)")
    made = generate(folder, scale=rows / PUBLISHED, broken=0, partners=[PARTNER], echo=print)[0]
    yards = race(yardsticks(folder, here, YARD), 3, print)
    rates = {name: each.rate for name, each in yards.items()}
    found = {"this machine": findings(yardstick_lines(), yards, 1.0)}
    for engine in here:
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            timed = alone.submit(stages, folder, engine, made.path).result()
        lines = [Line(name) for name in list(timed)[:-1]]
        found[engine] = findings([*lines, wish(WHOLE.format(engine), WISH)], timed, factor(rates, engine))
    return found


WHOLE = "file to marts, {}"


def stages(folder: Path, engine: str, path: Path) -> dict[str, Timed]:
    """Seconds of each stage, told as it ends, with the memory it needed."""
    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        with watched_memory() as memory:
            start = perf_counter()
            yield
            seconds[name] = perf_counter() - start
        print(
            f"{engine}: {name} {seconds[name]:.1f} s, at most {memory.own >> 20:,} MiB, "
            f"{memory.all >> 20:,} MiB with the processes it started",
            flush=True,
        )

    with fresh(folder, engine) as hub:
        with stage("ingest"):
            said = ingest(hub, path, "pt_apav", complete=True)
        with stage("project"):
            catch_up_warehouse(hub, rebuild=False, echo=lambda _line: None)
        with stage("build"):
            build(hub.settings, echo=lambda _line: None)
    good, all_rows = said["accepted"] + said["unchanged"], said["received"]
    print(f"{engine}: file to marts {sum(seconds.values()):.1f} s", flush=True)
    return {
        **{f"{name}, {engine}": Timed(all_rows, good, each) for name, each in seconds.items()},
        WHOLE.format(engine): Timed(all_rows, good, sum(seconds.values())),
    }
