"""What was kept long enough is purged: whole, once, and all else stands."""

import json
import os
import shutil
from datetime import date
from pathlib import Path

import duckdb
import msgspec
import pytest
import sqlalchemy as sa

from hub.cli.installation import installation
from hub.cli.periods import Periods, read_periods
from hub.errors import Stop
from hub.events.delivery import DeliveryClosed
from hub.log import purges, purging, quarantine
from hub.log.receipts import check_receipt
from hub.log.sealed import split
from hub.log.verify import verify_log
from hub.projections import history
from hub.settings import Settings
from hub.vault.tables import subjects
from tests import three_years
from tests.forgetting import forget, readable
from tests.pipe import MAPPING, Pipe, row, write_mapping
from tests.purging import contents, purge, take_in
from tests.release_warehouse import people, run, settings_in, warehouse
from tests.three_years import DUE, LATER, LIVES_ON, LIVING, OLD, fill, verified
from tests.typed import Call

engine_pipe, full = three_years.engine_pipe, three_years.full


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
        connection.execute("CREATE SCHEMA raw")
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
