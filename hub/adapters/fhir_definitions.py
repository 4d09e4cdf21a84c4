"""FHIR's own definitions → one quick check of a whole resource: elements, types, cardinalities, forms of primitives.

Made from `fhir_elements.json` when first asked for. What it does not check, `docs/fhir.md` says.
"""

import json
import re
import sys
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hub.adapters.base import Rejected

Release = Literal["R4", "R5"]
Resource = dict[str, Any]
RELEASES: tuple[Release, ...] = ("R4", "R5")
"""R4 stands for 4.0.1 and 4.3.0 (R4B) alike."""
_DAY = r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_FULL_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,9})?"
_ZONE = r"(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_TEXT = Annotated[str, Meta(min_length=1, max_length=1_048_576)]
PRIMITIVES: dict[str, Any] = {
    "bool": bool,
    "canonical": _TEXT,
    "code": Annotated[str, Meta(pattern=r"^\S+( \S+)*\Z", max_length=1_000)],
    "date": Annotated[str, Meta(pattern=rf"^{_DAY}\Z")],
    "dateTime": Annotated[str, Meta(pattern=rf"^({_DAY}|{_FULL_DAY}T{_TIME}{_ZONE})\Z")],
    "decimal": float,
    "encodedBytes": Annotated[str, Meta(pattern=r"^[0-9A-Za-z+/=\s]+\Z")],
    "id": Annotated[str, Meta(pattern=r"^[A-Za-z0-9.-]{1,64}\Z")],
    "instant": Annotated[str, Meta(pattern=rf"^{_FULL_DAY}T{_TIME}{_ZONE}\Z")],
    "integer": Annotated[int, Meta(ge=-(2**31), lt=2**31)],
    "integer64": _TEXT,
    "markdown": _TEXT,
    "oid": _TEXT,
    "positiveInt": Annotated[int, Meta(ge=1, lt=2**31)],
    "string": _TEXT,
    "time": Annotated[str, Meta(pattern=rf"^{_TIME}\Z")],
    "unsignedInt": Annotated[int, Meta(ge=0, lt=2**31)],
    "uri": _TEXT,
    "url": _TEXT,
    "uuidVersion": _TEXT,
    "xhtml": _TEXT,
}
"""Forms as the specification's regular expressions have them."""
_FAULTS = (
    ("Object missing required field", "element-missing"),
    ("Object contains unknown field", "element-unknown"),
    ("Expected `str` matching", "element-form"),
    ("Expected `array` of length", "element-empty"),
    ("Expected `str` of length", "element-empty"),
)
_PATH = re.compile(r" - at `\$((?:\.\w+|\[[0-9]+\])+)`\Z")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
MOST_FAULTS = 10
"""Elements of a resource whose faults are named."""
_MISSING = re.compile(r"Object missing required field `(\w+)`")


@cache
def elements() -> dict[str, Any]:
    """The definitions: release → type → element → what it is. Of the releases that are refused, names alone."""
    found: dict[str, Any] = json.loads(files("hub.adapters").joinpath("fhir_elements.json").read_text("utf-8"))
    return found


def check(data: Resource, kind: str, release: Release) -> None:
    """Raises Rejected where the resource is none of its type in that release, naming the first fault of each element.

    Places are elements, never values.
    """
    if faults := _faults(data, kind, release):
        raise Rejected.all_of(faults)
    choices = _choices(kind, release)
    chosen = [choices[name] for name in choices.keys() & data.keys()]
    if len(set(chosen)) < len(chosen):
        raise Rejected("element-twice", kind)


def release_of(data: Resource, kind: str) -> Release:
    """The first release whose definitions a resource keeps. Raises Rejected, by name where it is an older release's."""
    problems: list[Rejected] = []
    for release in RELEASES:
        try:
            check(data, kind, release)
        except Rejected as rejected:
            problems.append(rejected)
        else:
            return release
    names = {name.removeprefix("_") for name in data} - {"resourceType"}
    fits = [names <= elements()[release][kind].keys() for release in RELEASES]
    if not any(fits):
        for older in elements().keys() - {*RELEASES}:
            if names <= set(elements()[older].get(kind, ())):
                raise Rejected("fhir-version", older)
    raise problems[1 if fits == [False, True] else 0]


