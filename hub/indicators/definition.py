"""The definition of an indicator: what is counted of which facts, and what the figure must not be read as."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hub.events import NEWEST
from hub.indicators.expression import checked, columns_of
from hub.indicators.units import PERSONAL, SHELTER_PLACES, UNITS, CountingUnit

Language = Literal["en", "pt", "fr", "nl", "fi", "it", "hr", "bg"]
Name = Annotated[str, Field(min_length=3, max_length=90)]
Words = Annotated[str, Field(min_length=8, max_length=600), AfterValidator(lambda text: " ".join(text.split()))]
Column = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Sql = Annotated[str, AfterValidator(checked)]
Kind = Literal["SHARE", "COUNT", "SUM", "RATIO", "QUANTILE", "RATE", "INDEX"]
Unit = Literal["SHARE", "NUMBER", "DAYS", "WORKING_DAYS", "RATIO", "PER_100", "PER_10000", "PER_100000"]
NEEDS: dict[str, frozenset[str]] = {
    "SHARE": frozenset({"numerator"}),
    "COUNT": frozenset({"numerator"}),
    "SUM": frozenset({"amount"}),
    "RATIO": frozenset({"amount", "of_amount"}),
    "QUANTILE": frozenset({"value", "at"}),
    "RATE": frozenset({"denominator_of"}),
    "INDEX": frozenset({"numerator", "denominator_of"}),
}
"""What a measure of each kind has to say, beyond the words."""


class Part(BaseModel):
    """A part of a definition: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Legal(Part):
    """Where the law asks for it. `verify`: the wording is recalled, and is looked up before anything is filed."""

    text: Name
    verify: bool = False


class Comparability(Part):
    """How far countries may be set side by side: A alike, B with care, C not at all. `differs`: a country, and why."""

    grade: Literal["A", "B", "C"]
    note: Words
    differs: dict[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], Words] = {}


class Other(Part):
    """The second source of a rate: what is added of it, and by which of its columns it meets the first.

    `columns` says how this source calls a breakdown of the indicator; a breakdown that it does not have has no rate.
    `yearly`: it has years only, and a quarter is divided by its year's number, or the newest before. `stock` is as in
    the indicator itself.
    """

    fact: Column
    counting_unit: CountingUnit
    amount: Sql
    where: Sql = "true"
    columns: dict[Column, Column] = {}
    stock: tuple[Column, ...] = ()
    yearly: bool = False

    def columns_read(self) -> frozenset[str]:
        """Every column of the second source that it reads."""
        return columns_of(self.amount) | columns_of(self.where) | frozenset((*self.columns.values(), *self.stock))


class Measure(Part):
    """One figure of an indicator. Conditions choose records, amounts are added, a value has its quantile taken.

    `known`: the condition under which a record can be told to be in the numerator or not; what cannot is in no share,
    and `known_share` says how much that is. `parts`: columns by which the numerator alone is divided. `per`: of how
    many of the denominator a rate is. An INDEX is a category's part here by its part in the second source: 1 is as
    many as there would be if all came alike.
    """

    kind: Kind
    unit: Unit
    of_these: Words
    among: Words | None = None
    numerator: Sql | None = None
    denominator: Sql = "true"
    known: Sql = "true"
    amount: Sql | None = None
    of_amount: Sql | None = None
    value: Sql | None = None
    at: Annotated[float, Field(gt=0, lt=1)] | None = None
    parts: tuple[Column, ...] = ()
    per: Annotated[int, Field(ge=1)] = 1
    denominator_of: Other | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> "Measure":
        optional = {"RATE": {"numerator", "amount"}, "SUM": {"numerator"}}.get(self.kind, set())
        said = {name for name in set().union(*NEEDS.values()) if getattr(self, name) is not None}
        if not NEEDS[self.kind] <= said <= NEEDS[self.kind] | optional:
            raise ValueError(f"a {self.kind} says {', '.join(sorted(NEEDS[self.kind]))}, and nothing of another kind")
        if self.kind == "RATE" and not said & {"numerator", "amount"}:
            raise ValueError("a RATE says numerator (a condition) or amount (what is added)")
        if self.kind not in ("COUNT", "SUM") and self.among is None:
            raise ValueError("a figure that is divided says among what")
        if self.parts and self.kind not in ("SHARE", "COUNT"):
            raise ValueError("parts are of records that are counted")
        return self

    def expressions(self) -> Iterator[str]:
        """All SQL over the indicator's own fact."""
        for said in (self.numerator, self.denominator, self.known, self.amount, self.of_amount, self.value):
            if said is not None:
                yield said


class Cohort(Part):
    """Records that have had time: a record counts, and its period closes, this many days after its date."""

    days: Annotated[int, Field(ge=1, le=730)]


