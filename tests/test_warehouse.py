"""The warehouse: what dbt makes of the raw tables, against a recount that shares nothing with it."""

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from hub.cli.build import PROJECT, build
from hub.errors import Retry, Stop
from hub.events import NEWEST
from hub.indicators.compiled import COLUMNS as FIGURE
from hub.indicators.registry import MEASURES, NAMES
from hub.projections.raw_tables import ENVELOPE, column_name, table_name
from hub.settings import Settings
from tests import recounted
from tests.attacks.text_columns import columns, fits
from tests.warehouse_rows import Row, Telling, Told, token

told = recounted.told
PUBLIC = {
    "delivery_status": "partner country dataset quarter state",
    "sharing_agreements": "partner dataset version state purposes recipients lawful_basis retention_months valid_from "
    "valid_until digest position",
    "plans": "plan programme country level title language adopted_on starts_on ends_on basis",
    "pillars": "plan pillar title istanbul_pillar basis",
    "objectives": "plan pillar objective title basis",
    "measures": "plan country pillar objective measure title kind lead_body starts_on due_on first_due_on due_moves "
    "days_slipped budget_eur basis self_status rag_self reported_period reported_on progress_pct planned_pct on_path "
    "open_milestones overdue_days rag_computed rag_reason reported_basis",
    "milestones": "plan measure milestone title due_on first_due_on weight done_on evidence verified_by basis",
    "targets": "plan measure indicator kind unit direction baseline_value baseline_period target_value target_period "
    "last_value last_period on_path basis last_basis",
    "statuses": "plan measure period reported_on status progress_pct rag_self spent_eur obstacle basis",
    "indicators": " ".join(name for name, _, _ in (*MEASURES, *NAMES)),
    "indicator_values": " ".join(name for name, _ in FIGURE),
    "legal_return_items": "pack nth item title legal wording sector counting_unit about_nobody official_code held "
    "missing",
    "legal_returns": "pack nth item scope counted_by country year sex age_group perpetrator_sex perpetrator_age_group "
    "relationship offence detail counting_unit value obs_status conf_status why",
    "due_dates": "plan measure version due_on known_month position",
    "recommendations": "plan programme country recommendation body document paragraph issued_on instrument "
    "requirement urgency target_group title status measures measures_done measures_red basis",
    "gaps": "plan programme country gap title instrument requirement dimension kind tier_from tier_to "
    "target_group region severity status found_on evidence measures measures_done measures_red "
    "basis",
    "measure_answers": "plan answers part measure",
    "programme_partners": "plan programme organisation title country organisation_kind role source basis",
    "programme_places": "plan programme area title country kind role region source basis",
    "instrument_versions": "plan programme instrument instrument_version kind title language issued_on replaces source "
    "basis",
    "framework_cells": "partner programme country instrument requirement dimension target_group status level "
    "assessed_on valid_from evidence gap basis",
    "programme_reach": "partner country programme area audience year sessions attendances new_people "
    "sessions_not_counted referrals_made",
    "programme_languages": "partner country programme language year sessions attendances new_people "
    "sessions_not_counted referrals_made",
}
CUBES = {
    "contact_contributions": "subject partner country quarter region context sex age_band channel contacts",
    "contacts_leaf": "country quarter region context sex age_band channel persons contacts",
    "referral_contributions": "subject partner country quarter region context sex age_band mode outcome referrals",
    "referrals_leaf": "country quarter region context sex age_band mode outcome persons referrals",
    "course_contributions": "subject partner country year fact sex age_group course records",
    "course_marks": "fact place indicator version measure kind counting_unit",
}


