"""When a row states a fact: tests on columns, joined by any, all and not. `choosing` compiles them."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from hub.adapters.strict import Part

COMPARISONS = ("at_least", "at_most", "more_than", "less_than")


class OtherColumn(Part):
    """A bound that stands in another column of the row, written as the first one is."""

    column: str


def _kind(bound: Any) -> str:
    return "text" if isinstance(bound, str) else "column"


Bound = Annotated[Annotated[str, Tag("text")] | Annotated[OtherColumn, Tag("column")], Discriminator(_kind)]
"""A day as 2025-12-31, a number as 4.5, or another column."""


class Condition(Part):
    """A test on one column, or `any`, `all` and `not` of other conditions.

    On a column exactly one of `filled`, `in`, `not_in`, or comparisons, which read it `as` a date or a number. A cell
    that is empty compares with nothing: the condition does not hold. One that is no such date or number breaks a rule.
    """

    column: str | None = None
    filled: bool | None = None
    within: list[str] | None = Field(default=None, alias="in")
    not_in: list[str] | None = None
    read_as: Literal["date", "integer", "number"] | None = Field(default=None, alias="as")
    dates: list[str] | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    more_than: Bound | None = None
    less_than: Bound | None = None
    any_of: list["Condition"] | None = Field(default=None, alias="any", min_length=1)
    all_of: list["Condition"] | None = Field(default=None, alias="all", min_length=1)
    negated: "Condition | None" = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        joined = [each for each in (self.any_of, self.all_of, self.negated) if each is not None]
        tests = [each for each in (self.filled, self.within, self.not_in) if each is not None]
        if self.column is None:
            if len(joined) != 1 or tests or self.compared() or self.read_as:
                raise ValueError("give a column, or exactly one of any, all, not")
            return self
        if joined or len(tests) + bool(self.compared()) != 1:
            raise ValueError(f"give exactly one of filled, in, not_in, or some of {', '.join(COMPARISONS)}")
        if bool(self.compared()) is not (self.read_as is not None):
            raise ValueError("as says how the column of a comparison is read: date, integer or number")
        if self.dates is not None and self.read_as != "date":
            raise ValueError("dates belong to as: date")
        return self

    def compared(self) -> dict[str, str | OtherColumn]:
        """The comparisons that are made, by name."""
        made = {name: getattr(self, name) for name in COMPARISONS}
        return {name: bound for name, bound in made.items() if bound is not None}

    def joined(self) -> "list[Condition]":
        """The conditions that this one is made of."""
        return [*(self.any_of or ()), *(self.all_of or ()), *([self.negated] if self.negated else ())]

    def columns(self) -> set[str]:
        """Columns that it looks at."""
        own = {self.column} if self.column else set()
        others = {bound.column for bound in self.compared().values() if isinstance(bound, OtherColumn)}
        return own.union(others, *(each.columns() for each in self.joined()))
