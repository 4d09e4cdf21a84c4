"""Both engines, one behaviour: rows in bulk, one writer, snapshots, errors by what to do about them."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import database as module
from hub.database import INT8, Database, insert_rows, look_up, open_database, replace_rows
from hub.errors import HubError, Retry, Stop
from hub.settings import Settings
from tests.postgres import ENGINES, database_url, fresh_database

CANARY = "canary-7f31"
metadata = sa.MetaData()
things = sa.Table(
    "things",
    metadata,
    sa.Column("key", INT8, primary_key=True, autoincrement=False),
    sa.Column("small", sa.Integer),
    sa.Column("name", sa.String, unique=True),
    sa.Column("state", sa.LargeBinary),
)
Row = tuple[int, int | None, str | None, bytes | None]
strict = sa.Table(
    "strict",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("number", INT8),
    sa.Column("state", sa.LargeBinary, nullable=False),
)
"""What has no text and no bytes that may be missing goes another way into SQLite."""
CLOSED = 1
"""A port at which nobody listens."""
ROWS: list[Row] = [
    (1 - 2**63, -(2**31), "", b""),
    (2**63 - 1, 2**31 - 1, "é ' \" \\ % \t 😀", bytes(range(256))),
    (0, None, None, None),
]


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with closing(open_database(database_url(request.param, tmp_path), "log")) as opened:
        opened.create(metadata)
        yield opened


@pytest.fixture(scope="module")
def postgres() -> str:
    return fresh_database()


def write(database: Database, rows: Sequence[Row], first: str | None = None) -> None:
    """One transaction that inserts rows, after a statement of its own."""
    with database.writing("things") as connection:
        if first:
            connection.exec_driver_sql(first)
        insert_rows(connection, things, rows)


def stored(database: Database) -> list[Row]:
    with database.reading() as connection:
        return sorted(map(tuple, connection.execute(sa.select(things))))


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


@pytest.mark.parametrize("twice", [[(8, 1, "y", b""), (8, 1, "z", b"")], [(9, 1, "y", b""), (1, 1, CANARY, b"")]])
def test_a_key_twice_stops_and_nothing_is_kept(database: Database, twice: list[Row]):
    write(database, [(1, 1, "a", b"")])
    with pytest.raises(Stop) as raised:
        write(database, twice)
    assert stored(database) == [(1, 1, "a", b"")]
    assert "the log refused" in str(raised.value)
    assert CANARY not in str(raised.value)


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


def test_a_reader_cannot_write(database: Database):
    with pytest.raises(Stop, match=r"READONLY|25006"), database.reading() as connection:
        insert_rows(connection, things, ROWS)
    write(database, ROWS)


def test_a_writer_that_waits_too_long_may_come_again(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PATIENCE", 1)  # PostgreSQL is told at every transaction
    if not database.is_postgres:
        with database.reading() as connection:  # SQLite at every connection, and this one is the next one
            connection.exec_driver_sql("PRAGMA busy_timeout=100")
    url = database.engine.url.render_as_string(hide_password=False)
    with (
        closing(open_database(url, "log")) as other,
        other.writing("things"),
        pytest.raises(Retry, match="the log could"),
    ):
        write(database, ROWS)
    write(database, ROWS)


def test_a_disk_that_is_full_may_have_room_again(tmp_path: Path):
    with closing(open_database(database_url("sqlite", tmp_path), "vault")) as database:
        database.create(metadata)
        rows = [(number, 1, None, bytes(700)) for number in range(1_000)]
        with pytest.raises(Retry, match="full"):
            write(database, rows, "PRAGMA max_page_count=20")
        assert stored(database) == []
        write(database, rows, "PRAGMA max_page_count=2000")


def test_a_file_that_is_read_only_stops(tmp_path: Path):
    with closing(open_database(database_url("sqlite", tmp_path), "log")) as database:
        database.create(metadata)
        with pytest.raises(Stop, match="READONLY"):
            write(database, ROWS, "PRAGMA query_only=ON")


def test_a_file_that_is_no_database_stops(tmp_path: Path):
    (tmp_path / "log.sqlite").write_bytes(b"not a database" * 1000)
    with (
        pytest.raises(Stop, match="NOTADB"),
        closing(open_database(database_url("sqlite", tmp_path), "log")) as database,
    ):
        database.create(metadata)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *((code, Retry) for code in ("53100", "53300", "40001", "40P01", "55P03", "57P01", "57P03", "08006", "58030")),
        *((code, Stop) for code in ("25006", "42501", "22003", "23514", "XX001", "P0001")),
    ],
)
def test_a_servers_errors_are_told_apart_and_its_words_are_not_repeated(code: str, kind: type[HubError], postgres: str):
    asked = f"DO $$ BEGIN RAISE EXCEPTION '{CANARY}' USING ERRCODE = '{code}', DETAIL = '{CANARY}'; END $$"

    def ask(driven: bool) -> None:
        with database.reading() as connection:
            (module.driver(connection).execute if driven else connection.exec_driver_sql)(asked)

    with closing(open_database(postgres, "vault")) as database:
        for driven in (False, True):
            with pytest.raises(HubError, match=f"the vault .*{code}") as raised:
                ask(driven)
            assert type(raised.value) is kind
            assert CANARY not in str(raised.value)


@pytest.mark.parametrize("bulk", [False, True])
def test_a_connection_that_was_cut_may_be_made_again(bulk: bool):
    def cut() -> None:
        with database.writing("things") as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with other.reading() as killer:
                killer.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
            if bulk:
                insert_rows(connection, things, ROWS)
            else:
                connection.execute(sa.select(things))

    url = fresh_database()
    with closing(open_database(url, "log")) as database, closing(open_database(url, "log")) as other:
        database.create(metadata)
        with pytest.raises(Retry):
            cut()
        write(database, ROWS)
        assert len(stored(database)) == len(ROWS)


def test_a_server_that_is_not_there_may_come_and_a_wrong_url_never_will(tmp_path: Path):
    with pytest.raises(Retry, match="Connection refused"):
        open_database(f"postgresql://hub:{CANARY}@127.0.0.1:{CLOSED}/hub_log", "log")
    for wrong in (
        "mysql://hub:{0}@localhost/hub_log",
        "postgresql://hub:{0}@h:port/x",
        "{0}",
        "sqlite://",
        "postgresql:",
    ):
        with pytest.raises(Stop) as raised:
            open_database(wrong.format(CANARY), "log")
        assert CANARY not in str(raised.value)


def test_a_folder_that_cannot_be_made_stops(tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Stop, match="the log cannot be made"):
        open_database(database_url("sqlite", tmp_path / "file"), "log")


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


@pytest.mark.parametrize("wrong", ["sqlite:///x", f"postgresql://{CANARY}@h", "postgresql://h/", "mysql://h/x", "hub"])
def test_a_wrong_database_stops_and_is_not_shown(wrong: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUB_DATABASE", wrong)
    with pytest.raises(Stop, match="HUB_DATABASE") as raised:
        Settings.from_env()
    assert CANARY not in str(raised.value)
