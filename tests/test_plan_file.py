"""Plan files: what they state, and that whatever is wrong with one is named by rule, field and line, all at once."""

import io
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hub.adapters.base import Fact, Problem, Rejected, Statement
from hub.adapters.plan_file import adapter
from hub.adapters.yaml_tree import DEPTH_LIMIT, SIZE_LIMIT
from hub.events import NEWEST
from hub.events.base import Code

PROGRAMME = Path(__file__).parents[1] / "examples" / "programmes" / "invictus"
FILES = [PROGRAMME / name for name in ("fi.yaml", "pt-2026-06.yaml", "pt.yaml")]
CODE = TypeAdapter(Code)
PT = (PROGRAMME / "pt.yaml").read_bytes()

SMALL = """\
plan_file: 1
partner: pt-invictus
country: PT
plan: P
programme: INVICTUS
level: NATIONAL
title: A plan
language: en
adopted_on: 2025-03-03
starts_on: 2024-09-01
ends_on: 2027-12-31
basis: ILLUSTRATIVE
pillars:
  - pillar: P1
    title: A pillar
    istanbul_pillar: PROTECT
    objectives:
      - objective: O1
        title: An objective
        measures:
          - measure: M1
            title: A measure
            kind: LEGAL
            lead_body: A ministry
            starts_on: 2025-01-01
            due_on: 2026-01-01
            milestones:
              - {milestone: a, title: A step, due_on: 2025-06-01}
reports:
  - period: 2025Q3
    reported_on: 2025-10-10
    statuses:
      - {measure: M1, status: ONGOING, progress_pct: 40, rag_self: GREEN}
"""


def read(data: bytes) -> Statement:
    (record,) = adapter.read(io.BytesIO(data))
    return adapter.translate(record)


def attempt(data: bytes) -> Statement | Rejected:
    """What comes of a file; any other exception is a fault of the adapter."""
    try:
        return read(data)
    except Rejected as refused:
        return refused


def refusal(text: str) -> list[Problem]:
    with pytest.raises(Rejected) as refused:
        read(text.encode())
    return list(refused.value.problems)


