"""A partner who sends FHIR: its generated export, its profile, and what is refused of it, by place and rule."""

import json
from collections import Counter
from pathlib import Path

import pytest

from examples.generator import IN_FHIR, Made, generate, mapping_of
from examples.generator.people import MARKER
from hub.adapters import every, find, profiles
from hub.adapters.base import Rejected, Statement
from hub.adapters.contract import contract
from hub.adapters.fhir_page import fhir_page
from hub.adapters.fhir_profile import load_profile
from hub.adapters.page import pages
from hub.edge.conformance import conformance
from hub.edge.deliver import Sender

PARTNER = "fi-seri"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return generate(tmp_path_factory.mktemp("seri"), scale=0.2, seed=3, broken=40, partners=[PARTNER])[0]


def read(path: Path) -> tuple[list[Statement], list[tuple[str, str, str]]]:
    adapter = find(str(mapping_of(PARTNER)))
    statements: list[Statement] = []
    refused: list[tuple[str, str, str]] = []
    with path.open("rb") as source:
        for record in adapter.read(source):
            try:
                statements.append(adapter.translate(record))
            except Rejected as rejected:
                refused += [(record.position, place, rule) for rule, place in rejected.problems]
    return statements, refused


def test_what_is_no_support_or_damaged_is_named_by_line_place_and_rule_and_all_else_is_in(made: Made) -> None:
    statements, refused = read(made.path)
    assert Counter(refused) == Counter(map(tuple, made.broken_positions))
    assert len({rule for _, _, rule in refused}) == 4
    states = Counter(fact.event for statement in statements for fact in statement.facts)
    assert {"case.opened", "case.closed", "contact.held", "assessment.completed", "referral.sent", "referral.accepted",
            "referral.declined", "referral.completed"} == states.keys()  # fmt: skip
    assert states["contact.held"] > states["case.opened"] == round(620 * 0.2)


def test_every_own_code_of_the_export_has_a_line_in_the_profile(made: Made) -> None:
    tables = load_profile(mapping_of(PARTNER)).codes
    known = {(system, code) for systems in tables.values() for system, lines in systems.items() for code in lines}
    used = Counter()
    waiting = [json.loads(line) for line in made.path.read_text("utf-8").splitlines()]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
            if "seri.example.org" in each.get("system", ""):
                used[each["system"], each["code"]] += 1
        elif isinstance(each, list):
            waiting += each
    blood_test = ("http://seri.example.org/CodeSystem/laboratorio", "pvk")
    assert used.keys() - known == {blood_test}
    assert len(known & used.keys()) > 25


def test_names_phones_and_remarks_never_reach_a_statement(made: Made) -> None:
    statements, _ = read(made.path)
    assert made.path.read_text("utf-8").count(MARKER) > 2 * 620 * 0.2
    assert MARKER not in repr(statements)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(made: Made, tmp_path: Path) -> None:
    again, other = (
        generate(tmp_path / f"{seed}", scale=0.2, seed=seed, broken=40, partners=[PARTNER])[0] for seed in (3, 4)
    )
    assert again.path.read_bytes() == made.path.read_bytes() != other.path.read_bytes()


def test_the_kit_takes_a_visit_that_was_entered_in_error_as_taken_back(tmp_path: Path) -> None:
    made = generate(tmp_path, scale=0.05, seed=3, broken=0, partners=[PARTNER])[0]
    lines = [json.loads(line) for line in made.path.read_text("utf-8").splitlines()]
    visit = next(each for each in lines if each["resourceType"] == "Encounter")
    wrong = json.dumps(visit | {"status": "entered-in-error"})
    nothing = json.dumps({**visit, "id": "none", "status": "planned"})
    for stands, checks in ((wrong, set()), (nothing, {"whole"})):
        data = b"\n".join([*(json.dumps(each).encode() for each in lines if each is not visit), stands.encode()])
        adapter = find(str(mapping_of(PARTNER)))
        found = contract(lambda: find(str(mapping_of(PARTNER))), data)
        found += conformance(adapter, Sender(PARTNER, "FI"), data, None)
        assert {each.name for each in found if each.state == "failed"} == checks


@pytest.mark.parametrize("path", profiles(), ids=lambda path: path.stem)
def test_the_page_names_who_it_is_what_is_counted_and_every_code(path: Path) -> None:
    profile = load_profile(path)
    page = fhir_page(profile)
    assert pages()[f"{path.stem}.md"] == page
    assert profile.organisation.strip() in page
    assert profile.unit.strip() in page
    for systems in profile.codes.values():
        for system, lines in systems.items():
            assert f"`{system}`" in page
            assert all(f"| `{code}` |" in page for code in lines)


def test_every_profile_is_listed_found_by_name_and_generated() -> None:
    names = {path.stem for path in profiles()}
    assert names == {name for name, kind in every() if kind == "fhir profile"} == {p.replace("-", "_") for p in IN_FHIR}
    assert all(find(name).name == name for name in names)
