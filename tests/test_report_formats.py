"""The report on a file of every format: all that is wrong, in every language, no value; the partner's rows, marked."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from hub.adapters.rules import LANGUAGES, words
from hub.cli.replaying import replay_all
from hub.cli.report import report
from hub.cli.workbook import MARKED
from hub.edge.positions import WORDS, position_in
from tests import workbooks
from tests.fhir_made import ENCOUNTER, REQUEST, but, refused
from tests.inputs import samples
from tests.inputs.samples import MARK, delimited, lines
from tests.pipe import MAPPING, Pipe, quiet
from tests.replaying import NOTHING, balanced
from tests.test_report import cells, notes
from tests.typed import Call

TABLE = samples.table()


class Form(NamedTuple):
    """A file, what reads it (`format: x` of the test table's mapping, or an adapter's name), and a cell it breaks."""

    made: Callable[[], bytes]
    adapter: str
    column: str


FORMS = {
    "CSV": Form(lambda: delimited(TABLE, ";"), 'separator: ";"', "age"),
    "XLSX": Form(lambda: workbooks.xlsx(TABLE), "format: xlsx", "age"),
    "ODS": Form(lambda: workbooks.ods(TABLE), "format: ods", "age"),
    "JSON": Form(lambda: json.dumps(samples.rows()).encode(), "format: json", "age"),
    "JSON lines": Form(lambda: lines(samples.rows()), "format: jsonl", "age"),
    "FHIR lines": Form(lambda: lines(samples.resources()), "fhir", ""),
    "FHIR bundles": Form(lambda: samples.bundles()[-1], "fhir", ""),
    "GBVIMS": Form(lambda: delimited(samples.recorder(), ","), "gbvims", "perpetrator.sex"),
    "GBVIMS in a workbook": Form(
        lambda: samples.workbook(samples.recorder(), "Incident Data"), "gbvims", "perpetrator.sex"
    ),
    "Primero": Form(lambda: lines(samples.payloads()), "primero", "sex"),
}


def made(folder: Path, form: Form) -> tuple[Path, str]:
    path, adapter = folder / "file", form.adapter
    path.write_bytes(form.made())
    if ":" in adapter:
        mapping = folder / "mapping.yaml"
        mapping.write_text(MAPPING.replace('separator: ";"', adapter), "utf-8")
        adapter = str(mapping)
    return path, adapter


def alike(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what only a report knows; which of two rows contradicts the other, no key says twice."""
    return [
        {**each, "texts": 0, "first": [] if each["rule"] == "contradicts-row" else each["first"]} for each in problems
    ]


@pytest.mark.parametrize("name", FORMS)
def test_it_says_at_once_what_a_delivery_of_any_format_is_refused_for_and_no_value(name: str, pipe: Pipe) -> None:
    path, adapter = made(pipe.folder, FORMS[name])
    told = report(path, adapter, partner="pt-test")
    taken = pipe.take_file(path, adapter, partner="pt-test")
    assert told["refused"] == taken["quarantined"] > 0
    assert alike(told["problems"]) == alike(taken["problems"]) != []
    assert MARK not in json.dumps(told)
    assert MARK in str(path.read_bytes()) or path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["FHIR bundles", "GBVIMS", "Primero", "JSON", "ODS"])
def test_every_rule_of_every_format_has_its_words_in_every_language(name: str, language: str, tmp_path: Path) -> None:
    told = report(*made(tmp_path, FORMS[name]), partner="pt-test", language=language)
    for each in told["problems"]:
        assert (each["text"], each["hint"]) == words(each["rule"], language)
        assert language == "en" or each["text"] != words(each["rule"], "en").text


@pytest.mark.parametrize("name", FORMS)
def test_where_it_is_wrong_is_said_in_every_language(name: str, tmp_path: Path) -> None:
    told = report(*made(tmp_path, FORMS[name]), partner="pt-test")
    positions = {position for each in told["problems"] for position in each["first"]}
    for language in WORDS:
        for position in positions - {"file"}:
            said = position_in(position, language)
            assert said != position
            assert re.findall("[0-9]+", position) in (re.findall("[0-9]+", said), re.findall("[0-9]+", said)[::-1])
    assert {position_in(each, "en") for each in positions} == positions


def test_a_place_within_another_is_said_from_the_outside_inwards() -> None:
    assert {*WORDS} == {*LANGUAGES} - {"en"}
    assert position_in("entry 3 of entry 2 of bundle 1", "fr") == "bundle 1, entrée 2, entrée 3"
    assert position_in("sheet 2, row 7, count 3", "nl") == "blad 2, rij 7, telling 3"


