"""Events, code lists and the wire envelope → JSON Schema 2020-12 text. A type has one definition; these are its prints.

`events/SHA256SUMS` freezes what was once published: a line is added for a new file, and never changed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from hub.events import MODELS, NEWEST, codes
from hub.events.base import Event
from hub.events.envelope import Clear, Envelope, Sealed, topics
from hub.events.public import LEFT_OUT, data_schema

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FROZEN = "events/SHA256SUMS"
CODELISTS = Path(__file__).parent / "codelists"
NO_MORE: Mapping[str, str] = MappingProxyType({})


class Plain(GenerateJsonSchema):
    """Pydantic's schema without a title for each field: `Occurred On` says nothing that `occurred_on` does not."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  the signature is pydantic's
        """Never."""
        return False


def event_schema(event: type[Event]) -> Schema:
    """One event's payload. The title is the stored name, as the class may be renamed."""
    body = _body(event)
    head = {"$schema": DIALECT, "$id": event.topic(), "title": event.name, "description": body.pop("description")}
    return {**head, "x-personal": event.personal, **body}


def code_lists() -> dict[str, tuple[str, ...]]:
    """Every closed list by its name in files (`AgeBand` → `age_band`): those of events, then the derived ones."""
    lists = {name: get_args(value) for name, value in vars(codes).items() if get_origin(value) is Literal}
    of_events = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(): values for name, values in lists.items()}
    described = {file.stem: tuple(_described(file.stem)["codes"]) for file in sorted(CODELISTS.glob("*.yaml"))}
    return of_events | {name: values for name, values in described.items() if name not in of_events}


def labels(name: str) -> dict[str, dict[str, str]]:
    """The labels of a code list, by code and language."""
    return {code: about.get("labels", {}) for code, about in _described(name)["codes"].items()}


def code_schema(name: str, values: tuple[str, ...]) -> Schema:
    """One code list, with source, labels and legal links of its file in `codelists/`."""
    known = _described(name)
    head = {"$schema": DIALECT, "$id": f"vs.codes.{name}", "title": name, "description": known["source"]}
    return {**head, "oneOf": [{"const": code, **_about(known["codes"].get(code, {}))} for code in values]}


def envelope_schema() -> Schema:
    """The two forms of the envelope. The type decides the form: a personal event cannot travel in clear."""
    head = {"$schema": DIALECT, "$id": "vs.envelope.v1", "title": "envelope", "description": Envelope.__doc__}
    sealed, clear = _form(Sealed), _form(Clear)
    clear["properties"]["data"] = {"type": "object"}
    clear["allOf"] = [
        {"if": {"properties": {"type": {"const": topic}}}, "then": {"properties": {"data": {"$ref": topic}}}}
        for topic in topics(Clear, MODELS)
    ]
    return {**head, "oneOf": [sealed, clear]}


def public_schema(event: type[Event]) -> Schema:
    """The payload that anybody may read, of an event of which something is left out."""
    schema, left_out = event_schema(event), LEFT_OUT[event.name]
    schema["properties"] = {name: field for name, field in schema["properties"].items() if name not in left_out}
    schema["required"] = [name for name in schema["required"] if name not in left_out]
    return {
        **schema,
        "$id": data_schema(event),
        "description": f"{schema['description']} Without {' '.join(left_out)}.",
    }


def schemas() -> dict[str, str]:
    """Every generated file, by its path below `schemas/`."""
    made = {f"events/{topic}.json": event_schema(event) for topic, event in MODELS.items()}
    made |= {f"codes/{name}.json": code_schema(name, values) for name, values in code_lists().items()}
    made["wire/envelope.v1.json"] = envelope_schema()
    made |= {f"wire/{data_schema(NEWEST[name])}.json": public_schema(NEWEST[name]) for name in LEFT_OUT}
    return {path: json.dumps(made[path], indent=2, ensure_ascii=False) + "\n" for path in sorted(made)}


