"""The GBVIMS Incident Recorder: its columns in any language, every code of its lists, what never leaves, damage."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Identifier, Rejected, Statement
from hub.adapters.gbvims import adapter
from hub.adapters.gbvims_codes import CODES, COLUMNS, Unknown, columns, crosswalks
from hub.adapters.gbvims_incident import FIELDS, NEEDED, SECTORS
from hub.adapters.spelling import country_of, fold
from hub.adapters.yaml_tree import LOADER
from tests.damaged import damaged, outcome
from tests.delivered import left
from tests.inputs.lists import primero_lists
from tests.workbooks import Written, ods, xlsx

CANARY = "CANARY-Maria-Silva"
LANGUAGES = ["en", "fr", "es", "pt", "pl", "ro", "hu", "sk", "uk", "tr", "ar"]
INCIDENT = {
    "incident_id": "I-1",
    "survivor_code": "S-1",
    "date_of_interview": "05-Mar-2025",
    "date_of_incident": "28-Feb-2025",
    "date_of_birth": "15-Jun-1990",
    "sex": "F",
    "country_of_origin": "France",
    "displacement_status": "Resident",
    "location": "Client's Home",
    "gbv_type": "Rape",
    "harmful_traditional_practice": "No",
    "goods_money_exchanged": "No",
    "abduction_type": "None",
    "previously_reported": "No",
    "number_primary_perpetrators": "2",
    "perpetrator.sex": "M",
    "perpetrator.former": "No",
    "perpetrator.age_group": "Age 18 - 25",
    "perpetrator.relationship": "Intimate Partner / Former Partner",
    "service.referred_from": "Health / Medical Services",
    "service.safehouse_referral": "No referral, Service unavailable",
    "service.medical_referral": "Referred & No referral, Service unavailable",
    "service.psycho_referral": "Service provided by your agency",
    "service.legal_referral": "No, Referral declined by survivor",
    "service.police_referral": "No referral, Service not applicable",
    "service.livelihoods_referral": "",
    "service.protection_referral": "",
    "consent": "Yes",
}
NOT_EXPORTED = {"case_worker_code", "camp", "perpetrator.age_type"}
"""Fields that have words, but no column beside the others."""
LISTED = {
    language: {field: word for field, word in words.items() if field not in NOT_EXPORTED}
    for language, words in yaml.load(COLUMNS.read_text("utf-8"), Loader=LOADER)["columns"].items()
}
RAW = yaml.load(CODES.read_text("utf-8"), Loader=LOADER)


def sheet(*rows: dict[str, str], language: str = "en", separator: str = ",", headings: Any = None) -> bytes:
    """A sheet with every column of the recorder; what no row fills holds a canary."""
    headings = headings or LISTED[language]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(headings.values())
    for row in rows:
        writer.writerow(row.get(field, CANARY) for field in headings)
    return out.getvalue().encode()


def read(data: bytes) -> list[Statement]:
    return [adapter.translate(record) for record in list(adapter.read(io.BytesIO(data)))]


def state(**changed: str) -> Statement:
    (statement,) = read(sheet(INCIDENT | {name.replace("__", "."): text for name, text in changed.items()}))
    return statement


def fact(event: str, part: str = "", **changed: str) -> dict[str, Any]:
    return next(dict(fact.data) for fact in state(**changed).facts if (fact.event, fact.part) == (event, part))


def refused(**changed: str) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        state(**changed)
    return {tuple(problem) for problem in rejected.value.problems}


def file_refused(data: bytes) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        read(data)
    return {tuple(problem) for problem in rejected.value.problems}


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_in_any_language_states_the_same(language: str, separator: str) -> None:
    assert read(sheet(INCIDENT, language=language, separator=separator)) == read(sheet(INCIDENT))


def test_a_workbook_states_the_same_whatever_its_cells_are_and_whatever_its_other_sheets_hold() -> None:
    headings = LISTED["en"]
    row: list[Any] = [INCIDENT.get(field, CANARY) for field in headings]
    at = {field: column for column, field in enumerate(headings)}
    for field, day in (("date_of_interview", date(2025, 3, 5)), ("date_of_incident", date(2025, 2, 28))):
        row[at[field]] = day
    row[at["number_primary_perpetrators"]] = 2
    rows = [list(headings.values()), row]
    menu = Written([["CASEWORKER CODE", "ETHNICITY"], [CANARY, CANARY]])
    for workbook in (xlsx(rows), ods(rows), xlsx({"Incident Data": Written(rows), "Menu Data": menu})):
        assert read(workbook) == read(sheet(INCIDENT))


def test_an_incident_states_the_act_the_answers_and_the_consent() -> None:
    statement = state()
    assert (statement.kind, statement.key, statement.subject) == ("offence", "I-1", Identifier("local", "S-1"))
    offence = fact("offence.disclosed")
    expected = {
        "occurred_on": "2025-03-05", "incident_on": "2025-02-28", "delay": "4-5D", "birth_on": "1990-06-15",
        "sex": "F", "nationality": "FR", "gbvims_type": "RAPE", "offence": "03011", "violence_forms": ("SEX",),
        "primary_form": "SEX", "relationship": "01", "perpetrator_sex": "M", "perpetrator_age_band": "18+",
        "perpetrators": "SEVERAL", "place_type": "HOME", "reported_elsewhere": "NO",
    }  # fmt: skip
    assert {name: value if isinstance(value, tuple) else str(value) for name, value in offence.items()} == expected
    answers = {part: data["answer"] for event, data, part in state().facts if event == "referral.sectoranswered"}
    assert answers == {
        "SAFE_HOUSE": "UNAVAILABLE",
        "HEALTH": "REFERRED",
        "PSYCHOSOCIAL": "PROVIDED_HERE",
        "LEGAL": "DECLINED",
        "POLICE": "NOT_APPLICABLE",
    }
    assert fact("referral.sent", "IN")["source"] == "HEALTH"
    assert fact("consent.recorded", "REPORTING")["answer"] == "GRANTED"


def test_without_consent_to_reporting_nothing_but_the_refusal_is_stated() -> None:
    (only,) = state(consent="No").facts
    assert (only.event, only.data["answer"]) == ("consent.recorded", "REFUSED")
    assert {fact.event for fact in state(consent="").facts} == {
        "offence.disclosed", "referral.sent", "referral.sectoranswered",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"goods_money_exchanged": "Yes"}, "tags", ("GAIN",)),
        ({"abduction_type": "Trafficked"}, "tags", ("ABDUCTION",)),
        ({"harmful_traditional_practice": "Type of Practice 3"}, "tags", ("HARMFUL_PRACTICE",)),
        ({"perpetrator__former": "Oui"}, "frequency", "REPEATED"),
        ({"number_primary_perpetrators": "1"}, "perpetrators", "ONE"),
        ({"number_primary_perpetrators": "More than 3"}, "perpetrators", "SEVERAL"),
        ({"perpetrator__age_group": "Minor"}, "perpetrator_age_band", "0-17"),
        ({"displacement_status": "Apatride"}, "nationality_group", "STATELESS"),
        ({"date_of_incident": "2025-03-01"}, "delay", "4-5D"),
        ({"date_of_incident": "01.03.2025"}, "delay", "4-5D"),
        ({"gbv_type": "Viol / Pénétration"}, "gbvims_type", "RAPE"),
        ({"gbv_type": "non-gbv"}, "gbvims_type", "NONGBV"),
    ],
    ids=str,
)
def test_what_a_cell_says_in_the_words_of_the_hub(changed: dict[str, str], field: str, value: Any) -> None:
    assert fact("offence.disclosed", **changed)[field] == value


def test_what_no_code_says_is_left_out_and_not_made_to_fit() -> None:
    assert "offence" not in fact("offence.disclosed", gbv_type="Denial of Resources, Opportunities or Services")
    assert "perpetrator_sex" not in fact("offence.disclosed", perpetrator__sex="M and F")
    several = state(service__referred_from="Other & Health / Medical Services")
    assert "referral.sent" not in {fact.event for fact in several.facts}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"incident_id": ""}, ("missing-key", "incident_id")),
        ({"date_of_interview": ""}, ("missing-value", "date_of_interview")),
        ({"date_of_interview": "31-Feb-2025"}, ("not-a-date", "date_of_interview")),
        ({"date_of_incident": "06-Mar-2025"}, ("impossible-order", "date_of_incident")),
        ({"date_of_birth": "06-Mar-2026"}, ("impossible-order", "date_of_birth")),
        ({"gbv_type": ""}, ("missing-value", "gbv_type")),
        ({"gbv_type": "Gewalt"}, ("unknown-code", "gbv_type")),
        ({"country_of_origin": "Atlantis"}, ("unknown-code", "country_of_origin")),
        ({"service__legal_referral": "Perhaps"}, ("unknown-code", "service.legal_referral")),
        ({"consent": "perhaps"}, ("unknown-code", "consent")),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_by_rule_and_field(changed: dict[str, str], expected: tuple[str, str]) -> None:
    assert refused(**changed) == {expected}


def test_all_that_is_wrong_with_a_row_is_named_at_once() -> None:
    wrong = refused(sex="?", consent="perhaps", date_of_interview="never")
    assert wrong == {("unknown-code", "sex"), ("unknown-code", "consent"), ("not-a-date", "date_of_interview")}


def test_a_column_that_nobody_looked_at_refuses_the_sheet_by_its_number() -> None:
    at = len(LISTED["en"]) + 1
    assert file_refused(sheet(INCIDENT, headings=LISTED["en"] | {"x": "Home address"})) == {
        ("column-unknown", f"column {at}")
    }
    # One without a heading is not read. Primero itself has such a column in Hungarian.
    assert read(sheet(INCIDENT, headings=LISTED["en"] | {"x": ""})) == read(sheet(INCIDENT))


@pytest.mark.parametrize("name", NEEDED)
def test_a_sheet_without_a_needed_column_is_none_of_the_recorders(name: str) -> None:
    headings = {field: word for field, word in LISTED["en"].items() if field != name}
    assert file_refused(sheet(INCIDENT, headings=headings)) == {("column-missing", name)}


def test_a_file_of_another_kind_is_refused_as_a_whole() -> None:
    assert file_refused(b"") == {("empty-file", "line 1")}
    assert file_refused(b"name;age\nx;1\n") == {("column-missing", name) for name in NEEDED}
    again = len(LISTED["en"]) + 1
    assert file_refused(sheet(INCIDENT, headings=LISTED["en"] | {"x": "sex"})) == {("column-twice", f"column {again}")}
    # In two languages it is one column twice too.
    assert file_refused(sheet(INCIDENT, headings=LISTED["en"] | {"x": "SEXE"})) == {("column-twice", "header")}


def test_no_canary_leaves_and_what_leaves_is_there() -> None:
    delivered = left(adapter, sheet(INCIDENT, INCIDENT | {"incident_id": "I-2", "sex": CANARY}))
    assert list(delivered.refused) == ["line 3"]
    assert CANARY in repr(delivered.refused)
    said = repr(delivered.rows) + repr(delivered.closing)
    assert CANARY not in said
    for hidden in ("I-1", "S-1", "1990", "2025-02-28", "FR"):
        assert hidden not in said
    assert all(shown in said for shown in ("03011", "25-34", "4-5D", "UNAVAILABLE", "2025-03-05", "2025-02-01"))
    assert (len(delivered.rows), len(delivered.refused)) == (1, 1)


def test_the_same_incident_twice_leaves_twice_the_same_and_two_versions_of_it_do_not_both_leave() -> None:
    twice = left(adapter, sheet(INCIDENT, INCIDENT))
    assert (len(twice.rows), len({repr(row) for row in twice.rows}), twice.refused) == (2, 1, {})
    contradiction = left(adapter, sheet(INCIDENT, INCIDENT | {"gbv_type": "Physical Assault"}))
    assert (len(contradiction.rows), len(contradiction.refused)) == (1, 1)
    assert {refusal.rule for refusal in contradiction.closing.refusals} == {"contradicts-row"}


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(sorted(INCIDENT)), st.text(max_size=12), max_size=4))
def test_any_text_in_any_cell_gives_a_statement_or_a_rejection(changed: dict[str, str]) -> None:
    _, refused = outcome(adapter, sheet(INCIDENT | changed))
    assert CANARY not in repr(refused)


@settings(max_examples=100)
@given(st.data())
def test_any_damage_to_the_bytes_is_a_rejection_or_a_record(data: st.DataObject) -> None:
    whole = sheet(INCIDENT, INCIDENT | {"incident_id": "I-2"})
    _, refused = outcome(adapter, damaged(whole, data, [b'"', b"\n", b","]))
    assert CANARY not in repr(refused)


def test_every_field_that_is_read_is_a_column_of_the_recorder() -> None:
    assert (FIELDS | {*SECTORS}) - {"age"} <= {*columns().values()}


def test_every_word_stands_for_a_code_of_its_crosswalk_and_every_code_for_itself() -> None:
    for name, crosswalk in RAW["crosswalks"].items():
        words = RAW["lists"][crosswalk["of"]]["words"]
        assert words.keys() == crosswalk["codes"].keys(), name
        for code in words:
            target = crosswalk["codes"][code]
            expected = target if isinstance(target, str) else target.get("code")
            assert crosswalks()[name].read(code.upper().replace("_", " ")) == expected
        with pytest.raises(Unknown):
            crosswalks()[name].read("no such word")


def flat(headings: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, label in headings.items():
        if isinstance(label, dict):
            yield from flat(label, f"{above}{name}.")
        else:
            yield above + name, label


def test_every_label_of_the_recorder_in_every_language_is_recognised(inputs: Path) -> None:
    known, seen = columns(), 0
    for path in (inputs / "gbv_primero" / "incident_recorder_locales").glob("*.yml"):
        ((language, texts),) = yaml.safe_load(path.read_text("utf-8")).items()
        for field, label in flat(texts["exports"]["incident_recorder_xls"]["headers"]):
            # In French the ages of perpetrators, in groups and in kinds, have one heading.
            same = {field, "perpetrator.age_group"} if field == "perpetrator.age_type" else {field}
            assert known[fold(label)] in same, (language, field)
            seen += 1
    assert seen >= 11 * 40


def test_the_header_row_of_every_language_goes_in(inputs: Path) -> None:
    with (inputs / "gbv_primero" / "incident_recorder_columns.csv").open(encoding="utf-8-sig") as file:
        listed = list(csv.DictReader(file))
    for language in LANGUAGES:
        headings = {row["field"]: row[language] for row in listed}
        assert read(sheet(INCIDENT, headings=headings)) == read(sheet(INCIDENT)), language


def test_every_code_of_every_list_maps_or_is_reported(inputs: Path) -> None:
    folder = inputs / "gbv_primero" / "translations"
    unread = {name for names in RAW["unread"].values() for name in names}
    read_lists = {name: each for each, rule in RAW["lists"].items() for name in rule["of"]}
    counts: Counter[str] = Counter()
    for name, codes in primero_lists(folder, "en").items():
        assert (name in unread) != (name in read_lists), name
        for code in codes:
            if name in unread:
                counts["not read, with a reason"] += 1
                continue
            for crosswalk, rule in RAW["crosswalks"].items():
                if rule["of"] == read_lists[name]:
                    assert crosswalks()[crosswalk].codes.keys() >= {fold(str(code))}, (name, code)
            counts["maps"] += 1
    assert counts == {"not read, with a reason": 464, "maps": 155}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_label_of_a_list_that_is_read_is_recognised(inputs: Path, language: str) -> None:
    lists = primero_lists(inputs / "gbv_primero" / "translations", language)
    seen = 0
    for name, rule in RAW["crosswalks"].items():
        for listed in RAW["lists"][rule["of"]]["of"]:
            for code, label in lists.get(listed, {}).items():
                if label:
                    assert fold(label) in crosswalks()[name].codes, (listed, code)
                    seen += 1
    assert seen > 100


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_country_of_the_list_is_known_by_its_code_and_its_name(inputs: Path, language: str) -> None:
    listed = primero_lists(inputs / "gbv_primero" / "translations", language)["lookup-country"]
    assert len(listed) > 190
    for code, label in listed.items():
        assert country_of(code), code
        if label:
            assert country_of(label) == country_of(code), code


def test_every_iso_country_is_known_and_no_word_is_of_two(inputs: Path) -> None:
    with (inputs / "reference" / "country-codes.csv").open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["ISO3166-1-Alpha-2"]]
    assert len(listed) > 240
    for row in listed:
        assert country_of(row["CLDR display name"]) == row["ISO3166-1-Alpha-2"]
