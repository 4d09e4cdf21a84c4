"""What may leave is a file: it is obeyed to the letter, and where it and the events differ nothing is sent."""

import re
from datetime import date
from pathlib import Path
from typing import Literal

import pytest

from hub.adapters.base import Fact, Rejected
from hub.adapters.mapping import load_mapping
from hub.cli.preview import preview
from hub.edge.allow_list import allow_list, problems, read_list
from hub.edge.generalise import RULES, generalise
from hub.errors import Stop
from hub.events import NEWEST
from hub.events.base import Event
from hub.events.contact import ContactHeld
from tests.allow_lists import LIST, LIST_AS_IT_IS, Change, facts_of, forget_list, listed, of_contact, rows, said
from tests.delivered import left
from tests.pipe import MAPPING, row, write_mapping, write_table
from tests.test_edge_columns import assert_same, row_by_row


def test_every_field_of_every_event_is_decided_and_explained() -> None:
    found = allow_list()
    assert {*found.events} | {*found.of_the_hub} == {*NEWEST}
    for event, fields in found.events.items():
        assert {*fields} == {*NEWEST[event].model_fields}, "a field was left out: say so here, and why"
    used = {name for fields in found.events.values() for name, how in fields.items() if how != "public"}
    assert used == {*found.fields}, "an explanation of nothing"
    assert all(note.says and note.needed and note.risk for note in found.fields.values())


def test_every_exact_value_has_its_line() -> None:
    assert {exact for note in allow_list().fields.values() for exact in note.made_of} == {*RULES} - {"region"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("  case.reopened:", "  case.resumed:"), "case.reopened has no entry"),
        (lambda text: text.replace("  case.reopened:", "  case.resumed:"), "case.resumed is no event"),
        (lambda text: text.replace("[record.retracted, ", "[case.opened, record.retracted, "), "case.opened is"),
        (of_contact("channel: code", "chanel: code"), "contact.held has no field chanel"),
        (of_contact("channel: code", "channel: day"), "channel cannot be day"),
        (of_contact("sex: code", "sex: group"), "sex cannot be group"),
        (of_contact("sex: code", "sex: public"), "sex cannot be public"),
        (of_contact("occurred_on: day", "occurred_on: code"), "occurred_on cannot be code"),
        (of_contact("occurred_on: day", ""), "contact.held is nothing without occurred_on"),
        (of_contact("occurred_on: day", "occurred_on: hour"), "events.contact.held.occurred_on"),
        (of_contact("sex: code", "sex: code\n    sex: code"), "key-twice"),
        (of_contact("services: code", "services: [code]"), "events.contact.held.services"),
        (lambda text: re.sub(r"  channel:\n(    .*\n)+", "", text, count=1), "channel is not explained"),
        (lambda text: text.replace("made_of: [age, birth_on]", "made_of: [age]"), "made_of"),
        (lambda text: text.replace('"12-13", "14-15"', '"12-14", "14-15"', 1), "14-15 does not begin at 15"),
        (lambda text: text.replace('"65-74", "75+"', '"65-74"'), "the last band is not open"),
        (lambda text: text.replace("violence_forms: [SEX,", "violence_forms: [SEKS,"), "violence_forms is never SEKS"),
        (lambda text: text.replace("k: 10000", "k: 0"), "places.k"),
        (lambda text: text.replace("k: 10000", "k: 10000\n  q: 1"), "places.q"),
        (lambda text: text.replace("version: 1", "version: &v 1"), "yaml-alias"),
        (lambda text: text[: len(text) // 2], "allow_list.yaml"),
        (lambda _text: "", "not-a-mapping"),
    ],
)  # fmt: skip
def test_a_list_that_does_not_fit_sends_nothing_and_names_the_line(tmp_path: Path, change: Change, told: str) -> None:
    with pytest.raises(Stop, match=re.escape(told)), listed(tmp_path, change):
        pass


def test_nothing_is_read_while_the_list_is_wrong(tmp_path: Path) -> None:
    wrong = of_contact("channel: code", "chanel: code")
    path, mapping = write_table(tmp_path / "t.csv", [row(1)]), str(write_mapping(tmp_path))
    with listed(tmp_path, LIST_AS_IT_IS):
        (tmp_path / "allow_list.yaml").write_text(wrong(LIST), "utf-8")
        forget_list()
        with pytest.raises(Stop, match="no field chanel"):
            preview(path, mapping, 1)


def test_a_list_that_is_not_there_sends_nothing(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"cannot read nothing\.yaml"):
        read_list(tmp_path / "nothing.yaml")


def test_an_event_without_an_entry_is_an_error() -> None:
    class CallNoted(ContactHeld):
        """An event that nobody decided about."""

        name = "call.noted"

    assert [*problems(allow_list(), NEWEST | {"call.noted": CallNoted})] == ["call.noted has no entry"]


# It is obeyed


def test_a_field_that_is_not_on_the_list_does_not_leave_by_columns_nor_by_rows(tmp_path: Path) -> None:
    assert said(channel="CHAT", age=20)["channel"] == "CHAT"
    text = MAPPING.replace("      sex:", "      channel: {value: CHAT}\n      sex:")
    adapter, data = load_mapping(write_mapping(tmp_path, text)), rows()

    def both(text: str) -> str:
        return of_contact("age_band: band", "")(of_contact("channel: code", "")(text))

    assert "CHAT" in facts_of(adapter, data)
    assert "18-24" in facts_of(adapter, data)
    with listed(tmp_path, both):
        assert said(channel="CHAT", age=20).keys() == {"occurred_on", "sex"}
        assert "CHAT" not in facts_of(adapter, data)
        assert "18-24" not in facts_of(adapter, data)
        assert_same(left(adapter, data), row_by_row(adapter, data))
        shown = preview(write_table(tmp_path / "t.csv", [row(1)]), str(tmp_path / "mapping.yaml"), 1)
        assert shown["columns"]["age"] == "contact.held: age_band is not on the list, never leaves"


