"""What the vocabulary promises beside its schemas: one length a type, bands with their edges, kinds of records."""

import json
from typing import Any, get_args

import pytest

from hub.events import MODELS, NEWEST
from hub.events.kinds import ABOUT_NOBODY, KINDS, PersonKind
from hub.events.offence import delay_band
from hub.events.schema import event_schema

RICH = ["offence.disclosed", "assessment.completed", "assessment.reviewed"]
"""Events that say most about a person: a length must not tell how much."""


def longest(field: dict[str, Any]) -> Any:
    """A longest value that a field's schema allows."""
    match field:
        case {"anyOf": list(kinds)}:
            return max(map(longest, kinds), key=lambda value: len(json.dumps(value)))
        case {"enum": list(codes)}:
            return max(codes, key=len)
        case {"type": "array", "items": dict(items), "maxItems": int(most)}:
            return sorted(items["enum"], key=len)[-most:]
        case {"type": "integer", "maximum": int(most)}:
            return most
        case {"format": "date"}:
            return "2025-12-31"
        case {"pattern": str()}:
            return "PT17"
    return None


def sealed_length(name: str) -> int:
    """Bytes of the longest thing that an event may say, with all that is sealed beside it."""
    state = {field: longest(schema) for field, schema in event_schema(NEWEST[name])["properties"].items()}
    beside = {"dataset": "d" * 40, "subject": "0" * 32, "part": "p" * 40, "corrects": "0" * 32, "reason": "RESTATED"}
    return len(json.dumps({**beside, "data": state}, separators=(",", ":")))


@pytest.mark.parametrize("name", RICH)
def test_whatever_is_told_of_an_offence_or_an_assessment_has_one_length(name: str) -> None:
    assert 512 < sealed_length(name) <= NEWEST[name].sealed_bytes, "512 would have told the long from the short"


@pytest.mark.parametrize(
    ("days", "band"),
    [(-1, "U"), (0, "0-3D"), (3, "0-3D"), (4, "4-5D"), (5, "4-5D"), (6, "6-14D"), (14, "6-14D"), (15, "15-30D"),
     (30, "15-30D"), (31, "1-3M"), (90, "1-3M"), (91, "3M+"), (9999, "3M+")],
)  # fmt: skip
def test_a_delay_is_in_the_band_that_its_edges_say(days: int, band: str) -> None:
    assert delay_band(days) == band


def test_every_kind_of_record_is_about_one_person_or_about_nobody() -> None:
    assert len({*KINDS}) == len(KINDS)
    assert ABOUT_NOBODY.isdisjoint(get_args(PersonKind))
    assert ABOUT_NOBODY | {*get_args(PersonKind)} == {*KINDS}


def test_no_event_says_where_a_shelter_is_or_on_which_day() -> None:
    about = [model for model in MODELS.values() if model.name.startswith("shelter.") and model.personal]
    assert len(about) == 3
    assert [model for model in about if "region" in model.model_fields] == []
