"""Of what was purged no byte is left, and nothing that is put back or made anew brings it back."""

import os
import shutil
from pathlib import Path

import duckdb
import psycopg
import pytest

from hub.cli.feed import as_known_at, catch_up_warehouse, check
from hub.cli.installation import installation
from hub.errors import Retry, Stop
from hub.log import purges, purging
from hub.log.sealed import split
from hub.settings import Settings
from tests import three_years
from tests.forgetting import put_back, readable
from tests.pipe import Pipe, databases, open_pipe, quiet
from tests.postgres import ENGINES, server
from tests.purging import contents, every_byte, purge
from tests.three_years import DUE, LATER, LIVES_ON, OLD, fill, verified

full = three_years.full


def test_no_byte_of_a_purged_record_is_left(full: Pipe) -> None:
    hub = full.hub
    full.project()
    traces = traces_of(full)
    before = every_byte(hub.settings.home)
    assert all(trace in before for some in traces.values() for trace in some)
    purge(hub, 2015)
    full.project()
    after = every_byte(hub.settings.home)
    left = {position for position, some in traces.items() if any(trace in after for trace in some)}
    assert left == {position for position, state in contents(hub).items() if state and split(state)[0].key}


def traces_of(pipe: Pipe) -> dict[int, list[bytes]]:
    """Of each event about a person, what stands somewhere in a file: its ciphertext, and its id in the warehouse."""
    sealed = {position: split(state) for position, state in contents(pipe.hub).items()}
    return {position: [rest[-40:], clear.id.encode()[2:]] for position, (clear, _, rest) in sealed.items() if clear.key}


def test_no_byte_is_left_in_postgresqls_tables(tmp_path: Path) -> None:
    with open_pipe(tmp_path, "postgresql") as pipe:
        fill(pipe)
        tails = {position: some[0] for position, some in traces_of(pipe).items()}
        assert all(tail in tables_of(pipe.hub.settings) for tail in tails.values())
        purge(pipe.hub, 2015)
        after = tables_of(pipe.hub.settings)
        left = {position for position, tail in tails.items() if tail in after}
        assert left == {position for position, state in contents(pipe.hub).items() if state and split(state)[0].key}


def tables_of(settings: Settings) -> bytes:
    """Every byte of the log's tables on the test server."""
    if os.environ.get("HUB_TEST_POSTGRES"):
        pytest.skip("the server's files are elsewhere")
    with psycopg.connect(server().url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        ((home,),) = connection.execute("SHOW data_directory").fetchall()
        wanted = "SELECT oid FROM pg_database WHERE datname = %s"
        ((oid,),) = connection.execute(wanted, (databases(settings)[0],)).fetchall()
    return b"\0".join(path.read_bytes() for path in Path(home, "base", str(oid)).iterdir())


@pytest.mark.parametrize(
    "restored",
    [("log.sqlite",), ("vault.sqlite",), ("vault.sqlite", "erasures"), ("log.sqlite", "vault.sqlite"), ("purges",)],
)
def test_a_backup_that_is_put_back_brings_nothing_back(tmp_path: Path, restored: tuple[str, ...]) -> None:
    with open_pipe(tmp_path) as pipe:
        fill(pipe)
        pipe.hub.settings.purges_path.mkdir()
        home, settings = pipe.hub.settings.home, pipe.hub.settings
        before = readable(pipe.hub)
    shutil.copytree(home, tmp_path / "backup")
    with installation(settings) as hub:
        order = purge(hub, 2015)
        left = readable(hub)
    for name in restored:
        put_back(home, tmp_path / "backup", name)
    if "log.sqlite" in restored:
        with pytest.raises(Stop, match="nothing is purged"), installation(settings):
            pass
        (home / "checkpoint").unlink()  # an operator who knows what is lost
    with installation(settings) as hub:
        again = Pipe(hub, tmp_path)
        assert left == readable(hub) != before
        assert [each.purge for each in purges.progress(hub.store)] == [order.purge]
        assert [each.purge for each in purges.given(settings.purges_path)] == [order.purge]
        assert again.take(OLD[4:])["events"] == 0
        assert left == readable(hub)
        assert (verified(again).findings, verified(again).purged) == ([], DUE)


def test_a_warehouse_of_before_is_made_anew_and_replay_equals_live(full: Pipe) -> None:
    hub, position = full.hub, full.hub.store.position()
    full.project()
    purge(hub, 2015)
    with pytest.raises(Stop, match="or purged"):
        check(hub, echo=quiet)
    assert catch_up_warehouse(hub, rebuild=False, echo=quiet)["rebuilt"]
    assert not catch_up_warehouse(hub, rebuild=False, echo=quiet)["rebuilt"]
    assert check(hub, echo=quiet)["differing"] == []
    as_known_at(hub, position, full.folder / "then.duckdb", echo=quiet)
    with duckdb.connect(str(full.folder / "then.duckdb")) as connection:
        ((rows,),) = connection.execute("SELECT count(*) FROM raw.contact_held").fetchall()
    assert rows == len(OLD + LATER + LIVES_ON) - DUE


def test_nothing_is_projected_while_a_purge_is_at_work(full: Pipe) -> None:
    purges.give(full.hub.settings.purges_path, purges.Order("0" * 32, "PT", 2015, "PERIOD_ENDED"))
    with pytest.raises(Retry, match="at work"):
        full.project()
    purging.carry_out(full.hub.receiver, full.hub.settings.purges_path)
    assert full.project()["position"] == full.hub.store.position()


@pytest.mark.parametrize("engine", ENGINES)
def test_while_somebody_reads_the_log_its_files_wait_for_the_next_command(
    tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "PATIENCE", 1)
    with open_pipe(tmp_path, engine) as pipe:
        fill(pipe)
        with installation(pipe.hub.settings) as other, other.store.reading() as connection:
            other.store.end(connection)
            purge(pipe.hub, 2015)
            (done,) = purges.progress(pipe.hub.store)
            assert (done.emptied, done.swept) == (True, False)
            assert pipe.project()["position"] == done.position
        with installation(pipe.hub.settings) as hub:
            assert [each.swept for each in purges.progress(hub.store)] == [True]
