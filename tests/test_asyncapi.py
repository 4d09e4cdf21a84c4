"""schemas/asyncapi.yaml is what the code says, is AsyncAPI 3.0, and what travels on a real broker keeps to it."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hub.events import NEWEST
from hub.events.cloudevent import CloudEvent, headers_of
from hub.events.public import PUBLIC
from hub.events.schema import check
from hub.transport import topics
from hub.transport.arrivals import SEALED
from hub.transport.asyncapi import FILE, asyncapi

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "schemas"
SAID: dict[str, Any] = yaml.safe_load((FOLDER / FILE).read_text("utf-8"))
OFFICIAL = jsonschema.Draft7Validator(json.loads((ROOT / "tests" / "asyncapi" / "3.0.0.json").read_text("utf-8")))


def headers(name: str) -> dict[str, Any]:
    """The JSON Schema of a message's headers, which stands alone."""
    return {**SAID["components"]["messages"][name]["headers"], "components": SAID["components"]}


def as_sent(event: CloudEvent) -> dict[str, str]:
    return {name: value.decode() for name, value in headers_of(event)}


def test_the_document_is_what_the_code_says():
    assert check(FOLDER, asyncapi()) == [], "run `make schemas`"


def test_another_document_is_seen(tmp_path: Path):
    (tmp_path / FILE).write_text("asyncapi: 3.0.0\n", "utf-8")
    assert f"{FILE}: the code says otherwise" in check(tmp_path, asyncapi())


def test_it_is_asyncapi_by_the_official_schema():
    assert [error.message for error in OFFICIAL.iter_errors(SAID)] == []


@pytest.mark.parametrize("part", ["operations", "channels"])
def test_a_document_that_is_none_would_be_found(part: str):
    broken = copy.deepcopy(SAID)
    next(iter(broken[part].values()))["colour"] = "blue"
    assert not OFFICIAL.is_valid(broken)


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [each for value in node.values() for each in references(value)]
    return [each for value in node for each in references(value)] if isinstance(node, list) else []


def test_every_reference_leads_somewhere():
    found = set(references(SAID))
    assert {each.rpartition("/")[2] for each in found} >= {"vs.plan.adopted.v1.json", "vs.delivery.frame.v1"}
    for each in found:
        file, _, pointer = each.partition("#")
        node = SAID if not file else json.loads((FOLDER / file).read_text("utf-8"))
        for step in pointer.split("/")[1:]:
            node = node[step]


def test_all_topics_and_no_others_are_channels():
    addresses = {channel["address"] for channel in SAID["channels"].values()}
    named = {each.replace("pt-apav", "{partner}") for each in topics.of_partners(["pt-apav"])}
    assert addresses == named
    spoken = {operation["channel"]["$ref"].rpartition("/")[2] for operation in SAID["operations"].values()}
    assert spoken == SAID["channels"].keys()


def test_the_public_channel_has_public_events_alone():
    assert SAID["channels"]["public"]["messages"].keys() == {NEWEST[name].topic() for name in PUBLIC}


def test_a_frame_and_a_letter_keep_to_their_headers():
    frame = CloudEvent("1", topics.source_of("pt-apav"), topics.FRAME, b"", extensions=((topics.SEQUENCE, "0"),))
    letter = CloudEvent("1", topics.HUB, topics.RECEIPT, b"")
    jsonschema.validate(as_sent(frame), headers(topics.FRAME))
    jsonschema.validate(as_sent(letter), headers(topics.RECEIPT))
    for wrong in (frame._replace(source="/x"), frame._replace(extensions=(("partner", "pt-apav"),)), letter):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(as_sent(wrong), headers(topics.FRAME))
    assert SAID["components"]["messages"][topics.FRAME]["payload"]["maxLength"] == SEALED
