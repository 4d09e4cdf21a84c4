"""The codebook: every table, column, code and indicator with what it means, in English or another language, as a list.

A list and no page: `codebook_pages` writes it as HTML, Markdown or CSV.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from hub.errors import Reject
from hub.release.described import WAREHOUSE, Table, languages, released, said, tables
from hub.release.zone import CODELISTS, COPIED

LAYERS = ("marts", "indicators", "returns", "dimensions", "facts", "cubes", "intermediate", "staging")
"""Folders of models from what is read most to what is read least."""


class Item(NamedTuple):
    """One line. `kind`: table, column, list, code, indicator or field. `of`: the table, list or indicator that it is
    of; of a table the folder of its model, `release` for what a release holds."""

    kind: str
    of: str
    name: str
    type: str
    codes: str
    text: str


def codebook(lang: str, *, whole: bool = False) -> Iterator[Item]:
    """Everything that a reader of a release meets; with `whole` also the exact tables that never leave the hub.

    Raises Reject for a language that has no translation.
    """
    if lang not in languages():
        raise Reject(f"there is no codebook in {lang}: there are {', '.join(languages())}")
    out = [released(name) for name in public_tables()]
    for table in out:
        yield from _table(table, "release", lang)
    yield from _lists(lang)
    yield from _indicators(lang)
    if whole:
        models = {table.model for table in out}
        within = [table for table in tables().values() if table.model not in models]
        for table in sorted(within, key=lambda table: (LAYERS.index(table.folder), table.name)):
            yield from _table(table, table.folder, lang)


def public_tables() -> tuple[str, ...]:
    """The tables of a release: those that it makes itself, then the copies of marts."""
    return (*(name for name, table in tables().items() if table.folder == "release"), *COPIED)


def _table(table: Table, where: str, lang: str) -> Iterator[Item]:
    yield Item("table", where, table.name, "", "", said(table.description, lang))
    for column in table.columns:
        yield Item("column", table.name, column.name, column.type, column.codes or "", said(column.description, lang))


def _lists(lang: str) -> Iterator[Item]:
    for path in sorted(CODELISTS.glob("*.yaml")):
        found = msgspec.yaml.decode(path.read_bytes())
        yield Item("list", "", found["name"], "", "", said(found["source"], lang))
        for code, facts in found["codes"].items():
            labels = facts.get("labels") or {}
            yield Item("code", found["name"], str(code), "", "", labels.get(lang) or labels.get("en") or "")


def _indicators(lang: str) -> Iterator[Item]:
    for path in sorted((WAREHOUSE / "indicators").glob("*.yaml")):
        found: dict[str, Any] = msgspec.yaml.decode(path.read_bytes())
        name = found["name"].get(lang) or found["name"]["en"]
        yield Item("indicator", "", found["id"], "", "", name)
        for title, text in _fields(found, lang):
            yield Item("field", found["id"], said(title, lang), "", "", text)


def _fields(found: dict[str, Any], lang: str) -> Iterator[tuple[str, str]]:
    """What an indicator says of itself, by title."""
    yield "Definition", said(_line(found["definition"]), lang)
    yield "Counting unit", found["counting_unit"]
    for name, measure in (found.get("measures") or {}).items():
        parts = [said(_line(measure[key]), lang) for key in ("of_these", "among") if measure.get(key)]
        yield name, " / ".join(parts)
    for law in found.get("legal") or ():
        note = f" ({said('verify before filing', lang)})" if law.get("verify") else ""
        yield "Law", _line(law["text"]) + note
    for pitfall in found.get("pitfalls") or ():
        yield "Pitfalls", said(_line(pitfall), lang)
    if comparability := found.get("comparability"):
        yield "Comparability", f"{comparability['grade']}. {said(_line(comparability['note']), lang)}"


def _line(text: str) -> str:
    return " ".join(text.split())
