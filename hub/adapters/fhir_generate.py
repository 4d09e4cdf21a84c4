"""The elements of the FHIR resources that the hub reads, from `fhir.resources` → `fhir_elements.json`, checked in.

So a partner reads FHIR without that library, and a test holds the two against each other. Run it as a module.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

ELEMENTS = Path(__file__).parent / "fhir_elements.json"
READ = (
    *("Consent", "Encounter", "EpisodeOfCare", "Flag", "Patient", "QuestionnaireResponse", "RiskAssessment"),
    *("ServiceRequest", "Task"),
)
VERSIONS = {"R4": "fhir.resources.R4B", "R5": "fhir.resources"}
"""Release → package. The library has no R4 (4.0.1); of what is read here, R4B (4.3.0) changed nothing."""
OLDER = {"STU3": "fhir.resources.STU3"}
"""Releases that are named when they are refused: the names of a resource's own elements are enough."""


def generate() -> str:
    """The file's text: per release and type, each element as `type`, `*` for a list, `!` where required, `|choice`."""
    made: dict[str, Any] = {version: _closure(package) for version, package in VERSIONS.items()}
    for version, package in OLDER.items():
        made[version] = {name: sorted(_elements(_model(package, name))) for name in READ if _has(package, name)}
    lines = [
        f'"{version}": {{\n'
        + ",\n".join(f'"{name}": {json.dumps(types[name], separators=(",", ":"))}' for name in sorted(types))
        + "\n}"
        for version, types in made.items()
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _closure(package: str) -> dict[str, dict[str, str]]:
    """Every type that the resources are made of."""
    found: dict[str, dict[str, str]] = {}
    waiting = list(READ)
    while waiting:
        name = waiting.pop()
        if name in found or name in ("Resource", "Element"):
            continue
        found[name] = _elements(_model(package, name))
        waiting += [
            kind
            for kind in (said.rstrip("*!").split("|")[0].rstrip("*!") for said in found[name].values())
            if kind[0].isupper()
        ]
    return found


def _elements(model: Any) -> dict[str, str]:
    found = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra or {}
        if name in ("fhir_comments", "resource_type") or name.endswith("__ext"):
            continue
        kind, many = _type(field.annotation)
        required = field.is_required() or extra.get("element_required", False)
        choice = extra.get("one_of_many")
        found[field.alias or name] = kind + "*" * many + "!" * bool(required) + (f"|{choice}" if choice else "")
    return dict(sorted(found.items()))


def _type(annotation: Any) -> tuple[str, bool]:
    """The FHIR type of an annotation, and whether it is a list of them."""
    for each in _parts(annotation):
        if get_origin(each) is list:
            return _type(get_args(each)[0])[0], True
        if get_origin(each) is Annotated:
            primitive = type(get_args(each)[1]).__name__.removesuffix("Type")
            return primitive[0].lower() + primitive[1:], False
        if each is not NoneType:
            return each.__name__.removesuffix("Type"), False
    raise TypeError("an annotation without a type")


def _parts(annotation: Any) -> Iterator[Any]:
    parts = get_args(annotation)
    if get_origin(annotation) in (list, Annotated) or not parts:
        yield annotation
    else:
        for part in parts:
            yield from _parts(part)


def _model(package: str, name: str) -> Any:
    found: Any = import_module(package).get_fhir_model_class(name)
    return found


def _has(package: str, name: str) -> bool:
    try:
        _model(package, name)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    ELEMENTS.write_text(generate(), "utf-8")
