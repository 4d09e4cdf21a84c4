"""What a mapping file can say: conditions, relations of codes, several columns, several facts of a row, several rows of
a record, and mistakes told by line and key."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Fact, Rejected
from hub.adapters.count_file import count_schema
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.adapters.mapping_file import mapping_schema
from hub.adapters.words import words_of
from hub.adapters.yaml_tree import NODES_LIMIT
from hub.errors import Stop
from tests.delivered import left
from tests.pipe import Pipe, write_mapping

HEAD = """mapping: 1
name: xx_rows
partner: pt-test
country: PT
language: pt
source: {separator: ";", dates: ["%d-%m-%Y"]}
record: contact
key: [no]
subject: {columns: [case]}
"""
DAY = "      occurred_on: {column: day, as: date}\n"
CONTACT = "facts:\n  - event: contact.held\n    fields:\n" + DAY


def made(folder: Path, text: str) -> MappingAdapter:
    return load_mapping(write_mapping(folder, text))


def csv(*lines: str) -> bytes:
    return "\n".join([*lines, ""]).encode()


def facts(adapter: MappingAdapter, data: bytes) -> list[tuple[Fact, ...]]:
    return [adapter.translate(record).facts for record in adapter.read(io.BytesIO(data))]


def refused(adapter: MappingAdapter, data: bytes) -> list[tuple[str, str]]:
    found = []
    for record in adapter.read(io.BytesIO(data)):
        try:
            adapter.translate(record)
        except Rejected as rejected:
            found += [tuple(problem) for problem in rejected.problems]
    return found


# Conditions


def chosen(folder: Path, when: str, *cells: str) -> list[str]:
    """Which of the cells of a column `a` (with a day in `b`) the condition chooses."""
    mapping = HEAD + "ignore: [b]\n" + CONTACT.replace("    fields", f"    when: [{when}]\n    fields")
    mapping += "      age: {column: a, as: integer}\n" if "as: integer" in when else "      sex: {column: a, codes: {"
    mapping += "" if "as: integer" in when else ", ".join(f"'{cell}': F" for cell in dict.fromkeys(cells)) + "}}\n"
    adapter = made(folder, mapping.replace("ignore: [b]\n", "") if " b" in when else mapping)
    found = []
    for number, cell in enumerate(cells):
        for record in adapter.read(io.BytesIO(csv("no;case;day;a;b", f"{number};C;01-02-2025;{cell};02-02-2025"))):
            try:
                found += [cell for _ in adapter.translate(record).facts]
            except Rejected as rejected:
                found += [rule for rule, _ in rejected.problems if rule != "no-fact"]
    return found


@pytest.mark.parametrize(
    ("when", "cells", "wanted"),
    [
        ("{column: a, as: integer, less_than: '18'}", ("17", "18", "", "x"), ["17", "not-an-integer"]),
        ("{column: a, as: integer, at_least: '18', at_most: '20'}", ("17", "18", "20", "21"), ["18", "20"]),
        ("{not: {column: a, as: integer, more_than: '18'}}", ("17", "18", "19", ""), ["17", "18", ""]),
        ("{column: a, as: date, at_least: 2025-02-03}", ("02-02-2025", "03-02-2025", "9"),
         ["03-02-2025", "not-a-date"]),
        ("{column: a, as: date, less_than: {column: b}}", ("01-02-2025", "02-02-2025", ""), ["01-02-2025"]),
        ("{any: [{column: a, in: [x]}, {all: [{column: a, filled: true}, {not: {column: a, in: [y]}}]}]}",
         ("x", "y", "z", ""), ["x", "z"]),
        ("{all: [{column: a, not_in: [x]}, {column: a, not_in: [y]}]}", ("x", "y", "z"), ["z"]),
    ],
)  # fmt: skip
def test_conditions_join_and_compare_and_an_unreadable_cell_is_a_problem(
    tmp_path: Path, when: str, cells: tuple[str, ...], wanted: list[str]
) -> None:
    assert chosen(tmp_path, when, *cells) == wanted


# Codes


def test_a_word_that_no_code_says_states_nothing_and_refuses_nothing(tmp_path: Path) -> None:
    codes = "{law: LEGAL_ADVICE, talk: {code: EMOTIONAL, relation: broader}, tea: {relation: none}}"
    mapping = HEAD + CONTACT + f"      services: {{column: what, split: '+', codes: {codes}}}\n"
    adapter = made(tmp_path, mapping + "      sex: {column: sex, codes: {f: F}, else: {relation: none}}\n")
    data = csv("no;case;day;what;sex", "1;C;01-02-2025;tea + law;f", "2;C;01-02-2025;tea;q", "3;C;01-02-2025;nap;f")
    first, second, third = [*adapter.read(io.BytesIO(data))]
    assert adapter.translate(first).facts[0].data["services"] == ("LEGAL_ADVICE",)
    assert dict(adapter.translate(second).facts[0].data) == {"occurred_on": date(2025, 2, 1), "services": ()}
    with pytest.raises(Rejected, match="unknown-code at what"):
        adapter.translate(third)


def test_words_without_a_code_are_counted_for_the_partner_and_never_told_elsewhere(tmp_path: Path) -> None:
    codes = "{law: LEGAL_ADVICE, talk: {code: EMOTIONAL, relation: broader}, CANARY-tea: {relation: none}}"
    mapping = HEAD + CONTACT + f"      services: {{column: what, split: '+', codes: {codes}}}\n"
    adapter = made(tmp_path, mapping + "      sex: {column: sex, codes: {f: F}, else: {code: U, relation: none}}\n")
    rows = ["CANARY-tea + law;f", "CANARY-tea+talk+CANARY-tea; CANARY-q", "CANARY-nap;f", ";f", "law;\udcff"]
    data = "\n".join(["no;case;day;what;sex", *(f"{n};C;01-02-2025;{row}" for n, row in enumerate(rows)), ""])
    encoded = data.encode("utf-8", "surrogateescape")
    found = {(w.column, w.word): (w.code, w.relation, w.listed, w.rows) for w in words_of(adapter, io.BytesIO(encoded))}
    assert found == {
        ("what", "law"): ("LEGAL_ADVICE", "exact", True, 2),
        ("what", "talk"): ("EMOTIONAL", "broader", True, 1),
        ("what", "CANARY-tea"): (None, "none", True, 2),
        ("what", "CANARY-nap"): (None, None, False, 1),
        ("sex", "f"): ("F", "exact", True, 3),
        ("sex", "CANARY-q"): ("U", "none", False, 1),
        ("sex", "\\udcff"): ("U", "none", False, 1),
    }
    said: list[str] = []
    sent = left(adapter, encoded, echo=said.append)
    assert [line.partition(";")[0] for line in said] == [
        "what: 2 rows hold a word that no code says", "sex: 2 rows hold a word that no code says"]  # fmt: skip
    assert "CANARY" not in repr((said, sent.rows, sent.closing))


def test_crosswalks_are_shared_by_file_and_by_the_hubs_own_words(tmp_path: Path) -> None:
    (tmp_path / "sexes.yaml").write_text(
        "crosswalk: 1\nlanguage: pt\nrelation: broader\ncodes:\n  fem: F\n  masc: {code: M, relation: exact}\n", "utf-8"
    )
    mapping = HEAD + CONTACT + "      sex: {column: s, include: [sexes.yaml], labels: pt, codes: {fem: U, x: X}}\n"
    field = made(tmp_path, mapping).mapping.facts[0].fields["sex"]
    words = {word: (each.code, each.relation) for word, each in field.crosswalk().items()}
    assert words["masc"] == ("M", "exact")
    assert words["fem"] == ("U", "exact")  # the mapping's own entry comes first
    assert words["Feminino"] == ("F", "exact")
    broken = {
        "include: [sexes.yaml]": [("include: [../sexes.yaml]", "name a file in the mapping's own folder"),
                                  ("include: [none.yaml]", "cannot read the crosswalk none.yaml")],
        "labels: pt": [("labels: [pt]", "labels: Input should be a valid string"),
                       ("labels: xx", "no list of the hub has words")],
    }  # fmt: skip
    for good, cases in broken.items():
        for bad, named in cases:
            with pytest.raises(Stop, match=named):
                made(tmp_path, mapping.replace(good, bad))
    (tmp_path / "sexes.yaml").write_text("crosswalk: 1\nlanguage: pt\ncodes:\n  fem: {relation: wide}\n", "utf-8")
    with pytest.raises(Stop, match=r"sexes\.yaml: line 4, codes\.fem\.entry\.relation"):
        made(tmp_path, mapping)


# Several values of a row


def test_numbered_columns_are_one_list_of_codes(tmp_path: Path) -> None:
    mapping = HEAD + CONTACT + "      services: {columns: [d1, d2, d3], codes: {law: LEGAL_ADVICE, talk: EMOTIONAL}}\n"
    adapter = made(tmp_path, mapping)
    data = csv("no;case;day;d1;d2;d3", "1;C;01-02-2025;talk;;law", "2;C;01-02-2025;;;", "3;C;01-02-2025;?;;!")
    stated = [record for record in adapter.read(io.BytesIO(data))]
    assert [adapter.translate(record).facts[0].data["services"] for record in stated[:2]] == [
        ("EMOTIONAL", "LEGAL_ADVICE"), ()]  # fmt: skip
    with pytest.raises(Rejected) as caught:
        adapter.translate(stated[2])
    assert [problem.place for problem in caught.value.problems] == ["d1", "d3"]


def test_a_row_states_one_fact_for_each_code_and_for_each_group_of_columns(tmp_path: Path) -> None:
    each = (
        "facts:\n  - event: contact.attempted\n    each: result\n    fields:\n" + DAY
        + "      result: {column: r, split: '+', codes: {no: NO_ANSWER, wrong: WRONG_NUMBER, tea: {relation: none}}}\n"
        + "  - event: contact.held\n    repeat: [{d: d1, s: s1}, {d: d2, s: s2}]\n"
        + "    when: [{column: d, filled: true}]\n    fields:\n      occurred_on: {column: d, as: date}\n"
        + "      sex: {column: s, codes: {f: F, d: U}}\n"
    )  # fmt: skip
    adapter = made(tmp_path, HEAD + each)
    data = csv(
        "no;case;day;r;d1;s1;d2;s2",
        "1;C;01-02-2025;wrong+no+no+tea;02-02-2025;f;03-02-2025;d",
        "2;C;01-02-2025;;;;03-02-2025;f",
    )
    said = [[(fact.event, fact.part, fact.data.get("sex")) for fact in row] for row in facts(adapter, data)]
    assert said == [
        [("contact.attempted", "NO_ANSWER", None), ("contact.attempted", "WRONG_NUMBER", None),
         ("contact.held", "1", "F"), ("contact.held", "2", "U")],
        [("contact.held", "2", "F")],
    ]  # fmt: skip
    assert refused(adapter, csv("no;case;day;r;d1;s1;d2;s2", "1;C;01-02-2025;odd;;;;x")) == [("unknown-code", "r")]
    assert len(left(adapter, data).rows) == 2


# Several rows of a record

SERVICES = (
    HEAD
    + "rows: several\n"
    + CONTACT
    + """\
      services: {column: what, codes: {law: LEGAL_ADVICE, talk: EMOTIONAL, home: HOUSING}}
      duration_minutes: {column: min, as: integer, merge: sum}
      sex: {column: sex, codes: {f: F, m: M}}
