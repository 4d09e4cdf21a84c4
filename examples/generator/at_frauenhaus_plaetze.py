"""at-frauenhaus-plaetze: a row a house in a quarter, German, `;`, UTF-8 with BOM. Illustrative shelters.

Thirty houses are made up, as are all numbers. Houses count beds, family places or rooms; no sum of them means anything.
"""

from collections.abc import Iterator
from random import Random

from examples.generator.draw import Choice
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "at-frauenhaus-plaetze", "at-frauenhaus_plaetze_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", ";", "\r\n"
HOUSES, QUARTERS = 30, 4
COLUMNS = (
    "Haus", "Adresse", "Ansprechperson", "Telefon", "Jahr/Quartal", "Art", "Plätze", "Einheit", "davon barrierefrei",
    "Buben bis (Jahre)", "Aufnahme", "Verfügbare Tage", "Belegte Tage", "Anmerkung",
)  # fmt: skip
KIND = Choice({"Frauenhaus": 72, "Notwohnung": 12, "Übergangswohnung": 10, "Schutzwohnung": 6})
UNIT = Choice({"Betten": 46, "Familienplätze": 34, "Zimmer": 14, "Frauenplätze": 4, "Wohneinheiten": 2})
TAKES = Choice({
    "Frauen, mit Kindern, jeder Aufenthaltsstatus, ohne Anzeige": 40, "Frauen, mit Kindern, ohne Anzeige": 34,
    "Frauen, mit Kindern, Behinderung, ohne Anzeige, kostenlos": 14, "Frauen, mit Kindern, Sucht": 4, "k.A.": 8,
})  # fmt: skip
VARIANTS = {
    "Art": {"Frauenhaus": ("FH",)},
    "Einheit": {"Betten": ("Bett",), "Familienplätze": ("Familienplatz",)},
}


def records(scale: float) -> int:
    """A house's quarters, and enough of them for a small file."""
    return max(92, round(HOUSES * QUARTERS * scale))


def rows(rng: Random, seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, quarter by quarter. A house has the same places in all of them."""
    for n in range(records(scale)):
        quarter, house = divmod(n, -(-records(scale) // QUARTERS))
        own = Random(f"{seed}/haus/{house}").random
        places, kind, unit, takes = 4 + int(own() * 32), KIND(own()), UNIT(own()), TAKES(own())
        available = places * (90, 91, 92, 92)[quarter]
        yield [
            f"FH{house + 1:02d}", name_of(f"Gasse {house}"), name_of(f"L{house}"), phone_of(f"FH{house}"),
            f"{year}/{quarter + 1}", kind, str(places), unit, str(int(places * own() * 0.3)),
            str(10 + 2 * int(own() * 4)), takes, _thousands(available),
            _thousands(int(available * (0.6 + 0.38 * rng.random()))),
            remark_of(f"FH{house}") if rng.random() < 0.1 else "",
        ]  # fmt: skip


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
