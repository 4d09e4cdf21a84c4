"""Kinds of partners beside the seven organisations: each file goes in whole, and each of its traps is closed."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.generator import PARTNERS, generate
from hub.adapters import find
from hub.adapters.contract import contract
from hub.edge.conformance import conformance
from hub.edge.deliver import Sender
from tests.delivered import left
from tests.pipe import Pipe

NEW = sorted(name for name in PARTNERS if name.startswith(("at-frauenhaus", "be-ocmw", "be-secova", "es-violeta")))
Facts = list[tuple[str, dict[str, Any]]]


def written(folder: Path, name: str, scale: float = 0.1) -> Path:
    return generate(folder, scale=scale, seed=4, broken=0, partners=[name])[0].path


def sender(name: str) -> Sender:
    mapping = find(name.replace("-", "_")).mapping
    return Sender(mapping.partner, mapping.country)


def leaving(name: str, data: bytes) -> Facts:
    """What leaves of a file: event and fields of each fact."""
    rows = left(find(name.replace("-", "_")), data, sender(name)).rows
    return [(topic.split(".v")[0][3:], json.loads(said)) for _, _, facts in rows for topic, _, said in facts]


def first_rows(path: Path) -> bytes:
    """Enough for the kit, which reads them some hundred times."""
    return b"\r\n".join([*path.read_bytes().split(b"\r\n")[:30], b""])


def of(facts: Facts, event: str) -> Iterator[dict[str, Any]]:
    return (said for name, said in facts if name == event)


def edited(path: Path, column: str, text: str, row: int = 1) -> bytes:
    """The file with one cell changed, in a row that has no line break in it."""
    module = PARTNERS[next(name for name in NEW if PARTNERS[name].FILE.format(year=2025) == path.name)]
    lines = path.read_bytes().decode(module.ENCODING).split("\r\n")
    cells = lines[row].split(module.SEPARATOR)
    cells[module.COLUMNS.index(column)] = text
    lines[row] = module.SEPARATOR.join(cells)
    return "\r\n".join(lines).encode(module.ENCODING)


@pytest.mark.parametrize("name", NEW)
def test_the_kit_passes_every_new_kind_of_partner(name: str, tmp_path: Path) -> None:
    data, adapter = first_rows(written(tmp_path, name, 0.01)), find(name.replace("-", "_"))
    checks = [*contract(lambda: adapter, data), *conformance(adapter, sender(name), data, None)]
    assert {check.name: check.found for check in checks if check.state == "failed"} == {}
    assert {check.name for check in checks if check.state == "not tried"} == {"golden"}


def test_every_file_goes_in_whole_and_says_nothing_twice(pipe: Pipe, tmp_path: Path) -> None:
    for name in NEW:
        path = written(tmp_path, name, 0.01)
        first = pipe.take_file(path, name.replace("-", "_"), complete=True)
        assert (first["quarantined"], first["accepted"] > 80) == (0, True), name
        assert pipe.take_file(path, name.replace("-", "_"), complete=True)["events"] == 0
    assert {audience for (audience,) in pipe.current("activity_held", "audience")} >= {"PERPETRATORS", "CHILD_VICTIMS"}
    assert {unit for (unit,) in pipe.current("shelter_capacityreported", "places_unit")} == {
        "BED",
        "FAMILY_PLACE",
        "ROOM",
    }


def test_an_assessment_is_one_whatever_its_needs_and_says_its_version(tmp_path: Path) -> None:
    path = written(tmp_path, "es-violeta-ina", 0.3)
    facts = leaving("es-violeta-ina", path.read_bytes())
    done, needs = [*of(facts, "assessment.completed")], [*of(facts, "need.statuschanged")]
    rows = path.read_text("cp1252").count("CANARY-Name P")
    assert len(done) < len(needs) < rows
    assert sum(len(each.get("needs", ())) for each in done) == len(needs)
    assert {each.get("instrument_version") for each in done} == {None, 1, 2}
    assert [*of(facts, "assessment.refused")]


def test_referrals_name_both_ends_in_both_directions(tmp_path: Path) -> None:
    facts = leaving("es-violeta-derivaciones", written(tmp_path, "es-violeta-derivaciones").read_bytes())
    ways = Counter(
        (each["direction"], each.get("from_tier"), each.get("to_tier")) for each in of(facts, "referral.sent")
    )
    assert ways["IN", "GENERIC", "SPECIALIST_GBV"]
    assert ways["OUT", "SPECIALIST_GBV", "GENERIC"]
    assert all("SPECIALIST_GBV" in way for way in ways)
    assert not any("source" in each for each in of(facts, "referral.sent") if each["direction"] == "OUT")


def test_a_score_that_the_instrument_does_not_have_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "es-violeta-osa")
    adapter = find("es_violeta_osa")
    assert not left(adapter, edited(path, "PUNTUACIÓN", "4"), sender("es-violeta-osa")).closing.refusals
    bad = left(adapter, edited(path, "PUNTUACIÓN", "5"), sender("es-violeta-osa")).closing.refusals
    assert [(each.rule, each.place) for each in bad] == [("unknown-code", "PUNTUACIÓN")]


def test_places_without_a_unit_are_refused_and_units_are_never_one(tmp_path: Path) -> None:
    path = written(tmp_path, "at-frauenhaus-plaetze", 1)
    adapter, who = find("at_frauenhaus_plaetze"), sender("at-frauenhaus-plaetze")
    bad = left(adapter, edited(path, "Einheit", ""), who).closing.refusals
    assert [(each.rule, each.place) for each in bad] == [("missing-value", "Einheit")]
    places = Counter[str]()
    for said in of(leaving("at-frauenhaus-plaetze", path.read_bytes()), "shelter.capacityreported"):
        places[said["places_unit"]] += said["places"]
        assert said["days_occupied"] % 5 == 0 == said["days_available"] % 5
    assert all(places[unit] > 100 for unit in ("BED", "FAMILY_PLACE", "ROOM"))


@pytest.mark.parametrize("name", ["at-frauenhaus-aufenthalte", "at-frauenhaus-plaetze"])
def test_where_a_shelter_is_never_leaves(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, name)
    facts = leaving(name, path.read_bytes())
    assert facts
    assert not any("region" in said or "area" in said for _, said in facts)
    # One house's number changes the key of its record, and nothing else that leaves.
    column, text = ("Bezirk", "Bezirk 999") if name.endswith("aufenthalte") else ("Haus", "FH999")
    assert sorted(map(str, leaving(name, edited(path, column, text)))) == sorted(map(str, facts))


def test_who_is_turned_away_is_counted_with_the_reason_and_a_stay_has_bands_alone(tmp_path: Path) -> None:
    facts = leaving("at-frauenhaus-aufenthalte", written(tmp_path, "at-frauenhaus-aufenthalte", 1).read_bytes())
    asked = Counter(each["outcome"] for each in of(facts, "shelter.requestrecorded"))
    assert asked["REFUSED"] > 200
    assert {each["reason"] for each in of(facts, "shelter.requestrecorded") if each["outcome"] == "REFUSED"} >= {
        "NO_CAPACITY", "CHILDREN_NOT_ADMITTED", "SUBSTANCE_MH_EXCLUSION",
    }  # fmt: skip
    assert {each["length"] for each in of(facts, "shelter.stayended")} == {"0-7", "8-30", "31-90", "91-180", "181+"}
    assert len([*of(facts, "shelter.stayended")]) < len([*of(facts, "shelter.staystarted")]) <= asked["ADMITTED"]


def test_of_an_offender_the_police_zone_sends_figures_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "be-secova-faits")
    facts = leaving("be-secova-faits", path.read_bytes())
    assert {name for name, _ in facts} == {
        "offence.disclosed", "protection.requested", "protection.decided", "protection.breached", "referral.sent",
    }  # fmt: skip
    assert sorted(map(str, leaving("be-secova-faits", edited(path, "N° suspect", "S99999")))) == sorted(map(str, facts))
    assert {each["victim_role"] for each in of(facts, "offence.disclosed")} >= {"DIRECT", "CHILD_WITNESS"}
    activities = [
        *of(leaving("be-secova-activites", written(tmp_path, "be-secova-activites").read_bytes()), "activity.held")
    ]
    offenders = [each for each in activities if each["audience"] == "PERPETRATORS"]
    assert 0 < len(offenders) < len(activities)
    assert {each["area"] for each in activities} == {"SECOVA"}


def test_heads_of_children_and_of_others_are_two_fields_and_never_a_small_number(tmp_path: Path) -> None:
    facts = leaving("be-ocmw-activiteiten", written(tmp_path, "be-ocmw-activiteiten", 1).read_bytes())
    for said in of(facts, "activity.held"):
        heads = "attendances_children" if said["audience"] == "CHILD_VICTIMS" else "attendances"
        assert {name for name in said if name.startswith("attendances")} == {heads}
        assert said[heads] % 5 == 0


def test_a_training_is_counted_by_profession_and_half_hours_are_read(tmp_path: Path) -> None:
    facts = leaving("be-ocmw-vormingen", written(tmp_path, "be-ocmw-vormingen", 1).read_bytes())
    held = [*of(facts, "training.held")]
    assert 3.5 in {each["hours"] for each in held}
    assert {"SOCIAL", "POLICE", "TEACHER"} <= {each.get("profession") for each in held}