"""
)
PRODUCT = (
    HEAD.replace("record: contact", "record: case")
    + """rows: several
facts:
  - event: case.opened
    fields:
      occurred_on: {column: day, as: date}
      sex: {column: sex, codes: {f: F, m: M}}
  - event: case.closed
    when: [{column: end, filled: true}]
    part: {column: measure}
    fields:
      occurred_on: {column: end, as: date}
  - event: contact.held
    part: {column: offender}
    fields:
      occurred_on: {column: day, as: date}
      relationship: {column: who, codes: {ex: "02", boss: "10"}}
"""
)


def test_rows_of_one_contact_are_one_contact_with_all_its_services(tmp_path: Path) -> None:
    adapter = made(tmp_path, SERVICES)
    data = csv(
        "no;case;day;what;min;sex", "1;C;01-02-2025;talk;20;f", "2;D;01-02-2025;home;5;m", "1;C; 01-02-2025;law;40;",
        "1;C;01-02-2025;talk;20;f",
    )  # fmt: skip
    first, second = facts(adapter, data)
    assert first[0].data == {"occurred_on": date(2025, 2, 1), "services": ("EMOTIONAL", "LEGAL_ADVICE"),
                             "duration_minutes": 60, "sex": "F"}  # fmt: skip
    assert second[0].data["services"] == ("HOUSING",)


def test_a_victim_repeated_for_each_offender_and_each_measure_is_stated_once(tmp_path: Path) -> None:
    adapter = made(tmp_path, PRODUCT)
    rows = [f"1;C;01-02-2025;f;{o};{w};{m};05-0{m}-2025" for o, w in ((1, "ex"), (2, "boss")) for m in (3, 4, 5)]
    ((opened, *others),) = facts(adapter, csv("no;case;day;sex;offender;who;measure;end", *rows))
    assert (opened.event, opened.data["sex"]) == ("case.opened", "F")
    assert [(fact.event, fact.part) for fact in others] == [
        ("case.closed", "3"), ("case.closed", "4"), ("case.closed", "5"), ("contact.held", "1"), ("contact.held", "2"),
    ]  # fmt: skip


def test_rows_that_contradict_each_other_are_put_aside_together_and_held(tmp_path: Path) -> None:
    adapter = made(tmp_path, SERVICES)
    data = csv(
        "no;case;day;what;min;sex", "1;C;01-02-2025;talk;20;f", "1;C;02-02-2025;law;20;m", "2;D;01-02-2025;home;5;m",
        "3;E;01-02-2025;talk;1;f", "3;E;01-02-2025;?;1;f", "4;E;01-02-2025;talk;1;f", "4;F;01-02-2025;law;1;f",
    )  # fmt: skip
    sent = left(adapter, data)
    problems = {(each.position, each.rule, each.place) for each in sent.closing.refusals}
    assert problems == {
        ("line 2", "contradicts-row", "day"), ("line 2", "contradicts-row", "sex"), ("line 5", "unknown-code", "what"),
        ("line 7", "contradicts-row", "case"),
    }  # fmt: skip
    assert (sent.closing.rows, sent.closing.refused, sent.closing.complete) == (1, 3, True)
    assert [row["day"] for row in sent.refused["line 2"]] == ["01-02-2025", "02-02-2025"]
    assert sum(not facts for _, _, facts in sent.rows) == 3  # still stated: a complete delivery retracts none of them


ROWS = st.lists(
    st.tuples(st.sampled_from("1234"), st.sampled_from(["talk", "law", "home", "?"]), st.sampled_from(["5", "20", ""]),
              st.sampled_from(["f", "f", "", "m"])),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_no_order_of_rows_matters(tmp_path_factory: Any, rows: list[tuple[str, ...]], order: Any) -> None:
    adapter = made(tmp_path_factory.getbasetemp(), SERVICES)
    head = "no;case;day;what;min;sex"
    lines = [f"{no};C{no};01-02-2025;{what};{minutes};{sex}" for no, what, minutes, sex in rows]
    shuffled = order.sample(lines, len(lines))
    one, other = left(adapter, csv(head, *lines)), left(adapter, csv(head, *shuffled))
    assert sorted(one.rows) == sorted(other.rows)
    assert (one.closing.rows, one.closing.refused) == (other.closing.rows, other.closing.refused)
    assert one.closing.rows + one.closing.refused == len({no for no, *_ in rows})


def test_a_record_of_several_rows_is_one_record_of_the_log(pipe: Pipe) -> None:
    mapping = write_mapping(pipe.folder, SERVICES)
    head, rows = (
        "no;case;day;what;min;sex",
        ["1;C;01-02-2025;talk;20;f", "2;D;01-02-2025;law;5;m", "1;C;01-02-2025;law;9;f"],
    )

    def take(name: str, *lines: str, complete: bool) -> dict[str, int]:
        path = pipe.folder / name
        path.write_bytes(csv(head, *lines))
        said = pipe.take_file(path, mapping, complete=complete)
        return {count: said[count] for count in ("received", "accepted", "unchanged", "events")}

    # The same rows, whole or in part, in any order: two records, and never more.
    assert take("a.csv", *rows, complete=True) == {"received": 2, "accepted": 2, "unchanged": 0, "events": 2}
    assert take("b.csv", *reversed(rows), complete=True) == {"received": 2, "accepted": 0, "unchanged": 2, "events": 0}
    assert take("c.csv", rows[2], rows[0], complete=False)["events"] == 0
    # One service less: one correction.
    assert take("d.csv", *rows[:2], complete=True)["events"] == 1
    assert {tuple(row[0]) for row in pipe.current(columns="services")} == {("EMOTIONAL",), ("LEGAL_ADVICE",)}


# Mistakes


@pytest.mark.parametrize(
    ("good", "bad", "line", "place"),
    [
        ("{f: F, m: M}", "{f: F, m: Q}", 17, "facts.0.fields.sex.codes.m: the event has no code Q"),
        ("merge: sum", "merge: add", 16, "facts.0.fields.duration_minutes.merge"),
        ("codes: {f: F, m: M}}", "codes: {f: F, m: M}, merge: sum}", 17, "facts.0.fields.sex: only integers"),
        ("as: integer", "as: date", 16, "facts.0.fields.duration_minutes: only integers and numbers"),
        ("key: [no]", "key: content", 1, "file: several rows of a record are found by its key"),
        ("rows: several", "rows: many", 10, "rows: Input should be 'one' or 'several'"),
        ("    fields:", "    when: [{column: day}]\n    fields:", 13, "facts.0.when.0: give exactly one of filled"),
        ("    fields:", "    when: [{column: day, as: date, at_least: spring}]\n    fields:", 13,
         "facts.0.when.0: the bound is not-a-date"),
        ("    fields:", "    each: sex\n    part: {column: day}\n    fields:", 12, "facts.0: each needs no part"),
        ("    fields:", "    each: age\n    fields:", 12, "facts.0: each is a field of codes"),
        ("    fields:", "    repeat: [{a: b}, {c: d}]\n    fields:", 12, "facts.0: every group of repeat names"),
        ("    fields:", "    repeat: [{zz: day}]\n    fields:", 13, "facts.0.repeat.0.zz: nothing in the rule reads"),
        ("country: PT", "country: PT\ncountry: ES", 5, "key-twice"),
        ("language: pt", "language: &me [*me]", 5, "yaml-alias"),
        ("language: pt", "language: !!python/name:os.system x", 5, "yaml-tag"),
    ],
)  # fmt: skip
def test_every_mistake_is_named_by_line_and_key(tmp_path: Path, good: str, bad: str, line: int, place: str) -> None:
    assert good in SERVICES
    with pytest.raises(Stop) as caught:
        made(tmp_path, SERVICES.replace(good, bad, 1))
    assert f"line {line}" in str(caught.value)
    assert place in str(caught.value)


def test_all_mistakes_of_a_mapping_are_told_at_once(tmp_path: Path) -> None:
    bad = SERVICES.replace("m: M", "m: Q").replace("law: LEGAL_ADVICE", "law: LAW").replace("sex: {", "shoe: {")
    with pytest.raises(Stop) as caught:
        made(tmp_path, bad)
    assert str(caught.value).count("line ") == 2


def test_a_bomb_of_aliases_is_refused_before_it_is_built(tmp_path: Path) -> None:
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    with pytest.raises(Stop, match="too-large"):
        made(tmp_path, "a0: &a0 [x]\n" + laughs)
    assert NODES_LIMIT < 10**8


SCHEMAS = {path: json.loads(text) for path, text in (mapping_schema() | count_schema()).items()}


@pytest.mark.parametrize("mapping", [SERVICES, PRODUCT, "partners", "examples"])
def test_the_published_schema_takes_what_the_hub_takes(mapping: str) -> None:
    root = Path(__file__).parents[1]
    folders = {"partners": root / "hub/adapters/partners", "examples": root / "examples/adapters"}
    texts = [file.read_text("utf-8") for file in folders[mapping].glob("*.yaml")] if mapping in folders else [mapping]
    for text in texts:
        said = yaml.load(text, yaml.CBaseLoader)
        name = next(iter(said))
        jsonschema.validate(_typed(said), SCHEMAS[f"adapters/{name}.v1.json"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**_typed(said), "colour": "red"}, SCHEMAS[f"adapters/{name}.v1.json"])


def _typed(said: Any) -> Any:
    """As an editor's YAML would read it: true and false are no texts."""
    if isinstance(said, dict):
        return {key: each == "true" if key == "filled" else _typed(each) for key, each in said.items()}
    return [_typed(each) for each in said] if isinstance(said, list) else said
