"""fi-riku: one row a support relationship ("tukisuhde"), Finnish, `|`, ISO-8859-15, d.m.yyyy, birth years.

Rikosuhripäivystys for 2022: 9,400 support relationships; three of four clients are women. The police pass contact
details on with her or his consent: such a row has the date of the request. Requests that came to nothing (nobody was
reached, no support was wanted) stand there without an opening: without them every request would look answered.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "fi-riku", "fi-riku_tukisuhteet_{year}.txt"
ENCODING, SEPARATOR, NEWLINE = "iso-8859-15", "|", "\r\n"
RELATIONSHIPS, RETURNING = 9_400, 0.07
UNANSWERED = 1_300
"""Requests without a relationship: made up, as the partner does not publish them."""
COLUMNS = (
    "TUKISUHDENRO", "ASIAKASNRO", "NIMI", "PUHELIN", "SUKUPUOLI", "SYNTYMÄVUOSI", "KANSALAISUUS", "MAAKUNTA",
    "RIKOSNIMIKE", "VÄKIVALLAN MUODOT", "SUHDE TEKIJÄÄN", "SAMA TALOUS", "OHJAAVA TAHO", "YHTEYDENOTTOPYYNTÖ",
    "TUKISUHDE ALKOI", "TUKISUHDE PÄÄTTYI", "PÄÄTTYMISSYY", "TARPEISIIN VASTATTU", "LISÄTIEDOT",
)  # fmt: skip
MONTHS = (1.03, 0.98, 1.04, 0.98, 1.03, 0.96, 0.82, 1.05, 1.07, 1.06, 1.04, 0.94)

KIND = Choice({
    "partner": 38, "family": 14, "sexual": 16, "child_sexual": 7, "assault": 8, "threat": 5, "stalking": 6,
    "trafficking": 1, "property": 3, "traffic": 0.5, "other": 1.5,
})  # fmt: skip
REGIONS = Choice({
    "Uusimaa": 1734, "Pirkanmaa": 545, "Varsinais-Suomi": 494, "Pohjois-Pohjanmaa": 418, "Keski-Suomi": 273,
    "Pohjois-Savo": 248, "Satakunta": 212, "Päijät-Häme": 204, "Etelä-Pohjanmaa": 190, "Pohjanmaa": 178, "Lappi": 176,
    "Kanta-Häme": 169, "Pohjois-Karjala": 162, "Kymenlaakso": 157, "Etelä-Savo": 129, "Etelä-Karjala": 125,
    "Kainuu": 70, "Keski-Pohjanmaa": 68, "Ahvenanmaa": 31, "": 60,
})  # fmt: skip
NATIONS = Choice({"Suomi": 880, "Viro": 22, "Venäjä": 18, "Irak": 9, "Somalia": 8, "Ukraina": 16, "Thaimaa": 5,
                  "Ruotsi": 6, "Afganistan": 5, "Kansalaisuudeton": 1, "ei tiedossa": 30})  # fmt: skip
SOURCE = Choice({"poliisi": 46, "asiakas itse": 22, "läheinen": 7, "syyttäjä": 2, "oikeusavustaja": 4,
                 "sosiaalitoimi": 7, "terveydenhuolto": 5, "turvakoti": 2, "116 006": 4,
                 "muu järjestö": 1})  # fmt: skip
CLOSURE = Choice({"tavoitteet saavutettu": 48, "asiakkaan pyyntö": 14, "ei yhteyttä": 24, "siirretty": 8, "muutto": 3,
                  "kuollut": 0.3, "muu": 2.7})  # fmt: skip
NOTHING_CAME = Choice({"ei tavoitettu": 62, "ei halunnut tukea": 38})
MET = Choice({"kyllä": 60, "osittain": 25, "ei": 6, "ei tiedossa": 9})
SEX = {"F": "nainen", "M": "mies", "X": "muu", "U": "ei tiedossa"}
FORM = {"PHY": "fyysinen", "PSY": "henkinen", "SEX": "seksuaalinen", "ECO": "taloudellinen", "STK": "vaino",
        "SHR": "häirintä", "CYB": "digitaalinen"}  # fmt: skip
RELATION = {
    "01": "puoliso", "02": "entinen puoliso", "03": "vanhempi", "04": "oma lapsi", "05": "sisarus",
    "06": "muu sukulainen", "07": "samassa taloudessa", "08": "ystävä", "09": "tuttava", "10": "työtoveri",
    "11": "auktoriteettiasemassa", "12": "muu tuttu", "20": "tuntematon", "90": "ei selvillä", "NA": "ei koske",
}  # fmt: skip
OFFENCE = {
    "02011": "pahoinpitely", "020111": "törkeä pahoinpitely", "020112": "lievä pahoinpitely", "02012": "laiton uhkaus",
    "0204": "ihmiskauppa", "0207": "pakottaminen", "02071": "viestintärauhan rikkominen", "02072": "vainoaminen",
    "0208": "kunnianloukkaus", "0209": "syrjintä", "0301": "seksuaalirikos", "03011": "raiskaus",
    "03012": "seksuaalinen kajoaminen", "03019": "seksuaalinen ahdistelu", "03022": "lapsen seksuaalinen hyväksikäyttö",
    "0401": "ryöstö", "0501": "asuntomurto", "0502": "varkaus", "0504": "vahingonteko", "0701": "petos",
    "0903": "tietomurto", "X1": "liikenneonnettomuus", "X2": "läheisen itsemurha", "X3": "kadonnut läheinen",
    "X4": "suuronnettomuus", "X9": "ei rikosta",
}  # fmt: skip
VARIANTS = {
    "SUKUPUOLI": {"nainen": ("N", "Nainen", "NAINEN"), "mies": ("M", "Mies", "MIES")},
    "OHJAAVA TAHO": {"poliisi": ("Poliisi", "POLIISI"), "asiakas itse": ("Asiakas itse",)},
    "MAAKUNTA": {"Uusimaa": ("UUSIMAA", "Nyland"), "Ahvenanmaa": ("Åland",)},
    "SAMA TALOUS": {"kyllä": ("K", "Kyllä"), "ei": ("E", "Ei")},
}


def records(scale: float) -> int:
    """Rows of a year: support relationships opened, and requests that came to nothing."""
    return round(RELATIONSHIPS * scale) + round(UNANSWERED * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the support relationship."""
    calendar = Calendar(year, MONTHS, 0.15)
    days = [f"{d.day}.{d.month}.{d.year}" for d in calendar.days]
    total, opened = records(scale), round(RELATIONSHIPS * scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"{year % 100}{n:06d}", year, KIND(rng.random()), REGIONS, NATIONS)

    for i, (client, _) in enumerate(visits(rng, round(total * (1 - RETURNING)), total, new, keep=3_000)):
        key, day = f"TS/{year}/{i + 1:05d}", calendar.day(i, total)
        # Spread evenly, so that exactly the published number of relationships is opened.
        begun = (i + 1) * opened // total > i * opened // total
        yield _row(rng.random, key, client, days, day) if begun else _request(rng.random, key, client, days, day)


