"""Does it stay fast, and small, when the log grows? Deliveries into one log, measured on the way. `make growth`."""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.alone import drawn, projected, received_alone, timed_receive, verified
from benchmarks.homes import PARTNER, POSTGRES, SQLITE, engines, fresh
from benchmarks.memory import resident, watched_memory
from benchmarks.report import BUILD, VERDICT, Finding, machine, write
from benchmarks.sizes import sizes
from benchmarks.synthetic import PERIODS, SOON, Source
from hub.cli.installation import Installation
from hub.events.wire import Delivery

MARKS = {SQLITE: (300_000, 1_000_000, 3_000_000, 10_000_000), POSTGRES: (300_000, 1_000_000, 3_000_000)}
"""Events at which a log is measured."""
SINGLE = (300_000, 1_000_000, 3_000_000)
"""Rows of one delivery whose memory is measured."""
DELIVERY, LAST = 100_000, 3
"""Rows a delivery; and how many deliveries before a mark its price is the median of."""
SCOPE = 3
"""Deliveries into one period of one dataset: 300,000 records are a large partner's quarter."""
DATASETS = 10
"""They deliver in turn. Ten million records of one alone would be more than any partner in Europe has in ten years."""
STEEPEST, MOST = 1.1, 1 << 30
"""Targets: time an event at the last mark over that at the first, and bytes in memory."""
WORK, MIB = ("append", "verify", "project"), 1 << 20
Point = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Grow a log on each engine; write build/growth.json, the points and the curves at every mark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks growth", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of all sizes; default 1, which ends at ten million")
    parser.add_argument("--engine", choices=(SQLITE, POSTGRES), help="one engine alone; default both")
    parser.add_argument("--until", type=int, help="no mark above so many events")
    parser.add_argument("--no-single", action="store_true", help="not the memory of single large deliveries")
    parser.add_argument("--anyone", action="store_true", help="who returns is anyone ever named: the worst case")
    asked = parser.parse_args(arguments)
    said: dict[str, Any] = {"machine": machine(), "scale": asked.scale, "points": [], "single": [], "targets": []}
    for engine in engines(asked.engine):
        with tempfile.TemporaryDirectory(prefix="growth-") as folder:
            marks = [round(mark * asked.scale) for mark in MARKS[engine]]
            marks = [mark for mark in marks if mark <= (asked.until or mark)]
            grow(Path(folder), engine, marks, said, scale=asked.scale, soon=0.0 if asked.anyone else SOON)
            for rows in () if asked.no_single else SINGLE:
                single(Path(folder), engine, round(rows * asked.scale), said)
    for each in said["targets"]:
        print(
            f"{each['name']}: {each['figure']:,} against {each['against']:,} {each['control']}: {each['ratio']} "
            f"({each['target']}: {VERDICT[each['met']]})"
        )
    print("written: build/growth.json, build/growth-points.json, build/growth.svg, build/growth.png")


def grow(folder: Path, engine: str, marks: Sequence[int], said: dict[str, Any], *, scale: float, soon: float) -> None:
    """One delivery after the other into one log, and what it costs at each mark."""
    step, seconds = max(1, round(DELIVERY * scale)), list[float]()
    with fresh(folder, engine) as hub:
        source = Source(hub.readers(PARTNER), soon=soon)
        for mark in marks:
            with watched_memory() as memory:
                while (end := hub.store.position()) < mark:
                    rows = min(step, mark - end)
                    seconds.append(_append(hub, source, rows, len(seconds)) / rows)
                    print(f"{engine}: {end + rows:,} events, {seconds[-1] * 1e6:.1f} µs each", flush=True)
            point: Point = {
                "engine": engine,
                "events": mark,
                "append_us": median(seconds[-LAST:]) * 1e6,
                "append_rss": resident(),
                "append_peak": memory.own,
                **sizes(hub),
                **verified(hub),
                **projected(hub),
            }
            said["points"].append(point)
            _keep(said)
            _tell(point)


def single(folder: Path, engine: str, rows: int, said: dict[str, Any]) -> None:
    """The memory of one delivery, in a process of its own."""
    point = {"engine": engine, "rows": rows, **received_alone(folder, engine, rows)}
    said["single"].append(point)
    _keep(said)
    print(
        f"{engine}: one delivery of {rows:,} rows, {point['append_us']:.1f} µs each, at most {_mib(point['peak'])}",
        flush=True,
    )


def _keep(said: dict[str, Any]) -> None:
    """Whatever comes next, this is on the disk."""
    said["targets"] = targets(said["points"], said["single"])
    write("growth", said["targets"])
    write("growth-points", said)
    drawn(said, BUILD)


def _append(hub: Installation, source: Source, rows: int, number: int) -> float:
    """Seconds to receive a delivery that is there already, the so-manieth of all."""
    turn, dataset = divmod(number, DATASETS)
    made = source.delivery(rows, f"bench{dataset}", [*PERIODS][turn // SCOPE % len(PERIODS)])
    parts = list(made.parts)
    return timed_receive(hub, Delivery(made.header, iter(parts)))


def targets(points: list[Point], singles: list[Point]) -> list[Finding]:
    """Each target with its figure: µs an event at the last mark beside those at the first, and MiB at the height."""
    found = []
    for engine in dict.fromkeys(point["engine"] for point in points):
        mine = [point for point in points if point["engine"] == engine]
        first, last = mine[0], mine[-1]
        for what in WORK if len(mine) > 1 else ():  # one mark is no growth
            figure, against = last[f"{what}_us"], first[f"{what}_us"]
            name, control = f"{what}, {engine}: µs an event at {last['events']:,}", f"at {first['events']:,}"
            found.append(_finding(name, last["events"], control, figure, against, STEEPEST))
        heights = {what: max(point[f"{what}_peak"] for point in mine) for what in WORK}
        if peaks := [one["peak"] for one in singles if one["engine"] == engine]:
            heights["one delivery"] = max(peaks)
        for what, height in heights.items():
            name = f"{what}, {engine}: MiB at the height"
            found.append(_finding(name, last["events"], "what is allowed", height / MIB, MOST / MIB, 1.0))
    return found


def _finding(name: str, events: int, control: str, figure: float, against: float, at_most: float) -> Finding:
    ratio = figure / against
    return Finding(
        name=name,
        tries=events,
        successes=events,
        control=control,
        figure=round(figure, 2),
        against=round(against, 2),
        ratio=round(ratio, 3),
        target=f"at most {at_most:g}",
        met="yes" if ratio <= at_most else "no",
    )


def _tell(point: Point) -> None:
    print(
        f"{point['engine']} at {point['events']:,} events: append {point['append_us']:.1f} µs, verify "
        f"{point['verify_us']:.1f}, project {point['project_us']:.1f}; memory {_mib(point['append_rss'])} "
        f"(at most {_mib(point['append_peak'])}), verify {_mib(point['verify_peak'])}, "
        f"project {_mib(point['project_peak'])}; log {_mib(point['log'])}, vault {_mib(point['vault'])}, "
        f"warehouse {_mib(point['warehouse'])}",
        flush=True,
    )


def _mib(number: int) -> str:
    return f"{number >> 20:,} MiB"
