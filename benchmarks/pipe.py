"""Rows per second of every section of the pipe, on a generated file of one row a contact. `make bench`."""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import plain
from benchmarks.report import Finding, finding, report
from examples.generator import generate, mapping_of
from hub.adapters.base import Record, Statement
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.cli.installation import Installation, installation
from hub.edge.deliver import Sender, deliver
from hub.edge.generalise import generalise
from hub.log.receive import receive
from hub.projections.base import catch_up
from hub.projections.warehouse import WarehouseFeed
from hub.settings import Settings
from hub.transport import files

PARTNER, PUBLISHED = "pt-apav", 75_445
FEW = 2_000
"""Rows for what is done one at a time."""


def timed(work: Callable[[], int]) -> float:
    """Rows per second of one run."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    rows = work()
    gc.enable()
    return rows / (time.perf_counter() - start)


def measure(folder: Path, rows: int) -> list[Finding]:
    """Every section once, each beside its control, in one run."""
    made = generate(folder, scale=rows / PUBLISHED, broken=0, partners=[PARTNER], echo=print)[0]
    adapter = load_mapping(mapping_of(PARTNER))
    source = adapter.mapping.source
    records: list[Record] = []
    statements: list[Statement] = []

    def read() -> int:
        with made.path.open("rb") as file:
            records.extend(adapter.read(file))
        return len(records)

    def translate() -> int:
        statements.extend(adapter.translate(record) for record in records)
        return len(statements)

    found = []
    speed = timed(read)
    against = timed(lambda: plain.dict_reader(made.path, source.encoding, source.separator))
    found.append(finding("read", len(records), speed, "csv.DictReader", against))
    speed = timed(translate)
    held = [s.facts[0] for s in statements if s.facts[0].event == "contact.held"]
    coarse = [dict(fact.data) for fact in held]
    for data in coarse:
        for exact in ("age", "nationality", "duration_minutes"):
            data.pop(exact, None)
    against = timed(lambda: plain.validated(coarse))
    found.append(finding("translate", len(records), speed, "pydantic validation alone", against))
    speed = timed(lambda: sum(1 for fact in held if generalise(fact, "PT")))
    found.append(finding("generalise and validate", len(held), speed, "pydantic validation alone", against))
    with installation(Settings(folder / "home")) as hub:
        found += _stores(hub, folder, adapter, made.path, len(records))
    return found


def _stores(hub: Installation, folder: Path, adapter: MappingAdapter, path: Path, rows: int) -> list[Finding]:
    sender = Sender(adapter.mapping.partner, adapter.mapping.country)
    inbox = folder / "inbox"

    def edge() -> int:
        tokens, readers = hub.tokens(*sender), hub.readers(sender.partner)
        with path.open("rb") as file:
            files.send(deliver(adapter, file, sender, tokens=tokens, readers=readers, complete=True), inbox)
        return rows

    def append() -> int:
        for waiting in files.pending(inbox):
            with files.opened(waiting) as delivery:
                receive(hub.store, hub.vault, hub.payload_secret, delivery)
            waiting.unlink()
        return rows

    sealing = timed(lambda: plain.hashed_and_sealed(rows))
    found = [finding("edge: read to sealed delivery on disk", rows, timed(edge), "2 HMAC + 1 AES-GCM", sealing)]
    appending = timed(append)
    position = hub.store.position()
    events = hub.store.read(0, position, position)
    raw = timed(lambda: plain.bulk_insert(folder, events))
    slow = timed(lambda: plain.one_by_one(folder, events[:FEW]))
    found.append(finding("append: open, reconcile, seal, commit", rows, appending, "raw bulk insert of the bytes", raw))
    found.append(finding("append, against the library used plainly", rows, appending, "one insert_events a row", slow))
    timed(edge)
    found.append(
        finding("append: a delivery that says nothing new", rows, timed(append), "the same, all new", appending)
    )
    feed = WarehouseFeed(hub.settings.warehouse_path)
    projecting = timed(lambda: catch_up(hub.store, hub.vault, feed))
    feed.close()
    arrow = timed(lambda: plain.arrow_insert(rows))
    found.append(finding("project: open, upcast, into DuckDB", position, projecting, "finished Arrow columns", arrow))
    return found


def main() -> None:
    """Measure, print, and write build/bench.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000, help="rows of the file; default 200,000")
    with tempfile.TemporaryDirectory() as folder:
        report("bench", measure(Path(folder), parser.parse_args().rows))


if __name__ == "__main__":
    main()
