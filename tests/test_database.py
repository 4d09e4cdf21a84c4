"""Both engines, one behaviour: rows in bulk, one writer, snapshots, and what is missing is made, once."""

import os
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.database import Database, insert_rows, look_up, open_database, replace_rows
from hub.errors import Stop
from hub.settings import Settings
from tests import two_tables
from tests.postgres import ENGINES, database_url, fresh_database
from tests.two_tables import ROWS, Row, metadata, stored, strict, things, write

database = two_tables.database


def test_rows_come_back_as_they_were_written(database: Database):
    with database.writing("things") as connection:
        insert_rows(connection, things, ROWS)
        assert sorted(look_up(connection, things, things.c.key, [row[0] for row in ROWS])) == sorted(ROWS)
        assert look_up(connection, things, things.c.state, [bytes(range(256)), b"none such"]) == [ROWS[1]]
    assert stored(database) == sorted(ROWS)


@pytest.mark.parametrize("alike", [True, False])
def test_rows_that_have_everything_come_back_too(database: Database, alike: bool):
    names = ["", " ", "a ", " b", "é" * 70, "tab\t", "nul\0.", "'", "%s"]
    rows: list[tuple[str, int | None, bytes]]
    rows = [(name, -at if at else None, bytes(3 if alike else at)) for at, name in enumerate(names)]
    if database.is_postgres:
        rows, names = rows[:6] + rows[7:], names[:6] + names[7:]  # its texts cannot have a NUL
    for form in (rows, rows[::-1], rows[:1], rows[4:5]):
        with database.writing("strict") as connection:
            connection.execute(sa.delete(strict))
            insert_rows(connection, strict, form)
            replace_rows(connection, strict, form[1:])
            assert sorted(look_up(connection, strict, strict.c.name, names)) == sorted(form)


def test_of_nothing_comes_nothing(database: Database):
    with database.writing("things") as connection:
        insert_rows(connection, things, [])
        replace_rows(connection, things, [])
        assert look_up(connection, things, things.c.key, []) == []
    assert stored(database) == []


def test_replacing_puts_rows_in_the_place_of_those_with_their_keys(database: Database):
    with database.writing("things") as connection:
        insert_rows(connection, things, [(1, 1, "a", b"1"), (2, 1, "b", b"1")])
        replace_rows(connection, things, [(2, 2, "c", None), (3, 1, "d", b"1")])
        replace_rows(connection, things, [(3, None, "e", b"2")])
    assert stored(database) == [(1, 1, "a", b"1"), (2, 2, "c", None), (3, None, "e", b"2")]


def test_replacing_does_not_give_way_to_another_rows_unique_value(database: Database):
    write(database, [(1, 1, "a", b"1")])
    with pytest.raises(Stop), database.writing("things") as connection:
        replace_rows(connection, things, [(2, 1, "a", b"2")])
    assert stored(database) == [(1, 1, "a", b"1")]


@pytest.mark.parametrize("how", ["sqlite", "unix socket", "tcp"])
def test_a_batch_larger_than_any_buffer_does_not_hang(how: str, tmp_path: Path):
    url = database_url("sqlite", tmp_path) if how == "sqlite" else fresh_database(tcp=how == "tcp")
    rows = [(number, 1, None, os.urandom(700)) for number in range(20_000)]

    def work() -> None:
        with closing(open_database(url, "log")) as database:
            database.create(metadata)
            with database.writing("things") as connection:
                insert_rows(connection, things, rows)
                replace_rows(connection, things, rows)
                found.extend(look_up(connection, things, things.c.key, range(-5, 30_000)))

    found: list[Row] = []
    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(60)
    assert sorted(found) == rows


