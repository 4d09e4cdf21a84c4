"""The lists beside a plan's tree: who takes part, where, with which instruments, gaps, recommendations, cells."""

import pytest

from tests.test_plan_file import SMALL, facts, read, refusal

MORE = (
    SMALL
    + """\
partners:
  - {organisation: VSE, title: An umbrella, country: BE, role: COORDINATOR}
places:
  - {area: AMS, title: Amsterdam, kind: CITY, region: NL32}
instruments:
  - {instrument: INA, instrument_version: "1", kind: NEEDS, title: A form}
gaps:
  - {gap: G1, title: A gap, dimension: ACCESS, kind: MISSING, severity: 3, measures: M1}
recommendations:
  - {recommendation: R1, body: VSE, document: A report, title: Do it, urgency: URGES, measures: M1}
cells:
  - {instrument: VRD, requirement: VRD-8.5, dimension: LAW, status: FULL, assessed_on: 2025-01-31, gap: G1}
"""
)


def test_lists_of_a_plan_have_its_programme_country_and_basis_and_may_name_another_country() -> None:
    stated = read(MORE.encode())
    gap = facts(stated, "framework.gapfound")["G1"].data
    assert (gap["programme"], gap["country"], gap["basis"], gap["measures"]) == (
        "INVICTUS",
        "PT",
        "ILLUSTRATIVE",
        ("M1",),
    )
    assert facts(stated, "programme.partnerjoined")["VSE"].data["country"] == "BE"
    assert list(facts(stated, "instrument.versioned")) == ["INA.1"]
    assert list(facts(stated, "framework.assessed")) == ["PT.VRD-8.5.LAW.ALL"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("role: COORDINATOR", "role: BOSS", ("unknown-code", "role, line 35")),
        ("country: BE", "country: Belgium", ("out-of-range", "country, line 35")),
        ("region: NL32", "region: NL3211", ("out-of-range", "region, line 37")),
        ("kind: CITY", "kind: VILLAGE", ("unknown-code", "kind, line 37")),
        ("severity: 3", "severity: 5", ("out-of-range", "severity, line 41")),
        ("severity: 3", "severity: bad", ("not-an-integer", "severity, line 41")),
        ("severity: 3, measures: M1", "severity: 3, measures: M1 M7", ("dangling-reference", "measures, line 41")),
        ("severity: 3, measures: M1", "severity: 3, measures: 'M1 ?'", ("out-of-range", "measures, line 41")),
        ("severity: 3, measures: M1", "severity: 3, measures: [M1]", ("not-a-text", "measures, line 41")),
        ("urgency: URGES, measures: M1", "urgency: URGES, measures: M2", ("dangling-reference", "measures, line 43")),
        ("document: A report, ", "", ("missing-value", "document, line 43")),
        ("gap: G1}", "gap: G9}", ("dangling-reference", "gap, line 45")),
        ("assessed_on: 2025-01-31", "assessed_on: soon", ("not-a-date", "assessed_on, line 45")),
        ("title: Amsterdam,", "title: Amsterdam, programme: OTHER,", ("unknown-field", "line 37")),
        ("title: A form}", "title: A form}\n  - {instrument: INA, instrument_version: '1', kind: RISK, title: A form}",
         ("duplicate-code", "instrument_version, line 40")),
    ],
)  # fmt: skip
def test_a_mistake_in_a_list_is_named_by_rule_field_and_line(old: str, new: str, expected: tuple[str, str]) -> None:
    assert MORE.count(old) == 1
    assert expected in refusal(MORE.replace(old, new))


def test_a_wrong_country_of_the_plan_is_named_once_and_not_at_all_its_lists() -> None:
    assert refusal(MORE.replace("country: PT", "country: Portugal")) == [("out-of-range", "country, line 3")]
