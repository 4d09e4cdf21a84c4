"""Both engines' errors, told apart by what to do about them: come again, or stop. None repeats what was written."""

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import database as module
from hub.database import Database, insert_rows, open_database
from hub.errors import HubError, Retry, Stop
from hub.settings import Settings
from tests import two_tables
from tests.postgres import database_url, fresh_database
from tests.two_tables import ROWS, Row, metadata, stored, things, write

database = two_tables.database
CANARY = "canary-7f31"
CLOSED = 1
"""A port at which nobody listens."""


@pytest.fixture(scope="module")
def postgres() -> str:
    return fresh_database()


@pytest.mark.parametrize("twice", [[(8, 1, "y", b""), (8, 1, "z", b"")], [(9, 1, "y", b""), (1, 1, CANARY, b"")]])
def test_a_key_twice_stops_and_nothing_is_kept(database: Database, twice: list[Row]):
    write(database, [(1, 1, "a", b"")])
    with pytest.raises(Stop) as raised:
        write(database, twice)
    assert stored(database) == [(1, 1, "a", b"")]
    assert "the log refused" in str(raised.value)
    assert CANARY not in str(raised.value)


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


@pytest.mark.parametrize("wrong", ["sqlite:///x", f"postgresql://{CANARY}@h", "postgresql://h/", "mysql://h/x", "hub"])
def test_a_wrong_database_stops_and_is_not_shown(wrong: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUB_DATABASE", wrong)
    with pytest.raises(Stop, match="HUB_DATABASE") as raised:
        Settings.from_env()
    assert CANARY not in str(raised.value)