def test_writers_wait_for_each_other(database: Database):
    def count() -> None:
        for _ in range(20):
            with database.writing("things") as connection:
                newest = connection.scalar(sa.select(sa.func.max(things.c.key))) or 0
                insert_rows(connection, things, [(newest + 1, None, None, None)])

    writers = [threading.Thread(target=count) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert [row[0] for row in stored(database)] == list(range(1, 81))


def test_readers_go_on_beside_a_writer_and_see_one_snapshot(database: Database):
    with database.reading() as before:
        assert look_up(before, things, things.c.key, [1]) == []
        with database.writing("things") as connection:
            insert_rows(connection, things, [(1, None, None, None)])
            assert stored(database) == []
        assert look_up(before, things, things.c.key, [1]) == []
    assert len(stored(database)) == 1


def test_an_exception_takes_everything_back(database: Database):
    def fails() -> None:
        with database.writing("things") as connection:
            insert_rows(connection, things, ROWS)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert stored(database) == []


def test_a_database_that_is_missing_is_made_and_orders_text_as_sqlite_does(tmp_path: Path):
    names = ["Z", "a", "ä", "B", "é", "z"]
    orders = []
    there = fresh_database()
    for url in (database_url("sqlite", tmp_path), Settings(tmp_path, there).log_url):
        with closing(open_database(url, "log")) as database:
            database.create(metadata)
            with database.writing("things") as connection:
                insert_rows(connection, things, [(number, None, name, None) for number, name in enumerate(names)])
                orders.append(connection.scalars(sa.select(things.c.name).order_by(things.c.name)).all())
        with closing(open_database(url, "log")) as again:
            assert len(stored(again)) == len(names)
    assert orders[0] == orders[1] == sorted(names)


@pytest.mark.parametrize("engine", ENGINES)
def test_those_who_start_at_once_make_database_and_tables_once(engine: str, tmp_path: Path):
    barrier = threading.Barrier(8)
    url = Settings(tmp_path, fresh_database() if engine == "postgresql" else None).log_url

    def start(_number: int) -> None:
        barrier.wait(60)
        with closing(open_database(url, "log")) as database:
            database.create(metadata)
            assert stored(database) == []

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(start, range(8)))


def test_who_only_reads_a_sqlite_file_needs_little_memory(tmp_path: Path):
    sizes = []
    url = database_url("sqlite", tmp_path)
    with closing(open_database(url, "log")) as database:
        database.create(metadata)
    with closing(open_database(url, "log")) as database:
        for opened in (database.reading, lambda: database.writing("things"), database.reading):
            with opened() as connection:
                sizes.append(connection.exec_driver_sql("PRAGMA cache_size").scalar_one())
    assert sizes == [-32_768, -262_144, -262_144]


@pytest.mark.parametrize("overwrites", [False, True])
def test_a_sqlite_file_is_its_owners_alone_and_tuned(tmp_path: Path, overwrites: bool):
    folder = tmp_path / "new" / "a ? b % c # d"
    settings = Settings(folder)
    with closing(open_database(settings.log_url, "log", secure_delete=overwrites)) as database:
        database.create(metadata)
        with database.writing("things") as connection:
            insert_rows(connection, things, ROWS)
            said = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "busy_timeout", "cache_size", "secure_delete")
            ]
        assert said == ["wal", 2, 60_000, -262_144, int(overwrites)]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes.pop(folder.name) == 0o700
    assert modes == {"log.sqlite": 0o600, "log.sqlite-wal": 0o600, "log.sqlite-shm": 0o600}
    with closing(sqlite3.connect(settings.log_path)) as plain:
        assert plain.execute("SELECT count(*) FROM things").fetchone() == (3,)


def test_a_team_has_two_databases_on_its_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    assert Settings.from_env().log_url == f"sqlite:///{tmp_path}/log.sqlite"
    assert Settings.from_env().warehouse_url is None
    for given, log, vault in (
        ("postgresql://u:p@h:1/hub", "postgresql://u:p@h:1/hub_log", "postgresql://u:p@h:1/hub_vault"),
        ("postgresql:///hub", "postgresql:///hub_log", "postgresql:///hub_vault"),
        ("postgresql://u@/x?host=/run/p", "postgresql://u@/x_log?host=/run/p", "postgresql://u@/x_vault?host=/run/p"),
    ):
        monkeypatch.setenv("HUB_DATABASE", given)
        monkeypatch.setenv("HUB_WAREHOUSE_DATABASE", given)
        settings = Settings.from_env()
        assert (settings.log_url, settings.vault_url, settings.warehouse_url) == (log, vault, given)
        assert "postgresql" not in repr(settings)
