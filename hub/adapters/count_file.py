"""A table of counts, for partners who may send no rows: the shape of its file. The mapping language, without persons.

Columns, codes, conditions and `source` are those of a mapping file. Its JSON Schema is published in `schemas/`.
"""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from hub.adapters.conditions import Condition
from hub.adapters.crosswalk import Entry
from hub.adapters.mapping_file import FieldRule, schema_file
from hub.adapters.source import PartnerFile
from hub.adapters.strict import Part
from hub.events.base import Code, Period
from hub.events.codes import CountingUnit, ObsStatus, SmallCounts
from hub.events.periods import Grain

AGGREGATE, INDICATOR = "aggregate.reported", "indicator.valuereported"
EXPLAINED = {"codes", "value"}
"""How a dimension may be stated: by codes of the file's own words, or one for all rows. Never as it stands there."""
TOTAL = Entry(relation="none", because="a total: held against its cells, and left behind")


class CellRule(Part):
    """A column of counts, and what it says beside the row's dimensions: of a column `women`, the sex.

    `when`: only rows of which all conditions hold. `total`: dimensions that the column adds up; it is compared with
    their cells and never leaves.
    """

    column: str
    when: list[Condition] = []
    series: Code | None = None
    unit: CountingUnit | None = None
    period: Period | None = None
    dimensions: dict[str, str] = {}
    total: list[str] = []


class Published(Part):
    """Figures that are public already, as `source` published them `on` a day: they leave as they are.

    `measured_in` is NUMBER for counts; for a rate it says of what, and `as: number` reads decimals.
    """

    source: Code
    on: date
    measured_in: Code = "NUMBER"
    read_as: Literal["integer", "number"] = Field(default="integer", alias="as")


class CountFile(PartnerFile):
    """A file that describes a table of counts. See `docs/adapters.md`.

    `totals`: words of a dimension's column that stand for a sum, of `all` its codes or of some. `marks`: what stands in
    the place of a count, or behind one. `status`: a column that says it. `rows: several`: rows of one cell are added
    up, and the columns `apart` tell them from copies. `small_counts`: how the partner rounded; without it the counts
    are exact, and the edge rounds them. `hide_below`: counts below it are not told, none among them, so that a hidden
    one does not even say that there is somebody.
    """

    counts: Literal["1"]
    rows_are: str = ""
    series: Code | None = None
    unit: CountingUnit | None = None
    published: Published | None = None
    covers: Grain
    period: FieldRule | None = None
    dimensions: dict[str, FieldRule] = {}
    totals: dict[str, dict[str, Literal["all"] | list[str]]] = {}
    status: FieldRule | None = None
    marks: dict[str, Literal[ObsStatus, "zero"]] = {}
    rows: Literal["one", "several"] = "one"
    apart: list[str] = []
    small_counts: SmallCounts | None = None
    hide_below: int | None = Field(default=None, ge=2, le=100)
    ignore: dict[str, str] = {}
    cells: list[CellRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _told_apart(self) -> "CountFile":
        if (self.rows == "several") is not bool(self.apart):
            raise ValueError("apart names the columns that tell the rows of one cell apart, where there are several")
        if self.published and (self.small_counts or self.hide_below):
            raise ValueError("figures that are published leave as they are: no small_counts, no hide_below")
        if self.rows == "several" and self.published and self.published.read_as == "number":
            raise ValueError("rates have no sum: rows are one")
        return self

    @property
    def event(self) -> str:
        """The event that a cell becomes."""
        return INDICATOR if self.published else AGGREGATE

    @property
    def read_as(self) -> str:
        """How a count is read: as an integer, or a published rate as a number."""
        return self.published.read_as if self.published else "integer"

    def series_of(self, rule: CellRule) -> str | None:
        """What a column counts."""
        return rule.series or self.series

    def unit_of(self, rule: CellRule) -> str | None:
        """In what a column counts."""
        return rule.unit or self.unit

    def row_rules(self) -> dict[str, FieldRule]:
        """What is read of a row beside its counts, by the key where it stands."""
        said = {"period": self.period, "status": self.status}
        return {**self.dimensions, **{name: rule for name, rule in said.items() if rule}}

    def worded(self) -> dict[str, FieldRule]:
        """The same, in which words for totals are words too, that no code says."""
        sums = {name: dict.fromkeys(words, TOTAL) for name, words in self.totals.items()}
        return {
            name: rule.model_copy(update={"codes": {**(rule.codes or {}), **sums[name]}}) if name in sums else rule
            for name, rule in self.row_rules().items()
        }

    def row_columns(self) -> frozenset[str]:
        """Columns of a row that belong to each of its counts."""
        tested = (condition.columns() for rule in self.cells for condition in rule.when)
        read = (rule.columns() for rule in self.row_rules().values())
        return frozenset(self.apart).union(*tested, *read)

    def columns(self) -> frozenset[str]:
        """Every column the file must have: those read, and those looked at and left out."""
        return self.row_columns() | {rule.column for rule in self.cells} | {*self.ignore}


def count_schema() -> dict[str, str]:
    """The file's JSON Schema, by its path below `schemas/`."""
    return schema_file("counts", CountFile)
