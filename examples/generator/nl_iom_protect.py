"""nl-iom-protect: one row what one key person held in a place, language and quarter, Dutch, tabs, UTF-8, heads counted.

PROTECT ran from October 2018 to March 2020. 340 rows a year are made up, as are all shares, and any year can be asked.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Choice
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "nl-iom-protect", "nl-iom_protect_voorlichting_{year}.tsv"
ENCODING, SEPARATOR, NEWLINE = "utf-8", "\t", "\n"
ROWS = 340
COLUMNS = (
    "Registratie", "Kwartaal", "Plaats", "Groep", "Land van herkomst groep", "Taal", "Sleutelpersoon", "Telefoon",
    "Aantal sessies", "Deelnemers", "Vrouw", "Man", "Eerste keer", "Doorverwezen", "Vragen uit de groep",
)  # fmt: skip
QUARTER = Choice({1: 24, 2: 28, 3: 18, 4: 30})
PLACES = Choice({"Amsterdam": 16, "Rotterdam": 16, "Den Haag": 12, "Utrecht": 10, "Arnhem": 6, "Eindhoven": 8,
                 "Groningen": 7, "Zwolle": 5, "Enschede": 4, "Almere": 4, "Maastricht": 4, "Middelburg": 3,
                 "Leeuwarden": 3, "Assen": 2})  # fmt: skip
GROUP = Choice({"bewoners azc": 34, "statushouders": 28, "taalles": 20, "open": 8, "professionals": 6,
                "sleutelpersonen": 4})  # fmt: skip
LANGUAGE = {"Syrië": "Arabisch", "Irak": "Koerdisch", "Eritrea": "Tigrinya", "Iran": "Farsi", "Afghanistan": "Dari",
            "Somalië": "Somalisch", "Turkije": "Turks", "Colombia": "Spaans", "Guinee": "Frans"}  # fmt: skip
COUNTRY = Choice({"Syrië": 30, "Eritrea": 20, "Iran": 12, "Afghanistan": 10, "Irak": 9, "Somalië": 8, "Turkije": 5,
                  "Guinee": 4, "Colombia": 2})  # fmt: skip
VARIANTS = {
    "Plaats": {"Amsterdam": ("A'dam",), "Den Haag": ("'s-Gravenhage",), "Rotterdam": ("R'dam",)},
    "Taal": {"Somalisch": ("Somali",)},
}


def records(scale: float) -> int:
    """Rows of a year."""
    return round(ROWS * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, as they were sent in: in no order of time."""
    for i in range(records(scale)):
        yield _row(rng.random, f"PR{year % 100}{i + 1:04d}", year)


def _row(r: Callable[[], float], key: str, year: int) -> list[str]:
    """Some count heads alone; some tell what was asked, in several lines."""
    quarter, country, person = QUARTER(r()), COUNTRY(r()), f"S{int(r() * 18)}"
    sessions = 1 + int(r() ** 2 * 5)
    heads = sum(5 + int(r() * 18) for _ in range(sessions))
    women = round(heads * (0.25 + r() * 0.5))
    apart = r() > 0.1
    return [
        key, f"{quarter}e kwartaal {year}" if r() < 0.2 else f"K{quarter} {year}", PLACES(r()), GROUP(r()), country,
        LANGUAGE[country] if r() > 0.05 else "n.b.", name_of(person), phone_of(person), str(sessions), str(heads),
        str(women) if apart else "?", str(heads - women) if apart else "?",
        str(round(heads * (0.6 + r() * 0.4))) if r() > 0.2 else "", str(int(r() ** 3 * 6)),
        "" if r() > 0.15 else f'{remark_of(key)}\nen: "wie helpt er?"',
    ]  # fmt: skip
