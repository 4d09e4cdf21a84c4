"""A partner's own rows once more, as a workbook with a mark and a note at each broken cell. It stays at the partner."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from hub.adapters.base import Problem, Record, Rejected
from hub.adapters.rules import words
from hub.adapters.table import Damaged
from hub.cli.workbook import BOLD, MARKED, WRAPPED, Cell, Sheet, write_workbook
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
    path: Path, told: Sequence[Told], records: Iterable[Record], check: Check, contradicted: Set[str], language: str
) -> None:
    """The errors on one sheet; where the records are rows of a table, all of them beside it, in the file's order.

    `contradicted`: positions of rows that another row contradicts, which no row alone can tell.
    """
    said = HEADINGS.get(language, HEADINGS["en"])
    sheets = [Sheet(said.errors, (22, 22, 10, 16, 30, 60, 60), _errors(told, said))]
    rows = iter(records)
    ahead: list[Record] = []
    header = _header(rows, ahead)
    if header:
        found = _rows(chain(ahead, rows), header, check, contradicted, said, language)
        sheets.append(Sheet(said.rows, (), found))
    write_workbook(path, sheets)


def _errors(told: Sequence[Told], said: Headings) -> Iterator[list[Cell]]:
    heads = (said.rule, said.place, said.number, said.texts, said.first, said.wrong, said.todo)
    yield [Cell(head, BOLD) for head in heads]
    for line in told:
        texts = str(line.texts) if line.texts else ""
        cells = (line.rule, line.place, str(line.rows), texts, ", ".join(line.first), line.text, line.hint)
        yield [Cell(text, WRAPPED) for text in cells]


def _header(records: Iterator[Record], ahead: list[Record]) -> tuple[str, ...]:
    """The columns of a table, by its first whole row; the records before it go to `ahead`. Nothing for a tree."""
    for record in records:
        ahead.append(record)
        if isinstance(record.data, Mapping):
            return tuple(record.data)
        if not isinstance(record.data, Damaged):
            break
    return ()


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
        if isinstance(record.data, Mapping):
            cells = [_cell(str(record.data.get(name, "")), name, problems, language) for name in header]
        else:
            text = record.data.text if isinstance(record.data, Damaged) else ""
            cells = [Cell(text, MARKED), *([Cell("")] * (len(header) - 1))]
        if problems:
            wrong = "\n".join(f"{place}: {_words(rule, language)}" for rule, place in problems)
            yield [*cells, Cell(record.position, MARKED), Cell(wrong, MARKED)]
        else:
            yield cells


def _problems(record: Record, check: Check, contradicted: Set[str]) -> tuple[Problem, ...]:
    if record.position in contradicted:
        return (Problem("contradicts-row", "key"),)
    try:
        check(record)
    except Rejected as rejected:
        return rejected.problems
    return ()


def _cell(text: str, column: str, problems: Sequence[Problem], language: str) -> Cell:
    notes = [_words(rule, language) for rule, place in problems if place == column]
    return Cell(text, MARKED, "\n".join(notes)) if notes else Cell(text)


def _words(rule: str, language: str) -> str:
    text, hint = words(rule, language)
    return f"{text} {hint} ({rule})" if hint else f"{text} ({rule})"
