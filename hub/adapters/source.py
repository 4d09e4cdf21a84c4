"""How a partner writes tables: the `source` block of a mapping file, and whose file it is. See docs/adapters.md."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from hub.adapters.dates import QUARTER
from hub.adapters.strict import Part
from hub.events.base import Code, Country, PartnerId

Format = Literal["csv", "tsv", "xlsx", "ods", "json", "jsonl"]
OneCharacter = Annotated[str, Field(min_length=1, max_length=1)]
OF_FORMAT: dict[str, frozenset[str]] = {
    "encoding": frozenset({"csv", "tsv"}),
    "separator": frozenset({"csv"}),
    "quote": frozenset({"csv", "tsv"}),
    "escape": frozenset({"csv", "tsv"}),
    "skip_spaces": frozenset({"csv", "tsv"}),
    "sheets": frozenset({"xlsx", "ods"}),
    "merged": frozenset({"xlsx", "ods"}),
    "path": frozenset({"json"}),
    "several": frozenset({"json", "jsonl"}),
}
"""Keys that only some formats have: where they stand beside another one, somebody expects what does not happen."""


class Header(Part):
    """The rows that name the columns, and what stands in them.

    `rows`: so many make one name, joined by `join`; `fill`: an empty cell above a filled one continues the one before.
    `tags`: an HXL tag row after them is skipped, or names the columns.
    """

    rows: int = Field(default=1, ge=1, le=5)
    join: str = " "
    fill: bool = False
    tags: Literal["none", "skip", "names"] = "none"


class Source(Part):
    """How the partner writes tables. `dates` are strptime formats; %d and %m may be absent (precision Y or M).

    `decimal` None: not stated; a number that could be read in two ways is then refused.
    """

    format: Format = "csv"
    encoding: str = "utf-8"
    separator: OneCharacter = ","
    quote: Literal['"', "'", "none"] = '"'
    escape: Literal[""] | OneCharacter = ""
    skip_spaces: bool = False
    skip: int = Field(default=0, ge=0, le=1000)
    header: Header = Header()
    totals: list[str] = []
    sheets: list[str] = []
    merged: Literal["refuse", "fill"] = "refuse"
    path: str = ""
    several: OneCharacter = "|"
    dates: list[str] = ["%Y-%m-%d"]
    months: list[str | list[str]] | None = Field(default=None, min_length=12, max_length=12)
    decimal: Literal[".", ","] | None = None
    thousands: Literal["", ".", ",", " ", "'"] = ""
    empty: list[str] = [""]

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            "é".encode(encoding, "replace").decode(encoding)
        except (LookupError, UnicodeError):
            raise ValueError("no such text encoding") from None
        return encoding

    @model_validator(mode="after")
    def _one_meaning(self) -> "Source":
        stated = self.model_fields_set & OF_FORMAT.keys()
        if strange := sorted(key for key in stated if self.format not in OF_FORMAT[key]):
            raise ValueError(f"{', '.join(strange)}: not for {self.format}")
        if self.thousands == self.mark:
            raise ValueError("decimal and thousands are the same mark")
        if any(QUARTER in each for each in self.dates):
            raise ValueError("a quarter is no day: its format stands at the field that is read as quarter or year")
        if self.typed and "%Y-%d-%m" in self.dates:
            raise ValueError("cells that are dates are read as %Y-%m-%d: the day cannot stand before the month")
        return self

    @property
    def typed(self) -> bool:
        """Whether cells may be dates, numbers and truth values, and not text alone."""
        return self.format not in ("csv", "tsv")

    @property
    def cell_separator(self) -> str:
        """What stands between the cells of a line."""
        return "\t" if self.format == "tsv" else self.separator

    @property
    def mark(self) -> str:
        """The decimal mark, stated or not."""
        return self.decimal or "."

    def date_formats(self, own: list[str] | None) -> tuple[str, ...]:
        """The formats of a column's dates, in the order in which they are tried. `own`: the column's."""
        return (*(own or self.dates), *(("%Y-%m-%d", "%Y-%m-%d %H:%M:%S") if self.typed else ()))

    def month_names(self) -> dict[str, int]:
        """The stated names of months, in small letters, with their numbers."""
        listed = [[each] if isinstance(each, str) else each for each in self.months or ()]
        return {name.strip().casefold(): number for number, names in enumerate(listed, 1) for name in names}

    def empty_texts(self) -> frozenset[str]:
        """Cell texts that mean nothing was recorded; the empty cell always does."""
        return frozenset(self.empty) | {""}


class PartnerFile(Part):
    """What every description of a partner's table begins with. `organisation`, `notes`: for the partner's page."""

    name: Code
    partner: PartnerId
    country: Country
    language: str = Field(pattern=r"^[a-z]{2}$")
    organisation: str = ""
    notes: list[str] = []
    source: Source = Source()
