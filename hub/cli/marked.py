"""A partner's own rows once more, as a workbook with a mark and a note at each broken cell. It stays at the partner."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from hub.adapters.base import Problem, Record, Rejected
from hub.adapters.fhir_gather import Gathered
from hub.adapters.rules import words
from hub.adapters.table import Damaged
from hub.cli.workbook import BOLD, MARKED, WRAPPED, Cell, Sheet, write_workbook
from hub.edge.positions import position_in
from hub.edge.problems import Told

Check = Callable[[Record], object]
"""Raises Rejected for a row that is refused."""


class Headings(NamedTuple):
    """The words of the workbook's own, in one language."""

    errors: str
    rows: str
    rule: str
    place: str
    number: str
    texts: str
    first: str
    wrong: str
    todo: str


MOST_COLUMNS = 1_000
"""Of records that do not have the same; a sheet has no more than 16,384."""
_INNER = re.compile(r"[.\[,]")
"""Behind it stands what of a cell is meant: `service.date`."""
_WORDS = {
    "en": "Errors|Rows|rule|column|rows|different texts|first|what is wrong|what to do",
    "nl": "Fouten|Rijen|regel|kolom|rijen|verschillende teksten|eerste|wat er fout is|wat te doen",
    "fr": "Erreurs|Lignes|règle|colonne|lignes|textes différents|premières|ce qui ne va pas|que faire",
    "pt": "Erros|Linhas|regra|coluna|linhas|textos diferentes|primeiras|o que está errado|o que fazer",
    "bg": "Грешки|Редове|правило|колона|редове|различни текстове|първи|какво не е наред|какво да се направи",
    "hr": "Pogreške|Redci|pravilo|stupac|redci|različiti tekstovi|prvi|što nije u redu|što učiniti",
    "fi": "Virheet|Rivit|sääntö|sarake|rivejä|eri tekstejä|ensimmäiset|mikä on väärin|mitä tehdä",
    "it": "Errori|Righe|regola|colonna|righe|testi diversi|prime|che cosa non va|che cosa fare",
}
HEADINGS = {language: Headings(*said.split("|")) for language, said in _WORDS.items()}


def write_marked(
    path: Path,
    told: Sequence[Told],
    records: Iterable[Record],
    check: Check,
    contradicted: Set[str],
    language: str,
    columns: Sequence[str] = (),
) -> None:
    """The errors on one sheet; where the records have cells, all of them beside it, in the file's order.

    `contradicted`: positions of rows that another row contradicts, which no row alone can tell. `columns`: all that the
    records have, where not each has the same.
    """
    said = HEADINGS.get(language, HEADINGS["en"])
    sheets = [Sheet(said.errors, (22, 22, 10, 16, 30, 60, 60), _errors(told, said, language))]
    rows = iter(records)
    ahead: list[Record] = []
    header = tuple(columns) or _header(rows, ahead)
    if header:
        found = _rows(chain(ahead, rows), header, check, contradicted, said, language)
        sheets.append(Sheet(said.rows, (), found))
    write_workbook(path, sheets)


def _errors(told: Sequence[Told], said: Headings, language: str) -> Iterator[list[Cell]]:
    heads = (said.rule, said.place, said.number, said.texts, said.first, said.wrong, said.todo)
    yield [Cell(head, BOLD) for head in heads]
    for line in told:
        texts = str(line.texts) if line.texts else ""
        first = ", ".join(position_in(each, language) for each in line.first)
        cells = (line.rule, line.place, str(line.rows), texts, first, line.text, line.hint)
        yield [Cell(text, WRAPPED) for text in cells]


def _header(records: Iterator[Record], ahead: list[Record]) -> tuple[str, ...]:
    """The columns of a table, by its first whole row; the records before it go to `ahead`. Nothing for a tree."""
    for record in records:
        ahead.append(record)
        if rows := rows_of(record.data):
            return tuple(rows[0])
        if not isinstance(record.data, Damaged):
            break
    return ()


def columns_of(records: Iterable[Record]) -> tuple[str, ...]:
    """Every column that a record has, in the order in which they come; the first of very many."""
    found: dict[str, None] = {}
    for record in records:
        for row in rows_of(record.data):
            found.update(dict.fromkeys(row))
            if len(found) > MOST_COLUMNS:
                return tuple(found)[:MOST_COLUMNS]
    return tuple(found)


def rows_of(data: object) -> list[Mapping[str, object]]:
    """The rows that a record was made of, each by its columns; none where it has no cells.

    A record of FHIR is the resources that speak of it, each with its type and text.
    """
    if isinstance(data, Gathered):
        return [{"resourceType": each.kind, "resource": each.text} for each in data.versions]
    rows = data if isinstance(data, list) else [data]
    return rows if all(isinstance(row, Mapping) for row in rows) else []


def _rows(
    records: Iterable[Record],
    header: tuple[str, ...],
    check: Check,
    contradicted: Set[str],
    said: Headings,
    language: str,
) -> Iterator[list[Cell]]:
    yield [Cell(head, BOLD) for head in (*header, "", said.wrong)]
    for record in records:
        problems = _problems(record, check, contradicted)
        rows = rows_of(record.data)
        for row in rows:
            own = _of_row(row, record, problems, check) if len(rows) > 1 else problems
            cells = [_cell(_shown(row.get(name, "")), name, own, language) for name in header]
            yield [*cells, *_beside(record, own, language)]
        if not rows:
            text = record.data.text if isinstance(record.data, Damaged) else ""
            cells = [Cell(text, MARKED), *([Cell("")] * (len(header) - 1))]
            yield [*cells, *_beside(record, problems, language)]


def _beside(record: Record, problems: Sequence[Problem], language: str) -> list[Cell]:
    """What is wrong with a row, behind its cells."""
    if not problems:
        return []
    wrong = "\n".join(f"{place}: {_words(rule, language)}" for rule, place in problems)
    return [Cell(position_in(record.position, language), MARKED), Cell(wrong, MARKED)]


def _of_row(
    row: Mapping[str, object], record: Record, problems: Sequence[Problem], check: Check
) -> tuple[Problem, ...]:
    """Of what is wrong with a record of several rows, what is wrong with this one: its own, and what only all are."""
    alone = {*_problems(Record(record.position, row), check, frozenset())}
    others = [each for each in rows_of(record.data) if each is not row]
    theirs = {found for each in others for found in _problems(Record(record.position, each), check, frozenset())}
    return tuple(problem for problem in problems if problem in alone or problem not in theirs)


def _shown(value: object) -> str:
    """A cell as the partner wrote it; what is more than a text as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _problems(record: Record, check: Check, contradicted: Set[str]) -> tuple[Problem, ...]:
    try:
        check(record)
    except Rejected as rejected:
        return rejected.problems
    return (Problem("contradicts-row", "key"),) if record.position in contradicted else ()


def _cell(text: str, column: str, problems: Sequence[Problem], language: str) -> Cell:
    notes = [_words(rule, language) for rule, place in problems if place == column or _INNER.split(place)[0] == column]
    return Cell(text, MARKED, "\n".join(notes)) if notes else Cell(text)


def _words(rule: str, language: str) -> str:
    text, hint = words(rule, language)
    return f"{text} {hint} ({rule})" if hint else f"{text} ({rule})"
