"""Seeds of the warehouse's dimensions: code lists, regions and populations, from what states them to CSV.

`python -m hub.cli.seeds warehouse/seeds` writes what follows from this repository; with a folder of reference files
behind it (Eurostat's NUTS lists, the World Bank's populations) also what was taken from them. Only codes, names and
figures are taken, with source and licence beside them; the files themselves are not part of the repository.
"""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from hub.edge.places import COUNTRY, POPULATIONS, THOUSAND
from hub.events.schema import CODELISTS

VINTAGE = "2026-11"
"""Month in which figures and reference files were taken."""
YEARS = range(2015, 2025)
BESIDE_NUTS = {"GB", "AR"}
"""Countries of partners and programmes that are not in Eurostat's list of 2021."""
ISO = {"EL": "GR", "UK": "GB"}
"""What NUTS writes otherwise than ISO 3166-1."""
WORLD_BANK = "World Bank, SP.POP.TOTL, population at mid-year, by the data package `population` (CC BY 4.0)"
POPULATION = ("area", "year", "population", "rounded_to", "source", "vintage")
Row = tuple[object, ...]


def own_seeds() -> dict[str, str]:
    """Seeds that follow from this repository, as CSV by file name."""
    return {
        "codes.csv": _csv(("list", "rank", "code", "language", "label", "legal"), _codes()),
        "region_populations.csv": _csv(POPULATION, _regions()),
    }


def taken_seeds(folder: Path) -> dict[str, str]:
    """Seeds that were taken from a folder of reference files, as CSV by file name. OSError where one is not there."""
    return {
        "nuts.csv": _csv(("code", "versions", "name"), _nuts(folder)),
        "country_populations.csv": _csv(POPULATION, _countries(folder)),
    }


def _codes() -> Iterator[Row]:
    for file in sorted(CODELISTS.glob("*.yaml")):
        codes: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text("utf-8"))["codes"]
        for rank, (code, about) in enumerate(codes.items(), 1):
            for language, label in about["labels"].items():
                yield file.stem, rank, code, language, label, about.get("legal", "")


def _regions() -> Iterator[Row]:
    for table in yaml.safe_load(POPULATIONS.read_text("utf-8"))["tables"]:
        for region, thousands in table["regions"].items():
            yield region, table["year"], thousands * THOUSAND, THOUSAND, table["source"], VINTAGE


def _nuts(folder: Path) -> Iterator[Row]:
    """Each region of the EU with the versions of NUTS in which it is called so; of other countries the whole alone, as
    the list of 2021 has not all of their regions. Extra-regio is no region where somebody lives.
    """
    older = {code: _name(about["label"]) for level in range(4) for code, about in _labels(folder, level).items()}
    with (folder / "NUTS2021-NUTS2024.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines, delimiter=";") if len(row) > 3 and row[3] in {"1", "2", "3"}]
    newer = {code: _name(name) for _, code, name, *_ in rows}
    members = {code[:COUNTRY] for code in newer}
    newer |= {country: older[country] for country in members}
    for code in sorted(older.keys() | newer.keys()):
        if code[COUNTRY:] and (code[COUNTRY] == "Z" or code[:COUNTRY] not in members):
            continue
        if older.get(code) == newer.get(code):
            yield code, "2021 2024", older[code]
        else:
            yield from (
                (code, year, names[code]) for year, names in (("2021", older), ("2024", newer)) if code in names
            )


def _labels(folder: Path, level: int) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(
        (folder / f"regions_labels_2021_nuts{level}_eu_efta.json").read_text("utf-8")
    )
    return found


def _name(text: str) -> str:
    """The two lists differ in blanks about a slash."""
    return " ".join(text.split()).replace("/ ", "/").replace(" /", "/")


def _countries(folder: Path) -> Iterator[Row]:
    with (folder / "country-codes.csv").open(encoding="utf-8", newline="") as lines:
        two = {row["ISO3166-1-Alpha-3"]: row["ISO3166-1-Alpha-2"] for row in csv.DictReader(lines)}
    wished = {ISO.get(code, code) for code in _labels(folder, 0)} | BESIDE_NUTS
    with (folder / "population.csv").open(encoding="utf-8", newline="") as lines:
        found = [(two.get(row["Country Code"], ""), int(row["Year"]), row["Value"]) for row in csv.DictReader(lines)]
    for country, year, value in sorted(found):
        if country in wished and year in YEARS:
            yield country, year, int(float(value)), 1, WORLD_BANK, VINTAGE


def _csv(head: Row, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()


def write(folder: Path, texts: dict[str, str]) -> None:
    """The seeds, as files of these names."""
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), own_seeds() | (taken_seeds(Path(sys.argv[2])) if sys.argv[2:] else {}))
