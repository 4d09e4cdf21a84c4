"""The warehouse's raw tables on both engines: rows as they were said, replay equal to live, the engines alike."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.cli.installation import installation
from hub.events.old.referral_declined_v1 import ReferralDeclinedV1
from hub.projections import base
from hub.settings import Settings
from hub.vault.tables import subjects
from tests import warehouses
from tests.pipe import ROOT, Pipe, row
from tests.postgres import fresh_database
from tests.warehouses import DUCKDB, POSTGRES, Kept, append, history, nothing_beside

kept, fed = warehouses.kept, warehouses.fed


def test_replay_equals_live(fed: Pipe, kept: Kept) -> None:
    history(fed)
    live = kept.contents()
    assert len(live["contact.held"]) > 20
    assert live["record.retracted"]
    result = fed.project(rebuild=True)
    assert result.get("database", result)["events"] == fed.hub.store.position()
    assert kept.contents() == live


def test_both_engines_hold_the_same_rows(tmp_path: Path) -> None:
    url = fresh_database()
    with installation(Settings(tmp_path / "home", warehouse_url=url)) as hub:
        pipe = Pipe(hub, tmp_path)
        pipe.take_file(ROOT / "examples" / "programmes" / "invictus" / "pt.yaml", "plan_file", complete=True)
        history(pipe)
        append(
            hub.store, ReferralDeclinedV1.topic(), {"data": {"occurred_on": "2025-01-02", "reason": "CLIENT_WITHDREW"}}
        )
        append(hub.store, "vs.plan.pillarset.v1", {"data": {"plan": "p", "basis": "ILLUSTRATIVE", "pillar": "1",
               "title": 'Ünïcode, "quoted" \\ and\nbroken\t{a,b}', "istanbul_pillar": "PREVENT"}})  # fmt: skip
        pipe.project()
    here, there = (Kept(engine, tmp_path / "home", at).contents() for engine, at in ((DUCKDB, None), (POSTGRES, url)))
    assert here == there
    assert len(here) > 10
    assert any('"quoted" \\ and\nbroken\t{a,b}' in str(row[-2]) for row in here["plan.pillarset"])


def test_an_old_version_is_read_as_the_newest_would_say_it(fed: Pipe, kept: Kept) -> None:
    append(
        fed.hub.store, ReferralDeclinedV1.topic(), {"data": {"occurred_on": "2025-01-02", "reason": "CLIENT_WITHDREW"}}
    )
    append(fed.hub.store, ReferralDeclinedV1.topic(), {"data": {"occurred_on": "2025-01-03", "reason": "NO_CAPACITY"}})
    fed.project()
    said = kept.ask("SELECT declined_by, own_reason FROM raw.referral_declined ORDER BY position")
    assert said == [("VICTIM", "NA"), ("SERVICE", "NO_CAPACITY")]


def test_every_row_has_the_month_of_its_own_delivery(fed: Pipe, kept: Kept) -> None:
    closed = {"data": {"dataset": "d", "period": "2025", "complete": True, "records": 1}}
    months = ["2025-07", "2025-08", "2025-07", "2026-01"]
    for month in months:
        append(fed.hub.store, "vs.delivery.closed.v1", closed, month)
    fed.project()
    assert kept.ask("SELECT known_month FROM raw.delivery_closed ORDER BY position") == [(month,) for month in months]


def test_batches_of_any_size_leave_the_same_rows(fed: Pipe, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(n) for n in range(8)]
    fed.take(rows, complete=True)
    fed.take([row(3, age="77"), *rows[4:]], complete=True)
    fed.project()
    live = kept.contents()
    for page, batch in ((1, 1), (3, 7)):
        monkeypatch.setattr(base, "PAGE", page)
        monkeypatch.setattr(base, "BATCH", batch)
        fed.project(rebuild=True)
        assert kept.contents() == live


def test_a_second_run_finds_nothing_to_do(fed: Pipe, kept: Kept) -> None:
    history(fed)
    result = fed.project()
    assert result["events"] == 0
    assert result.get("database", result)["events"] == 0


def test_an_event_whose_key_is_gone_says_nothing_any_more(fed: Pipe, kept: Kept) -> None:
    fed.take([row(1, case="A"), row(2, case="B")])
    with fed.hub.vault.database.writing("subjects") as connection:
        connection.execute(sa.delete(subjects).where(subjects.c.key == 1))
    fed.project()
    assert [len(kept.ask(f"SELECT 1 FROM raw.{name}")) for name in ("contact_held", "delivery_closed")] == [1, 1]


def test_raw_tables_hold_what_was_said_and_the_defaults_of_its_version(fed: Pipe, kept: Kept) -> None:
    fed.take([row(2, sex="", age="", date="03-02-2025")])
    fed.project()
    columns = "occurred_on, occurred_precision, sex, age_band, channel, services, partner"
    ((on, *said),) = kept.ask(f"SELECT {columns} FROM raw.contact_held")
    assert (str(on), *said) == ("2025-02-03", "D", "NR", "NR", "NR", [], "pt-test")


def test_the_first_projection_may_be_a_rebuild(fed: Pipe, kept: Kept) -> None:
    fed.take([row(n) for n in range(10)])
    fed.project(rebuild=True)
    assert len(kept.contents()["contact.held"]) == 10
    assert nothing_beside(kept)
