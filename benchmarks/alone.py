"""Work in a fresh process, so that its memory is its own: verify, project from zero, one large delivery, the curves."""

import gc
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.homes import PARTNER, fresh
from benchmarks.memory import watched_memory
from benchmarks.synthetic import Source
from hub.cli.installation import Installation, installation
from hub.events.wire import Delivery
from hub.log.receive import receive
from hub.log.verify import verify_log
from hub.projections.base import catch_up
from hub.projections.warehouse import WarehouseFeed
from hub.settings import Settings


def verified(hub: Installation) -> dict[str, Any]:
    """Microseconds an event, and bytes at the height: all processes of the work together."""
    found: dict[str, Any] = _elsewhere(_verify, hub.settings)
    return found


def projected(hub: Installation) -> dict[str, Any]:
    """The same of a warehouse from the first event, and the size of its file."""
    found: dict[str, Any] = _elsewhere(_project, hub.settings)
    return found


def received_alone(folder: Path, engine: str, rows: int) -> dict[str, Any]:
    """The same of one delivery into an empty log, its parts sealed as they are asked for."""
    found: dict[str, Any] = _elsewhere(_receive, folder, engine, rows)
    return found


def drawn(said: dict[str, Any], folder: Path) -> None:
    """What was found, as curves. The library that draws them is larger than a receiver."""
    _elsewhere(_draw, said, folder)


def timed_receive(hub: Installation, delivery: Delivery) -> float:
    """Seconds to receive a delivery, without the cyclic collector, as `hub ingest` and `hub receive` do."""
    gc.collect()
    gc.disable()
    try:
        start = perf_counter()
        receive(hub.receiver, delivery)
        return perf_counter() - start
    finally:
        gc.enable()


def _elsewhere(work: Any, *arguments: Any) -> Any:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def _draw(said: dict[str, Any], folder: Path) -> None:
    from benchmarks.curves import draw

    draw(said["points"], said["single"], folder)


def _verify(settings: Settings) -> dict[str, Any]:
    with installation(settings) as hub, watched_memory() as memory:
        start = perf_counter()
        report = verify_log(hub.store, hub.signer.verifier)
        seconds = perf_counter() - start
    if report.findings:
        raise AssertionError(f"{len(report.findings)} findings in a log that nobody touched")
    return {"verify_us": seconds / report.events * 1e6, "verify_peak": memory.all}


def _project(settings: Settings) -> dict[str, Any]:
    path = settings.home / "grown.duckdb"
    with installation(settings) as hub, watched_memory() as memory, closing(WarehouseFeed(path)) as feed:
        start = perf_counter()
        events = catch_up(hub.store, hub.vault, feed)
        seconds = perf_counter() - start
    size = path.stat().st_size
    path.unlink()
    return {"project_us": seconds / events * 1e6, "project_peak": memory.all, "warehouse": size}


def _receive(folder: Path, engine: str, rows: int) -> dict[str, Any]:
    with fresh(folder, engine) as hub, watched_memory() as memory:
        seconds = timed_receive(hub, Source(hub.readers(PARTNER)).delivery(rows))
    return {"append_us": seconds / rows * 1e6, "peak": memory.own}
