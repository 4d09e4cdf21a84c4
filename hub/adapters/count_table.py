"""A table of counts → a statement a count: for partners who may send no rows about people. Its counts file says how.

A count is known by what it counts (series, unit, period, dimensions), never by its row: said again, it corrects the one
before. All rows are read before the first leaves, because a total is held against its cells.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Fact, Record, Rejected, Statement
from hub.adapters.choosing import Test, compile_condition
from hub.adapters.count_cells import Count, Marked, added, cell_parser, count_of, hidden
from hub.adapters.count_check import fits, mistakes
from hub.adapters.count_file import CellRule, CountFile
from hub.adapters.count_said import said
from hub.adapters.count_totals import ALONE, Stated, Total, disagreeing
from hub.adapters.dates import Dated
from hub.adapters.fields import Field, Problems, Row, column_field, compile_field
from hub.adapters.joining import RULE, distinct, gathered
from hub.adapters.mapping_file import FactRule
from hub.adapters.mapping_yaml import checked, file_tree, include_codes
from hub.adapters.names import JOINT
from hub.adapters.reading import read_blocks
from hub.adapters.readings import MISSING, Broken
from hub.adapters.table import Block, Damaged
from hub.adapters.yaml_tree import plain, told
from hub.errors import Mend
from hub.events.base import Period
from hub.events.periods import Grain, grain_of, period_of

KIND = {True: "indicator", False: "aggregate"}
"""Of published figures, and of a partner's own."""
ROUNDED_TO = {"ROUNDED_5": 5, "ROUNDED_10": 10}
FINE_ENOUGH = {"year": "YMD", "quarter": "MD", "month": "MD"}
"""With which precisions a date says its period."""


class Cells(NamedTuple):
    """One rule for a column of counts: when a row has one, and what it is of beside the row's dimensions."""

    rule: CellRule
    tests: tuple[Test, ...]
    of: Mapping[str, Any]


class Dimension(NamedTuple):
    """One dimension of a row: its column, its words for totals, and the function from a row to its code."""

    name: str
    column: str
    totals: Mapping[str, Total]
    read: Field


@dataclass(frozen=True)
class CountAdapter:
    """Reads tables of counts. Satisfies `Adapter` and `Periodic`."""

    name: str
    mapping: CountFile
    _cells: Mapping[str, tuple[Cells, ...]]
    _counts: Mapping[str, Field]
    _dimensions: tuple[Dimension, ...]
    _period: Field | None
    _status: Field | None

    @property
    def grain(self) -> Grain:
        """How long the periods are that are counted."""
        return self.mapping.covers

    @property
    def rules(self) -> tuple[FactRule, ...]:
        """What is read of a row beside its counts, as a mapping has it: for those who look at columns and words."""
        return (FactRule(event=self.mapping.event, fields=self.mapping.worded()),)

    def blocks(self, source: BinaryIO) -> Iterator[Block]:
        """The rows of the file, some at a time. Raises Rejected for a table with other columns."""
        file = self.mapping
        return read_blocks(source, file.source, file.columns(), ignored=frozenset(file.ignore))

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The counts that are delivered, each at the place of its row, without totals that agree with their cells.

        Raises Rejected for a table with other columns.
        """
        records = [*gathered(self._records(source), self._key_of)]
        stated = [self._tried(record) for record in records]
        broken = disagreeing(stated, ROUNDED_TO.get(self.mapping.small_counts or "", 0))
        for at, (record, one) in enumerate(zip(records, stated, strict=True)):
            if at in broken:
                rule, place = broken[at]
                yield record._replace(data=Damaged(rule, _text(record.data), place))
            elif self._is_told(record) if one is None else one.counted and not one.adds_up:
                yield record

    def translate(self, record: Record) -> Statement:
        """What a count states. Raises Rejected, naming all its problems by column."""
        if isinstance(record.data, Damaged):
            raise Rejected(record.data.rule, record.data.place or record.position)
        stated = self._stated(record)
        if stated.adds_up:
            raise Rejected(ALONE, stated.column)
        if stated.counted is None:
            raise Rejected("missing-value", stated.column)
        key = JOINT.join(f"{name}={stated.of[name]}" for name in sorted(stated.of))
        count = hidden(stated.counted, self.mapping.hide_below)
        return Statement(
            KIND[bool(self.mapping.published)],
            key,
            None,
            (Fact(self.mapping.event, said(self.mapping, stated.of, count)),),
        )

    def _records(self, source: BinaryIO) -> Iterator[Record]:
        """One for each column of counts in each row, with the row's own columns."""
        shared = self.mapping.row_columns()
        for block in self.blocks(source):
            for record in block.records():
                if isinstance(record.data, Damaged):
                    yield record
                    continue
                row = {column: record.data[column] for column in shared}
                for number, column in enumerate(self._cells, 1):
                    if self._may_count(record.data, column):
                        # Positions are told apart by numbers: a column's name may be somebody's.
                        place = f"{record.position}, count {number}" if len(self._cells) > 1 else record.position
                        yield Record(place, {**row, column: record.data[column]})

    def _may_count(self, row: Row, column: str) -> bool:
        """Whether something stands there: a cell that is empty in every way needs no rule that fits its row."""
        if row[column].strip() or not all(each.tests for each in self._cells[column]):
            return True
        return any(each for each in self._fitting(row, column, []))

    def _fitting(self, row: Row, column: str, problems: Problems) -> list[Cells]:
        return [each for each in self._cells[column] if all(test.holds(row, problems) for test in each.tests)]

    def _is_told(self, record: Record) -> bool:
        """Whether something is said: an empty cell of a row that cannot be read is no count that is lost."""
        if isinstance(record.data, Damaged):
            return True
        rows = record.data if isinstance(record.data, list) else [record.data]
        empty, status = self.mapping.source.empty_texts() - self.mapping.marks.keys(), self.mapping.status
        column = next(column for column in self._cells if column in rows[0])
        said = [column, *([status.column] if status and status.column else [])]
        return any(row[name].strip() not in empty for row in rows for name in said)

    def _key_of(self, record: Record) -> str | None:
        """What a cell, or a total, is of; None for one that does not say it."""
        if isinstance(record.data, Damaged):
            return None
        problems: Problems = []
        of, column = self._of(record.data, problems)
        return None if problems else repr((column if _is_total(of) else "", sorted(of.items())))

    def _tried(self, record: Record) -> Stated | None:
        if isinstance(record.data, Damaged):
            return None
        try:
            return self._stated(record)
        except Rejected:
            return None

    def _stated(self, record: Record) -> Stated:
        """What the rows of one cell say together. Raises Rejected."""
        problems: Problems = []
        rows = distinct(record.data) if isinstance(record.data, list) else [record.data]
        of, column = self._of(rows[0], problems)
        counts = [self._count(row, column, problems) for row in rows]
        if len(rows) > 1 and not problems:
            self._check_apart(rows, column, problems)
        found = added(counts) if len(counts) > 1 and not problems else counts[0]
        if isinstance(found, Broken):
            problems.append((found.rule, column))
        if problems or isinstance(found, Broken):
            raise Rejected.all_of(list(dict.fromkeys(problems)))
        return Stated(of, found, column)

    def _check_apart(self, rows: list[Row], column: str, problems: Problems) -> None:
        apart = {tuple(row[name].strip() for name in self.mapping.apart) for row in rows}
        if len(apart) < len(rows):
            problems.append((RULE, column))
        before = None
        for row in rows:
            of = self._of(row, problems)
            if before is not None and of != before:
                problems.append((RULE, column))
            before = of

    def _of(self, row: Row, problems: Problems) -> tuple[dict[str, Any], str]:
        """What a cell is of, and its column."""
        column = next((column for column in self._cells if column in row), "")
        fitting = self._fitting(row, column, problems) if column else []
        if len(fitting) != 1:
            problems.append(("fact-twice" if fitting else "no-fact", column or "row"))
            return {}, column
        of = dict(fitting[0].of)
        for name, own, totals, read in self._dimensions:
            if (total := totals.get(row[own].strip()) if own else None) is not None:
                of[name] = total
                continue
            before = len(problems)
            of[name] = read(row, problems)
            if of[name] is MISSING and len(problems) == before:
                problems.append(("missing-value", own))
        if self._period is not None:
            of["period"] = self._period_of(row, self._period, problems)
        return of, column

    def _period_of(self, row: Row, read: Field, problems: Problems) -> str:
        grain, before = self.mapping.covers, len(problems)
        found = read(row, problems)
        if type(found) is Dated and found.precision in FINE_ENOUGH[grain]:
            return period_of(found.day, grain)
        if isinstance(found, str) and fits(Period, found) and grain_of(found) == grain:
            return found
        if len(problems) == before:
            column = (self.mapping.period and self.mapping.period.column) or "period"
            problems.append(("missing-value" if found is MISSING else "not-a-date", column))
        return ""

    def _count(self, row: Row, column: str, problems: Problems) -> Count | None:
        if column not in row:
            return None
        marked = self._counts[column](row, problems)
        status = self._status(row, problems) if self._status else MISSING
        if not isinstance(marked, Marked):
            return None
        found = count_of(marked, None if status is MISSING else status)
        if isinstance(found, Broken):
            problems.append((found.rule, column))
            return None
        return found


