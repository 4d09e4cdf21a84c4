"""What a mapping file can say of a row: conditions, relations of codes, several columns, several facts."""

import io
from datetime import date
from pathlib import Path

import pytest

from hub.adapters.base import Rejected
from hub.adapters.words import words_of
from hub.errors import Stop
from tests.delivered import left
from tests.mapping_made import CONTACT, DAY, csv, facts, made, refused
from tests.pipe import HEAD

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