def facts(statement: Statement, event: str) -> dict[str, Fact]:
    return {fact.part: fact for fact in statement.facts if fact.event == event}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_fact_of_the_example_plans_is_a_valid_event_with_a_place_of_its_own(path: Path) -> None:
    statement = read(path.read_bytes())
    assert (statement.kind, statement.subject) == ("plan", None)
    assert len({(fact.event, fact.part) for fact in statement.facts}) == len(statement.facts)
    for fact in statement.facts:
        assert NEWEST[fact.event].model_validate(fact.data).plan == statement.key
        assert fact.part == "" or CODE.validate_python(fact.part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_plan_is_never_a_bare_list_of_measures(path: Path) -> None:
    statement = read(path.read_bytes())
    found = {event: len(facts(statement, event)) for event in NEWEST if event.startswith("plan.")}
    assert found["plan.pillarset"] == 4
    assert found["plan.objectiveset"] == 6
    assert found["plan.measureplanned"] >= 10
    assert all(found.values())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_public_of_the_project_is_told_from_what_is_made_up(path: Path) -> None:
    stated = read(path.read_bytes()).facts
    public = [fact for fact in stated if fact.data["basis"] == "PROJECT_FACT"]
    assert {fact.event for fact in public} == {"plan.pillarset", "plan.objectiveset", "plan.measureplanned"}
    measures = {fact.data["measure"] for fact in public if "measure" in fact.data}
    assert measures == {"M1.1"}
    assert not [fact for fact in stated if fact.data.get("measure") in measures and fact not in public]
    assert all("budget_eur" not in fact.data for fact in public)


def test_the_amended_plan_moves_two_due_dates_and_takes_nothing_back() -> None:
    before, after = read(PT), read((PROGRAMME / "pt-2026-06.yaml").read_bytes())
    assert before.key == after.key
    old, new = ({(fact.event, fact.part): fact.data for fact in one.facts} for one in (before, after))
    assert set(old) < set(new)
    moved = {place: (old[place], new[place]) for place in old if old[place] != new[place]}
    assert {place[1] for place in moved} == {"M2.2", "M3.2"}
    assert all(was["due_on"] < now["due_on"] for was, now in moved.values())


def test_the_sender_stands_in_the_file() -> None:
    (record,) = adapter.read(io.BytesIO(PT))
    assert adapter.sender(record) == ("pt-invictus", "PT")


def test_norway_is_a_country_and_a_code_of_digits_is_a_code() -> None:
    text = SMALL.replace("country: PT", "country: NO").replace("plan: P\n", "plan: 007\n")
    (record,) = adapter.read(io.BytesIO(text.encode()))
    assert adapter.sender(record) == ("pt-invictus", "NO")
    assert adapter.translate(record).key == "007"


def test_a_basis_holds_for_all_below_until_one_says_otherwise() -> None:
    text = SMALL.replace("    title: A pillar\n", "    title: A pillar\n    basis: PROJECT_FACT\n")
    text = text.replace("            kind: LEGAL\n", "            kind: LEGAL\n            basis: ILLUSTRATIVE\n")
    basis = {fact.event: fact.data["basis"] for fact in read(text.encode()).facts}
    assert basis["plan.adopted"] == "ILLUSTRATIVE"
    assert basis["plan.objectiveset"] == "PROJECT_FACT"
    assert basis["plan.measureplanned"] == basis["plan.milestoneplanned"] == "ILLUSTRATIVE"


def test_a_measure_without_a_due_date_is_continuous() -> None:
    statement = read(SMALL.replace("due_on: 2026-01-01", "due_on: ~").encode())
    assert "due_on" not in facts(statement, "plan.measureplanned")["M1"].data
    assert facts(read(SMALL.encode()), "plan.measureplanned")["M1"].data["due_on"] == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("plan_file: 1", "plan_file: 2", ("unknown-version", "plan_file, line 1")),
        ("partner: pt-invictus\n", "", ("missing-value", "partner, line 1")),
        ("partner: pt-invictus", "partner: Somebody", ("out-of-range", "partner, line 2")),
        ("level: NATIONAL", "level: GLOBAL", ("unknown-code", "level, line 6")),
        ("starts_on: 2024-09-01", "starts_on: 2025-02-30", ("not-a-date", "starts_on, line 10")),
        ("adopted_on: 2025-03-03", "adopted_on: 1741000000", ("not-a-date", "adopted_on, line 9")),
        ("ends_on: 2027-12-31", "ends_on: 2020-12-31", ("impossible-order", "ends_on, line 11")),
        ("title: A measure", "tittle: A measure", ("unknown-field", "line 22")),
        ("title: A measure", "title: [A, measure]", ("not-a-text", "title, line 22")),
        ("lead_body: A ministry\n", "budget_eur: lots\n", ("not-an-integer", "budget_eur, line 24")),
        (
            "title: A measure",
            "title: A measure\n            due_confirmed: perhaps",
            ("not-true-or-false", "due_confirmed, line 23"),
        ),
        ("due_on: 2026-01-01", "due_on: 2024-01-01", ("impossible-order", "due_on, line 26")),
        ("progress_pct: 40", "progress_pct: 140", ("out-of-range", "progress_pct, line 33")),
        ("{measure: M1, status", "{measure: M2, status", ("dangling-reference", "measure, line 33")),
        ("period: 2025Q3", "period: 2025Q5", ("out-of-range", "period, line 30")),
        ("  - period: 2025Q3\n    ", "  - ", ("missing-value", "period, line 30")),
        ("pillars:\n", "pillars: none\nother:\n", ("not-a-list", "pillars, line 13")),
        ("    statuses:\n", "    statuses:\n      - a word\n", ("not-a-mapping", "statuses, line 33")),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_named_by_rule_field_and_line(old: str, new: str, expected: tuple[str, str]) -> None:
    assert SMALL.count(old) == 1
    assert expected in refusal(SMALL.replace(old, new))


def test_all_problems_are_named_at_once_and_each_once() -> None:
    text = SMALL.replace("level: NATIONAL", "level: GLOBAL").replace("kind: LEGAL", "kind: MAGIC")
    text = text.replace("due_on: 2025-06-01", "due_on: 2025-06-31").replace("M1, status", "M9, status")
    assert refusal(text) == [
        ("unknown-code", "level, line 6"),
        ("unknown-code", "kind, line 23"),
        ("not-a-date", "due_on, line 28"),
        ("dangling-reference", "measure, line 33"),
    ]


def test_a_wrong_code_is_named_at_its_own_entry_and_not_at_all_that_hang_on_it() -> None:
    problems = refusal(SMALL.replace("pillar: P1", "pillar: P 1"))
    assert problems == [("out-of-range", "pillar, line 14")]


def test_the_same_code_twice_is_refused() -> None:
    step = "              - {milestone: a, title: A step, due_on: 2025-06-01}\n"
    assert refusal(SMALL.replace(step, step * 2)) == [("duplicate-code", "milestone, line 29")]
    status = "      - {measure: M1, status: ONGOING, progress_pct: 40, rag_self: GREEN}\n"
    assert refusal(SMALL + status) == [("duplicate-code", "period, line 34")]


def test_the_same_key_twice_is_refused_rather_than_the_last_one_taken() -> None:
    assert refusal(SMALL.replace("kind: LEGAL", "kind: LEGAL\n            kind: SERVICE")) == [("key-twice", "line 24")]


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "not-a-mapping"),
        (b"- a\n- b\n", "not-a-mapping"),
        (b"just words", "not-a-mapping"),
        (b"a: [1, 2", "not-yaml"),
        (b"a: b: c", "not-yaml"),
        (b"a: \x00", "not-yaml"),
        (b"a: \xff\xfe", "not-text"),
        (b"a: 1\n---\nb: 2\n", "several-documents"),
        (b"a: !!python/object/apply:os.getcwd []", "yaml-tag"),
        (b"{[a]: b}", "not-a-key"),
        (BOMB.encode(), "yaml-alias"),
        (b"a: " + b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1), "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b"#" * (SIZE_LIMIT + 1), "too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_plan_at_all_is_refused_as_a_whole(data: bytes, rule: str) -> None:
    with pytest.raises(Rejected) as refused:
        list(adapter.read(io.BytesIO(data)))
    assert refused.value.problems[0].rule == rule


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_anywhere_gives_a_statement_or_a_rejection_that_quotes_nothing(data: st.DataObject) -> None:
    damaged = bytearray(SMALL.replace("A measure", "CANARY-measure").replace("A ministry", "CANARY-body").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        length = data.draw(st.integers(0, 12))
        damaged[at : at + length] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"\n", b": ", b"- ", b"&a ", b"''"])
        )
    outcome = attempt(bytes(damaged))
    if isinstance(outcome, Statement):
        for fact in outcome.facts:
            NEWEST[fact.event].model_validate(fact.data)
    else:
        assert "CANARY" not in str(outcome)
        assert all(re.fullmatch(r"file|([a-z_]+, )?line \d+", problem.place) for problem in outcome.problems)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, SMALL.count("\n") - 1),
    st.sampled_from(["", "0", "-1", "true", "1e999", "nan", "~", "[]", "{}", "{a: b}"]),
)
def test_any_one_value_replaced_by_any_other_kind_is_a_statement_or_a_rejection(line: int, value: str) -> None:
    lines = SMALL.splitlines()
    lines[line] = re.sub(r":.*$", f": {value}", lines[line], count=1)
    assert attempt("\n".join(lines).encode())
