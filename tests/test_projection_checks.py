"""The warehouse beside a replay: as it was known at a position, and a check that finds what was changed since."""

import sys
from pathlib import Path

import duckdb
import msgspec
import pytest

from hub.cli import feed, main
from hub.errors import Stop
from hub.projections import base
from hub.projections.base import catch_up
from tests import warehouses
from tests.pipe import Pipe, row
from tests.warehouses import DUCKDB, Kept, everything, history, nothing_beside

kept, fed = warehouses.kept, warehouses.fed


def test_as_known_at_is_a_replay_of_so_many_events(fed: Pipe, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "PAGE", 3)
    fed.take([row(n) for n in range(3)], complete=True)
    fed.take([row(1, age="77")], complete=True)
    store, vault = fed.hub.store, fed.hub.vault
    fed.project()
    whole = kept.contents()
    for position in range(store.position() + 1):
        expected = {
            name: known
            for name, rows in whole.items()
            if name != "place" and (known := [each for each in rows if each[0] <= position])
        }
        schema = f"known_at_{position}" if kept.url else "raw"
        other = Kept(kept.engine, fed.folder / f"known at {position}", kept.url, schema)
        with other.view() as view:
            assert catch_up(store, vault, view, until=position) == position
        assert other.contents() == expected | {"place": [("warehouse", position)]}
    with kept.view() as view, pytest.raises(Stop, match="cannot go back"):
        catch_up(store, vault, view, until=2)


def test_what_was_known_at_a_position_goes_into_a_file_of_its_own(pipe: Pipe, tmp_path: Path) -> None:
    history(pipe)
    live = everything(pipe)
    feed.as_known_at(pipe.hub, 20, tmp_path / "then.duckdb", echo=lambda _line: None)
    with duckdb.connect(str(tmp_path / "then.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT max(position) FROM raw.contact_held").fetchall() == [(20,)]
    assert everything(pipe) == live
    with pytest.raises(Stop, match="there already"):
        feed.as_known_at(pipe.hub, 20, tmp_path / "then.duckdb", echo=lambda _line: None)
    with pytest.raises(Stop, match="the log ends at"):
        feed.as_known_at(pipe.hub, 1_000, tmp_path / "never.duckdb", echo=lambda _line: None)


def test_a_check_sees_a_changed_cell_a_deleted_row_and_a_doubled_one(fed: Pipe, kept: Kept) -> None:
    def checked() -> list[str]:
        result = feed.check(fed.hub, echo=lambda _line: None)
        differing: list[str] = result.get("database", result)["differing"]
        return differing

    fed.take([row(n) for n in range(5)], complete=True)
    fed.project()
    assert checked() == []
    contact, aside = "raw.contact_held", "CREATE TABLE aside AS SELECT * FROM raw.contact_held"
    for damage in (
        f"UPDATE {contact} SET age_band = '0-11' WHERE position = 2",
        f"UPDATE {contact} SET services = NULL WHERE position = 2",
        f"DELETE FROM {contact} WHERE position = 2",
        f"INSERT INTO {contact} SELECT * FROM {contact} WHERE position = 2",
    ):
        kept.ask(aside, damage)
        assert checked() == ["contact_held"], damage
        kept.ask(f"DELETE FROM {contact}", f"INSERT INTO {contact} SELECT * FROM aside", "DROP TABLE aside")
    assert checked() == []
    assert nothing_beside(kept)


def test_a_check_that_finds_something_exits_with_5_and_names_the_table(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def checked() -> int | str | None:
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code

    monkeypatch.setenv("HUB_HOME", str(pipe.hub.settings.home))
    monkeypatch.setattr(sys, "argv", ["hub", "project", "--check", "--json"])
    pipe.take([row(1)])
    pipe.project()
    assert checked() == 0
    assert msgspec.json.decode(capsys.readouterr().out)["differing"] == []
    Kept(DUCKDB, pipe.hub.settings.home, None).ask("DELETE FROM raw.contact_held")
    assert checked() == 5
    said = capsys.readouterr()
    assert msgspec.json.decode(said.out)["differing"] == ["contact_held"]
    assert "replay is not live in contact_held" in said.err
