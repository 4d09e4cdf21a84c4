"""A mapping file and the crosswalks it includes, from disk: read, checked, and every mistake told by line and key."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hub.adapters.base import Rejected
from hub.adapters.crosswalk import CrosswalkFile, Entry
from hub.adapters.labels import labels_of
from hub.adapters.mapping_check import mistakes
from hub.adapters.mapping_file import Mapping
from hub.adapters.yaml_tree import Branch, Place, plain, read_tree, told
from hub.errors import Mend, Stop

M = TypeVar("M", bound=BaseModel)
NO_LABELS = "no list of the hub has words for this field in this language"


def read_mapping(path: Path) -> Mapping:
    """The mapping, with all that it includes in its `codes`. Raises Mend, naming every mistake."""
    tree = file_tree(path, "mapping file")
    said = plain(tree, written=True)
    if problems := [*_include(said, path)]:
        raise Mend(f"{path.name}: {told(tree, problems)}")
    mapping = checked(Mapping, said, path, tree)
    if found := told(tree, mistakes(mapping)):
        raise Mend(f"{path.name}: {found}")
    return mapping


def file_tree(path: Path, what: str) -> Branch:
    """A file's tree. Raises Mend where there is none.

    Every scalar is the text as written: in a crosswalk `No` is a word and `01` is a code.
    """
    try:
        with path.open("rb") as source:
            return read_tree(source, aliases=True)
    except OSError as error:
        raise Stop(f"cannot read the {what} {path.name}: {error.strerror}") from None
    except Rejected as rejected:
        raise Mend(f"{path.name}: {rejected}") from None


def checked(model: type[M], said: Any, path: Path, tree: Branch) -> M:
    """What a file says, in its shape. Raises Mend, naming every mistake by line and key."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        found = told(tree, [(tuple(each["loc"]), each["msg"]) for each in error.errors()])
        raise Mend(f"{path.name}: {found}") from None


def _include(said: Any, path: Path) -> list[tuple[Place, str]]:
    """Put the entries that fields include into their `codes`. Returns what is wrong with it."""
    problems: list[tuple[Place, str]] = []
    facts = said.get("facts") if isinstance(said, dict) else None
    for number, fact in enumerate(facts if isinstance(facts, list) else []):
        if isinstance(fact, dict):
            place: Place = ("facts", number, "fields")
            problems += include_codes(fact.get("fields"), place, str(fact.get("event")), path)
    return problems


def include_codes(fields: Any, place: Place, event: str, path: Path) -> list[tuple[Place, str]]:
    """Put the entries that some fields of an event include into their `codes`. Returns what is wrong with it."""
    problems: list[tuple[Place, str]] = []
    files: dict[str, dict[str, Any]] = {}
    for name, field in (fields if isinstance(fields, dict) else {}).items():
        if not isinstance(field, dict) or not isinstance(field.get("codes", {}), dict):
            continue
        found: dict[str, Any] = {}
        names = field.get("include", [])
        for file in names if isinstance(names, list) else []:
            if not isinstance(file, str) or Path(file).name != file:
                problems.append(((*place, name, "include"), "name a file in the mapping's own folder"))
                continue
            if file not in files:
                files[file] = _crosswalk(path.with_name(file))
            found = {**files[file], **found}
        if isinstance(labels := field.get("labels"), str):
            own = labels_of(event, name, labels)
            words = {word: {"code": code, "relation": "exact"} for code, word in own.items()}
            if not words:
                problems.append(((*place, name, "labels"), NO_LABELS))
            found = {**words, **found}
        if found:
            field["codes"] = {**found, **field.get("codes", {})}
    return problems


def _crosswalk(path: Path) -> dict[str, Any]:
    """The entries of a crosswalk file, each with its relation."""
    tree = file_tree(path, "crosswalk")
    read = checked(CrosswalkFile, plain(tree, written=True), path, tree)
    return {word: _entry(target, read) for word, target in read.codes.items()}


def _entry(target: str | Entry, read: CrosswalkFile) -> dict[str, Any]:
    entry = Entry(code=target, relation=read.relation) if isinstance(target, str) else target
    return entry.model_dump(exclude_none=True)
