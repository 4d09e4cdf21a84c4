"""The rule on places: a region leaves where enough people share it with her sex and age band, else the country does."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import Field

from hub.adapters.strict import Part
from hub.adapters.yaml_tree import LOADER
from hub.edge.allow_list import PlaceRule

POPULATIONS = Path(__file__).with_name("populations.yaml")
COUNTRY = 2
"""Letters of a country in a NUTS code."""
THOUSAND = 1_000


class Table(Part):
    """Inhabitants of regions, in thousands, of one source and year."""

    source: str
    year: int = Field(ge=2000, le=2100)
    regions: dict[str, int]


def place_of(rule: PlaceRule, region: str, sex: str = "NR", band: str = "NR") -> str:
    """The region, or its country, by the numbers alone. `sex` and `band` as they leave."""
    country = country_of(region)
    if country in rule.one_region or population(region) * share(rule, sex, band) < rule.k:
        return country
    return region


def country_of(region: str) -> str:
    """The country as NUTS writes it: level 0."""
    return region[:COUNTRY]


def share(rule: PlaceRule, sex: str, band: str) -> float:
    """The part of a population that is of her sex and age band, by the list's rule of thumb. 0: nobody can say."""
    hundredths = rule.hundredths.get(band)
    if hundredths is None:
        first, _, last = band.partition("-")
        hundredths = int(last) - int(first) + 1
    return rule.sexes.get(sex, 0.0) * hundredths / 100


@cache
def population(region: str) -> int:
    """Inhabitants of a region, of whatever level, as far as its NUTS 2 regions are known; 0 where none is."""
    return sum(count for code, count in populations().items() if code.startswith(region))


@cache
def populations() -> dict[str, int]:
    """Inhabitants by NUTS 2 region."""
    tables = map(Table.model_validate, yaml.load(POPULATIONS.read_text("utf-8"), Loader=LOADER)["tables"])  # noqa: S506 - makes texts only
    return {region: thousands * THOUSAND for table in tables for region, thousands in table.regions.items()}
