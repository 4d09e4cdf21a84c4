"""A plan as a table and as another government's tracker: the same statements as the YAML form, damage named by line."""

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Rejected, Statement
from hub.adapters.plan_file import adapter
from hub.adapters.plan_table import KINDS, OF_A_REPORT
from hub.adapters.yaml_tree import Branch, Leaf, Row, read_tree
from tests.delivered import left
from tests.test_plan_file import FILES, PROGRAMME, SMALL, attempt, read
from tests.workbooks import Error, Written, ods, xlsx

BELOW = {kind.stands_in: name for name, kind in KINDS.items() if kind.stands_in}
ABOVE = {kind.stands_in: kind.above for kind in KINDS.values() if kind.above}


def entries(tree: Branch, kind: str = "plan", handed: dict[str, str] | None = None) -> list[dict[str, str]]:
    """A plan file's tree as the rows of a table."""
    own = {name: leaf.text for name, leaf in tree.items.items() if isinstance(leaf, Leaf)}
    rows = [{"entry": kind, **(handed or {}), **own}]
    for name, row in tree.items.items():
        if not isinstance(row, Row):
            continue
        for child in row.items:
            assert isinstance(child, Branch)
            if name == "reports":
                rows += of_report(child)
            else:
                above = ABOVE[name]
                rows += entries(child, BELOW[name], {above: own[above]} if above != "plan" else {})
    return rows


def of_report(report: Branch) -> list[dict[str, str]]:
    said = {name: leaf.text for name, leaf in report.items.items() if isinstance(leaf, Leaf)}
    return [
        {**row, **{name: text for name, text in said.items() if name not in row}}
        for name, listed in report.items.items()
        if isinstance(listed, Row)
        for child in listed.items
        for row in entries(child, BELOW[name])  # type: ignore[arg-type]
    ]


def table(rows: list[dict[str, str]], separator: str = ",") -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names, restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def tree(data: bytes) -> Branch:
    return read_tree(io.BytesIO(data))


def stated(statement: Statement) -> dict[tuple[str, str], dict]:
    return {(fact.event, fact.part): dict(fact.data) for fact in statement.facts}


SMALL_ROWS = entries(tree(SMALL.encode()))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_plan_as_a_table_states_what_its_yaml_form_states(path: Path, separator: str) -> None:
    data = path.read_bytes()
    as_table = read(table(entries(tree(data)), separator))
    whole = read(data)
    assert stated(as_table) == stated(whole)
    assert (as_table.kind, as_table.key, len(as_table.facts)) == (whole.kind, whole.key, len(whole.facts))


def cells(rows: list[dict[str, str]]) -> list[list[str]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name, "") for name in names] for row in rows)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_plan_as_a_workbook_states_what_its_yaml_form_states(path: Path) -> None:
    data = path.read_bytes()
    rows = cells(entries(tree(data)))
    workbooks = [
        xlsx(rows),
        ods(rows),
        xlsx({"Notes": Written([["anything"]]), "Plan": Written(rows)}),
    ]
    for workbook in workbooks:
        assert stated(read(workbook)) == stated(read(data))


def test_numbers_and_days_of_a_workbook_are_what_they_show() -> None:
    rows: list[list[Any]] = cells(SMALL_ROWS)
    at = {name: column for column, name in enumerate(rows[0])}
    for row in rows[1:]:
        for name in ("starts_on", "due_on", "ends_on", "adopted_on", "reported_on"):
            if row[at[name]]:
                row[at[name]] = date.fromisoformat(row[at[name]])
        if row[at["progress_pct"]]:
            row[at["progress_pct"]] = int(row[at["progress_pct"]])
    for workbook in (xlsx(rows), ods(rows)):
        assert stated(read(workbook)) == stated(read(SMALL.encode()))


def test_a_workbook_with_an_error_in_a_cell_is_refused_by_its_row() -> None:
    rows: list[list[Any]] = cells(SMALL_ROWS)
    rows[4][0] = Error()
    refused = attempt(xlsx(rows))
    assert isinstance(refused, Rejected)
    assert ("cell-error", "line 5") in refused.problems