@pytest.mark.parametrize("name", FORMS)
def test_every_refused_row_of_any_format_stands_marked_in_the_workbook(name: str, tmp_path: Path) -> None:
    path, adapter = made(tmp_path, FORMS[name])
    to = tmp_path / "out.xlsx"
    told = report(path, adapter, partner="pt-test", to=to)
    head, *rows = cells(to, 2)
    names = {text: letter for letter, (text, _) in head.items()}
    refused = {position for line in rows for text, style in line.values() if style == MARKED for position in [text]}
    positions = {position_in(each, told["language"]) for problem in told["problems"] for each in problem["first"]}
    assert positions <= refused
    if column := FORMS[name].column:
        assert any(line.get(names[column], ("", 0))[1] == MARKED for line in rows)
        assert any(ref.rstrip("0123456789") == names[column] for ref in notes(to, 2))
    else:
        assert any(MARK in line.get(names["resource"], ("", 0))[0] for line in rows)


JOINED = MAPPING.replace("covers: quarter", "covers: quarter\nrows: several").replace(
    "    fields:\n", "    fields:\n      services: {column: what, codes: {a: PSYCH, b: EMOTIONAL}}\n"
)
SEVERAL = """\
no;case;date;sex;age;phy;psy;name;what
R1;C1;03-01-2025;f;30;y;n;one;a
R1;C1;03-01-2025;f;30;y;n;one;b
R2;C2;03-02-2025;f;31;y;n;two;a
R2;C2;03-02-2025;f;31;y;n;two;Kqzvx
R3;C3;03-02-2025;f;31;y;n;three;a
R3;C3;03-02-2025;m;31;y;n;three;b
"""


@pytest.fixture
def joined(pipe: Pipe) -> tuple[Path, Path]:
    path, mapping = pipe.folder / "several.csv", pipe.folder / "joined.yaml"
    path.write_text(SEVERAL, "utf-8")
    mapping.write_text(JOINED, "utf-8")
    return path, mapping


def test_each_row_of_a_record_of_several_stands_in_the_workbook_and_the_broken_one_is_marked(
    joined: tuple[Path, Path], tmp_path: Path
) -> None:
    path, mapping = joined
    to = tmp_path / "out.xlsx"
    told = report(path, str(mapping), to=to)
    assert told["refused"] == 2
    _, *rows = cells(to, 2)
    own = [line.split(";") for line in SEVERAL.splitlines()[1:]]
    letters = "ABCDEFGHI"
    assert [[row.get(letter, ("", 0))[0] for letter in letters] for row in rows] == own
    marked = {(n, letter) for n, row in enumerate(rows) for letter in letters if row.get(letter, ("", 0))[1] == MARKED}
    assert marked == {(3, "I"), (4, "D"), (5, "D")}, "what contradicts is marked in both"
    assert [n for n, row in enumerate(rows) if "J" in row] == [3, 4, 5]


def test_a_record_of_several_rows_is_replayed_once_its_code_is_known(joined: tuple[Path, Path], pipe: Pipe) -> None:
    path, mapping = joined
    first = pipe.take_file(path, mapping)
    assert (first["accepted"], first["quarantined"]) == (1, 2)
    mapping.write_text(JOINED.replace("{a: PSYCH,", "{a: PSYCH, Kqzvx: HOUSING,"), "utf-8")
    done = replay_all(pipe.hub, str(mapping), None, NOTHING, NOTHING, None, quiet)
    assert (done["replayed"], done["not_by_mapping"]) == (1, 1)
    balanced(pipe)
    again = pipe.take_file(path, mapping)
    assert (again["unchanged"], again["events"]) == (2, 0)


def test_the_command_asks_who_delivers_where_no_file_says_it(call: Call, tmp_path: Path) -> None:
    path, adapter = made(tmp_path, FORMS["GBVIMS"])
    code, _, err = call("adapters", "report", str(path), "--adapter", adapter)
    assert (code, "--partner is needed" in err) == (5, True)
    code, out, _ = call("adapters", "report", str(path), "--adapter", adapter, "--partner", "pt-test", "--json")
    assert (code, json.loads(out)["refused"] > 0) == (3, True)


def test_each_wrong_element_of_a_resource_is_named_at_once() -> None:
    wrong = but(REQUEST, authoredOn="soon", intent=5, colour="red", subject={"reference": 7})
    assert set(refused(wrong)) == {
        ("element-form", "ServiceRequest.authoredOn"),
        ("element-type", "ServiceRequest.intent"),
        ("element-unknown", "ServiceRequest"),
        ("element-type", "ServiceRequest.subject.reference"),
    }
    assert refused(but(ENCOUNTER, status=7)) == [("element-type", "Encounter.status")], "and is not called missing"
