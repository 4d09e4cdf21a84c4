"""A small driver for tests of the whole pipe: an installation in a folder, a mapping and a table made in the test."""

import csv
import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import sqlalchemy as sa

from hub.adapters.damage import MARK
from hub.adapters.hostile import HostileAdapter, hostile_files
from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import drain, ingest
from hub.cli.installation import Installation, installation
from hub.cli.tasks import make_task, push
from hub.edge.deliver import Sender, deliver
from hub.edge.seal import Readers
from hub.edge.tokens import PartnerTokens
from hub.errors import Reject
from hub.events.wire import COUNTS, ProvenReceipt
from hub.log.quarantine import refusals
from hub.log.receive import receive
from hub.settings import Settings
from tests.postgres import named, server

ROOT = Path(__file__).resolve().parent.parent
HEAD = """mapping: 1
name: xx_contacts
partner: pt-test
country: PT
language: pt
source: {separator: ";", dates: ["%d-%m-%Y"]}
record: contact
key: [no]
subject: {columns: [case]}
"""
MAPPING = (
    f"\n{HEAD}"
    + """covers: quarter
ignore: [name]
facts:
  - event: contact.held
    fields:
      occurred_on: {column: date, as: date}
      sex: {column: sex, codes: {f: F, m: M, "": NR}}
      age: {column: age, as: integer}
      violence_forms: {flags: {phy: PHY, psy: PSY}, yes: [y], no: [n]}
"""
)
COLUMNS = ("no", "case", "date", "sex", "age", "phy", "psy", "name")
Row = dict[str, str]


def row(number: int, **changed: str) -> Row:
    """A good row of the test table; days and cases follow from the number."""
    made = {
        "no": f"R{number}",
        "case": f"C{number // 2}",
        "date": f"{number % 28 + 1:02}-0{number % 3 + 1}-2025",
        "sex": "f" if number % 3 else "m",
        "age": str(18 + number % 50),
        "phy": "y" if number % 2 else "n",
        "psy": "n",
        "name": f"CANARY-{number}",
    }
    return {**made, **changed}


