"""nl-iom-samen: one row a meeting, group or workshop of SAMEN, Dutch, `;`, UTF-8 with BOM, heads counted.

The project worked in six cities. 420 meetings a year are made up, as are all shares.
"""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "nl-iom-samen", "nl-iom_samen_bijeenkomsten_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", ";", "\r\n"
MEETINGS = 420
COLUMNS = (
    "Nr", "Datum", "Stad", "Locatie", "Soort", "Thema", "Taal", "Doelgroep", "Geleid door", "Begeleider", "Telefoon",
    "Aanwezig", "Vrouwen", "Mannen", "Kinderen", "Nieuw", "Verwezen", "Uren", "Opmerkingen",
)  # fmt: skip
SHORT = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
MONTHS = (0.98, 1.0, 1.08, 0.98, 1.04, 1.06, 0.6, 0.6, 1.14, 1.16, 1.16, 0.8)
CITIES = Choice({"Amsterdam": 26, "Rotterdam": 24, "Den Haag": 18, "Utrecht": 14, "Arnhem": 10, "Nijmegen": 8})
KIND = Choice({"themabijeenkomst": 42, "METS": 26, "workshop": 15, "lotgenotengroep": 6, "voorlichting": 6,
               "ambassadeursoverleg": 3, "kookavond": 2})  # fmt: skip
LANGUAGE = Choice({"Arabisch": 26, "Tigrinya": 18, "eenvoudig Nederlands": 14, "Farsi": 10, "Dari": 7, "Somalisch": 8,
                   "Turks": 7, "Engels": 6, "Oekraïens": 4})  # fmt: skip
PROFESSION = Choice({"GGZ": 16, "huisartsen": 10, "COA": 24, "wijkteams": 18, "vrouwenopvang": 8, "Slachtofferhulp": 6,
                     "politie": 6, "leerkrachten": 6, "tolken": 6})  # fmt: skip
LEADER = Choice({"ambassadeur": 46, "cultureel bemiddelaar": 18, "medewerker": 24, "DvdW": 12})
VARIANTS = {
    "Stad": {"Amsterdam": ("A'dam",), "Den Haag": ("'s-Gravenhage",), "Rotterdam": ("R'dam",)},
    "Soort": {"METS": ("METS-groep",), "themabijeenkomst": ("Themabijeenkomst",),
              "workshop": ("Workshop", "workshop professionals")},
    "Taal": {"Somalisch": ("Somali",)},
    "Doelgroep": {"deelnemers": ("Deelnemers",)},
}  # fmt: skip


def records(scale: float) -> int:
    """Meetings of a year."""
    return round(MEETINGS * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the meeting."""
    calendar = Calendar(year, MONTHS, 0.3)
    total = records(scale)
    for i in range(total):
        yield _row(rng.random, f"B{year % 100}-{i + 1:04d}", calendar.days[calendar.day(i, total)])


def _row(r: Callable[[], float], key: str, day: date) -> list[str]:
    """Of some meetings nobody counted women, men and children apart."""
    kind = KIND(r())
    workshop, council = kind == "workshop", kind == "ambassadeursoverleg"
    heads = 6 + int(r() ** 2 * 26)
    women, children = round(heads * (0.55 + r() * 0.4)), 0 if workshop or council else int(r() ** 3 * 7)
    apart = r() > 0.12
    city = CITIES(r())
    audience = PROFESSION(r()) if workshop else "ambassadeurs" if council else "deelnemers" if r() < 0.9 else "ouders"
    return [
        key, f"{day.day} {SHORT[day.month - 1]} {day.year}" if r() < 0.15 else f"{day:%d-%m-%Y}", city,
        f"Buurthuis {city} {int(r() * 9)}", kind, "Gezonde relaties" if r() < 0.6 else "",
        "Nederlands" if workshop else LANGUAGE(r()), audience, "medewerker" if workshop else LEADER(r()),
        name_of(f"A{int(r() * 20)}"), phone_of(f"A{int(r() * 20)}"), str(heads + children),
        str(women) if apart else "", str(heads - women) if apart else "",
        str(children) if apart and not workshop else "-", "" if workshop else str(int(heads * r() ** 2)),
        "" if workshop or r() < 0.3 else str(int(r() ** 3 * 5)), f"{2 + int(r() * 5)},5" if workshop else "nvt",
        remark_of(key) if r() < 0.2 else "",
    ]  # fmt: skip