def test_the_example_table_is_the_example_plan() -> None:
    assert stated(read((PROGRAMME / "fi.csv").read_bytes())) == stated(read((PROGRAMME / "fi.yaml").read_bytes()))


@settings(max_examples=20)
@given(st.permutations(SMALL_ROWS))
def test_the_order_of_rows_says_nothing(rows: list[dict[str, str]]) -> None:
    assert stated(read(table(rows))) == stated(read(SMALL.encode()))


def test_a_byte_order_mark_a_blank_line_and_a_column_without_a_heading_are_no_damage() -> None:
    data = b"\xef\xbb\xbf" + table(SMALL_ROWS).replace(b"\r\n", b",\r\n").replace(b"\n", b"\n\r\n", 1)
    assert stated(read(data)) == stated(read(SMALL.encode()))


def changed(at: int, **cells: str) -> bytes:
    rows = [dict(row) for row in SMALL_ROWS]
    rows[at] |= cells
    return table(rows)


@pytest.mark.parametrize(
    ("at", "cells", "expected"),
    [
        (0, {"plan_file": "2"}, ("unknown-version", "plan_file, line 2")),
        (0, {"partner": "Somebody"}, ("out-of-range", "partner, line 2")),
        (1, {"entry": "column"}, ("unknown-code", "entry, line 3")),
        (1, {"entry": ""}, ("missing-value", "entry, line 3")),
        (1, {"plan": "OTHER"}, ("dangling-reference", "plan, line 3")),
        (2, {"pillar": "P9"}, ("dangling-reference", "pillar, line 4")),
        (2, {"pillar": ""}, ("missing-value", "pillar, line 4")),
        (3, {"kind": "MAGIC"}, ("unknown-code", "kind, line 5")),
        (3, {"due_on": "2026-02-30"}, ("not-a-date", "due_on, line 5")),
        (3, {"status": "ONGOING"}, ("unknown-field", "line 5")),
        (4, {"measure": "M9"}, ("dangling-reference", "measure, line 6")),
        (5, {"measure": "M9"}, ("dangling-reference", "measure, line 7")),
        (5, {"period": ""}, ("missing-value", "period, line 7")),
        (5, {"reported_on": ""}, ("missing-value", "reported_on, line 7")),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_by_rule_column_and_line(
    at: int, cells: dict[str, str], expected: tuple[str, str]
) -> None:
    refused = attempt(changed(at, **cells))
    assert isinstance(refused, Rejected)
    assert expected in refused.problems


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"entry,plan,plan\nplan,P,P\n", ("column-twice", "column 3")),
        (b"entry,plan,colour\nplan,P,x\n", ("column-unknown", "column 3")),
        (b"entry,plan\n", ("missing-value", "plan, line 1")),
        (b'entry,plan\nplan,"P\n', ("row-shape", "line 2")),
        (b"entry,plan\nplan,P,more\n", ("row-shape", "line 2")),
        (b"entry,plan\nplan,\xff\n", ("not-text", "line 2")),
        (b"entry,plan\n" + b"pillar,P\n" * 5_001, ("too-large", "file")),
    ],
)
def test_a_table_that_holds_no_plan_is_refused_as_a_whole(data: bytes, expected: tuple[str, str]) -> None:
    refused = attempt(data)
    assert isinstance(refused, Rejected)
    assert expected in refused.problems


def test_an_entry_without_a_period_of_its_own_needs_no_report() -> None:
    reached = {"entry": "reached", "measure": "M1", "milestone": "a", "done_on": "2025-05-30"}
    facts = stated(read(table([*SMALL_ROWS, reached])))
    assert set(facts["plan.milestonereached", "M1.a"]) == {"plan", "basis", "measure", "milestone", "done_on"}
    assert not set(OF_A_REPORT.values()) & {str(value) for fact in facts.values() for value in fact.values()}


