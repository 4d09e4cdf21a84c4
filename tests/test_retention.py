"""What was kept long enough is purged: nothing of it is left, nothing brings it back, and all else stands."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import msgspec
import psycopg
import pytest
import sqlalchemy as sa

from hub.cli.feed import as_known_at, catch_up_warehouse, check
from hub.cli.installation import installation
from hub.cli.periods import Periods, read_periods
from hub.errors import Retry, Stop
from hub.events.delivery import DeliveryClosed
from hub.log import purges, purging, quarantine
from hub.log.anchor import anchored
from hub.log.receipts import check_receipt
from hub.log.sealed import split
from hub.log.verify import Report, verify_log
from hub.projections import history
from hub.settings import Settings
from hub.vault.tables import subjects
from tests.forgetting import forget, put_back, readable
from tests.pipe import MAPPING, Pipe, databases, open_pipe, quiet, row, write_mapping
from tests.postgres import ENGINES, server
from tests.purging import contents, every_byte, purge, take_in
from tests.release_warehouse import people, run, settings_in, warehouse
from tests.typed import Call

OLD, LATER = [row(n) for n in range(20)], [row(n) for n in range(20, 40)]
LIVES_ON = [row(n, age="66") for n in range(4)]
"""Four of the old records, spoken of once more when the purged year is over."""
DUE, LIVING = 16, 8
"""Records that are due, and persons of whom nothing else is known."""


def fill(pipe: Pipe) -> None:
    """Three years: old records, later ones, and four old ones once more."""
    take_in(pipe, 2014, OLD, complete=True)
    take_in(pipe, 2016, LATER)
    take_in(pipe, 2017, LIVES_ON)


def verified(pipe: Pipe) -> Report:
    """The log, held to its key and to the checkpoint outside of it."""
    note = anchored(pipe.hub.settings.anchor_path)
    return verify_log(pipe.hub.store, pipe.hub.signer.verifier, [note] if note else [])


@pytest.fixture(params=ENGINES)
def engine_pipe(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as opened:
        fill(opened)
        yield opened


@pytest.fixture
def full(pipe: Pipe) -> Pipe:
    fill(pipe)
    return pipe


def test_a_record_goes_whole_when_nothing_was_learned_of_it_since_and_all_else_stands(engine_pipe: Pipe) -> None:
    pipe = engine_pipe
    before, persons = contents(pipe.hub), readable(pipe.hub)
    purge(pipe.hub, 2015)
    after = contents(pipe.hub)
    gone = [position for position, state in before.items() if not after[position]]
    assert len(gone) == DUE
    assert all(after[position] == before[position] for position in before.keys() - gone)
    assert {split(before[position])[0].month for position in gone} == {"2014-06"}
    left = readable(pipe.hub)
    assert len(persons) - len(left) == LIVING
    assert all(persons[subject] == streams for subject, streams in left.items())
    report = verified(pipe)
    assert (report.findings, report.purged, report.anchors) == ([], DUE, 1)


def test_every_receipt_and_growth_proof_of_before_still_holds(full: Pipe) -> None:
    key, sizes = full.hub.signer.verifier, [full.hub.store.position()]
    kept = [path.read_bytes() for path in (full.hub.settings.deliveries_dir / "receipts").glob("*.json")]
    proven = take_in(full, 2018, [row(50)])
    kept.append(msgspec.json.encode(proven))
    purge(full.hub, 2015)
    assert [check_receipt(document, key).checkpoint.size > 0 for document in kept] == [True] * len(kept)
    assert not verify_log(full.hub.store, key, [proven.proof.checkpoint]).found
    assert full.hub.store.position() == proven.receipt.position + 1 > sizes[0]


def test_a_backfill_of_a_purged_year_is_counted_and_not_believed(engine_pipe: Pipe) -> None:
    pipe = engine_pipe
    purge(pipe.hub, 2015)
    left, last = readable(pipe.hub), pipe.hub.vault.last()
    for again in (OLD[4:], [row(n, age="33") for n in range(4, 20)]):
        said = pipe.take(again, complete=False)
        assert (said["accepted"], said["unchanged"], said["events"]) == (0, DUE, 0)
    assert readable(pipe.hub) == left
    assert pipe.hub.vault.last() == last, "nobody gets a row for a record that is not believed"
    assert pipe.take([row(6, no="R600")])["accepted"] == 1, "the control: a new record of the same person"


def test_a_purged_period_is_not_told_to_be_zero(pipe: Pipe) -> None:
    old = [row(n, date=f"{n + 1:02}-02-2014") for n in range(10)]
    take_in(pipe, 2014, old, complete=True)
    purge(pipe.hub, 2015)
    end = pipe.hub.store.position()
    pipe.take([], complete=True, periods=("2014Q1", "2024Q1"), confirmed=True)
    said = [each for each in pipe.hub.store.read(end, end + 9, 9) if each[3] == DeliveryClosed.topic()]
    assert [json.loads(split(each[4])[2])["data"]["period"] for each in said] == ["2024Q1"]


def test_keys_go_with_the_last_that_they_sealed(full: Pipe) -> None:
    def handles() -> set[int]:
        with full.hub.vault.database.reading() as connection:
            return set(connection.scalars(sa.select(subjects.c.key)))

    before = handles()
    purge(full.hub, 2015)
    assert len(before - handles()) == LIVING
    assert {int(split(state)[0].key or "0", 16) for state in contents(full.hub).values() if state} - {0} == handles()


def test_who_is_forgotten_after_a_purge_is_forgotten(full: Pipe) -> None:
    purge(full.hub, 2015)
    before = readable(full.hub)
    assert forget(full, ["C0"]).receipt.accepted == 1
    assert len(before) - len(readable(full.hub)) == 1
    assert not verified(full).found


def test_other_countries_plans_and_what_the_hub_said_of_itself_stay(pipe: Pipe) -> None:
    take_in(pipe, 2014, OLD[:6])
    text = MAPPING.replace("pt-test", "nl-test").replace("country: PT", "country: NL")
    take_in(pipe, 2014, OLD[:6], adapter=write_mapping(pipe.folder, text))
    before = contents(pipe.hub)
    purge(pipe.hub, 2015)
    gone = [position for position, state in contents(pipe.hub).items() if not state]
    assert {split(before[position])[0].country for position in gone} == {"PT"}
    assert len(gone) == 6
    purge(pipe.hub, 2015, "NL")
    report = verified(pipe)
    assert (report.findings, report.purged) == ([], 12)


def test_a_retraction_goes_with_its_record_whenever_it_came(full: Pipe) -> None:
    take_in(full, 2020, LIVES_ON, complete=True, confirmed=True)
    purge(full.hub, 2015)
    topics = [each[3] for each in full.hub.store.read(0, 999, 999)]
    assert sum(topic.startswith("purged.") for topic in topics) == 2 * DUE
    assert topics.count("vs.record.retracted.v1") == len(LATER)
    assert not verified(full).found


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


def test_a_history_says_what_was_purged(full: Pipe) -> None:
    hub, streams = full.hub, [each[1] for each in full.hub.store.read(0, 999, 999) if "contact" in each[3]]
    order = purge(hub, 2015)
    (done,) = purges.progress(hub.store)
    assert done.purge == order.purge
    purged, living = streams[10], streams[0]
    assert [each.type for each in history.noted(hub.store, purged)] == [f"purged.{done.position}"]
    assert [each.readable for each in history.said(hub.store, hub.vault, purged)] == [False]
    assert [each.readable for each in history.said(hub.store, hub.vault, living)] == [True, True]


def test_nothing_is_purged_from_a_log_that_is_not_what_it_says(full: Pipe) -> None:
    with full.hub.store.writing() as connection:
        connection.exec_driver_sql("UPDATE stored_events SET topic = 'x' WHERE rowid = 30")
    with pytest.raises(Stop, match="last trace"):
        purge(full.hub, 2015)
    assert all(contents(full.hub).values())


def test_an_order_of_which_nothing_is_due_is_at_its_end(full: Pipe) -> None:
    position = full.hub.store.position()
    purge(full.hub, 2013)
    assert full.hub.store.position() == position
    assert not purging.under_way(full.hub.store, full.hub.settings.purges_path)


def test_a_damaged_order_stops(full: Pipe) -> None:
    order = purge(full.hub, 2015)
    (full.hub.settings.purges_path / order.purge).write_text('{"purge": 1}')
    with pytest.raises(Stop, match="damaged"), installation(full.hub.settings):
        pass


def test_a_quarter_that_lost_records_is_not_released_any_more(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    warehouse(settings, people(2000))
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("CREATE TABLE raw.log_purged (own_country VARCHAR, until BIGINT)")
        connection.execute("INSERT INTO raw.log_purged VALUES ('PT', 2025), ('NL', 2011)")
    with pytest.raises(Stop, match="2025Q1 cannot be released any more: records of PT until 2025"):
        run(settings)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("UPDATE raw.log_purged SET until = 2024")
    assert run(settings).released == ("2025Q1",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("retention: 1\nyears: {PT: ten}\n", "Expected `int`"),
        ("retention: 1\nyears: {PT: 0}\n", "Expected `int` >= 1"),
        ("retention: 1\nyears: {Portugal: 3}\n", "matching regex"),
        ("retention: 1\nyears: {PT: 3}\nyaers: {}\n", "unknown field"),
        ("retention: [", "is not YAML"),
        ("", "Expected `object`"),
    ],
)
def test_a_file_of_periods_that_is_wrong_stops(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "retention.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(Stop, match=why):
        read_periods(path)


def test_a_period_counts_whole_years_and_months() -> None:
    periods = Periods(1, {"PT": 10}, 24)
    assert [periods.due("PT", date(2026, *day)) for day in ((1, 1), (12, 31))] == [2015, 2015]
    assert [periods.due("PT", date(2025, 12, 31)), periods.due("NL", date(2026, 1, 1))] == [2014, None]
    assert [periods.refused_before(date(2026, month, 9)) for month in (1, 12)] == ["2024-01", "2024-12"]


def test_the_command_tells_purges_and_keeps_what_is_not_due(hub_home: Path, tmp_path: Path, call: Call) -> None:
    with installation(Settings(hub_home)) as hub:
        pipe = Pipe(hub, tmp_path)
        fill(pipe)
        take_in(pipe, 2014, [row(70, date="never")])
        aside = hub_home / "deliveries" / "rejected"
        aside.mkdir(parents=True, exist_ok=True)
        for name in ("theirs", "torn", "young"):
            shutil.copyfile(pipe.drop([row(80)]), aside / f"{name}.delivery")
        (aside / "torn.delivery").write_bytes(b"nothing of ours")
        for name in ("theirs", "torn"):
            os.utime(aside / f"{name}.delivery", (1_400_000_000, 1_400_000_000))
        shutil.rmtree(hub_home / "deliveries" / "inbox")
    said = ("retention", "purge", "--country", "PT")
    assert call(*said)[0] == 5, "no period is set"
    (hub_home / "retention.yaml").write_text(f"retention: 1\nyears: {{PT: {date.today().year - 2016}}}\n", "utf-8")
    code, out, _ = call("retention", "status", "--json")
    years = json.loads(out)["years"]
    assert code == 0
    assert [(each["year"], each["records"], each["events"], each["due"]) for each in years] == [
        ("2014", DUE, len(OLD), True), ("2016", len(LATER), len(LATER), False), ("2017", 4, 4, False)
    ]  # fmt: skip
    assert call(*said, "--until", "2016")[0] == 3, "a year that is kept still"
    assert call(*said, "--reason", "BECAUSE")[0] == 2
    code, out, _ = call(*said, "--dry-run", "--json")
    told = json.loads(out)
    assert (code, told["until"], told["records"], told["events"], told["purged"]) == (0, "2015", DUE, DUE, False)
    code, out, _ = call(*said, "--json")
    done = json.loads(out)
    assert (code, done["records"], done["refused"], done["put_aside"], done["ended"]) == (0, DUE, 1, 2, True)
    assert [path.name for path in aside.iterdir()] == ["young.delivery"]
    assert json.loads(call("verify", "--json")[1])["purged"] == DUE
    code, out, _ = call(*said, "--json")
    assert (code, json.loads(out)["records"], json.loads(out)["position"]) == (0, 0, None), "the same again: nothing"
    with installation(Settings(hub_home)) as hub:
        assert not quarantine.by_rule(hub.store)
    code, out, _ = call("retention", "status")
    assert code == 0
    assert str(done["position"]) in out.replace(",", "")


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
