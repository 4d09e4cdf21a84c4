"""One record's life, stage by stage: from a made-up row to a destroyed key, and to nothing. `python -m examples.life`.

Random and keyed values are shown by their length; all else is what a reader of that stage would read.
"""

import csv
import json
import secrets
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import sqlalchemy as sa

from examples.generator import generate, mapping_of
from hub.adapters.mapping import load_mapping
from hub.cli.beside import delivered
from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import ingest
from hub.cli.installation import Installation, installation
from hub.cli.tasks import make_task
from hub.edge.deliver import Sender
from hub.edge.erase import erasure, tokens_of
from hub.events.columns import unpack_rows
from hub.events.wire import Chunk, binding, open_sealed
from hub.log import purges, purging
from hub.log.purges import Order
from hub.log.receive import receive
from hub.log.sealed import split
from hub.settings import Settings
from hub.vault.tables import subjects

PARTNER, PERSON, HELD = "pt-apav", "NUM_PROCESSO", "Realizado"
MONTH = "the month in which it came"
MASKED = {"event_id": "(random)", "stream": "(a number)", "subject": "(random)", "known_month": f"({MONTH})"}


class Stage(NamedTuple):
    """Where the record is, and what can be read of it there, a line each."""

    where: str
    lines: list[str]


def stages(folder: Path) -> Iterator[Stage]:
    """The life of the first contact of a generated file."""
    adapter = load_mapping(mapping_of(PARTNER))
    encoding, separator = adapter.mapping.source.encoding, adapter.mapping.source.separator
    made = next(each for each in generate(folder, year=2025, scale=0.001, seed=1) if each.partner == PARTNER)
    header, *rows = csv.reader(made.path.read_text(encoding, "replace").splitlines(), delimiter=separator)
    held = next(each for each in rows if len(each) == len(header) and HELD in each)
    row = dict(zip(header, held, strict=True))
    path = folder / "one.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, header, delimiter=separator)
        writer.writeheader()
        writer.writerow(row)
    yield Stage("at the partner: its own row", [f"{name}: {said}" for name, said in row.items() if said])
    settings = Settings(folder / "home")
    with installation(settings) as hub:
        yield Stage("on the way: a sealed delivery", list(_on_the_way(hub, path)))
        ingest(hub, path, str(mapping_of(PARTNER)), complete=False)
        catch_up_warehouse(hub, rebuild=False, echo=_quiet)
        yield from _in_the_hub(hub)
        sender = Sender(PARTNER, "PT")
        named, _ = tokens_of(adapter, [row[PERSON]], hub.tokens(*sender), by_record=False)
        receive(hub.receiver, erasure(sender, named, hub.readers(PARTNER), reason="OBJECTION", confirmed=False))
        catch_up_warehouse(hub, rebuild=False, echo=_quiet)
        for stage in _in_the_hub(hub):
            yield Stage(f"forgotten; {stage.where}", stage.lines)
        purges.give(settings.purges_path, Order(secrets.token_hex(16), "PT", date.today().year, "PERIOD_ENDED"))
        purging.carry_out(hub.receiver, settings.purges_path)
        yield Stage("its time over; in the log", list(_in_the_log(hub)))


def _on_the_way(hub: Installation, path: Path) -> Iterator[str]:
    task = make_task(hub, path, str(mapping_of(PARTNER)), None, complete=False, confirmed=False, periods=())
    with delivered(task, _quiet) as delivery:
        header, chunk = delivery.header, next(iter(delivery.parts))
        if not isinstance(chunk, Chunk):
            raise TypeError("a delivery of one row has a chunk")
        clear = {**msgspec.to_builtins(header), "delivery": "32 random digits"}
        yield f"in clear: {json.dumps(clear)}"
        yield "for the vault: 32 bytes for the record and 32 for the person, keyed by the partner, sealed"
        stated = unpack_rows(open_sealed(chunk.rows, hub.payload_secret, f"{binding(header)}|rows|0"))
        yield f"for the hub, sealed: {stated.periods[0]}, {stated.facts[0][0].topic} {stated.facts[0][0].data.decode()}"


def _in_the_hub(hub: Installation) -> Iterator[Stage]:
    with hub.vault.database.reading() as connection:
        rows = connection.execute(sa.select(subjects)).all()
    yield Stage(
        "in the vault",
        [
            f"handle {row.key}, country {row.country}; {len(row.token)} keyed bytes, {len(row.subject)} random bytes, "
            f"{len(row.wrapped)} bytes of a wrapped key"
            for row in rows
        ]
        or ["no row"],
    )
    yield Stage("in the log", list(_in_the_log(hub)))
    with duckdb.connect(str(hub.settings.warehouse_path), read_only=True) as connection:
        cursor = connection.execute("SELECT * FROM raw.contact_held")
        names, found = [column[0] for column in cursor.description or ()], cursor.fetchall()
    yield Stage(
        "in the enclave's warehouse",
        [
            ", ".join(
                f"{name} {MASKED.get(name, value)}"
                for name, value in zip(names, each, strict=True)
                if value not in (None, "", [])
            )
            for each in found
        ]
        or ["no row"],
    )


def _in_the_log(hub: Installation) -> Iterator[str]:
    _, _, version, topic, state = hub.store.read(0, 1, 1)[0]
    name = f"{topic}, version {version} of stream (32 digits)"
    if not state:
        yield f"{name}: no content"
        return
    clear, _, sealed = split(state)
    shown = {**msgspec.to_builtins(clear), "id": "32 random digits", "month": MONTH}
    opens = bool(hub.vault.open_keys([int(clear.key, 16)]))
    yield f"{name}, in clear: {json.dumps(shown)}"
    yield f"sealed: {len(sealed)} bytes, which {'open under her key' if opens else 'nobody can open any more'}"


def _quiet(_line: str) -> None:
    pass


def told() -> str:
    """All stages as one text."""
    with tempfile.TemporaryDirectory() as folder:
        said = [[stage.where, *(f"    {line}" for line in stage.lines)] for stage in stages(Path(folder))]
    return "\n".join(line for lines in said for line in lines)


if __name__ == "__main__":
    print(told())
