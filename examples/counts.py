"""`python -m examples.counts FOLDER`: a year's table of counts, as a network that sends no rows makes it. All made up.

With totals of every kind, few women hidden, nobody counted, nothing collected, nothing delivered, and a quarter that is
provisional.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

FILE = "it-dire_conteggi_{year}.csv"
COLUMNS = ("Trimestre", "Regione", "Autore", "Donne italiane", "Donne straniere", "Donne totale", "Colloqui")
QUARTERS = ("I", "II", "III", "IV")
REGIONS = {
    "Piemonte": 72, "Valle d'Aosta": 2, "Liguria": 25, "Lombardia": 168, "Bolzano": 9, "Trento": 9, "Veneto": 82,
    "Friuli-Venezia Giulia": 20, "Emilia-Romagna": 75, "Toscana": 62, "Umbria": 14, "Marche": 25, "Lazio": 97,
    "Abruzzo": 21, "Molise": 5, "Campania": 95, "Puglia": 66, "Basilicata": 8, "Calabria": 31, "Sicilia": 80,
    "Sardegna": 27,
}  # fmt: skip
NORTH_WEST = ("Piemonte", "Valle d'Aosta", "Liguria", "Lombardia")
OFFENDERS = {"partner": 48, "ex partner": 27, "familiare": 11, "conoscente": 7, "sconosciuto": 3, "non rilevato": 4}
FOREIGN, INTERVIEWS, WOMEN, FEW = 0.28, 4.5, 4.2, 4
NOT_COLLECTED, NOT_DELIVERED = "Molise", "Basilicata"
Counts = tuple[int, int, int]


def write(folder: Path, *, year: int = 2025, scale: float = 1, seed: int = 1) -> Path:
    """Write the table of a year. The same arguments give the same bytes. `scale` 1 is some 21,000 women."""
    rng = Random(f"{seed}/it-dire/{year}")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE.format(year=year)
    with path.open("w", encoding="cp1252", newline="") as out:
        table = csv.writer(out, delimiter=";", lineterminator="\r\n")
        table.writerow(COLUMNS)
        for quarter in QUARTERS:
            table.writerows(_quarter(rng, f"{quarter} trim. {year}", scale, provisional=quarter == QUARTERS[-1]))
    return path


def _quarter(rng: Random, period: str, scale: float, *, provisional: bool) -> Iterator[list[str]]:
    exact: dict[tuple[str, str], Counts] = {}
    for region, women in REGIONS.items():
        for offender, share in OFFENDERS.items():
            expected = women * WOMEN * share / 100 * scale
            total = max(0, round(rng.gauss(expected, expected**0.5)))
            foreign = sum(rng.random() < FOREIGN for _ in range(total))
            exact[region, offender] = (total - foreign, foreign, round(total * INTERVIEWS))
    for region in REGIONS:
        rows = [exact[region, offender] for offender in OFFENDERS]
        for offender in OFFENDERS:
            yield [period, region, offender, *_cells(region, [exact[region, offender]], provisional)]
        yield [period, region, "Totale", *_cells(region, rows, provisional)]
    for name, regions in (("Nord-ovest", NORTH_WEST), ("Italia", tuple(REGIONS))):
        rows = [counts for (region, _), counts in exact.items() if region in regions and region != NOT_DELIVERED]
        yield [period, name, "Totale", *_cells(name, rows, provisional)]


def _cells(region: str, rows: list[Counts], provisional: bool) -> list[str]:
    """Counts as the network writes them. The interviews of one region are not collected, another delivers nothing."""
    if region == NOT_DELIVERED:
        return [""] * 4
    italian, foreign, interviews = (sum(row[at] for row in rows) for at in range(3))
    cells = [_written(count, provisional) for count in (italian, foreign, italian + foreign, interviews)]
    return [*cells[:3], "n.r."] if region == NOT_COLLECTED else cells


def _written(count: int, provisional: bool) -> str:
    if count == 0:
        return "-"
    if count < FEW:
        return f"<{FEW}"
    return f"{count:,}".replace(",", ".") + (" (p)" if provisional else "")


def main() -> None:
    """Read the arguments, write the file, say where."""
    parser = argparse.ArgumentParser(prog="python -m examples.counts", description="Write a made-up table of counts.")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--year", type=int, default=2025, help="default 2025")
    parser.add_argument("--scale", type=float, default=1, help="1 is a made-up year of some 21,000 women")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes; default 1")
    asked = parser.parse_args()
    print(write(asked.folder, year=asked.year, scale=asked.scale, seed=asked.seed))


if __name__ == "__main__":
    main()
