"""Indicators as data: what a file may say, and that everything written from it says the same."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import ValidationError

from hub.indicators.definition import Definition, read, read_all
from hub.indicators.written import DEFINITIONS, MODELS, PAGE, check, write
from tests.indicator_warehouse import ROOT, columns_of

FILES = sorted((ROOT / DEFINITIONS).glob("*.yaml"))


def said() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / DEFINITIONS / "i01.yaml").read_text("utf-8"))
    return content


def changed(*, measure: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A definition with something changed, in itself or in its first measure."""
    content = {**said(), **more}
    first = next(iter(content["measures"]))
    content["measures"][first] = {**content["measures"][first], **(measure or {})}
    return content


def test_every_file_that_is_written_from_the_definitions_says_what_they_say() -> None:
    assert check(ROOT) == [], "run `make schemas`"


def test_a_file_that_differs_and_a_model_without_a_definition_are_seen_and_mended(tmp_path: Path) -> None:
    shutil.copytree(ROOT / DEFINITIONS, tmp_path / DEFINITIONS)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / PAGE, tmp_path / PAGE)
    assert write(tmp_path)
    assert write(tmp_path) == []
    model = tmp_path / MODELS / "ind_i01.sql"
    model.write_text("select 1", "utf-8")
    (tmp_path / MODELS / "ind_i99.sql").write_text("select 1", "utf-8")
    assert check(tmp_path) == [
        f"{MODELS}/ind_i01.sql: the definitions say otherwise",
        f"{MODELS}/ind_i99.sql: no definition stands behind it",
    ]
    assert write(tmp_path) == [f"{MODELS}/ind_i01.sql", f"{MODELS}/ind_i99.sql"]
    assert check(tmp_path) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_indicator_reads_only_columns_that_its_facts_have(file: Path) -> None:
    definition = read(file)
    columns = columns_of(definition.of)
    assert sorted(definition.columns() - columns.keys()) == []
    for measure in definition.measures.values():
        if other := measure.denominator_of:
            assert sorted(other.columns_read() - columns_of(other.fact).keys()) == []
    assert [name for name in definition.breakdowns if columns[name].endswith("[]")] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_indicator_is_what_its_published_schema_allows(file: Path) -> None:
    schema = json.loads((ROOT / "schemas" / "indicators" / "definition.json").read_text("utf-8"))
    jsonschema.validate(yaml.safe_load(file.read_text("utf-8")), schema)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (changed(counting_unit="CASE"), "never as CASE"),
        (changed(counting_unit="CONTACT"), "never as CONTACT"),
        (changed(of="fct_moods"), "no counting unit yet"),
        (changed(events=["referral.sent", "mood.noted"]), "no such event: mood.noted"),
        (changed(name={"en": "Only English"}), "a name in each of"),
        (changed(date="sender"), "by a date"),
        (changed(mood="good"), "Extra inputs"),
        (changed(measure={"numerator": None}), "a SHARE says numerator"),
        (changed(measure={"amount": "quantity"}), "a SHARE says numerator"),
        (changed(measure={"among": None}), "says among what"),
        (changed(measure={"numerator": "is_accepted; drop table x"}), "one piece of portable SQL"),
        (changed(measure={"numerator": "exists (select 1)"}), "one piece of portable SQL"),
        (changed(measure={"numerator": "arg_max(a, b)"}), "one piece of portable SQL"),
        (changed(measure={"numerator": "(is_accepted"}), "no other half"),
        (changed(measure={"parts": ["mode"]}), "not both"),
    ],
)
def test_what_cannot_be_counted_is_refused(content: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Definition.model_validate(content)


def test_a_file_is_named_after_its_indicator(tmp_path: Path) -> None:
    shutil.copy(ROOT / DEFINITIONS / "i01.yaml", tmp_path / "i02.yaml")
    with pytest.raises(ValueError, match="named after its indicator"):
        read(tmp_path / "i02.yaml")


def test_law_that_is_recalled_says_so_wherever_it_is_read() -> None:
    recalled = [each for each in read_all(ROOT / DEFINITIONS) if any("2024/1385" in law.text for law in each.legal)]
    assert recalled
    assert [each.id for each in recalled if not any(law.verify for law in each.legal)] == []
