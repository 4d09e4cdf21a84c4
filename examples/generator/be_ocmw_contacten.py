"""be-ocmw-contacten: a row a talk of a social service, Dutch, tabs, UTF-8 with BOM, dd/mm/yyyy. An illustrative town.

The yearly total of 1,300 talks is made up, as are all shares.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "be-ocmw-contacten", "be-ocmw_gesprekken_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", "\t", "\r\n"
TALKS, CLIENTS = 1_300, 420
COLUMNS = (
    "Gespreknr", "Dossiernr", "Naam", "GSM", "Rijksregisternummer", "Datum", "Kanaal", "Aanwezig", "Hoedanigheid",
    "Geslacht", "Geboortejaar", "Nationaliteit", "Deelgemeente", "Aangemeld door", "Vormen van geweld", "Pleger",
    "Samenwonend", "Hulp 1", "Hulp 2", "Hulp 3", "Duur (min)", "Kinderen mee", "Noodopvang vanaf", "Noodopvang tot",
    "Nachten", "Nadien", "Adres noodopvang", "Maatschappelijk werker", "Nota",
)  # fmt: skip
MONTHS = (1.08, 1.0, 1.02, 0.98, 0.96, 1.0, 0.84, 0.86, 1.06, 1.08, 1.1, 1.02)

KIND = Choice({"partner": 64, "family": 26, "stalking": 4, "sexual": 3, "threat": 3})
TOWNS = Choice({"centrum": 50, "noord": 30, "zuid": 20})
NATIONS = Choice({"BE": 70, "EU": 9, "niet-EU": 20, "staatloos": 0.2, "onbekend": 0.8})
SOURCE = Choice({"zelf": 34, "politie": 18, "CAW": 12, "familie": 8, "huisarts": 7, "school": 5, "CLB": 3, "1712": 3,
                 "vertrouwenscentrum": 2, "vluchthuis": 3, "parket": 1, "andere dienst": 4})  # fmt: skip
HOW = Choice({"sociaal huis": 52, "telefoon": 26, "huisbezoek": 14, "e-mail": 4, "online": 2, "outreach": 2})
HELP = Choice({"luisteren": 24, "rechten": 18, "steun": 16, "doorverwijzing": 14, "woning": 8, "veiligheidsplan": 6,
               "kinderen": 5, "schuldbemiddeling": 3, "leefloon": 3, "tolk": 2, "tewerkstelling": 1})  # fmt: skip
AFTER = Choice({"nieuwe woning": 24, "eigen woning": 18, "familie of vrienden": 20, "vluchthuis": 16, "terug": 18,
                "ziekenhuis": 1, "buitenland": 1, "weet niet": 2})  # fmt: skip
SEX = {"F": "v", "M": "m", "X": "x", "U": "onbekend"}
FORM = {"PHY": "fysiek", "PSY": "psychisch", "SEX": "seksueel", "ECO": "economisch", "STK": "stalking", "CYB": "online"}
RELATION = {"01": "partner", "02": "ex-partner", "03": "ouder", "04": "kind", "05": "broer/zus", "06": "familie",
            "07": "huisgenoot", "08": "vriend", "09": "kennis", "10": "werkgever", "20": "onbekende",
            "90": "niet gezegd"}  # fmt: skip
VARIANTS = {
    "Kanaal": {"sociaal huis": ("Sociaal Huis",), "telefoon": ("tel.",)},
    "Aanwezig": {"ja": ("Ja", "J"), "nee": ("Nee", "N")},
    "Hoedanigheid": {"slachtoffer": ("Slachtoffer",)},
    "Geslacht": {"v": ("V", "vrouw"), "m": ("M", "man")},
    "Nationaliteit": {"BE": ("Belg",)},
    "Aangemeld door": {"zelf": ("Zelf",)},
    "Pleger": {"partner": ("echtgenoot",), "kennis": ("buur",)},
    "Samenwonend": {"ja": ("Ja", "J"), "nee": ("Nee", "N")},
}


def records(scale: float) -> int:
    """Talks of a year, and enough of them for a small file."""
    return enough(TALKS, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the talk."""
    calendar = Calendar(year, MONTHS, 0.02)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"{year}/VG/{n:04d}", year, KIND(rng.random()), TOWNS, NATIONS)

    clients = round(total * CLIENTS / TALKS)
    for i, (person, first) in enumerate(visits(rng, clients, total, new, keep=300)):
        yield _row(rng.random, f"G{year % 100}{i + 1:05d}", person, year, calendar, calendar.day(i, total), first)


def _row(
    r: Callable[[], float], key: str, person: Person, year: int, calendar: Calendar, day: int, first: bool
) -> list[str]:
    def on(number: int) -> str:
        return f"{calendar.days[number]:%d/%m/%Y}" if number <= calendar.last else ""

    came = first or r() > 0.12
    seen = year - person.birth_year < 18 and r() < 0.5
    sheltered, nights = came and r() < 0.09, 1 + int(r() ** 2 * 70)
    left = on(day + nights) if sheltered else ""
    helps = {HELP(r()) for _ in range(1 + int(r() * 3))} if came else set()
    helps = sorted({"noodopvang", *list(helps)[:2]} if sheltered else helps)
    return [
        key, person.number, name_of(person.number), phone_of(person.number), name_of(f"RR {person.number}"),
        calendar.days[day].strftime("%d-%m-%Y" if r() < 0.05 else "%d/%m/%Y"), HOW(r()), "ja" if came else "nee",
        "kind getuige" if seen else "slachtoffer", SEX[person.sex], "" if r() < 0.05 else str(person.birth_year),
        person.nation, person.place, SOURCE(r()) if first else "",
        ", ".join(sorted(FORM[form] for form in person.forms if form in FORM)),
        RELATION.get(person.relation, "andere bekende"), {"Y": "ja", "N": "nee", "": ""}[person.cohabiting],
        *(helps + [""] * 3)[:3], str(10 + int(r() * 8) * 10) if came else "",
        str(int(r() ** 2 * 5)) if sheltered else "", on(day) if sheltered else "", left, str(nights) if left else "",
        AFTER(r()) if left else "", name_of(f"straat {key}") if sheltered else "", name_of(f"MW{int(r() * 20)}"),
        remark_of(key) if r() < 0.15 else "",
    ]  # fmt: skip