def test_no_row_states_an_event_of_the_hub(tmp_path: Path) -> None:
    fact = Fact("delivery.closed", {"dataset": "x", "period": "2025", "complete": True, "records": 1})
    with pytest.raises(Rejected) as caught:
        generalise(fact, "PT")
    assert [tuple(problem) for problem in caught.value.problems] == [("not-allowed", "delivery.closed")]


def test_an_event_that_is_struck_is_refused_by_columns_and_by_rows(tmp_path: Path) -> None:
    def struck(text: str) -> str:
        text, found = re.subn(r"  contact.attempted:\n.*\n", "", text)
        assert found == 1
        return text.replace("[record.retracted", "[contact.attempted, record.retracted")

    rule = "  - {event: contact.attempted, when: [{column: phy, in: [y]}], fields: {occurred_on: {column: date, as: date}}}"  # noqa: E501
    adapter, data = load_mapping(write_mapping(tmp_path, MAPPING.rstrip() + f"\n{rule}\n")), rows()
    assert left(adapter, data).closing.rows == 40
    with listed(tmp_path, struck):
        quick = left(adapter, data)
        assert {refusal.rule for refusal in quick.closing.refusals} == {"not-allowed"}
        assert quick.closing.rows == 20
        assert_same(quick, row_by_row(adapter, data))


def test_a_month_leaves_as_its_first_day_and_says_that_it_is_a_month(tmp_path: Path) -> None:
    change = of_contact("occurred_on: day", "occurred_on: month")
    adapter, data = load_mapping(write_mapping(tmp_path)), rows()
    assert '"occurred_on":"2025-02-02"' in facts_of(adapter, data), "the day leaves where the list says day"
    with listed(tmp_path, change):
        assert said()["occurred_on"] == "2025-03-01"
        assert said()["occurred_precision"] == "M"
        assert said(occurred_precision="Y")["occurred_precision"] == "Y"
        facts = facts_of(adapter, data)
        assert {*re.findall(r'"occurred_on":"2025-..-(..)"', facts)} == {"01"}
        assert facts.count('"occurred_precision":"M"') == facts.count("occurred_on")
        assert_same(left(adapter, data), row_by_row(adapter, data))
    with (
        pytest.raises(Stop, match="a month that does not say"),
        listed(tmp_path, lambda text: of_contact("occurred_precision: code", "")(change(text))),
    ):
        pass


def test_the_age_is_that_of_the_day_though_only_the_month_leaves(tmp_path: Path) -> None:
    with listed(tmp_path, of_contact("occurred_on: day", "occurred_on: month")):
        assert said(birth_on=date(2007, 3, 14))["age_band"] == "18-24"
        assert said(birth_on=date(2007, 3, 15))["age_band"] == "16-17"


def test_of_who_did_it_five_fields_are_the_only_ones_of_high_risk_today() -> None:
    words = {word: title for title, risk in allow_list().high_risk.items() for word in risk.words}
    found = {
        (words[word], name) for event in NEWEST.values() for name in event.model_fields for word in name.split("_")
        if word in words
    }  # fmt: skip
    of_who_did_it = {"relationship", "cohabiting", "perpetrators", "perpetrator_sex", "perpetrator_age_band"}
    assert found == {("perpetrator", name) for name in of_who_did_it}


YN = Literal["Y", "N"]


@pytest.mark.parametrize(
    ("field", "kind", "told"),
    [
        ("residence_status", Literal["EU", "UNDOCUMENTED", "U"], "residence_status can say more than its rule"),
        ("residence_status", str, "residence_status can say more than its rule"),
        ("asylum_seeker", YN, "asylum_seeker has no rule"),
        ("gender_identity", Literal["WOMAN", "MAN", "TRANS_WOMAN"], "gender_identity can say more than its rule"),
        ("gender_identity", Literal["WOMAN", "MAN", "OTHER"], "gender_identity beside a region"),
        ("residence_status", Literal["EU", "PERMIT"], "residence_status beside a region"),
        ("sexual_orientation", YN, "sexual_orientation has no rule"),
        ("shelter_region", Literal["PT11"], "shelter_region never leaves"),
        ("street", YN, "street never leaves"),
        ("perpetrator_sex", Literal["F", "M", "Z"], "perpetrator_sex can say more"),
        ("offender_occupation", Literal["POLICE"], "offender_occupation has no rule"),
    ],
)
def test_a_field_of_high_risk_against_the_rule_is_found(field: str, kind: object, told: str) -> None:
    grown = type("Grown", (ContactHeld,), {"__annotations__": {field: kind}, "__module__": __name__})
    assert any(told in each for each in problems(allow_list(), NEWEST | {"contact.held": grown})), told


def test_an_event_that_keeps_to_the_rule_is_not_found() -> None:
    class OffenceTold(Event):
        """What a rule would let be said, without a region."""

        name = "offence.told"
        residence_status: Literal["EU", "PERMIT", "PROTECTION", "OTHER", "U", "NA", "NR", "REF"] = "NR"
        gender_identity: Literal["WOMAN", "MAN", "OTHER", "U"] = "U"
        perpetrator_sex: Literal["F", "M", "X", "U"] = "U"

    assert [*problems(allow_list(), NEWEST | {"offence.told": OffenceTold})] == ["offence.told has no entry"]
