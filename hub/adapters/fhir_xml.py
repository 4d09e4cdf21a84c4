"""FHIR as XML → the same resource as JSON. No document types, so no entities, no bombs, nothing fetched."""

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import msgspec

from hub.adapters.base import Rejected
from hub.adapters.fhir_definitions import PRIMITIVES, RELEASES, Release, check, elements
from hub.adapters.fhir_text import DEPTH_LIMIT

FHIR, XHTML = "http://hl7.org/fhir", "http://www.w3.org/1999/xhtml"
RESOURCES = frozenset({"resource", "contained"})
"""Elements that hold a resource, whose type is the element within."""
BUNDLE = {"entry": "entry*", "request": "request", "response": "response", "search": "search", "link": "link*"}
NUMBERS = frozenset({"decimal", "integer", "positiveInt", "unsignedInt"})


@dataclass
class Tag:
    """An element: its name, its attributes, and the elements within."""

    name: str
    attributes: dict[str, str]
    within: "list[Tag]" = field(default_factory=list)


def to_json(raw: bytes) -> bytes:
    """A resource or bundle as JSON. Raises Rejected for what is no FHIR in XML."""
    return msgspec.json.encode(_resource(_tree(raw)))


def _tree(raw: bytes) -> Tag:
    parser = expat.ParserCreate(namespace_separator=" ")
    root = Tag("", {})
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEPTH_LIMIT:
            raise Rejected("too-deep", "file")
        space, _, local = name.rpartition(" ")
        if space not in (FHIR, XHTML):
            raise Rejected("not-fhir-xml", "file")
        tag = Tag("div" if space == XHTML else local, attributes)
        # What stands in a narrative is read by nobody.
        if not any(above.name == "div" for above in stack):
            stack[-1].within.append(tag)
        stack.append(tag)

    def refuse(*_said: Any) -> None:
        raise Rejected("document-type", "file")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: stack.pop()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError):  # LookupError: an encoding that nobody knows
        raise Rejected("not-xml", "file") from None
    return root.within[0]


def _resource(tag: Tag) -> dict[str, Any]:
    """In the first release whose definitions it keeps, or else in the first."""
    if tag.name == "Bundle":
        return {"resourceType": "Bundle", **_bundle(tag)}
    known = [release for release in RELEASES if tag.name in elements()[release]]
    made = [_typed(tag, release) for release in known]
    for release, data in zip(known, made, strict=True):
        try:
            check(data, tag.name, release)
        except Rejected:
            continue
        return data
    if made:
        return made[0]
    names = {each.name: each.attributes.get("value", "") for each in tag.within if each.name == "id"}
    return {"resourceType": tag.name, **names}


def _typed(tag: Tag, release: Release) -> dict[str, Any]:
    return {"resourceType": tag.name, **_elements(tag, tag.name, release)}


def _elements(tag: Tag, kind: str, release: Release) -> dict[str, Any]:
    """The elements within one of a type, as JSON has them. What the type has not stays, and is refused by name."""
    said = elements()[release].get(kind, {"id": "string", "extension": "Extension*"})
    data: dict[str, Any] = {name: value for name, value in tag.attributes.items() if name in ("id", "url")}
    for each in tag.within:
        how = said.get(each.name, "string").split("|")[0]
        inner, many = how.rstrip("*!"), "*" in how
        beside: Any = None
        value: Any
        if each.name in RESOURCES and each.within:
            value = _resource(each.within[0])
        elif inner in PRIMITIVES:
            value = "-" if each.name == "div" else _primitive(each.attributes.get("value"), inner)
            beside = _elements(each, "Element", release)
        else:
            value = _elements(each, inner, release)
        if many:
            _listed(data, each.name, value, beside)
        else:
            data |= {name: each for name, each in ((each.name, value), (f"_{each.name}", beside)) if each}
            if value is False or value == 0:
                data[each.name] = value
    return data


def _listed(data: dict[str, Any], name: str, value: Any, beside: Any) -> None:
    data.setdefault(name, []).append(value)
    if beside:
        places = data.setdefault(f"_{name}", [])
        places += [None] * (len(data[name]) - 1 - len(places)) + [beside]


def _primitive(text: str | None, kind: str) -> Any:
    """As JSON has it; a text that is none of its kind stays one, and is refused for that."""
    if text is None:
        return None
    if kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    if kind in NUMBERS:
        try:
            return float(text) if kind == "decimal" else int(text)
        except ValueError:
            return text
    return text


def _bundle(tag: Tag) -> dict[str, Any]:
    """A bundle's own elements: its entries, and what is asked for each."""
    data: dict[str, Any] = {}
    for each in tag.within:
        if each.name == "resource":
            data["resource"] = _resource(each.within[0]) if each.within else {}
        elif (how := BUNDLE.get(each.name)) is None:
            data[each.name] = each.attributes.get("value", "")
        elif "*" in how:
            data.setdefault(each.name, []).append(_bundle(each))
        else:
            data[each.name] = _bundle(each)
    return data
