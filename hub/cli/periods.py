"""How long each country's records are kept: `retention.yaml`, which an officer can read, and which is obeyed."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hub.errors import Stop

Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
Years = Annotated[int, msgspec.Meta(ge=1, le=100)]
Months = Annotated[int, msgspec.Meta(ge=1, le=1200)]


class Periods(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`years`: how many whole years, after the one in which the hub last learned of a record, it is kept, by country.
    `refused_months`: how long refused rows and deliveries that were put aside are kept."""

    retention: Literal[1]
    years: dict[Code, Years]
    refused_months: Months | None = None

    def due(self, country: str, today: date) -> int | None:
        """The last year whose records are due; None for a country without a period."""
        years = self.years.get(country)
        return None if years is None else today.year - years - 1

    def months(self, country: str) -> int | None:
        """How many months at most a record of the country is kept; None for one without a period."""
        years = self.years.get(country)
        return None if years is None else 12 * (years + 1)

    def refused_before(self, today: date) -> str | None:
        """Refused rows that came before this month (`2024-11`) are due."""
        if self.refused_months is None:
            return None
        months = today.year * 12 + today.month - 1 - self.refused_months
        return f"{months // 12}-{months % 12 + 1:02}"


def read_periods(path: Path) -> Periods:
    """The periods of this installation; none where there is no file. Raises Stop for a file that is wrong."""
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Periods)
    except FileNotFoundError:
        return Periods(1, {})
    except msgspec.ValidationError as error:
        raise Stop(f"{path.name}: {error}") from None
    except msgspec.DecodeError:
        raise Stop(f"{path.name} is not YAML") from None
