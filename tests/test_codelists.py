"""Code lists: every code has a list with its source, and a label in the languages of those who see it."""

import typing
import unicodedata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from hub.adapters.rules import LANGUAGES
from hub.events import codes, plan

FOLDER = Path(codes.__file__).parent / "codelists"
IN_PLANS = {
    "measure_status": (plan.StatusReported, "status"),
    "rag": (plan.StatusReported, "rag_self"),
    "obstacle": (plan.StatusReported, "obstacle"),
    "measure_kind": (plan.MeasurePlanned, "kind"),
    "istanbul_pillar": (plan.PillarSet, "istanbul_pillar"),
    "basis": (plan.PlanAdopted, "basis"),
}


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def literals(module: ModuleType) -> dict[str, tuple[str, ...]]:
    return {
        snake(name): typing.get_args(value)
        for name, value in vars(module).items()
        if typing.get_origin(value) is typing.Literal
    }


def load(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))


EVERY = sorted(path.stem for path in FOLDER.glob("*.yaml"))
SHOWN = frozenset({
    "age_band", "age_leaf", "channel", "channel_leaf", "closure", "context", "counting_unit", "decline_reason",
    "declined_by", "istanbul_pillar", "measure_status", "mode_leaf", "need", "obs_status", "offence", "outcome",
    "protection_measure", "rag", "referral_mode", "referral_source", "relationship", "sector", "sector_answer",
    "service", "service_tier", "sex", "sex_leaf", "victim_role", "violence_form",
})  # fmt: skip
"""Lists that a page or a report shows: their labels stand in all of the partners' languages."""
LEFT_OUT = {("protection_measure", "EMERGENCY_BARRING"): {"hr"}}
"""Labels of which nobody was sure: the English one stands in their place until somebody of that country says it."""


@pytest.mark.parametrize(("name", "expected"), sorted(literals(codes).items()))
def test_a_list_has_exactly_the_codes_of_its_type_in_their_order(name: str, expected: tuple[str, ...]) -> None:
    assert tuple(load(name)["codes"]) == expected


@pytest.mark.parametrize("name", sorted(IN_PLANS))
def test_a_list_of_plans_has_exactly_the_codes_of_its_field(name: str) -> None:
    model, field = IN_PLANS[name]
    assert tuple(load(name)["codes"]) == typing.get_args(model.model_fields[field].annotation)


@pytest.mark.parametrize("name", EVERY)
def test_a_list_names_itself_its_source_and_every_label(name: str) -> None:
    found = load(name)
    assert snake(found["name"]) == name
    assert len(found["source"]) > 5
    for code, about in found["codes"].items():
        assert isinstance(code, str), f"{name}: {code!r} is not text: quote it"
        said = {*LANGUAGES} - LEFT_OUT.get((name, code), set()) if name in SHOWN else {"en", "pt"}
        assert set(about["labels"]) == said, f"{name}: {code}"
        assert all(label.strip() == label and label for label in about["labels"].values()), f"{name}: {code}"


@pytest.mark.parametrize("name", EVERY)
def test_no_two_codes_of_a_list_look_the_same_to_a_reader(name: str) -> None:
    for language in LANGUAGES:
        said = (about["labels"].get(language) for about in load(name)["codes"].values())
        labels = [label for label in said if label]
        assert len(set(labels)) == len(labels), language


def test_no_list_that_is_shown_has_gone_and_no_gap_is_there_any_more_unnoticed() -> None:
    assert {*EVERY} >= SHOWN
    assert all(code in load(name)["codes"] for name, code in LEFT_OUT)


@pytest.mark.parametrize(
    ("language", "letters"), [("bg", "CYRILLIC"), ("fr", "LATIN"), ("hr", "LATIN"), ("fi", "LATIN")]
)
def test_a_label_is_written_in_the_letters_of_its_language(language: str, letters: str) -> None:
    for name in SHOWN:
        for code, about in load(name)["codes"].items():
            words = about["labels"].get(language, "")
            found = {unicodedata.name(sign).split()[0] for sign in words if sign.isalpha() and sign not in "X"}
            assert found <= {letters}, f"{name}: {code}: {words}"


LISTS_OF = {
    "context": ["context"],
    "sex": ["sex_leaf"],
    "age_band": ["age_leaf"],
    "channel": ["channel", "channel_leaf"],
    "mode": ["referral_mode", "mode_leaf"],
    "outcome": ["outcome"],
}


@pytest.mark.parametrize("dimension", sorted(LISTS_OF))
def test_every_value_that_a_release_may_show_has_a_label(dimension: str) -> None:
    lattice = yaml.safe_load((FOLDER.parents[1] / "release" / "lattice.yaml").read_text("utf-8"))
    shown = {value for level in lattice["dimensions"][dimension] for value in level}
    assert shown <= {code for name in LISTS_OF[dimension] for code in load(name)["codes"]}