@settings(max_examples=100)
@given(st.data())
def test_damage_to_a_table_gives_a_statement_or_a_rejection_that_quotes_nothing(data: st.DataObject) -> None:
    damaged = bytearray(table(SMALL_ROWS).replace(b"A measure", b"CANARY-measure"))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 9))] = data.draw(
            st.binary(max_size=5) | st.sampled_from([b'"', b",", b"\n", b"\r\n,,\r\n", b"entry"])
        )
    outcome = attempt(bytes(damaged))
    if isinstance(outcome, Rejected):
        assert "CANARY" not in str(outcome)


def test_the_canadian_tracker_goes_in_whole_and_leaves_in_clear(inputs: Path) -> None:
    path = inputs / "action_plans" / "nap5.yaml"
    data = path.read_bytes()
    statement = read(data)
    assert Counter(fact.event for fact in statement.facts) == {
        "plan.adopted": 1, "plan.pillarset": 5, "plan.objectiveset": 19, "plan.measureplanned": 106,
    }  # fmt: skip
    # Recounted with another reader of YAML.
    fields = {field["datastore_id"]: field for field in yaml.safe_load(data)["resources"][0]["fields"]}
    due = {fact.part: fact.data.get("due_on") for fact in statement.facts if fact.event == "plan.measureplanned"}
    for code, choice in fields["indicators"]["choices"].items():
        month = choice.get("due_date")
        assert str(due[code])[:7] == month if month else due[code] is None
    assert adapter.sender(next(adapter.read(io.BytesIO(data)))) == ("ca-tbs", "CA")
    delivered = left(adapter, data)
    assert (len(delivered.rows), len(delivered.rows[0][2]), delivered.refused) == (1, 131, {})


def test_of_the_tracker_nothing_is_lost_but_the_ends_of_two_titles_and_that_shows(inputs: Path) -> None:
    data = (inputs / "action_plans" / "nap5.yaml").read_bytes()
    titles = {fact.part: fact.data["title"] for fact in read(data).facts if fact.part}
    fields = {field["datastore_id"]: field for field in yaml.safe_load(data)["resources"][0]["fields"]}
    whole = {
        code: choice["en"].strip()
        for name in ("commitments", "milestones", "indicators")
        for code, choice in fields[name]["choices"].items()
    }
    assert titles.keys() == whole.keys()
    cut = [code for code in whole if titles[code] != whole[code]]
    assert all(titles[code].endswith("…") and whole[code].startswith(titles[code][:-1]) for code in cut)
    assert len(cut) == 2


TRACKER = """\
dataset_type: nap5
title: A tracker
resources:
- fields:
  - {datastore_id: commitments, choices: {C01: {en: One}}}
  - {datastore_id: milestones, choices: {C01.1: {en: Two}}}
  - datastore_id: indicators
    choices:
      C01.1.1: {en: Three, due_date: 2023-02, lead_dept: jus}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("dataset_type: nap5", "dataset_type: nap6", ("unknown-code", "dataset_type, line 1")),
        ("C01.1.1:", "C02.1.1:", ("dangling-reference", "indicators, line 9")),
        ("datastore_id: milestones", "datastore_id: steps", ("missing-value", "milestones, line 1")),
        ("{C01.1: {en: Two}}", "{C01.1: Two}", ("not-a-mapping", "milestones, line 6")),
        (", lead_dept: jus", "", ("missing-value", "lead_body, line 9")),
        ("2023-02", "2023-13", ("not-a-date", "due_on, line 9")),
        ("2023-02", "soon", ("not-a-date", "due_on, line 9")),
        ("title: A tracker\n", "", ("missing-value", "title, line 1")),
    ],
)
def test_a_tracker_that_is_not_whole_is_refused_by_rule_and_line(old: str, new: str, expected: tuple[str, str]) -> None:
    assert TRACKER.count(old) == 1
    assert len(read(TRACKER.encode()).facts) == 4
    refused = attempt(TRACKER.replace(old, new).encode())
    assert isinstance(refused, Rejected)
    assert expected in refused.problems
