"""at-frauenhaus-aufenthalte: a row a request for a place, German, `;`, UTF-8 with BOM, dd.mm.yyyy. Illustrative.

The yearly total of 1,500 requests is made up, as are all shares.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "at-frauenhaus-aufenthalte", "at-frauenhaus_anfragen_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", ";", "\r\n"
REQUESTS, AGAIN = 1_500, 0.25
COLUMNS = (
    "Anfrage-Nr", "Klientin-Nr", "Name", "Telefon", "Anfrage am", "Zugewiesen durch", "Geburtsdatum", "Kinder",
    "Bezirk", "Ergebnis", "Ablehnungsgrund", "Wartetage", "Haus", "Adresse Haus", "Art der Unterbringung",
    "Aufnahme am", "Auszug am", "Nächte", "Auszug zu", "Bemerkung",
)  # fmt: skip
MONTHS = (1.1, 0.95, 1.0, 0.96, 0.98, 1.0, 1.08, 1.04, 1.0, 0.98, 0.92, 1.0)

KIND = Choice({"partner": 84, "family": 12, "stalking": 3, "trafficking": 1})
HERE = Choice({"": 1})
SOURCE = Choice({"selbst": 30, "Polizei": 18, "Gewaltschutzzentrum": 16, "Frauenhelpline": 10, "Angehörige": 8,
                 "Krankenhaus": 5, "Jugendamt": 6, "Frauenberatung": 4, "anderes Frauenhaus": 6, "Gericht": 1,
                 "Arbeitsplatz": 1, "k.A.": 2})  # fmt: skip
RESULT = Choice({"aufgenommen": 52, "abgewiesen": 22, "weitervermittelt": 14, "Warteliste": 4, "nicht gekommen": 5,
                 "zurückgezogen": 3})  # fmt: skip
WHY = Choice({"voll belegt": 56, "Bub zu alt": 8, "kein Zutritt wegen Gefährdung": 7, "Sucht": 8, "keine Gewalt": 6,
              "psychische Erkrankung": 5, "anderes Bundesland": 4, "Aufenthaltsstatus": 2, "nicht barrierefrei": 1,
              "Sprache": 1, "Haustier": 1, "doppelt": 1})  # fmt: skip
HOUSING = Choice({"Frauenhaus": 78, "Notwohnung": 10, "Übergangswohnung": 7, "Schutzwohnung": 5})
LEFT_TO = Choice({"eigene Wohnung": 26, "Wohnung nach Wegweisung": 14, "Familie/Freunde": 16, "anderes Frauenhaus": 8,
                  "Übergangswohnung": 12, "zum Gefährder": 16, "Krankenhaus": 1, "Ausland": 2,
                  "unbekannt": 5})  # fmt: skip
CHILDREN = Choice({"0": 38, "1": 26, "2": 22, "3": 9, "4": 3, "5": 1, "": 1})
VARIANTS = {
    "Zugewiesen durch": {"selbst": ("Selbst",), "Gewaltschutzzentrum": ("GSZ",)},
    "Ergebnis": {"aufgenommen": ("Aufgenommen",)},
    "Ablehnungsgrund": {"voll belegt": ("voll",)},
    "Art der Unterbringung": {"Übergangswohnung": ("ÜGW",)},
    "Auszug zu": {"eigene Wohnung": ("Eigene Wohnung",)},
}


def records(scale: float) -> int:
    """Requests of a year, and enough of them for a small file."""
    return enough(REQUESTS, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the request."""
    calendar = Calendar(year, MONTHS, 0.9)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"K{year % 100}/{n:04d}", year, KIND(rng.random()), HERE, HERE)

    for i, (person, _) in enumerate(visits(rng, round(total * (1 - AGAIN)), total, new, keep=400)):
        yield _row(rng.random, f"A-{year}-{i + 1:04d}", person, calendar, calendar.day(i, total))


def _row(r: Callable[[], float], key: str, person: Person, calendar: Calendar, day: int) -> list[str]:
    def on(number: int) -> str:
        return f"{calendar.days[number]:%d.%m.%Y}" if number <= calendar.last else ""

    result, house = RESULT(r()), f"Haus {int(r() * 9) + 1}"
    taken = result == "aufgenommen"
    waited = int(r() ** 4 * 12)
    entered, nights = day + waited, 1 + int(r() ** 2.2 * 260)
    left = on(entered + nights) if taken and on(entered) else ""
    birth = f"{person.birth_day % 28 + 1:02d}.{person.birth_day % 12 + 1:02d}.{person.birth_year}"
    return [
        key, person.number, name_of(person.number), phone_of(person.number),
        calendar.days[day].isoformat() if r() < 0.04 else on(day), SOURCE(r()),
        "" if r() < 0.08 else str(person.birth_year) if r() < 0.2 else birth, CHILDREN(r()), f"Bezirk {int(r() * 30)}",
        result, WHY(r()) if result in ("abgewiesen", "weitervermittelt") else "", str(waited) if taken else "", house,
        name_of(f"{house} Gasse"), HOUSING(r()) if taken else "", on(entered) if taken else "", left,
        str(nights) if left else "", LEFT_TO(r()) if left else "", remark_of(key) if r() < 0.15 else "",
    ]  # fmt: skip
