"""Every version that was ever stored is read for ever, and a version cannot be added or changed without its proofs."""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError, create_model

from hub.errors import Stop
from hub.events import EVENTS, MODELS, NEWEST, OLD
from hub.events.base import Event, Happened
from hub.events.contact import ContactHeld
from hub.events.facts import StatedFact, coded, join
from hub.events.old.referral_declined_v1 import ReferralDeclinedV1
from hub.events.referral import ReferralDeclined
from hub.events.schema import broken, check, write
from hub.events.upcasters import UPCASTERS, as_newest, split_topic, upcast
from hub.log.check import HUB_ONLY
from tests.states import states

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "schemas" / "events"
FILES = {path.stem: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
RELEASED = sorted((ROOT / "tests" / "history").glob("*.sha256"))
HISTORY = [
    json.loads(line)
    for file in sorted((ROOT / "tests" / "history").glob("*.jsonl"))
    for line in file.read_text("utf-8").splitlines()
]
STEPS = [stored for stored in HISTORY if "was" in stored]
HOW = "docs/evolution.md says how a version is added"


def model_of(topic: str) -> type[Event]:
    """The newest version of a stored type's event."""
    return NEWEST[MODELS[topic].name]


@pytest.mark.parametrize("stored", HISTORY, ids=lambda stored: stored["type"])
def test_what_was_once_written_is_read_for_ever(stored: dict[str, Any]) -> None:
    topic, data = stored["type"], stored["data"]
    jsonschema.validate(data, FILES[topic], format_checker=jsonschema.FormatChecker())
    MODELS[topic].model_validate_json(json.dumps(data))
    model_of(topic).model_validate_json(json.dumps(upcast(topic, data)))


def test_every_version_ever_published_has_a_class_a_schema_and_a_stored_line() -> None:
    assert sorted({stored["type"] for stored in HISTORY}) == sorted(FILES) == sorted(MODELS), HOW


@pytest.mark.parametrize("stored", STEPS, ids=lambda stored: json.dumps(stored["was"]))
def test_a_step_makes_of_an_old_state_what_it_once_made(stored: dict[str, Any]) -> None:
    name, version = split_topic(stored["type"])
    assert UPCASTERS[name, version - 1](stored["was"]) == stored["data"]


def test_every_step_has_a_stored_line() -> None:
    stepped = {split_topic(stored["type"]) for stored in STEPS}
    assert {(name, version - 1) for name, version in stepped} == set(UPCASTERS), HOW


def steps_missing(models: Iterable[type[Event]], steps: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Versions below an event's newest that have no class, or no step to the next."""
    models, steps = list(models), set(steps)
    known = {(model.name, model.version) for model in models}
    older = {(model.name, version) for model in models for version in range(1, model.version)}
    return (older - known) | (older - steps)


def test_every_older_version_has_its_class_and_its_step() -> None:
    assert steps_missing(MODELS.values(), UPCASTERS) == set(), HOW
    assert {(old.name, old.version) for old in OLD} == set(UPCASTERS), "a step or an old class that leads nowhere"
    assert [old.topic() for old in OLD if old.topic() in EVENTS] == []


def test_a_version_without_a_step_is_seen() -> None:
    class ContactHeldAgain(ContactHeld):
        """A second version, and nobody said how the first becomes one."""

        version = 2

    assert steps_missing([ContactHeldAgain], []) == {("contact.held", 1)}
    assert steps_missing([ContactHeldAgain], [("contact.held", 1)]) == {("contact.held", 1)}
    assert steps_missing([ContactHeld, ContactHeldAgain], [("contact.held", 1)]) == set()


def changed_since(release: Path, root: Path) -> list[str]:
    """Files of a release that are no longer what they were. The list has the form of `sha256sum`."""
    lines = [line.split("  ", 1) for line in release.read_text("utf-8").splitlines()]
    return [name for sum_, name in lines if sha256((root / name).read_bytes()).hexdigest() != sum_]


@pytest.mark.parametrize("release", RELEASED, ids=lambda release: release.stem)
def test_what_a_release_shipped_stays_byte_for_byte(release: Path) -> None:
    assert changed_since(release, ROOT) == [], HOW
    assert f"tests/history/{release.stem}.jsonl" in release.read_text("utf-8")


def test_a_schema_frozen_anew_after_its_release_is_seen(tmp_path: Path) -> None:
    write(tmp_path / "schemas")
    file = tmp_path / "schemas" / "events" / "vs.contact.held.v1.json"
    release = tmp_path / "v9.sha256"
    release.write_text(f"{sha256(file.read_bytes()).hexdigest()}  schemas/events/{file.name}\n", "utf-8")
    assert changed_since(release, tmp_path) == []
    file.write_text(file.read_text("utf-8").replace("date", "time"), "utf-8")
    (file.parent / "SHA256SUMS").unlink()
    assert changed_since(release, tmp_path) == [f"schemas/events/{file.name}"]


@pytest.mark.parametrize("topic", ["vs.contact.held.v1", "vs.referral.declined.v1"], ids=["newest", "old"])
def test_a_model_changed_without_a_new_version_is_seen(
    topic: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    changed = create_model("Changed", __base__=MODELS[topic], __doc__=MODELS[topic].__doc__, again=(bool, False))
    monkeypatch.setitem(MODELS, topic, changed)
    assert check(tmp_path) == [f"events/{topic}.json: the code says otherwise"]
    write(tmp_path)
    assert broken(tmp_path) == [f"events/{topic}.json: published, and changed"]


def read_as_newest(topic: str, state: dict[str, Any]) -> None:
    """Fails unless the newest version takes a state of this one, whole and as a log stores it, and takes both alike."""
    newest = model_of(topic).model_validate_json(json.dumps(upcast(topic, state)))
    # A log leaves out what is null or a default: silence means what it meant in its own version.
    stored = (
        MODELS[topic].model_validate_json(json.dumps(state)).model_dump_json(exclude_defaults=True, exclude_none=True)
    )
    assert model_of(topic).model_validate_json(json.dumps(upcast(topic, json.loads(stored)))) == newest
    fact = as_newest(StatedFact(topic, "A", stored.encode()))
    assert fact == StatedFact(newest.topic(), "A", join(coded(newest).values))


@pytest.mark.parametrize("topic", [old.topic() for old in OLD])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_whatever_an_old_version_may_have_said_the_newest_can_say(topic: str, data: st.DataObject) -> None:
    read_as_newest(topic, data.draw(states(FILES[topic])))


@pytest.mark.parametrize("topic", EVENTS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_an_event_takes_whatever_its_schema_file_allows(topic: str, data: st.DataObject) -> None:
    read_as_newest(topic, data.draw(states(FILES[topic])))


def test_a_step_that_the_newest_version_refuses_or_that_forgets_a_default_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = {"occurred_on": "2025-07-14", "reason": "CLIENT_WITHDREW"}
    monkeypatch.setitem(UPCASTERS, ("referral.declined", 1), lambda said: said)
    with pytest.raises(ValidationError):
        read_as_newest("vs.referral.declined.v1", state)
    forgets = {"NR": "U", "CLIENT_WITHDREW": "NA"}
    monkeypatch.setitem(
        UPCASTERS,
        ("referral.declined", 1),
        lambda said: {**said, "reason": forgets[said["reason"]]} if "reason" in said else said,
    )
    read_as_newest("vs.referral.declined.v1", state)
    with pytest.raises(AssertionError):
        read_as_newest("vs.referral.declined.v1", state | {"reason": "NR"})


def test_no_two_old_states_become_one() -> None:
    reasons = ReferralDeclinedV1.model_json_schema()["properties"]["reason"]["enum"]
    became = [upcast("vs.referral.declined.v1", {"reason": reason}) for reason in reasons]
    assert len({json.dumps(state, sort_keys=True) for state in became}) == len(reasons) == 15
    assert became[reasons.index("CLIENT_WITHDREW")] == {"declined_by": "VICTIM", "reason": "NA"}
    assert became[reasons.index("RESIDENCE_STATUS")] == {"declined_by": "SERVICE", "reason": "RESIDENCE_STATUS"}
    assert became[reasons.index("OTHER")] == {"declined_by": "NR", "reason": "OTHER"}


def test_the_same_bytes_of_two_versions_need_not_say_the_same() -> None:
    data = b'{"occurred_on":"2025-07-14","reason":"NO_CAPACITY"}'
    old, new = (as_newest(StatedFact(f"vs.referral.declined.v{version}", "", data)) for version in (1, 2))
    assert ReferralDeclined.model_validate_json(old.data).declined_by == "SERVICE"
    assert ReferralDeclined.model_validate_json(new.data).declined_by == "NR"


@pytest.mark.parametrize(
    "topic", ["vs.referral.declined.v3", "vs.contact.held.v0", "vs.mood.felt.v1", "vs.contact.held", "contact.held.v1"]
)
def test_a_type_from_the_future_stops_and_is_named(topic: str) -> None:
    with pytest.raises(Stop, match=f"unknown event type {topic}:"):
        upcast(topic, {"occurred_on": "2025-07-14"})
    with pytest.raises(Stop, match=f"unknown event type {topic}:"):
        as_newest(StatedFact(topic, "", b"{}"))


BY_THE_HUB = {
    "record.retracted": "retracts",
    "delivery.closed": "period",
    "release.published": "period",
    "subject.forgotten": "request",
    "linkage.authorised": "country",
    "linkage.ended": "country",
    "agreement.recorded": "valid_from",
    "log.purged": "until",
    "custody.enrolled": "valid_until",
    "act.approved": "valid_until",
}
"""What the hub itself states, and the field that ties it to what it is about. When: the log's own clock."""
DATED_OTHERWISE = {
    "plan.adopted": "adopted_on",
    "plan.pillarset": "plan",
    "plan.objectiveset": "plan",
    "plan.measureplanned": "starts_on",
    "plan.milestoneplanned": "due_on",
    "plan.milestonereached": "done_on",
    "plan.targetset": "target_period",
    "plan.targetmeasured": "period",
    "plan.statusreported": "reported_on",
    "shelter.capacityreported": "period",
    "helpline.tallied": "period",
    "activity.held": "period",
    "training.held": "held_on",
    "organisation.selfassessed": "assessed_on",
    "organisation.listed": "organisation",
    "service.listed": "service_id",
    "service.regionlisted": "service_id",
    "service.hourslisted": "service_id",
    "service.changed": "changed_on",
    "service.closed": "closed_on",
    "framework.assessed": "assessed_on",
    "framework.recommended": "plan",
    "framework.gapfound": "plan",
    "programme.partnerjoined": "plan",
    "programme.placeincluded": "plan",
    "instrument.versioned": "plan",
    "indicator.valuereported": "period",
    "aggregate.reported": "period",
}
"""Events about nobody, and the field that dates them. `plan`: as old as the plan; ids: since the hub knows."""


def test_no_version_of_what_only_the_hub_states_is_for_a_partner_to_state() -> None:
    assert {topic for topic, model in MODELS.items() if model.name in BY_THE_HUB} == HUB_ONLY


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_fact_says_when_it_happened_and_may_say_when_the_partner_knew(model: type[Event]) -> None:
    if model.personal:
        assert issubclass(model, Happened)
        clocks = {"occurred_on", "occurred_precision", "recorded_on"}
        assert clocks <= model.model_fields.keys()
        assert {name for name in clocks if model.model_fields[name].is_required()} == {"occurred_on"}
    else:
        field = (BY_THE_HUB | DATED_OTHERWISE)[model.name]
        assert model.model_fields[field].is_required()
