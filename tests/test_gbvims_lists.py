"""The GBVIMS lists: every code and every label in every language maps, or is reported."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hub.adapters.gbvims_codes import Unknown, columns, crosswalks
from hub.adapters.gbvims_incident import FIELDS, SECTORS
from hub.adapters.spelling import country_of, fold
from tests.gbvims_made import INCIDENT, LANGUAGES, RAW, read, sheet
from tests.inputs.lists import primero_lists


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
