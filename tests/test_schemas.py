"""The schema files are the code's, cannot change once published, and have no room for a name or a free text."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError
from referencing import Registry, Resource

from hub.events import MODELS
from hub.events.base import Event
from hub.events.catalogue import renew
from hub.events.envelope import Clear, Sealed
from hub.events.plan import MeasurePlanned
from hub.events.schema import broken, check, event_schema, schemas, write
from tests.attacks.strings import Column, columns, holes, is_bounded, is_open, nodes, spoken

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "schemas"
FILES = {path.relative_to(FOLDER).as_posix(): json.loads(path.read_text("utf-8")) for path in FOLDER.rglob("*.json")}
GENERATED = {name: schema for name, schema in FILES.items() if name.split("/")[0] in ("events", "codes", "wire")}

HOW = """
A published event schema stays as it is for ever: logs are full of it. How to change an event: docs/evolution.md.
A version that no release has shipped yet may be frozen anew: delete its line in SHA256SUMS and run `make schemas`.
"""


def test_the_schema_files_are_what_the_code_says():
    assert check(FOLDER) == [], "run `make schemas`" + HOW


def test_a_published_version_does_not_change():
    assert broken(FOLDER) == [], HOW


def test_a_changed_published_version_is_seen(tmp_path: Path):
    assert write(tmp_path)
    assert write(tmp_path) == []
    file = tmp_path / "events" / "vs.contact.held.v1.json"
    file.write_text(file.read_text("utf-8").replace("date", "time"), "utf-8")
    assert broken(tmp_path) == ["events/vs.contact.held.v1.json: published, and changed"]
    file.unlink()
    assert broken(tmp_path) == ["events/vs.contact.held.v1.json: published, and gone"]


def test_writing_again_does_not_freeze_a_change(tmp_path: Path):
    write(tmp_path)
    file = tmp_path / "events" / "vs.contact.held.v1.json"
    sums = (tmp_path / "events" / "SHA256SUMS").read_text("utf-8")
    (tmp_path / "events" / "SHA256SUMS").write_text(re.sub(r".{64}(?=  vs\.contact\.held)", "0" * 64, sums), "utf-8")
    write(tmp_path)
    assert broken(tmp_path) == [f"events/{file.name}: published, and changed"]


def test_a_file_that_nothing_generates_is_seen(tmp_path: Path):
    write(tmp_path)
    (tmp_path / "codes" / "mood.json").write_text("{}", "utf-8")
    assert check(tmp_path) == ["codes/mood.json: nothing generates this file"]


@pytest.mark.parametrize("name", GENERATED)
def test_every_schema_is_a_valid_schema(name: str):
    jsonschema.Draft202012Validator.check_schema(GENERATED[name])


@pytest.mark.parametrize("name", GENERATED)
def test_no_schema_has_room_for_a_name_or_a_free_text(name: str):
    assert list(holes(GENERATED[name])) == []


def test_a_bare_string_would_be_found():
    class CallNoted(Event):
        """An event that must never be."""

        name = "call.noted"
        note: str
        words: tuple[str, ...]
        ticket: str | None = None
        anything: dict[str, str] = {}

    found = {place for place, _ in holes(event_schema(CallNoted))}
    assert found == {"note", "words.items", "ticket.anyOf.0", "anything", "anything.additionalProperties"}


@pytest.mark.parametrize(
    ("pattern", "bounded"),
    [
        (r"^[0-9a-f]{32}$", True),
        (r"^[+*]{1,3}\+$", True),
        (r"^(A|B)$", True),
        (r"^[A-Z]+$", False),
        (r"^[A-Z]{2,}$", False),
        (r"[0-9]{2}", False),
        (r"^A|B$", False),
    ],
)
def test_a_pattern_is_bounded_when_the_whole_text_has_a_longest_length(pattern: str, bounded: bool):
    assert is_bounded(pattern) is bounded


def test_no_column_of_warehouse_or_release_has_room_for_a_remark():
    walked = [*columns()]
    assert {"raw.contact_held", "stg_hub__contact_held", "fct_contacts", "contact_contributions", "plans",
            "cases_quarterly", "release.contacts"} <= {column.table for column in walked}  # fmt: skip
    assert [column for column in walked if is_open(column)] == []


@pytest.mark.parametrize("name", ["remarks", "note", "name", "title", "lead_body", "street"])
def test_a_column_for_a_remark_about_a_person_would_be_found(name: str):
    assert is_open(Column("fct_contacts", name, personal=True))


def test_no_part_of_a_delivery_that_the_hub_reads_has_room_for_a_remark():
    said = dict(spoken())
    assert {"Header.version", "Closing.digest", "Refusal.place"} <= said.keys()
    assert [place for place, through in said.items() if through] == []


@pytest.mark.parametrize("event", MODELS.values(), ids=MODELS)
def test_only_an_event_without_personal_data_holds_published_text_or_an_unbounded_number(event: type[Event]):
    text = json.dumps(event_schema(event))
    if event.personal:
        assert "x-public-text" not in text
        assert [place for place, node in nodes(event_schema(event)) if is_open_number(node)] == []


def test_every_event_is_documented():
    page = (ROOT / "docs" / "events.md").read_text("utf-8")
    assert renew(page) == page, "run `make schemas`"
    assert [topic for topic in MODELS if f"`{topic}`" not in page] == []


SEALED = {
    "specversion": "1.0",
    "id": "0" * 32,
    "source": "/pt-apav",
    "type": "vs.contact.held.v1",
    "subject": "1" * 32,
    "tenant": "pt-apav",
    "country": "PT",
    "streamseq": 1,
    "knownmonth": "2026-11",
    "keyid": "2" * 32,
    "datacontenttype": "application/octet-stream",
    "data_base64": base64.b64encode(b"ciphertext").decode(),
}
CLEAR = {name: value for name, value in SEALED.items() if name not in ("keyid", "data_base64")} | {
    "type": "vs.plan.pillarset.v1",
    "source": "/pt-apav/pt_apav",
    "corrects": "3" * 32,
    "reason": "AMENDED",
    "datacontenttype": "application/json",
    "data": {"plan": "P", "basis": "ILLUSTRATIVE", "pillar": "A", "title": "Prevention", "istanbul_pillar": "PREVENT"},
}


def envelope_errors(message: dict[str, Any]) -> list[str]:
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in FILES.values() if "$id" in schema]
    validator = jsonschema.Draft202012Validator(
        FILES["wire/envelope.v1.json"], registry=Registry().with_resources(resources)
    )
    return [error.message for error in validator.iter_errors(message)]


def test_an_envelope_has_two_forms_sealed_and_clear():
    assert envelope_errors(SEALED) == []
    assert envelope_errors(CLEAR) == []
    assert Sealed.model_validate(SEALED).model_dump(mode="json", exclude_none=True) == SEALED
    assert Clear.model_validate(CLEAR).model_dump(mode="json", exclude_none=True) == CLEAR


@pytest.mark.parametrize(
    "message",
    [
        CLEAR | {"type": "vs.contact.held.v1"},
        CLEAR | {"data": {}},
        CLEAR | {"data": CLEAR["data"] | {"note": "she said"}},
        SEALED | {"occurredon": "2026-11-03"},
        SEALED | {"time": "2026-11-03T10:11:12Z"},
        SEALED | {"data": {"sex": "F"}},
        SEALED | {"corrects": "3" * 32},
        CLEAR | {"source": "/pt-apav/Maria Silva"},
    ],
    ids=["personal in clear", "empty", "free text", "date beside ciphertext", "instant", "both", "history", "a name"],
)
def test_a_personal_fact_cannot_travel_in_clear(message: dict[str, Any]):
    assert envelope_errors(message)


def test_a_refusal_quotes_no_input():
    with pytest.raises(ValidationError) as refusal:
        Sealed.model_validate(SEALED | {"source": "/pt-apav/Maria Silva"})
    assert "Maria" not in str(refusal.value)


@pytest.mark.parametrize("message", [SEALED, CLEAR], ids=["sealed", "clear"])
def test_an_envelope_is_a_cloudevent(message: dict[str, Any], inputs: Path):
    standard = json.loads((inputs / "cloudevents" / "cloudevents.json").read_text("utf-8"))
    jsonschema.validate(message, standard)
    core = {"data", "data_base64", "datacontenttype", *standard["properties"]}
    assert [name for name in message if name not in core and not re.fullmatch("[a-z0-9]{1,20}", name)] == []


def test_the_schemas_are_the_same_on_every_call():
    assert schemas() == schemas()
    assert event_schema(MeasurePlanned)["x-personal"] is False


def is_open_number(node: dict[str, Any]) -> bool:
    """A number that could be a telephone number."""
    return node.get("type") in ("integer", "number") and not {"minimum", "maximum"} <= node.keys()