@cache
def _choices(kind: str, release: Release) -> dict[str, str]:
    """Elements of which one alone may be there (`value[x]`), by what they are choices of."""
    return {name: how.split("|")[1] for name, how in elements()[release][kind].items() if "|" in how}


def _faults(data: Resource, kind: str, release: Release) -> list[tuple[str, str]]:
    """The library ends at its first fault: the element that has it is left out, and the others are looked at."""
    found: dict[tuple[str, str], None] = {}
    rest, struct = data, _struct(kind, release)
    for _ in range(MOST_FAULTS):
        try:
            msgspec.convert(rest, struct)
            break
        except msgspec.ValidationError as error:
            message = str(error)
        except RecursionError:
            raise Rejected("too-deep", kind) from None
        name = _element(message)
        if not name and _MISSING.match(message):
            needed = (each for each, how in elements()[release][kind].items() if "!" in how)
            found |= {("element-missing", f"{kind}.{each}"): None for each in needed if each not in data}
            break
        found[_fault(message, kind, release)] = None
        if name not in rest:
            break
        rest = {each: value for each, value in rest.items() if each != name}
    return list(found)


def _element(message: str) -> str:
    """The element of the resource itself in which a fault is; empty where it is in none."""
    if path := _PATH.search(message):
        return re.split(r"[.\[]", path[1])[1]
    unknown = _UNKNOWN.fullmatch(message)
    return unknown[1] if unknown else ""


def _fault(message: str, kind: str, release: Release) -> tuple[str, str]:
    """The rule, and the place by names of the definitions alone: a message of the library quotes the input."""
    rule = next((rule for words, rule in _FAULTS if message.startswith(words)), "element-type")
    path = re.sub(r"\[[0-9]+\]", "", found[1]) if (found := _PATH.search(message)) else ""
    if missing := _MISSING.match(message):
        path += f".{missing[1]}"
    known = all(name in _names(release) for name in path.split(".")[1:])
    return rule, kind + (path if known else "")


@cache
def _names(release: Release) -> frozenset[str]:
    names = {name for said in elements()[release].values() for name in said}
    return frozenset(names | {f"_{name}" for name in names})


@cache
def _struct(kind: str, release: Release) -> Any:
    return getattr(_structs(release), kind)


@cache
def _structs(release: Release) -> ModuleType:
    """A class a type. They name each other, and names are looked up in the module that a class says it is of."""
    module = ModuleType(f"{__name__}.{release}")
    sys.modules[module.__name__] = module
    place: dict[str, Any] = module.__dict__
    place |= {"Any": Any, "UnsetType": UnsetType, "Resource": Resource, **_primitive_types()}
    place["Element"] = _defined("Element", {"id": "string", "extension": "Extension*"}, module)
    for name, said in elements()[release].items():
        place[name] = _defined(name, said, module)
    return module


def _primitive_types() -> dict[str, Any]:
    return {f"Primitive_{name}": kind for name, kind in PRIMITIVES.items()} | {"Filled": Meta(min_length=1)}


def _defined(name: str, said: dict[str, str], module: ModuleType) -> Any:
    fields: list[Any] = [("resourceType", "str | UnsetType", UNSET), ("fhir_comments", "Any", UNSET)]
    module.__dict__["Annotated"] = Annotated
    for element, how in said.items():
        kind = how.split("|")[0].rstrip("*!")
        primitive = kind in PRIMITIVES
        one = f"Primitive_{kind}" if primitive else kind
        many = "*" in how
        # Beside a list of primitives stands one of extensions, and where one has something the other may have null.
        listed = f"Annotated[list[{one}{' | None' if primitive else ''}], Filled]" if many else one
        fields.append((element, listed) if "!" in how else (element, f"{listed} | UnsetType", UNSET))
        if primitive:
            beside = "list[Element | None]" if many else "Element"
            fields.append((f"_{element}", f"{beside} | UnsetType", UNSET))
    return msgspec.defstruct(
        name, fields, kw_only=True, forbid_unknown_fields=True, module=module.__name__, omit_defaults=True, gc=False
    )
