"""FHIR: the definitions are the library's, and every code of the tables is one of the hub."""

from typing import Any, get_args

import pytest

from hub.adapters.base import Rejected
from hub.adapters.fhir import check_fully
from hub.adapters.fhir_codes import tables
from hub.adapters.fhir_definitions import check, elements
from hub.adapters.fhir_generate import ELEMENTS, READ, generate
from hub.events import NEWEST, codes
from tests.fhir_made import GOOD, PATIENT, TASK, but


def test_the_definitions_are_those_of_the_library():
    assert ELEMENTS.read_text("utf-8") == generate()


@pytest.mark.parametrize("resource", [*GOOD, TASK, PATIENT], ids=lambda r: r["resourceType"])
def test_the_quick_check_and_the_library_agree_on_what_is_missing_or_unknown(resource: dict[str, Any]):
    """The library as an oracle: each element taken away, one that nobody knows, and a number in each one's place."""
    kind = resource["resourceType"]
    names = [name for name in resource if name != "resourceType"]
    for each in [resource, {**resource, "none": 1}, *(but(resource, **{f"{name}_": None}) for name in names)]:
        assert _passes(check, each, kind) == _passes(check_fully, each, kind), sorted(each)
    for each in ({**resource, name: 7} for name in names):
        assert not _passes(check, each, kind)  # the library takes 7 for seven seconds after 1970


def _passes(judge: Any, data: dict[str, Any], kind: str) -> bool:
    try:
        judge(data, kind, "R4")
    except Rejected:
        return False
    return True


def test_every_code_of_the_tables_is_one_of_the_hub():
    lists = {
        "sex": codes.Sex, "to_tier": codes.ServiceTier, "tier": codes.ServiceTier, "channel": codes.Channel,
        "service": codes.Service, "decline_reason": codes.DeclineReason,
        "declined_by": codes.DeclinedBy, "consent_purpose": codes.ConsentPurpose,
        "consent_answer": codes.ConsentAnswer, "assessment_kind": codes.AssessmentKind,
        "assessment_instrument": codes.AssessmentInstrument, "risk_level": codes.RiskLevel,
        "need": codes.Need,
    }  # fmt: skip
    for name, known in lists.items():
        said = {line.to for system in tables()[name].values() for line in system.values() if line.to}
        assert said <= set(get_args(known)), name
    events = {line.to for system in tables()["business_status"].values() for line in system.values() if line.to}
    assert events <= set(NEWEST)


def test_only_types_that_are_read_are_defined():
    assert set(READ) <= elements()["R4"].keys() & elements()["R5"].keys()
