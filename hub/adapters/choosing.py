"""A condition of a mapping → a function from a row to whether it holds."""

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from hub.adapters.conditions import Condition, OtherColumn
from hub.adapters.dates import Dated, date_parser
from hub.adapters.fields import Field, Problems, Row, column_field, constant_parser
from hub.adapters.numbers import number_parser
from hub.adapters.readings import MISSING
from hub.adapters.source import Source

Holds = Callable[[Row, Problems], bool]
COMPARE = {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt}


class Test(NamedTuple):
    """Whether a row is chosen: the columns that are looked at, and the function. What cannot be read is a problem."""

    columns: tuple[str, ...]
    holds: Holds


def compile_condition(condition: Condition, source: Source) -> Test:
    """The test. Raises ValueError where a bound is none that its column could be compared with."""
    return Test(tuple(sorted(condition.columns())), _holds(condition, source))


def _holds(condition: Condition, source: Source) -> Holds:
    if condition.column is None:
        return _joined(condition, source)
    if condition.read_as is not None:
        return _compared(condition, source)
    column, empty = condition.column, source.empty_texts()
    if condition.filled is not None:
        wanted = condition.filled
        return lambda row, _problems: (row[column].strip() not in empty) is wanted
    if condition.within is not None:
        allowed = frozenset(condition.within)
        return lambda row, _problems: row[column].strip() in allowed
    refused = frozenset(condition.not_in or ())
    return lambda row, _problems: row[column].strip() not in refused


def _joined(condition: Condition, source: Source) -> Holds:
    """All of them are asked, so that every problem is named."""
    parts = [_holds(each, source) for each in condition.joined()]
    if condition.negated is not None:
        return lambda row, problems: not parts[0](row, problems)
    decide = all if condition.all_of is not None else any
    return lambda row, problems: decide([holds(row, problems) for holds in parts])


def _compared(condition: Condition, source: Source) -> Holds:
    column = _read(condition, condition.column or "", source)
    made = [
        (
            COMPARE[name],
            _read(condition, bound.column, source) if isinstance(bound, OtherColumn) else _bound(condition, bound),
        )
        for name, bound in condition.compared().items()
    ]

    def holds(row: Row, problems: Problems) -> bool:
        value = _plain(column(row, problems))
        bounds = [(compare, _plain(bound(row, problems))) for compare, bound in made]
        return value is not MISSING and all(bound is not MISSING and compare(value, bound) for compare, bound in bounds)

    return holds


def _read(condition: Condition, column: str, source: Source) -> Field:
    empty = source.empty_texts()
    if condition.read_as == "date":
        return column_field(column, date_parser(source.date_formats(condition.dates), empty, source.month_names()))
    return column_field(column, number_parser(condition.read_as or "number", source, empty))


def _bound(condition: Condition, text: str) -> Field:
    read = constant_parser("date" if condition.read_as == "date" else "number")
    problems: Problems = []
    value = column_field("", read)({"": text}, problems)
    if problems:
        raise ValueError(f"the bound is {problems[0][0]}")
    return lambda _row, _problems: value


def _plain(value: Any) -> Any:
    return value.day if type(value) is Dated else value
