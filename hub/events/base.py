"""What every event has in common: a stored name, a version, and fields in which no name or free text can stand."""

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

PartnerId = Annotated[str, Field(pattern=r"^[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
"""ISO 3166-1 country, then the organisation: `pt-apav`."""
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2 (Greece is GR, not Eurostat's EL)."""
Region = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{0,2}$")]
"""NUTS 2024 code, level 0 to 2; level 0 is the country. Nothing finer leaves a partner of a person."""
District = Annotated[str, Field(pattern=r"^[A-Z]{2}[A-Z0-9]{0,3}$")]
"""NUTS 2024 code, level 0 to 3. Only for what a directory tells the public, and never of a shelter."""
OpaqueId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""128 random bits: says nothing about anybody."""
KeyHandle = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""Which data key sealed an event. It says nothing without the vault."""
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=40)]
"""A short code that an organisation gives to a thing that is not a person: a plan, a measure, a dataset."""
PublicText = Annotated[str, Field(min_length=1, max_length=400, json_schema_extra={"x-public-text": True})]
"""Text of a published document (a measure's title). Only events that hold no personal data may have it."""
Period = Annotated[str, Field(pattern=r"^[12][0-9]{3}(Q[1-4]|-(0[1-9]|1[0-2]))?$")]
"""SDMX period: a year, a quarter `2025Q3` or a month `2025-07`."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
"""ISO 639-1, or 639-3 where it has no shorter code."""
Rounded = Field(ge=0, le=100_000_000, multiple_of=5)
"""A count of persons, or of what persons did, in an event that stands in clear: a multiple of five, so never one to
four. The edge rounds to the nearest; totals are sums of such counts, and never stated beside them."""
Precision = Literal["Y", "M", "D"]
"""How much of a date is known: a year, a month or a day. The rest of the date is then the first of it."""


class Event(BaseModel):
    """A fact that happened, as it is stored for ever. Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: ClassVar[str]
    """Stored for ever as `vs.<name>.v<version>`; the class may be renamed, this may not."""
    version: ClassVar[int] = 1
    personal: ClassVar[bool] = True
    """Personal events are sealed with their subject's data key; the others stand in clear."""
    sealed_bytes: ClassVar[int] = 512
    """To what every sealed event of this type is padded, and to its multiples where it is longer: a length says nothing
    where even the longest fits."""

    @classmethod
    def topic(cls) -> str:
        """The stored type, for instance `vs.contact.held.v1`."""
        return f"vs.{cls.name}.v{cls.version}"


class Happened(Event):
    """When it happened and when the partner knew: two of the three clocks. The log adds the third."""

    occurred_on: date
    occurred_precision: Precision = "D"
    recorded_on: date | None = None
