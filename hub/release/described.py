"""What every table and column means, read from where it is written down: beside the models.

One text serves dbt, the codebook and the release file. Translations stand in `warehouse/codebook/<language>.po`, by
their English: a text that was changed has none until somebody translates it again.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from babel.messages.pofile import read_po

WAREHOUSE = Path(__file__).parents[2] / "warehouse"
CODEBOOK = WAREHOUSE / "codebook"
_DOC = re.compile(r"\{\{\s*doc\('(\w+)'\)\s*\}\}")
_BLOCK = re.compile(r"\{%-?\s*docs (\w+)\s*-?%\}(.*?)\{%-?\s*enddocs\s*-?%\}", re.DOTALL)
Row = tuple[str, str | None, str | None, str | None, str, str]


@dataclass(frozen=True)
class Column:
    """A column: its SQL type, the code list that its values are of, and what it says, in English."""

    name: str
    type: str
    codes: str | None
    description: str


@dataclass(frozen=True)
class Table:
    """A table: the folder of its model (`release` of what the release makes), and what a row of it is, in English.

    `name` is what it is called where it is read, which may be another than its model's."""

    model: str
    name: str
    folder: str
    description: str
    columns: tuple[Column, ...]


@cache
def tables() -> Mapping[str, Table]:
    """Every table that is described, by its model's name."""
    found: dict[str, Table] = {}
    own = _own()
    for name, said in own["tables"].items():
        found[name] = _table(name, name, "release", said["description"], said["columns"].items())
    for path in sorted((WAREHOUSE / "models").rglob("_*.yml")):
        for model in msgspec.yaml.decode(path.read_bytes()).get("models") or ():
            folder = path.relative_to(WAREHOUSE / "models").parts[0]
            named = ((column["name"], column) for column in model.get("columns") or ())
            alias = model.get("config", {}).get("alias", model["name"])
            found[model["name"]] = _table(model["name"], alias, folder, model["description"], named)
    return found


def released(name: str) -> Table:
    """The table that a release file holds by this name. Raises KeyError for one that nobody described."""
    named = (table for table in tables().values() if table.name == name and table.model != name)
    return next(named, None) or tables()[name]


def rows(names: Iterable[str]) -> Iterator[Row]:
    """The table `columns` of a release about some tables: in English, and in each language that has a translation."""
    there = [released(name) for name in names if any(name in (each.name, each.model) for each in tables().values())]
    for lang in languages():
        for table in there:
            yield table.name, None, None, None, lang, said(table.description, lang)
            for column in table.columns:
                yield table.name, column.name, column.type, column.codes, lang, said(column.description, lang)


@cache
def languages() -> tuple[str, ...]:
    """English, then every language that has a translation."""
    return ("en", *sorted(path.stem for path in CODEBOOK.glob("*.po")))


def said(text: str, lang: str) -> str:
    """A text in a language; in English where nobody has translated it."""
    return translations(lang).get(text, text)


@cache
def translations(lang: str) -> Mapping[str, str]:
    """English → the same in a language. English has none."""
    if lang == "en":
        return {}
    with (CODEBOOK / f"{lang}.po").open("rb") as source:
        return {str(each.id): str(each.string) for each in read_po(source, locale=lang) if each.id and each.string}


@cache
def _own() -> dict[str, Any]:
    own: dict[str, Any] = msgspec.yaml.decode((CODEBOOK / "release.yaml").read_bytes())
    return own


@cache
def _blocks() -> Mapping[str, str]:
    """What dbt's documentation blocks say, by their names."""
    texts = (path.read_text("utf-8") for path in sorted((WAREHOUSE / "models").rglob("*.md")))
    return dict(found for text in texts for found in _BLOCK.findall(text))


def _table(
    model: str, name: str, folder: str, description: str, columns: Iterable[tuple[str, dict[str, Any]]]
) -> Table:
    lists = {**_own()["codes"]["any"], **_own()["codes"]["tables"].get(name, {})}
    described = tuple(
        Column(column, _type(each.get("data_type") or each["type"]), lists.get(column), _text(each["description"]))
        for column, each in columns
    )
    return Table(model, name, folder, _text(description), described)


def _type(declared: str) -> str:
    """One name for a type that the engines know by two."""
    return declared.replace("text", "varchar")


def _text(text: str) -> str:
    return " ".join(_DOC.sub(lambda found: _blocks()[found[1]], text).split())