def load_counts(path: Path) -> CountAdapter:
    """The adapter that a counts file describes. Raises Mend, naming every mistake by line and key, when it is wrong."""
    tree = file_tree(path, "counts file")
    written = plain(tree, written=True)
    event = "aggregate.reported"
    if isinstance(written, dict) and (wrong := include_codes(written.get("dimensions"), ("dimensions",), event, path)):
        raise Mend(f"{path.name}: {told(tree, wrong)}")
    file = checked(CountFile, written, path, tree)
    if found := told(tree, mistakes(file)):
        raise Mend(f"{path.name}: {found}")
    parse = cell_parser(file)
    cells: dict[str, tuple[Cells, ...]] = {}
    for rule in file.cells:
        cells[rule.column] = (*cells.get(rule.column, ()), _compile(file, rule))
    return CountAdapter(
        file.name,
        file,
        cells,
        {column: column_field(column, parse) for column in cells},
        tuple(_dimension(file, name) for name in file.dimensions),
        compile_field(file.period, file.source) if file.period else None,
        compile_field(file.status, file.source) if file.status else None,
    )


def _compile(file: CountFile, rule: CellRule) -> Cells:
    of: dict[str, Any] = {**rule.dimensions, **dict.fromkeys(rule.total, Total(None))}
    of |= {"series": file.series_of(rule), "unit": file.unit_of(rule)}
    if rule.period:
        of["period"] = rule.period
    return Cells(rule, tuple(compile_condition(each, file.source) for each in rule.when), of)


def _dimension(file: CountFile, name: str) -> Dimension:
    rule = file.dimensions[name]
    totals = {
        word: Total(frozenset(codes) if isinstance(codes, list) else None)
        for word, codes in file.totals.get(name, {}).items()
    }
    return Dimension(name, rule.column or "", totals, compile_field(rule, file.source))


def _is_total(of: Mapping[str, Any]) -> bool:
    return any(isinstance(code, Total) for code in of.values())


def _text(data: Any) -> str:
    rows = data if isinstance(data, list) else [data]
    return JOINT.join(cell for row in rows for cell in row.values())