def write(folder: Path, more: Mapping[str, str] = NO_MORE) -> list[str]:
    """Bring the folder up to date and freeze what is new. Returns the paths that changed. `more`: schemas of others."""
    changed = []
    for path, text in {**schemas(), **more}.items():
        file = folder / path
        if not file.exists() or file.read_bytes() != text.encode():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
            changed.append(path)
    sums = frozen(folder)
    new = {name: digest(file) for file in (folder / "events").glob("*.json") if (name := file.name) not in sums}
    if new:
        lines = [f"{sum_}  {name}\n" for name, sum_ in sorted({**sums, **new}.items())]
        (folder / FROZEN).write_bytes("".join(lines).encode())
        changed.append(FROZEN)
    return changed


def check(folder: Path, more: Mapping[str, str] = NO_MORE) -> list[str]:
    """What differs between the code and the folder, one sentence each. Empty when both say the same."""
    made, sums = {**schemas(), **more}, frozen(folder)
    parts = {path.partition("/")[0] for path in made}
    files = (file for part in parts for file in (folder / part, *folder.glob(f"{part}/*")))
    found = {file.relative_to(folder).as_posix() for file in files if file.is_file()}
    old = {f"events/{name}" for name in sums}
    wrong = [f"{path}: not written yet" for path in made if path not in found]
    wrong += [f"{path}: the code says otherwise" for path in made if path in found and _differs(folder, path, made)]
    wrong += [f"{path}: nothing generates this file" for path in sorted(found - set(made) - old - {FROZEN})]
    return wrong + broken(folder)


def broken(folder: Path) -> list[str]:
    """Published event schemas that were changed or lost, and event schemas that nobody froze."""
    sums, files = frozen(folder), {file.name: file for file in (folder / "events").glob("*.json")}
    wrong = [f"events/{name}: published, and gone" for name in sums if name not in files]
    wrong += [f"events/{name}: not in {FROZEN}" for name in sorted(files) if name not in sums]
    changed = [name for name in sums if name in files and digest(files[name]) != sums[name]]
    return wrong + [f"events/{name}: published, and changed" for name in changed]


def frozen(folder: Path) -> dict[str, str]:
    """The checksum list: file name → SHA-256, in the form that `sha256sum -c` reads."""
    file = folder / FROZEN
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {name: sum_ for sum_, name in (line.split("  ", 1) for line in lines)}


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _body(model: type[BaseModel]) -> Schema:
    body = model.model_json_schema(schema_generator=Plain)
    body.pop("title")
    return body


def _form(form: type[Envelope]) -> Schema:
    body = _body(form)
    body["properties"] = {name: _attribute(field) for name, field in body["properties"].items()}
    body["properties"]["type"] = {"enum": topics(form, MODELS)}
    # Defaults are for our own code; on the wire these attributes stand in every message.
    body["required"] = ["specversion", "datacontenttype", *body["required"]]
    return {"title": form.__name__.lower(), **body}


def _attribute(field: Schema) -> Schema:
    """A CloudEvents attribute that says nothing is left out: it is never null, and has no default."""
    says = next((kind for kind in field.get("anyOf", ()) if kind != {"type": "null"}), field)
    return {key: value for key, value in says.items() if key != "default"}


@cache
def _described(name: str) -> Schema:
    """A code list's own file. A list that has none yet is only its codes."""
    file = CODELISTS / f"{name}.yaml"
    found: Schema = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {"source": "", "codes": {}}
    return found


def _about(code: dict[str, Any]) -> Schema:
    """A code's English label as its title, and all that its file says."""
    labels = code.get("labels", {})
    title = {"title": labels["en"]} if "en" in labels else {}
    return {**title, **{f"x-{key}": value for key, value in sorted(code.items())}}


def _differs(folder: Path, path: str, made: dict[str, str]) -> bool:
    return (folder / path).read_bytes() != made[path].encode()
