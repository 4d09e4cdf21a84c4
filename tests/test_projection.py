"""The warehouse feed: rows and place together, replay equal to live, nothing skipped."""

from typing import Any

import duckdb
import pytest

from hub.errors import Stop
from hub.events import NEWEST
from hub.projections.base import catch_up
from hub.projections.raw_tables import table_name
from hub.projections.warehouse import WarehouseFeed
from tests.pipe import Pipe, row


def everything(pipe: Pipe) -> dict[str, list[tuple[Any, ...]]]:
    """Every raw table, whole."""
    with duckdb.connect(str(pipe.hub.settings.warehouse_path), read_only=True) as connection:
        return {
            name: connection.execute(f"SELECT * FROM raw.{table_name(name)} ORDER BY position").fetchall()
            for name in NEWEST
        } | {"place": connection.execute("SELECT * FROM raw.place").fetchall()}


def history(pipe: Pipe) -> None:
    """New, corrected, retracted and restated records, projected after every delivery."""
    rows = [row(n) for n in range(20)]
    for part, complete in ((rows, True), ([row(3, age="77"), *rows[4:]], True), (rows, False), (rows[:5], True)):
        pipe.take(part, complete=complete)
        pipe.project()


def test_replay_equals_live(pipe: Pipe) -> None:
    history(pipe)
    live = everything(pipe)
    assert len(live["contact.held"]) > 20
    assert live["record.retracted"]
    result = pipe.project(rebuild=True)
    assert result["events"] == pipe.hub.store.position()
    assert everything(pipe) == live


def test_batches_of_any_size_leave_the_same_rows(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    history(pipe)
    live = everything(pipe)
    for size in (1, 7):
        monkeypatch.setattr("hub.projections.base.BATCH", size)
        pipe.project(rebuild=True)
        assert everything(pipe) == live


def test_a_second_run_finds_nothing_to_do(pipe: Pipe) -> None:
    history(pipe)
    assert pipe.project()["events"] == 0


def test_a_batch_that_fails_leaves_neither_rows_nor_place(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe.take([row(n) for n in range(10)])
    feed = WarehouseFeed(pipe.hub.settings.warehouse_path)
    feed._inserts["delivery.closed"] = "SELECT error('disk full')"
    with pytest.raises(Stop, match="position"):
        catch_up(pipe.hub.store, pipe.hub.vault, feed)
    assert feed.place() == 0
    feed.close()
    assert pipe.project()["events"] == pipe.hub.store.position()
    assert len(pipe.current()) == 10


def test_a_view_of_another_log_is_refused(pipe: Pipe) -> None:
    feed = WarehouseFeed(pipe.hub.settings.warehouse_path)
    feed.apply([], 99)
    with pytest.raises(Stop, match="another log"):
        catch_up(pipe.hub.store, pipe.hub.vault, feed)
    feed.close()


def test_an_event_whose_key_is_gone_says_nothing_any_more(pipe: Pipe) -> None:
    pipe.take([row(1, case="A"), row(2, case="B")])
    import sqlite3

    with sqlite3.connect(pipe.hub.settings.vault_path) as vault:
        vault.execute("DELETE FROM data_keys WHERE key_id = (SELECT min(key_id) FROM data_keys)")
    vault.close()
    assert len(pipe.current()) == 1


def test_raw_tables_hold_what_was_said_and_the_defaults_of_its_version(pipe: Pipe) -> None:
    pipe.take([row(2, sex="", age="", date="03-02-2025")])
    said = pipe.current(columns="occurred_on::VARCHAR, occurred_precision, sex, age_band, channel, services, partner")
    assert said == [("2025-02-03", "D", "NR", "NR", "NR", [], "pt-test")]
