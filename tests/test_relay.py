"""On a real broker: who reads what was committed to the public topic reads the log's public events, each once."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from hub.events import MODELS, NEWEST
from hub.events.delivery import DeliveryClosed, ReleasePublished
from hub.events.public import LEFT_OUT, PUBLIC, WITHHELD, is_public
from hub.log import own
from hub.log.sealed import split
from tests.forgetting import forget
from tests.pipe import ROOT, row
from tests.postgres import ENGINES
from tests.relayed import Out, open_out
from tests.test_asyncapi import as_sent, headers

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves a socket that it was about to open to the collector.
    "ignore:.*unclosed <socket:pytest.PytestUnraisableExceptionWarning"
)
PLAN = ROOT / "examples" / "programmes" / "invictus" / "pt.yaml"


@pytest.fixture(params=["sqlite"])
def out(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Out]:
    with open_out(tmp_path, request.param) as opened:
        yield opened


def said_of(out: Out) -> None:
    """Persons, a plan, a release, and a linkage: what a log holds side by side."""
    out.pipe.take([row(n) for n in range(30)], complete=True)
    out.pipe.take_file(PLAN, "plan_file", complete=True)
    release = ReleasePublished(release="r2025Q1", period="2025Q1", position=1, digest="0" * 64)
    own.state(out.pipe.hub.receiver, "release|r2025Q1", release)


@pytest.mark.parametrize("out", ENGINES, indirect=True)
def test_what_a_consumer_reads_is_what_is_public_in_the_log(out: Out) -> None:
    said_of(out)
    first = out.relay()
    assert [each.id for each in out.read()] == out.public()
    assert first["messages"] == len(out.public()) > 30
    assert (first["position"], first["missing"]) == (out.pipe.hub.store.position(), 0)
    assert out.relay()["messages"] == 0
    out.pipe.take([row(n) for n in range(60)], complete=True)
    out.places(5)
    assert out.relay()["messages"] >= 5
    assert [each.id for each in out.read()] == out.public()


def test_a_message_is_a_cloudevent_that_keeps_to_its_published_schema(out: Out) -> None:
    said_of(out)
    out.relay()
    read = out.read()
    names = {each.type for each in read}
    assert {"vs.plan.adopted.v1", "vs.delivery.closed.v1", "vs.release.published.v1"} <= names
    files = {path.stem: path for folder in ("events", "wire") for path in (ROOT / "schemas" / folder).glob("*.json")}
    for event in read:
        assert event.datacontenttype == "application/json"
        schema = json.loads(files[event.extension("dataschema") or ""].read_text("utf-8"))
        jsonschema.validate(json.loads(event.data), schema)
        jsonschema.validate(as_sent(event), headers(event.type))
        assert event.source.count("/") == 2
        assert event.extension("position")


def test_no_event_about_a_person_is_on_the_topic(out: Out) -> None:
    said_of(out)
    store = out.pipe.hub.store
    rows = store.read(0, store.position(), 1_000_000)
    about = [split(state)[0].id for _, _, _, topic, state in rows if MODELS[topic].personal]
    assert len(about) == 30, "the control: the log holds them"
    out.pipe.take([row(1)], complete=True)
    out.relay()
    raw = b"".join(each.data + repr(each).encode() for each in out.read())
    assert b"INVICTUS" in raw, "the control: what is public is there"
    for word in [*about, "contact.held", "CANARY", "records"]:
        assert word.encode() not in raw
    retracted = [each for *_, topic, each in store.read(0, store.position(), 1_000_000) if "retracted" in topic]
    assert len(retracted) > 20, "the control: contacts were retracted"
    assert not any(each.type == "vs.record.retracted.v1" for each in out.read())


def test_a_topic_does_not_say_how_many_events_about_people_lie_between_two(out: Out) -> None:
    """Neither positions nor streams are numbers, and a delivery's state is told once, however often its count moves."""
    for rows in (range(10), range(11), range(200)):
        out.pipe.take([row(n) for n in rows], complete=True)
    store = out.pipe.hub.store
    streams = {stream for _, stream, *_ in store.read(0, store.position(), 1_000_000)}
    closed = store.of_kind(DeliveryClosed.topic())
    out.relay()
    read = out.read()
    assert len(read) < len(closed), "the control: the log restated it"
    assert {each.extension("streamseq") for each in read} == {"1"}
    assert not streams & {each.extension("subject") for each in read}
    assert len({len(each.extension("position") or "") for each in read}) == 1
    for event in read:
        assert json.loads(event.data).keys() == {"dataset", "period", "complete"}


def test_every_event_in_clear_is_either_public_or_withheld_for_a_reason() -> None:
    clear = {name for name, model in NEWEST.items() if not model.personal}
    assert clear == {*PUBLIC, *WITHHELD}
    assert not {*PUBLIC} & {*WITHHELD}
    assert LEFT_OUT.keys() <= {*PUBLIC}
    assert not is_public("indicator.valuereported", {"conf_status": "C"})
    assert is_public("indicator.valuereported", {"conf_status": "F"})
    assert not is_public("record.retracted", {"fact": "contact.held"})
    assert is_public("record.retracted", {"fact": "plan.measureplanned"})


def test_a_public_fact_that_is_taken_back_is_told(out: Out) -> None:
    out.places(6)
    out.relay()
    out.places(2)
    out.relay()
    back = [json.loads(each.data)["retracts"] for each in out.read() if each.type == "vs.record.retracted.v1"]
    assert len(back) == 4
    assert {*back} <= {each.id for each in out.read()}


def test_forgetting_moves_nothing_on_the_topic(out: Out) -> None:
    """Whoever is forgotten was never there, and a view that holds nobody need not be made anew."""
    said_of(out)
    out.relay()
    before = [each.id for each in out.read()]
    forget(out.pipe, ["C1"])
    assert out.pipe.hub.store.of_kind("vs.subject.forgotten.v1"), "the control: somebody was forgotten"
    out.relay()
    assert [each.id for each in out.read()][: len(before)] == before
    assert [each.id for each in out.read()] == out.public()
