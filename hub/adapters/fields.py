"""One field of a mapping → a function from a row to its value. What a text means is worked out once, then looked up."""

import re
from collections.abc import Callable
from math import inf
from typing import Any

from hub.adapters.dates import Dated, date_parser
from hub.adapters.mapping_file import EXACT, FieldRule
from hub.adapters.numbers import number_parser
from hub.adapters.readings import MISSING, Broken
from hub.adapters.source import Source
from hub.events.periods import Grain, period_of

Row = dict[str, str]
Problems = list[tuple[str, str]]
Field = Callable[[Row, Problems], Any]

MEMO_LIMIT = 20_000
"""Distinct texts remembered a column."""
HOLDS: dict[str, tuple[Grain, ...]] = {
    "D": ("month", "quarter", "year"),
    "M": ("month", "quarter", "year"),
    "Q": ("quarter", "year"),
    "Y": ("year",),
}
"""By how much of a date is known, the periods that can be told from it."""
_SURROGATE = re.compile("[\ud800-\udfff]").search


def compile_field(rule: FieldRule, source: Source, name: str = "", *, listed: bool = False) -> Field:
    """The function for one field. It appends to `problems` and returns MISSING where the text is wrong.

    `listed`: the event's field holds several codes, so that one code alone is a list of one. Raises ValueError where a
    constant is none that the field called `name` can be.
    """
    if rule.value is not None:
        constant = _constant(rule.value, EXACT.get(name))
        return lambda _row, _problems: constant
    if rule.flags is not None:
        return _flags(rule.flags, frozenset(rule.yes), frozenset(rule.no) | source.empty_texts())
    if rule.numbered is not None:
        return _together([column_field(column, code_parser(rule, source, listed=True)) for column in rule.numbered])
    return column_field(rule.column or "", _parser(rule, source, listed=listed))


def _constant(value: Any, kind: str | None) -> Any:
    """Every scalar of a mapping file is a text; a few fields are read as something else, as from a column."""
    if isinstance(value, list):
        return tuple(value)
    if kind is None:
        return value
    constant = constant_parser(kind)(str(value))
    if type(constant) is Broken:
        raise ValueError(f"the value is {constant.rule}")
    return constant


def constant_parser(kind: str) -> Callable[[str], Any]:
    """The function from what a mapping's author writes to its date or number: 2025-07-31, 1234, 0.5."""
    nothing: frozenset[str] = frozenset()
    if kind == "date":
        return date_parser(("%Y-%m-%d",), nothing, {})
    return number_parser(kind, Source(decimal="."), nothing)


def _parser(rule: FieldRule, source: Source, *, listed: bool) -> Callable[[str], Any]:
    empty = source.empty_texts()
    if rule.codes is not None:
        return code_parser(rule, source, listed=listed)
    if rule.bands:
        return band_parser(rule.bands, number_parser("integer", source, empty))
    if rule.read_as == "integer" or rule.read_as == "number":
        return number_parser(rule.read_as, source, empty)
    if rule.read_as is not None and rule.read_as != "text":
        dated = date_parser(source.date_formats(rule.dates), empty, source.month_names())
        return dated if rule.read_as == "date" else period_parser(rule.read_as, dated)
    return lambda text: MISSING if text.strip() in empty else text.strip()


def band_parser(bands: list[str], numbered: Callable[[str], Any]) -> Callable[[str], Any]:
    """The function from a cell with a number to the band that holds it."""
    ranges = [(band, int(band.rstrip("+").partition("-")[0]), _last(band)) for band in bands]

    def parse(text: str) -> Any:
        found = numbered(text)
        if found is MISSING or type(found) is Broken:
            return found
        return next((band for band, first, last in ranges if first <= found <= last), Broken("out-of-range"))

    return parse


def _last(band: str) -> float:
    return inf if band.endswith("+") else int(band.rpartition("-")[2])


def period_parser(grain: Grain, dated: Callable[[str], Any]) -> Callable[[str], Any]:
    """The function from a cell with a date to the period around it, as SDMX writes one. A year alone is no quarter."""

    def parse(text: str) -> Any:
        found = dated(text)
        if type(found) is not Dated:
            return found
        return period_of(found.day, grain) if grain in HOLDS[found.precision] else Broken("not-a-date")

    return parse


def column_field(column: str, parse: Callable[[str], Any]) -> Field:
    """The function from a row to what its cell means. A cell that is wrong, or no text, is a problem."""
    memo: dict[str, Any] = {}

    def field(row: Row, problems: Problems) -> Any:
        text = row[column]
        try:
            value = memo[text]
        except KeyError:
            value = Broken("not-text") if undecoded(text) else parse(text)
            if len(memo) < MEMO_LIMIT:
                memo[text] = value
        if type(value) is Broken:
            problems.append((value.rule, column))
            return MISSING
        return value

    return field


def undecoded(text: str) -> bool:
    """True when bytes did not fit the encoding: the reader keeps them as lone surrogates."""
    return _SURROGATE(text) is not None if not text.isascii() else False


def code_parser(rule: FieldRule, source: Source, *, listed: bool) -> Callable[[str], Any]:
    """The function from a cell to its code, or to its codes in their order. A word that no code says is left out."""
    empty, split = source.empty_texts(), rule.split
    codes = {word: MISSING if each.code is None else each.code for word, each in rule.crosswalk().items()}
    rest = rule.rest()
    otherwise = Broken("unknown-code") if rest is None else MISSING if rest.code is None else rest.code

    def one(text: str) -> Any:
        if text in codes:
            return codes[text]
        return codes.get("", MISSING) if text in empty else otherwise

    def many(text: str) -> Any:
        parts = [part.strip() for part in text.split(split)] if split else [text.strip()]
        found = [one(part) for part in parts if not split or part not in empty]
        broken = next((code for code in found if type(code) is Broken), None)
        return broken if broken else tuple(sorted({code for code in found if code is not MISSING}))

    return many if split or listed else lambda text: one(text.strip())


def _together(numbered: list[Field]) -> Field:
    """Columns that each hold codes → all their codes, in the order of the codes."""

    def field(row: Row, problems: Problems) -> Any:
        found = [read(row, problems) for read in numbered]
        return tuple(sorted({code for codes in found if codes is not MISSING for code in codes}))

    return field


def _flags(columns: dict[str, str], yes: frozenset[str], no: frozenset[str]) -> Field:
    """Yes/no columns → the codes that are yes, in the order of the codes."""
    order = sorted(columns.items(), key=lambda item: item[1])

    def field(row: Row, problems: Problems) -> Any:
        found = []
        for column, code in order:
            text = row[column]
            if text in yes:
                found.append(code)
            elif text not in no:
                text = text.strip()
                if text in yes:
                    found.append(code)
                elif text not in no:
                    problems.append(("not-text" if undecoded(text) else "unknown-flag", column))
        return tuple(dict.fromkeys(found))

    return field