def write_table(path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> Path:
    """A `;`-separated file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_mapping(folder: Path, text: str = MAPPING) -> Path:
    """The mapping of the test table."""
    path = folder / "mapping.yaml"
    path.write_text(text, "utf-8")
    return path


class Pipe:
    """One installation under test."""

    def __init__(self, hub: Installation, folder: Path) -> None:
        self.hub, self.folder = hub, folder
        self.files = 0
        self.broken = False
        """Whether the test takes a part of the installation away for good: it then stops, whoever comes."""

    def take(
        self, rows: Sequence[Mapping[str, str]], adapter: Path | None = None, *, complete: bool = False, **options: Any
    ) -> dict[str, Any]:
        """Ingest rows of the test table."""
        return self.take_file(self._file(rows), adapter or write_mapping(self.folder), complete=complete, **options)

    def take_file(self, path: Path, adapter: Path | str, *, complete: bool = False, **options: Any) -> dict[str, Any]:
        """Ingest a file. Whatever it holds, none of its rows is lost."""
        return conserved(ingest(self.hub, path, str(adapter), complete=complete, **options))

    def take_adapter(self, adapter: Any, sender: Sender = Sender("pt-rude", "PT")) -> dict[str, Any]:  # noqa: B008
        """Ingest what an adapter in Python reads, of no file."""
        with BytesIO() as source:
            delivery = deliver(
                adapter,
                source,
                sender,
                tokens=PartnerTokens(b"h" * 32, partner=sender.partner, country=sender.country),
                readers=Readers(*self.hub.readers(sender.partner)),
                complete=True,
            )
            receipt = receive(self.hub.receiver, delivery, echo=quiet).receipt
        told = [
            {"position": each.position, "rule": each.rule, "place": each.place}
            for each in refusals(self.hub.store, receipt.delivery)
        ]
        return conserved({**{name: getattr(receipt, name) for name in COUNTS}, "refusals": told})

    def hostile(self, seed: int) -> None:
        """The hostile partner passes by: one file and one adapter of theirs, after which all stands as it did."""
        rng = random.Random(seed)
        good = write_table(self.folder / "hostile.csv", [row(number) for number in range(6)])
        mapping = self.folder / "hostile.yaml"
        mapping.write_text(MAPPING.replace("pt-test", "pt-hostile").replace("xx_contacts", "xx_rude"), "utf-8")
        sent = rng.choice([*hostile_files(good.read_bytes(), ";", rng, damaged=3)])
        good.write_bytes(sent.data)
        told: list[str] = []
        try:
            told += map(str, self.take_file(good, mapping, complete=True, echo=told.append)["refusals"])
        except Reject as error:
            told.append(str(error))
        told += map(str, self.take_adapter(HostileAdapter(seed, records=12))["refusals"])
        assert MARK not in " ".join(told), sent.how

    def drop(
        self, rows: Sequence[Mapping[str, str]], adapter: Path | None = None, *, complete: bool = False, **options: Any
    ) -> Path:
        """Leave rows of the test table in the inbox, as a sealed delivery."""
        said: dict[str, Any] = {"partner": None, "confirmed": False, "periods": (), **options}
        partner, mapping = said.pop("partner"), str(adapter or write_mapping(self.folder))
        task = make_task(self.hub, self._file(rows), mapping, partner, complete=complete, **said)
        return push(task, self.hub.settings.deliveries_dir / "inbox", quiet)

    def receive(self) -> list[ProvenReceipt]:
        """Apply what waits in the inbox."""
        return drain(self.hub, quiet)

    def project(self, *, rebuild: bool = False) -> dict[str, Any]:
        """Bring the raw tables up to the log."""
        return catch_up_warehouse(self.hub, rebuild=rebuild, echo=quiet)

    def current(self, event: str = "contact_held", columns: str = "*") -> list[tuple[Any, ...]]:
        """What the raw tables say at present, without the hub's own names and ids of things."""
        self.project()
        with duckdb.connect(str(self.hub.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(
                f"""SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY stream, part ORDER BY version DESC)
                    AS newest FROM raw.{event}) WHERE newest = 1
                    AND event_id NOT IN (SELECT retracts FROM raw.record_retracted) ORDER BY ALL"""
            ).fetchall()

    def _file(self, rows: Sequence[Mapping[str, str]]) -> Path:
        self.files += 1
        return write_table(self.folder / f"file-{self.files}.csv", rows)


def conserved(result: dict[str, Any]) -> dict[str, Any]:
    """What was received is what was accepted, unchanged or put aside, always."""
    assert result["received"] == result["accepted"] + result["unchanged"] + result["quarantined"]
    return result


def quiet(_line: str) -> None:
    """Progress that nobody reads."""


def new_settings(home: Path, engine: str = "sqlite") -> Settings:
    """Settings of an installation that is not there yet: files below `home`, or databases on the test server.

    Answers are given at once: who waits for them in a test has nobody to hide from.
    """
    return Settings(home, None if engine == "sqlite" else new_name(), answer_every=0)


def new_name() -> str:
    """The URL of a database on the test server that is not there yet."""
    return named(server().url, f"test_{secrets.token_hex(8)}")


def databases(settings: Settings) -> list[str]:
    """The names of an installation's databases on the test server."""
    urls = [settings.log_url, settings.vault_url] if settings.database else []
    return [str(sa.make_url(url).database) for url in (*urls, settings.warehouse_url) if url]


def drop_databases(names: Sequence[str]) -> None:
    """Take databases from the test server again, whoever is connected to them."""
    if names:
        with psycopg.connect(server().url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def open_pipe(folder: Path, engine: str = "sqlite") -> Iterator[Pipe]:
    """An installation of its own below a folder; on the test server, its databases go when it is closed."""
    settings = new_settings(folder / "home", engine)
    try:
        with installation(settings) as hub:
            yield Pipe(hub, folder)
    finally:
        drop_databases(databases(settings))
