"""An installation to be killed: a base made once, on either engine, and copied for every try."""

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import psycopg

from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import drain, ingest
from hub.cli.installation import Installation, installation
from hub.cli.tasks import make_task, push
from hub.settings import Settings
from tests.campaigns.forked import forked
from tests.killed import make_small
from tests.pipe import Row, databases, drop_databases, new_name, new_settings, quiet, row, write_mapping, write_table
from tests.postgres import server

KNOWN, NEW, GONE, CHANGED, DAMAGED = 400, 60, 40, 90, 5
"""Records of the first delivery; what the second one adds, leaves out, says otherwise, and gets wrong."""
PATIENCE = 10.0
"""Seconds for the connections of a process that has ended to be given up."""


class Scene(NamedTuple):
    """A partner's installation after its first delivery, with the second one as a file."""

    folder: Path
    base: Settings

    @property
    def table(self) -> Path:
        return self.folder / "second.csv"

    @property
    def mapping(self) -> str:
        return str(self.folder / "mapping.yaml")


Action = Callable[[Scene, Installation], None]


def second_rows() -> list[Row]:
    """What the second delivery states: rows as before, changed, new and damaged; some of the first are left out."""
    stays = [row(n, **({"age": str(60 + n % 20)} if n < CHANGED else {})) for n in range(KNOWN - GONE)]
    new = [row(n) for n in range(KNOWN, KNOWN + NEW)]
    return [*stays, *new, *(row(n, age="many") for n in range(KNOWN + NEW, KNOWN + NEW + DAMAGED))]


@contextmanager
def a_scene(folder: Path, engine: str, *, to_project: bool = False) -> Iterator[Scene]:
    """A base whose second delivery waits in the inbox; or, `to_project`, is in the log and not in the warehouse."""
    folder.mkdir(parents=True, exist_ok=True)
    base = new_settings(folder / "base", engine)
    if to_project and engine == "postgresql":
        base = replace(base, warehouse_url=new_name())
    scene = Scene(folder, base)
    write_mapping(folder)
    write_table(folder / "first.csv", [row(n) for n in range(KNOWN)])
    write_table(scene.table, second_rows())
    try:
        made = forked(lambda: _make(scene, to_project=to_project))
        if made.code:
            raise RuntimeError(f"the base was not made: {made.answer}")
        yield scene
    finally:
        drop_databases(databases(base))


@contextmanager
def copied(scene: Scene, *, of_nothing: bool = False) -> Iterator[Settings]:
    """The base once more; or a place for an installation that is not there yet.

    What is projected is read and not written: there the log's and the vault's databases are the base's own.
    """
    base = scene.base
    mine = replace(base, home=scene.folder / secrets.token_hex(8))
    if base.warehouse_url:
        mine = replace(mine, warehouse_url=new_name())
    elif base.database:
        mine = replace(mine, database=new_name())
    own = {there: here for here, there in zip(databases(base), databases(mine), strict=True) if here != there}
    try:
        if not of_nothing:
            shutil.copytree(base.home, mine.home)
            for there, here in own.items():
                _copy_database(here, there)
        yield mine
    finally:
        shutil.rmtree(mine.home, ignore_errors=True)
        drop_databases(list(own))


def _make(scene: Scene, *, to_project: bool) -> None:
    make_small()
    with installation(scene.base) as hub:
        ingest(hub, scene.folder / "first.csv", scene.mapping, complete=True)
        if to_project:
            catch_up_warehouse(hub, rebuild=False, echo=quiet)
        push_second(scene, hub)
        if to_project:
            drain(hub, quiet)


def _copy_database(here: str, there: str) -> None:
    end = time.monotonic() + PATIENCE
    with psycopg.connect(server().url, autocommit=True) as connection:
        while True:
            with suppress(psycopg.errors.ObjectInUse):
                connection.execute(f"CREATE DATABASE {there} TEMPLATE {here}")
                return
            if time.monotonic() > end:
                raise TimeoutError("the base is still in use")
            time.sleep(0.02)


def ingest_second(scene: Scene, hub: Installation) -> None:
    """The second delivery's file, edge to log."""
    ingest(hub, scene.table, scene.mapping, complete=True)


def push_second(scene: Scene, hub: Installation) -> None:
    """The same rows into the inbox."""
    task = make_task(hub, scene.table, scene.mapping, None, complete=True, confirmed=False, periods=())
    push(task, hub.settings.deliveries_dir / "inbox", quiet)


def push_and_drain(scene: Scene, hub: Installation) -> None:
    """The same rows into the inbox, and from there into the log."""
    push_second(scene, hub)
    drain(hub, quiet)


def drain_inbox(_scene: Scene, hub: Installation) -> None:
    """The second delivery from the inbox."""
    drain(hub, quiet)


def project(_scene: Scene, hub: Installation) -> None:
    """The warehouse, in place."""
    catch_up_warehouse(hub, rebuild=False, echo=quiet)


def rebuild(_scene: Scene, hub: Installation) -> None:
    """The warehouse, from the first event."""
    catch_up_warehouse(hub, rebuild=True, echo=quiet)


ACTIONS: dict[str, Action] = {
    "first": ingest_second,
    "ingest": ingest_second,
    "push": push_and_drain,
    "drain": drain_inbox,
    "project": project,
    "rebuild": rebuild,
}
"""What can be killed, by name. `first` begins with no installation at all."""
RECEIVES, PROJECTS = ("ingest", "drain", "push", "first"), ("project", "rebuild")