class Definition(Part):
    """One indicator. `of` is the fact, `date` the column by which a record falls into a period.

    `date: reported` is a fact that has a year and a quarter of its own, `date: judged` a state on the day that plans
    are judged on. `stock`: the columns by which one thing is known that is reported again and again; of each period its
    newest report counts, and reports are not added over time. `released: false`: no figure of it leaves the enclave,
    however it is rounded (a killing in a small country is of somebody whom everybody knows).
    """

    id: Annotated[str, Field(pattern=r"^I[0-9]{2,3}[a-z]?$")]
    version: Annotated[int, Field(ge=1)]
    name: dict[Language, Name]
    definition: Words
    of: Column
    where: Sql = "true"
    date: Column
    cohort: Cohort | None = None
    stock: tuple[Column, ...] = ()
    periods: tuple[Literal["Y", "Q"], ...] = ("Y", "Q")
    counting_unit: CountingUnit
    measures: Annotated[dict[Column, Measure], Field(min_length=1)]
    breakdowns: tuple[Column, ...] = ()
    released: bool = True
    direction: Literal["UP", "DOWN", "NONE"]
    legal: Annotated[tuple[Legal, ...], Field(min_length=1)]
    events: Annotated[tuple[str, ...], Field(min_length=1)]
    pitfalls: Annotated[tuple[Words, ...], Field(min_length=1)]
    comparability: Comparability

    @property
    def personal(self) -> bool:
        """Whether it is counted from records of persons: then it stays in the enclave."""
        return self.of in PERSONAL

    @property
    def persons(self) -> bool:
        """Whether persons are counted: they are never added over partners."""
        return self.counting_unit == "PERSON"

    @property
    def precision(self) -> str | None:
        """The column that says how much of the date is known. Facts about nobody have exact dates, or periods."""
        return f"{self.date.removesuffix('_on')}_precision" if self.personal else None

    @model_validator(mode="after")
    def _can_be_counted(self) -> "Definition":
        for wrong in (*self._units_that_mix(), *self._unfit()):
            raise ValueError(wrong)
        return self

    def _units_that_mix(self) -> Iterator[str]:
        allowed = UNITS.get(self.of)
        if allowed is None:
            yield f"{self.of} has no counting unit yet: say in hub/indicators/units.py what a row of it is"
        elif self.counting_unit not in allowed:
            yield f"a row of {self.of} is counted as {', '.join(sorted(allowed))}, never as {self.counting_unit}"
        for name, measure in self.measures.items():
            other = measure.denominator_of
            if other and other.counting_unit not in UNITS.get(other.fact, frozenset()):
                yield f"{name}: a row of {other.fact} is never counted as {other.counting_unit}"
            conditions = {*self.where.split(" and "), *measure.denominator.split(" and ")}
            if self.of == "fct_shelter_periods" and not conditions & SHELTER_PLACES:
                yield f"{name}: beds, rooms and family places are three units: say places_unit = '...'"

    def _unfit(self) -> Iterator[str]:
        if set(self.name) != set(get_args(Language)):
            yield f"a name in each of {', '.join(get_args(Language))}"
        for name, measure in self.measures.items():
            if measure.kind == "INDEX" and not set(measure.denominator_of.columns if measure.denominator_of else ()):
                yield f"{name}: an INDEX is of categories, and the second source has to have them"
            if (measure.amount or measure.value) and self.persons and self.personal:
                yield f"{name}: persons are counted, neither added nor put in order"
        if unknown := [name for name in self.events if name not in NEWEST]:
            yield f"no such event: {', '.join(unknown)}"
        if self.personal and not self.date.endswith("_on"):
            yield "a fact about persons falls into a period by a date (..._on)"
        if self.cohort and not self.date.endswith("_on"):
            yield "a cohort needs a date"
        both = {part for measure in self.measures.values() for part in measure.parts} & set(self.breakdowns)
        if both:
            yield f"{', '.join(sorted(both))}: a column is a breakdown, or the parts of a numerator, not both"

    def columns(self) -> frozenset[str]:
        """Every column of its fact that it reads."""
        expressions = [self.where, *(each for measure in self.measures.values() for each in measure.expressions())]
        read = frozenset().union(*map(columns_of, expressions), self.breakdowns, self.stock)
        read = read.union(*(measure.parts for measure in self.measures.values()))
        dates = {self.date, self.precision} if self.date.endswith("_on") else set()
        return frozenset(column for column in read | dates if column and column != "as_of")


def read(path: Path) -> Definition:
    """One file. Raises pydantic.ValidationError with the place, and ValueError where file and id disagree."""
    found = Definition.model_validate(yaml.safe_load(path.read_text("utf-8")))
    if found.id.lower() != path.stem:
        raise ValueError(f"{path.name} holds {found.id}: a file is named after its indicator")
    return found


def read_all(folder: Path) -> list[Definition]:
    """All of a folder, in the order of their ids."""
    return [read(path) for path in sorted(folder.glob("*.yaml"))]
