"""One field of a mapping → a function from a row to its value. What a text means is worked out once, then looked up."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

from hub.adapters.mapping_file import EXACT, FieldRule, Source

Row = dict[str, str]
Problems = list[tuple[str, str]]
Field = Callable[[Row, Problems], Any]

MISSING: Any = object()
"""The cell is empty: the fact says nothing about this field."""
EARLIEST, LATEST = 1900, 2099
MEMO_LIMIT = 20_000
"""Distinct texts remembered a column."""
_SURROGATE = re.compile("[\ud800-\udfff]").search


class Broken(NamedTuple):
    """What a text breaks; the place is added by the row."""

    rule: str


class Dated(NamedTuple):
    """A date, and how much of it the source gave."""

    day: date
    precision: str


def compile_field(rule: FieldRule, source: Source, name: str = "") -> Field:
    """The function for one field. It appends to `problems` and returns MISSING where the text is wrong.

    Raises ValueError where a constant is none that the field called `name` can be.
    """
    if rule.value is not None:
        constant = _constant(rule.value, EXACT.get(name))
        return lambda _row, _problems: constant
    if rule.flags is not None:
        return _flags(rule.flags, frozenset(rule.yes), frozenset(rule.no) | source.empty_texts())
    column = rule.column or ""
    return _remembered(column, _parser(rule, source))


def _constant(value: Any, kind: str | None) -> Any:
    """Every scalar of a mapping file is a text; a few fields are read as something else, as from a column."""
    if isinstance(value, list):
        return tuple(value)
    if kind is None:
        return value
    read = _date_parser(("%Y-%m-%d",), frozenset()) if kind == "date" else _number_parser(kind, Source(), frozenset())
    constant = read(str(value))
    if type(constant) is Broken:
        raise ValueError(f"the value is {constant.rule}")
    return constant


def _parser(rule: FieldRule, source: Source) -> Callable[[str], Any]:
    empty = source.empty_texts()
    if rule.codes is not None:
        return _code_parser(rule, empty)
    if rule.read_as == "date":
        return _date_parser(tuple(rule.dates or source.dates), empty)
    if rule.read_as in ("integer", "number"):
        return _number_parser(rule.read_as, source, empty)
    return lambda text: MISSING if text.strip() in empty else text.strip()


def _remembered(column: str, parse: Callable[[str], Any]) -> Field:
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


def _code_parser(rule: FieldRule, empty: frozenset[str]) -> Callable[[str], Any]:
    codes, otherwise, split = rule.codes or {}, rule.otherwise, rule.split

    def one(text: str) -> Any:
        if text in codes:
            return codes[text]
        if text in empty:
            return codes.get("", MISSING)
        return Broken("unknown-code") if otherwise is None else otherwise

    def many(text: str) -> Any:
        found = [one(part.strip()) for part in text.split(split) if part.strip() not in empty]
        broken = next((code for code in found if type(code) is Broken), None)
        return broken if broken else tuple(sorted(set(found)))

    return many if split else lambda text: one(text.strip())


def _date_parser(formats: tuple[str, ...], empty: frozenset[str]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        text = text.strip()
        if text in empty:
            return MISSING
        for pattern in formats:
            if pattern == "%Y%m%d" and len(text) != 8:
                continue  # strptime would take 2025112 for the second of November
            try:
                day = datetime.strptime(text, pattern).date()
            except ValueError:
                continue
            if not EARLIEST <= day.year <= LATEST:
                return Broken("out-of-range")
            return Dated(day, "D" if "%d" in pattern else "M" if "%m" in pattern else "Y")
        return Broken("not-a-date")

    return parse


def _number_parser(kind: str, source: Source, empty: frozenset[str]) -> Callable[[str], Any]:
    """Numbers as the dialect writes them, and no others: thousands only in groups of three, no exponent, no guess."""
    mark, point = re.escape(source.thousands), re.escape(source.decimal)
    grouped = rf"[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+|" if source.thousands else ""
    form = re.compile(rf"([+-]?(?:{grouped}[0-9]{{1,15}}))(?:{point}([0-9]{{1,15}}))?")
    broken = Broken("not-an-integer" if kind == "integer" else "not-a-number")

    def parse(text: str) -> Any:
        text = text.strip()
        if text in empty:
            return MISSING
        if (found := form.fullmatch(text)) is None:
            return broken
        whole = int(found[1].replace(source.thousands, "") if source.thousands else found[1])
        part = found[2] or "0"
        if kind == "number":
            return float(f"{whole}.{part}")
        return broken if part.strip("0") else whole

    return parse


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