def _request(r: Callable[[], float], key: str, client: Person, days: list[str], day: int) -> list[str]:
    """A request by the police that led to no support: it has an end and no opening."""
    row = _row(r, key, client, days, day)
    given = dict(zip(COLUMNS, row, strict=True))
    given |= {
        "OHJAAVA TAHO": "poliisi",
        "YHTEYDENOTTOPYYNTÖ": days[day],
        "TUKISUHDE ALKOI": "",
        "TARPEISIIN VASTATTU": "",
    }
    given |= {"TUKISUHDE PÄÄTTYI": days[min(day + 14, len(days) - 1)], "PÄÄTTYMISSYY": NOTHING_CAME(r())}
    return list(given.values())


def _row(r: Callable[[], float], key: str, client: Person, days: list[str], day: int) -> list[str]:
    """The request came up to three weeks before the opening; the end, if it came before the export, is given."""
    source = SOURCE(r())
    asked = source not in ("asiakas itse", "läheinen", "116 006")
    end = day + 20 + int(r() ** 2 * 320)
    closed = end < len(days) and r() < 0.9
    return [
        key, client.number, name_of(client.number), phone_of(client.number), SEX[client.sex],
        "" if r() < 0.03 else str(client.birth_year), client.nation, client.place, OFFENCE[client.offence],
        ", ".join(sorted(FORM[form] for form in client.forms)), RELATION[client.relation] if r() > 0.1 else "-",
        {"Y": "kyllä", "N": "ei", "": "-"}[client.cohabiting], source,
        days[max(0, day - int(r() ** 2 * 45))] if asked else "", days[day],
        days[end] if closed else "", CLOSURE(r()) if closed else "", MET(r()) if closed else "",
        remark_of(key) if r() < 0.2 else "",
    ]  # fmt: skip
