"""nl-iom-begeleiding: one row a talk with a client of SAMEN, Dutch, `;`, cp1252, dates with hyphens or slashes.

The project meant to reach 500 adults in two years, in six cities: 1,300 talks with 250 of them a year are made up.
"""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "nl-iom-begeleiding", "nl-iom_samen_gesprekken_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
TALKS, CLIENTS = 1_300, 250
COLUMNS = (
    "Gespreknr", "Clientcode", "Voornaam", "Telefoon", "Geslacht", "Geboortejaar", "Nationaliteit",
    "Land van herkomst", "Verblijfsstatus", "Stad", "Aangemeld door", "Datum", "Verschenen", "Vorm", "Minuten",
    "Begeleider", "Hulp 1", "Hulp 2", "Hulp 3", "Hulpvragen", "Geweld verteld op", "Soort geweld", "Pleger", "Fase",
    "Aangifte", "Verwezen naar", "Wijze", "Aangekomen op", "Notities",
)  # fmt: skip
MONTHS = (1.0, 1.0, 1.06, 0.98, 1.0, 1.04, 0.84, 0.8, 1.08, 1.1, 1.08, 0.82)

KIND = Choice({"partner": 46, "family": 24, "sexual": 15, "trafficking": 6, "assault": 5, "threat": 4})
CITIES = Choice({"Amsterdam": 30, "Rotterdam": 24, "Den Haag": 18, "Utrecht": 13, "Arnhem": 9, "Nijmegen": 8,
                 "onbekend": 1})  # fmt: skip
NATIONS = Choice({"niet-EU": 82, "EU": 6, "NL": 9, "staatloos": 2, "-": 1})
COUNTRY = Choice({"Syrië": 22, "Eritrea": 14, "Turkije": 12, "Afghanistan": 10, "Somalië": 9, "Irak": 8, "Iran": 7,
                  "Marokko": 6, "Oekraïne": 6, "": 6})  # fmt: skip
STATUS = Choice({"asielprocedure": 34, "vergunning": 38, "ongedocumenteerd": 14, "afhankelijk van partner": 9, "": 5})
SOURCE = Choice({"zelf": 21, "sleutelpersoon": 17, "ambassadeur": 12, "COA": 15, "VluchtelingenWerk": 13, "huisarts": 4,
                 "GZA": 4, "wijkteam": 6, "Veilig Thuis": 3, "politie": 1, "Dokters van de Wereld": 4})  # fmt: skip
FORM_OF_TALK = Choice({"spreekuur": 52, "azc": 16, "huisbezoek": 5, "telefoon": 15, "WhatsApp": 7, "beeldbellen": 5})
HELP = Choice({"luisterend oor": 34, "psycho-educatie": 18, "uitleg rechten": 16, "tolk": 8, "veiligheidsplan": 4,
               "doorverwijzing": 8, "begeleiding naar afspraak": 5, "praktische hulp": 6, "terugkeer": 1})  # fmt: skip
WISH = Choice({"psychisch": 24, "verblijf": 16, "wonen": 12, "rechten": 11, "veiligheid": 8, "gezondheid": 8,
               "contact": 7, "kinderen": 6, "geld": 5, "juridisch": 5, "taal": 4, "werk": 4, "opvang": 3,
               "inburgering": 2})  # fmt: skip
PHASE = Choice({"herkomst": 38, "onderweg": 21, "opvang": 9, "Nederland": 32})
REPORTED = Choice({"nee": 78, "ja": 11, "wil niet zeggen": 6, "onbekend": 5})
SENT_TO = Choice({"GGZ": 24, "huisarts": 18, "Juridisch Loket": 14, "Slachtofferhulp": 11, "Veilig Thuis": 8,
                  "Dokters van de Wereld": 9, "vrouwenopvang": 6, "Centrum Seksueel Geweld": 6,
                  "CoMensha": 4})  # fmt: skip
