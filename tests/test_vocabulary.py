"""What the vocabulary promises beside its schemas: one length a type, bands with their edges, kinds of records."""

import json
from datetime import date
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from hub.adapters import find
from hub.adapters.base import Fact, Rejected
from hub.edge.allow_list import allow_list
from hub.edge.generalise import generalise
from hub.errors import Stop
from hub.events import MODELS, NEWEST
from hub.events.aggregate import AggregateReported
from hub.events.facts import join
from hub.events.kinds import ABOUT_NOBODY, KINDS, PersonKind
from hub.events.offence import delay_band
from hub.events.schema import event_schema
from tests.pipe import MAPPING, Pipe, row, write_mapping, write_table

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


def left(event: str, **data: Any) -> dict[str, Any]:
    """What leaves of an event about nobody."""
    return dict(json.loads(join(generalise(Fact(event, data), "PT").values)))


CELL = {"series": "victims", "unit": "PERSON", "period": "2025Q1"}
HOUSES = {"period": "2025Q1", "places_unit": "BED", "places": 8, "region": "PT11"}


@pytest.mark.parametrize(("counted", "leaves"), [(1, None), (2, None), (3, 5), (4, 5), (5, 5), (7, 5), (8, 10)])
def test_a_small_count_leaves_as_a_multiple_of_five_and_an_exact_one_has_no_form(
    counted: int, leaves: int | None
) -> None:
    assert left("aggregate.reported", **CELL, counted=counted)["counted"] == (leaves or 0)
    if counted % 5:
        with pytest.raises(ValidationError):
            AggregateReported.model_validate({**CELL, "counted": counted})


@pytest.mark.parametrize("counted", [-1, -3, "4", 4.5, True])
def test_what_is_no_count_is_refused_and_not_rounded(counted: object) -> None:
    with pytest.raises(Rejected):
        left("aggregate.reported", **CELL, counted=counted)


def test_every_count_that_the_list_rounds_has_no_room_for_one_to_four() -> None:
    listed = allow_list()
    rounded = [(name, f) for name, fields in listed.events.items() for f, how in fields.items() if how == "rounded"]
    assert len(rounded) > 10
    for name, field in rounded:
        assert '"multipleOf": 5' in json.dumps(event_schema(NEWEST[name])["properties"][field])


def test_beside_fewer_than_three_houses_or_a_shelter_no_region_leaves() -> None:
    assert left("shelter.capacityreported", **HOUSES, sites="3+")["region"] == "PT11"
    assert left("shelter.capacityreported", **HOUSES, sites="2")["region"] == "PT"
    listed = {"service_id": "s1", "region": "PT11"}
    assert left("service.listed", **listed, services=("LEGAL_ADVICE",))["region"] == "PT11"
    assert left("service.listed", **listed, services=("LEGAL_ADVICE", "SHELTER"))["region"] == "PT"
    assert left("service.listed", **listed, organisation_kind="SHELTER")["region"] == "PT"


def test_a_day_in_a_shelter_leaves_as_its_month() -> None:
    said = left("shelter.staystarted", occurred_on=date(2025, 3, 14), sex="F")
    assert (said["occurred_on"], said["occurred_precision"]) == ("2025-03-01", "M")
    assert left("contact.held", occurred_on=date(2025, 3, 14))["occurred_on"] == "2025-03-14", (
        "elsewhere the day leaves"
    )


WAY = (
    MAPPING.replace("record: contact", "record: offence")
    + """
  - event: offence.disclosed
    fields:
      occurred_on: {column: date, as: date}
      incident_on: {column: date, as: date}
      perpetrator_sex: {value: M}
  - {event: shelter.staystarted, fields: {occurred_on: {column: date, as: date}, sex: {value: F}}}
"""
)


def test_a_mapping_states_the_new_kinds_and_they_stand_in_their_raw_tables(pipe: Pipe) -> None:
    mapping, table = write_mapping(pipe.folder, WAY), write_table(pipe.folder / "t.csv", [row(n) for n in range(4)])
    taken = pipe.take_file(table, mapping)
    assert (taken["accepted"], taken["quarantined"]) == (4, 0)
    told = pipe.current("offence_disclosed", "incident_on, incident_precision, perpetrator_sex, tags")
    assert len(told) == 4
    assert {(day.day, *rest) for day, precision, sex, tags in told for rest in [(precision, sex, *tags)]} == {
        (1, "M", "M")
    }
    stays = pipe.current("shelter_staystarted", "occurred_on, occurred_precision")
    assert {(day.day, precision) for day, precision in stays} == {(1, "M")}
    assert pipe.take_file(table, mapping)["events"] == 0


def test_a_mapping_about_persons_states_no_event_about_nobody(pipe: Pipe) -> None:
    wrong = MAPPING.replace("record: contact", "record: aggregate")
    with pytest.raises(Stop, match="is about nobody: subject says otherwise"):
        find(str(write_mapping(pipe.folder, wrong)))