def columns_of(told: Told, schema: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = '{}' ORDER BY 1, column_index"
    for table, column in told.ask(query.format(schema)):
        found.setdefault(table, []).append(column)
    return found


def test_each_event_has_a_staging_view_with_exactly_its_fields(told: Told) -> None:
    expected = {
        f"stg_hub__{table_name(name)}": [*ENVELOPE, *map(column_name, model.model_fields)]
        for name, model in NEWEST.items()
    }
    assert columns_of(told, "staging") == expected


def test_the_published_tables_are_the_contract_and_name_nobody(told: Told) -> None:
    assert columns_of(told, "public_zone") == {table: names.split() for table, names in PUBLIC.items()}
    assert columns_of(told, "cubes") == {table: names.split() for table, names in CUBES.items()}


def test_every_model_and_column_is_described_beside_its_sql(told: Told) -> None:
    built = {}
    layers = ("staging", "intermediate", "facts", "dimensions", "indicators", "returns", "marts", "cubes")
    for schema in (*layers, "public_zone"):
        built |= columns_of(told, schema)
    described = {}
    for path in PROJECT.glob("models/**/*.yml"):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models", ()):
            assert model["description"], model["name"]
            assert all(column["description"] for column in model["columns"]), model["name"]
            assert [*path.parent.glob(f"{model['name']}.sql")], model["name"]
            table = model.get("config", {}).get("alias", model["name"])
            described[table] = [column["name"] for column in model["columns"]]
    assert described == built


def test_every_event_stands_in_the_test_that_no_statement_counts_twice() -> None:
    text = (PROJECT / "tests" / "every_statement_stands_once.sql").read_text("utf-8")
    assert [name for name in NEWEST if f"'{table_name(name)}'" not in text] == []


def test_every_text_of_the_warehouse_is_one_that_its_column_may_hold(told: Told) -> None:
    known = {(column.table.removeprefix("raw."), column.name): fits(column) for column in columns()}
    texts = "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
    outside = "table_name <> 'place' AND schema_name <> 'built'"
    looked_at, strange = 0, {}
    with duckdb.connect(str(told.settings.warehouse_path), read_only=True) as connection:
        rows = connection.execute(f"{texts} AND data_type LIKE 'VARCHAR%' AND {outside}").fetchall()
        for schema, table, column, kind in rows:
            one = f"unnest({column})" if kind == "VARCHAR[]" else column
            found = connection.execute(f"SELECT DISTINCT {one} FROM {schema}.{table}").fetchall()
            domains = known[table, column]
            wrong = [text for (text,) in found if text is not None and not any(fit(text) for fit in domains)]
            strange |= {f"{schema}.{table}.{column}": wrong[:5]} if wrong else {}
            looked_at += 1
    assert strange == {}
    assert looked_at > 700


def test_the_contact_cube_equals_a_plain_recount(told: Told) -> None:
    persons: dict[Row, set[str]] = {}
    contacts: Counter[Row] = Counter()
    by_person: Counter[Row] = Counter()
    for partner, person, said in told.contacts.values():
        leaf = (*leaf_of(partner, said), said.channel)
        persons.setdefault(leaf, set()).add(person)
        contacts[leaf] += 1
        by_person[token(person), partner, *leaf] += 1
    cells = "country, quarter, region, context, sex, age_band, channel"
    assert len(contacts) > 100
    assert dict_of(told.ask(f"SELECT {cells}, contacts FROM cubes.contacts_leaf")) == contacts
    assert dict_of(told.ask(f"SELECT {cells}, persons FROM cubes.contacts_leaf")) == {
        leaf: len(people) for leaf, people in persons.items()
    }
    query = f"SELECT subject, partner, {cells}, contacts FROM cubes.contact_contributions"
    assert dict_of(told.ask(query)) == by_person


def test_the_referral_cube_equals_a_plain_recount(told: Told) -> None:
    referrals: Counter[Row] = Counter()
    for partner, _, sent, lived in told.referrals.values():
        referrals[(*leaf_of(partner, sent), sent.mode, outcome_of(sent.occurred_on, lived))] += 1
    cells = "country, quarter, region, context, sex, age_band, mode, outcome"
    assert len({leaf[-1] for leaf in referrals}) == 7
    assert dict_of(told.ask(f"SELECT {cells}, referrals FROM cubes.referrals_leaf")) == referrals


@pytest.mark.parametrize(("leaf", "parts"), [("contacts", "contact"), ("referrals", "referral")])
def test_contributions_add_up_to_the_leaf(told: Told, leaf: str, parts: str) -> None:
    cells = CUBES[f"{leaf}_leaf"].removesuffix(f" persons {leaf}").replace(" ", ", ")
    summed = f"SELECT {cells}, count(DISTINCT subject), sum({leaf}) FROM cubes.{parts}_contributions GROUP BY ALL"
    assert told.ask(f"({summed}) EXCEPT ALL (FROM cubes.{leaf}_leaf)") == []
    assert told.ask(f"(FROM cubes.{leaf}_leaf) EXCEPT ALL ({summed})") == []


def test_a_corrected_contact_counts_once_and_a_retracted_one_not_at_all(told: Told) -> None:
    assert told.ask("SELECT count(*) FROM raw.contact_held") > [(300,)]
    assert told.ask("SELECT sum(contacts) FROM cubes.contacts_leaf") == [(len(told.contacts),)]
    assert len(told.contacts) < 300


def test_the_warehouse_can_be_built_as_it_was_known(told: Told, tmp_path: Path) -> None:
    before = Settings(tmp_path)
    before.warehouse_path.write_bytes(told.settings.warehouse_path.read_bytes())
    build(before, as_known_at=told.middle, select="+contacts_leaf +referrals_leaf", echo=lambda _: None)
    with duckdb.connect(str(before.warehouse_path)) as connection:
        assert connection.execute("SELECT sum(contacts) FROM cubes.contacts_leaf").fetchall() == [(300,)]
        known = dict_of(connection.execute("SELECT channel, count(*) FROM facts.fct_contacts GROUP BY 1").fetchall())
        assert connection.execute("SELECT count(*) FROM cubes.referrals_leaf").fetchall() == [(0,)]
    assert known == Counter((said.channel,) for _, _, said in told.contacts_in_the_middle.values())


def test_a_moved_due_date_stays_visible_and_the_rating_is_computed(told: Told) -> None:
    history = told.ask("SELECT version, due_on, known_month FROM public_zone.due_dates ORDER BY version")
    assert history == [(1, date(2025, 12, 31), "2025-01"), (2, date(2026, 6, 30), "2025-11")]
    judged = (
        "first_due_on, due_on, due_moves, days_slipped, planned_pct, progress_pct, rag_self, rag_computed, rag_reason"
    )
    assert told.ask(f"SELECT {judged} FROM public_zone.measures") == [
        (date(2025, 12, 31), date(2026, 6, 30), 1, 181, 74.3, 60, "GREEN", "AMBER", "BEHIND_PLAN")
    ]


def test_zero_is_told_from_silence(told: Told) -> None:
    told_states = told.ask("SELECT dataset, quarter, state FROM public_zone.delivery_status ORDER BY quarter")
    assert told_states == [("contacts", "2025Q1", "REPORTED"), ("contacts", "2025Q2", "ZERO")]


def test_cases_stay_in_the_enclave_and_count_what_closed(told: Told) -> None:
    counted = "quarter, region, context, tier, persons, cases, cases_closed, needs_known, needs_met, median_days_open"
    assert told.ask(f"SELECT {counted} FROM marts.cases_quarterly WHERE partner = 'pt-apav'") == [
        ("2025Q1", "PT17", "U", "GENERIC", 1, 3, 2, 2, 1, 20.0)
    ]


def test_a_build_shows_its_progress_and_leaves_nothing_beside_the_file(told: Told) -> None:
    assert told.counts["models"] == len([*PROJECT.glob("models/**/*.sql")])
    assert told.counts["tests"] > 20
    assert len(told.steps) >= 9
    assert {path.name for path in told.settings.home.iterdir()} == {"warehouse.duckdb", "warehouse.duckdb.lock", "dbt"}


def test_an_empty_store_builds_and_every_case_of_the_models_holds(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        Telling(connection)
    counts = build(settings, unit_tests=True, echo=lambda _: None)
    assert counts["unit_tests"] >= 11


def test_a_statement_that_stands_twice_stops_the_build_by_name_and_without_a_value(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        Telling(connection)
        needed = [
            (name, kind)
            for _, name, kind, required, *_ in connection.execute("PRAGMA table_info('raw.case_reopened')").fetchall()
            if required and name not in ("position", "event_id")
        ]
        said = ", ".join("DATE '2025-01-01'" if kind == "DATE" else "'1'" for _, kind in needed)
        names = ", ".join(["position", "event_id", *(name for name, _ in needed)])
        for position in (1, 2):
            connection.execute(f"INSERT INTO raw.case_reopened ({names}) VALUES ({position}, 'twice', {said})")
    with pytest.raises(Stop, match="every_statement_stands_once") as stopped:
        build(settings, select="path:models/staging", echo=lambda _: None)
    assert "twice" not in str(stopped.value)


def test_a_warehouse_that_another_process_holds_can_be_built_later(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    hold = f"import duckdb; held = duckdb.connect({str(settings.warehouse_path)!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(Retry):
            build(settings, echo=lambda _: None)
        other.communicate(b"\n", timeout=60)


def dict_of(rows: list[Row]) -> dict[Row, Any]:
    assert len({row[:-1] for row in rows}) == len(rows)
    return {row[:-1]: row[-1] for row in rows}


def leaf_of(partner: str, said: Any) -> Row:
    country = partner[:2].upper()
    ages = {"0-5 6-11 12-13": "0-13", "14-15 16-17": "14-17", "18-24": "18-24", "25-34 35-44": "25-44"}
    ages |= {"45-54 55-64": "45-64", "65-74 75+": "65+"}
    return (
        country,
        f"{said.occurred_on.year}Q{(said.occurred_on.month + 2) // 3}",
        said.region if said.region and said.region[:2] == country and len(said.region) == 4 else country,
        context_of(said),
        said.sex if said.sex in {"F", "M", "X"} else "U",
        next((band for atoms, band in ages.items() if said.age_band in atoms.split()), "U"),
    )


def context_of(said: Any) -> str:
    act = said.offence
    violence = bool(said.violence_forms) or act[:2] in {"01", "02", "03"} or act in {"X5", "X6", "X7"}
    if violence and said.relationship in {"01", "02"}:
        return "IPV"
    if violence and (said.relationship in {"03", "04", "05", "06", "07"} or said.cohabiting == "Y"):
        return "DV"
    if {"SEX", "SHR"} & set(said.violence_forms) or act.startswith("03"):
        return "SEX"
    if act.startswith("0204"):
        return "THB"
    if violence:
        return "OTHER_VIOLENCE"
    if act[:2] in {"04", "05", "06", "07", "08", "09"}:
        return "OTHER_CRIME"
    return "NOT_CRIME" if act in {"X1", "X2", "X3", "X4", "X9"} else "U"


def outcome_of(sent_on: date, lived: dict[str, date]) -> str:
    if "referral.engaged" in lived:
        return "ENGAGED_30D" if (lived["referral.engaged"] - sent_on).days <= 30 else "ENGAGED_LATER"
    if lived.keys() & {"referral.accepted", "referral.scheduled", "referral.noshow"}:
        return "ACCEPTED"
    for name in ("declined", "failed", "cancelled"):
        if f"referral.{name}" in lived:
            return name.upper()
    return "ACCEPTED" if "referral.completed" in lived else "WAITING"