WAY = Choice({"met toestemming": 52, "folder": 22, "warme overdracht": 18, "meegegaan": 8})
SEX = {"F": "v", "M": "m", "X": "x", "U": "onbekend"}
FORM = {"PHY": "lichamelijk", "PSY": "psychisch", "SEX": "seksueel", "ECO": "economisch", "STK": "stalking",
        "SHR": "seksueel", "CYB": "online"}  # fmt: skip
RELATION = {
    "01": "partner", "02": "ex-partner", "03": "ouder", "04": "kind", "05": "broer/zus", "06": "familie",
    "07": "huisgenoot", "08": "bekende", "09": "bekende", "10": "werkgever", "11": "gezagsdrager", "12": "smokkelaar",
    "20": "onbekende", "90": "niet verteld",
}  # fmt: skip
VARIANTS = {
    "Geslacht": {"v": ("V", "vrouw"), "m": ("M", "man")},
    "Nationaliteit": {"niet-EU": ("buiten EU",)},
    "Stad": {"Amsterdam": ("A'dam",), "Den Haag": ("'s-Gravenhage",), "Rotterdam": ("R'dam",)},
    "Aangemeld door": {"zelf": ("Zelf",)},
    "Verschenen": {"ja": ("Ja", "J"), "nee": ("Nee", "N")},
    "Vorm": {"spreekuur": ("Spreekuur",)},
    "Pleger": {"familie": ("schoonfamilie",)},
    "Aangifte": {"ja": ("Ja", "J"), "nee": ("Nee", "N")},
    "Verwezen naar": {"Centrum Seksueel Geweld": ("CSG",)},
}


def records(scale: float) -> int:
    """Talks of a year."""
    return round(TALKS * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the talk."""
    calendar = Calendar(year, MONTHS, 0.05)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"SAM-{year % 100}-{n:04d}", year, KIND(rng.random()), CITIES, NATIONS)

    for i, (person, first) in enumerate(visits(rng, round(CLIENTS * scale), total, new, keep=500)):
        yield _row(rng.random, f"{year}.{i + 1:05d}", person, calendar.days, calendar.day(i, total), first)


def _row(r: Callable[[], float], key: str, person: Person, days: list[date], day: int, first: bool) -> list[str]:
    """The violence and the needs are mostly told at the first talk. A talk that she did not come to says no more."""
    came = first or r() > 0.13
    helps = sorted({HELP(r()) for _ in range(1 + int(r() * 3))}) if came else []
    told = came and (r() < 0.62 if first else r() < 0.04)
    wishes = sorted({WISH(r()) for _ in range(1 + int(r() * 4))}) if came and (first or r() < 0.1) else []
    sent = came and ("doorverwijzing" in helps or r() < 0.08)
    arrived = day + 3 + int(r() ** 2 * 50)
    there = sent and r() < 0.55 and arrived < len(days)
    violence = (
        ", ".join(sorted({FORM[form] for form in person.forms})), RELATION.get(person.relation, "-"), PHASE(r()),
        REPORTED(r()),
    )  # fmt: skip
    return [
        key, person.number, name_of(person.number), phone_of(person.number), SEX[person.sex],
        "" if r() < 0.06 else str(person.birth_year), person.nation, COUNTRY(r()), STATUS(r()), person.place,
        SOURCE(r()) if first else "", _written(days[day], r() < 0.1), "ja" if came else "nee",
        FORM_OF_TALK(r()) if came else "",
        str(15 + int(r() * 6) * 15) if came else "", name_of(f"B{int(r() * 14)}"), *(helps + [""] * 3)[:3],
        ", ".join(wishes), _written(days[day]) if told else "", *(violence if told else [""] * 4),
        SENT_TO(r()) if sent else "", WAY(r()) if sent else "", _written(days[arrived]) if there else "",
        f'{remark_of(key)}; belt "later" terug' if r() < 0.18 else "",
    ]  # fmt: skip


def _written(day: date, slashes: bool = False) -> str:
    return day.strftime("%d/%m/%Y" if slashes else "%d-%m-%Y")
