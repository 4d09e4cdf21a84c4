"""A counts file against the events: what its shape cannot tell. Each mistake comes with its place."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.adapters.choosing import compile_condition
from hub.adapters.count_file import AGGREGATE, EXPLAINED, CellRule, CountFile
from hub.adapters.mapping_check import Mistakes, compiled, takes
from hub.adapters.mapping_file import FieldRule
from hub.adapters.yaml_tree import Place
from hub.events import NEWEST
from hub.events.base import Code, Period
from hub.events.codes import ObsStatus
from hub.events.periods import grain_of

OWN = frozenset({"series", "unit", "period", "counted", "small_counts", "obs_status"})
"""Fields of the event that are no dimensions."""
NO_CODE = "a count is of something: where no code says it, give NR"


def mistakes(file: CountFile) -> Mistakes:
    """Every mistake, by its place in the file."""
    for name, rule in file.dimensions.items():
        yield from _of_dimension(file, name, rule, ("dimensions", name))
    yield from _of_row(file)
    for number, cell in enumerate(file.cells):
        yield from _of_cell(file, cell, ("cells", number))
    yield from _of_totals(file)
    yield from _of_series(file)


def _of_dimension(file: CountFile, name: str, rule: FieldRule, place: Place) -> Mistakes:
    if not _is_dimension(file, name):
        yield place, "the event has no such dimension"
    if not rule.model_fields_set & EXPLAINED or rule.is_list():
        yield place, "a dimension is one code: give column and codes, or one value"
    for below, code in rule.possible_codes():
        if not _takes(file, name, code):
            yield (*place, *below), f"the dimension has no code {code}"
    for word, entry in rule.crosswalk().items():
        if entry.code is None:
            yield (*place, "codes", word), NO_CODE
    if (rest := rule.rest()) and rest.code is None:
        yield (*place, "else"), NO_CODE


def _of_row(file: CountFile) -> Mistakes:
    if file.period and (file.period.is_list() or file.period.read_as in ("integer", "number")):
        yield ("period",), "a period is a value, or a column read as date or text, or of codes"
    for below, code in file.period.possible_codes() if file.period else ():
        yield from _of_period(file, code, ("period", *below))
    if file.status and (file.status.codes is None or file.status.is_list()):
        yield ("status",), "status is a column of codes"
    for below, code in file.status.possible_codes() if file.status else ():
        if not fits(ObsStatus, code):
            yield ("status", *below), f"no status {code}"
    if digits := sorted(mark for mark in file.marks if mark.strip() != mark or mark.isdigit() or not mark):
        yield ("marks", digits[0]), "a mark is no number, and no blank stands around it"


def _of_period(file: CountFile, period: str, place: Place) -> Mistakes:
    if not fits(Period, period) or grain_of(period) != file.covers:
        yield place, f"no {file.covers}: 2025, 2025Q3 or 2025-07"


def _of_cell(file: CountFile, rule: CellRule, place: Place) -> Mistakes:
    if file.series_of(rule) is None:
        yield place, "series is needed: what is counted"
    if file.unit_of(rule) is None and not (file.published and file.published.measured_in != "NUMBER"):
        yield place, "unit is needed: in what is counted"
    if (rule.period is None) is (file.period is None):
        yield place, "period is needed, of the row or of each column of counts, and not of both"
    if rule.period is not None:
        yield from _of_period(file, rule.period, (*place, "period"))
    if twice := sorted((file.dimensions.keys() & {*rule.dimensions, *rule.total}) | {*rule.dimensions} & {*rule.total}):
        yield place, f"two sources for {', '.join(twice)}"
    for name, code in rule.dimensions.items():
        if not _is_dimension(file, name) or not _takes(file, name, code):
            yield (*place, "dimensions", name), f"no such dimension, or no code {code} in it"
    counted = {each.column for each in file.cells} - {rule.column}
    for at, condition in enumerate(rule.when):
        yield from compiled(partial(compile_condition, condition, file.source), (*place, "when", at))
        if condition.columns() & counted:
            yield (*place, "when", at), "a condition looks at the row, not at another column of counts"
    if rule.column in file.row_columns() - {column for each in rule.when for column in each.columns()}:
        yield (*place, "column"), "a column holds counts, or says what is counted"


def _of_totals(file: CountFile) -> Mistakes:
    for name, words in file.totals.items():
        rule = file.dimensions.get(name)
        known = {code for _, code in rule.possible_codes()} if rule else set()
        if rule is None or rule.column is None:
            yield ("totals", name), "no dimension that has a column"
            continue
        for word, codes in words.items():
            if word in rule.crosswalk():
                yield ("totals", name, word), "the word is a code of the dimension too"
            for at, code in enumerate(codes if isinstance(codes, list) else ()):
                if code not in known:
                    yield ("totals", name, word, at), f"no word of the dimension gives {code}"


def _of_series(file: CountFile) -> Mistakes:
    """A series has one unit and one level: a sum beside its cells would be counted twice, and gives small ones away."""
    units, levels = defaultdict[str, set[str]](set), defaultdict[str, set[frozenset[str]]](set)
    for number, rule in enumerate(file.cells):
        series, place = file.series_of(rule) or "", ("cells", number)
        units[series].add(file.unit_of(rule) or "")
        levels[series].add(frozenset({*rule.dimensions, *rule.total}))
        if len(units[series]) > 1:
            yield place, f"{series} is counted in one unit: another unit is another series"
        if len(levels[series]) > 1:
            yield place, f"{series} has one level: say of what this column is the total, or give it a series of its own"
    yield from _alike(file)


def _alike(file: CountFile) -> Iterator[tuple[Place, str]]:
    seen = set()
    for number, rule in enumerate(file.cells):
        said = (file.series_of(rule), rule.period, *sorted(rule.dimensions.items()), *sorted(rule.total))
        if said in seen and not rule.when:
            yield ("cells", number), "two columns of counts say the same"
        seen.add(said)


def _is_dimension(file: CountFile, name: str) -> bool:
    """Published figures have the dimensions of their source, and an `area`; a partner's own have those of the event."""
    if file.published:
        return name != "region" and fits(Code, name)
    return name in NEWEST[AGGREGATE].model_fields.keys() - OWN


def _takes(file: CountFile, name: str, code: str) -> bool:
    """Whether a dimension may have a code: of the event's list, or of the lists of the source (`SEX.T`)."""
    event = NEWEST[file.event]
    return takes(event, name, code) if name in event.model_fields else fits(Code, code)


def fits(kind: Any, value: Any) -> bool:
    """Whether a type takes a value."""
    try:
        _type(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@cache
def _type(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
