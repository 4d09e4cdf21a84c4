"""it-1522-contatti: one row a call or chat to 1522, Italian, `,`, UTF-8 with BOM, months by name, nobody named.

The yearly total of 5,200 contacts is made up, as are all shares. Bands of age are the line's own.
"""

from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of
from examples.generator.places_it import REGIONI

CODE, FILE = "it-1522-contatti", "it-1522_contatti_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", ",", "\n"
CONTACTS = 5_200
COLUMNS = (
    "ID_CONTATTO", "DATA", "ORA", "CANALE", "NUMERO_CHIAMANTE", "OPERATRICE", "CHI_CHIAMA", "SESSO_VITTIMA",
    "CLASSE_ETA", "CITTADINANZA", "REGIONE", "COMUNE", "COME_CONOSCE", "TIPO_VIOLENZA", "AUTORE", "DA_QUANTO",
    "FREQUENZA", "DENUNCIA", "MINORI_ASSISTONO", "RISPOSTA", "INVIO_A", "MODO_INVIO", "DURATA_MIN", "ANNOTAZIONI",
)  # fmt: skip
SHORT = ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic")
LONG = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
        "novembre", "dicembre")  # fmt: skip
MONTHS = (0.92, 0.9, 1.02, 0.96, 0.98, 0.96, 0.98, 0.92, 1.0, 1.04, 1.42, 0.98)
"""November has the day against violence, and the campaign with it."""

KIND = Choice({"partner": 58, "family": 18, "stalking": 12, "sexual": 5, "threat": 4, "assault": 3})
REGIONS = Choice({**REGIONI, "ND": 90})
NATIONS = Choice({"italiana": 84, "UE": 4, "extra UE": 9, "": 3})
CHANNEL = Choice({"telefono": 74, "chat": 21, "app": 5})
CALLER = Choice({"vittima": 71, "parente": 13, "amica/o": 9, "testimone": 3, "operatore": 4})
HEARD = Choice({"televisione": 34, "internet": 38, "passaparola": 8, "forze dell'ordine": 6, "pronto soccorso": 2,
                "servizi sociali": 3, "centro antiviolenza": 3, "scuola": 1, "non rilevato": 5})  # fmt: skip
SINCE = Choice({"giorni": 9, "mesi": 27, "anni": 52, "non sa": 4, "": 8})
OFTEN = Choice({"un episodio": 9, "qualche episodio": 26, "continua": 58, "non sa": 2, "": 5})
REPORTED = Choice({"sì": 16, "no": 72, "ritirata": 3, "preferisce non dire": 4, "": 5})
ANSWER = Choice({"ascolto": 42, "informazioni": 30, "invio": 16, "consulenza legale": 7, "emergenza": 3,
                 "piano di sicurezza": 2})  # fmt: skip
SENT_TO = Choice({"centro antiviolenza": 74, "112": 10, "pronto soccorso": 2, "servizi sociali": 4, "casa rifugio": 2,
                  "sportello legale": 5, "centro anti-tratta": 1, "centro uomini maltrattanti": 2})  # fmt: skip
SENT_BY = Choice({"numero fornito": 76, "trasferimento di chiamata": 15, "segnalazione con consenso": 9})
BANDS = ((17, "fino a 17"), (24, "18-24"), (34, "25-34"), (44, "35-44"), (54, "45-54"), (64, "55-64"), (74, "65-74"),
         (120, "oltre 74"))  # fmt: skip
SEX = {"F": "F", "M": "M", "X": "T", "U": "ND"}
FORM = {"PHY": "fisica", "PSY": "psicologica", "SEX": "sessuale", "ECO": "economica", "STK": "stalking",
        "SHR": "molestie sessuali", "CYB": "online"}  # fmt: skip
RELATION = {
    "01": "marito", "02": "ex partner", "03": "genitore", "04": "figlio/a", "05": "fratello/sorella",
    "06": "altro parente", "07": "coinquilino", "08": "amico/a", "09": "conoscente", "10": "collega/datore",
    "11": "figura di autorità", "12": "altro noto", "20": "sconosciuto", "90": "non noto", "NA": "non applicabile",
}  # fmt: skip
VARIANTS = {
    "CANALE": {"telefono": ("Telefono", "TEL"), "chat": ("Chat",)},
    "CHI_CHIAMA": {"vittima": ("Vittima",)},
    "SESSO_VITTIMA": {"F": ("f", "Donna"), "M": ("m", "Uomo")},
    "CITTADINANZA": {"italiana": ("Italiana",), "extra UE": ("non UE",)},
    "REGIONE": {"Emilia-Romagna": ("Emilia Romagna",), "Friuli-Venezia Giulia": ("Friuli Venezia Giulia",)},
    "COME_CONOSCE": {"forze dell'ordine": ("FF.OO.",)},
    "AUTORE": {"marito": ("partner", "convivente"), "ex partner": ("ex marito",), "conoscente": ("vicino/a",)},
    "FREQUENZA": {"continua": ("Continua",)},
    "DENUNCIA": {"sì": ("Sì", "si"), "no": ("No",)},
    "INVIO_A": {"centro antiviolenza": ("CAV",)},
}


def records(scale: float) -> int:
    """Contacts of a year."""
    return round(CONTACTS * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the contact. Nobody calls twice, as far as anybody can tell."""
    calendar = Calendar(year, MONTHS, 0.8)
    total = records(scale)
    for i in range(total):
        person = draw_person(rng.random, f"{i}", year, KIND(rng.random()), REGIONS, NATIONS)
        day = _written(calendar.days[calendar.day(i, total)], in_full=rng.random() < 0.03)
        yield _row(rng.random, f"C{year}{i + 1:06d}", person, year, day)


def _written(day: date, *, in_full: bool) -> str:
    """A day as most operators write it, and as some do."""
    month = day.month - 1
    return f"{day.day} {LONG[month]} {day.year}" if in_full else f"{day.day:02d}-{SHORT[month]}-{day.year}"


def _row(r: Callable[[], float], key: str, person: Person, year: int, day: str) -> list[str]:
    age = year - person.birth_year
    answers = sorted({ANSWER(r()), ANSWER(r())})
    sent = "invio" in answers or "emergenza" in answers
    forms = " + ".join(sorted(FORM[form] for form in person.forms))
    if r() < 0.01:
        forms = f"{forms} + mobbing" if forms else "mobbing"
    return [
        key, day, f"{int(r() * 24):02d}:{int(r() * 60):02d}", CHANNEL(r()), phone_of(key),
        name_of(f"O{int(r() * 25)}"), CALLER(r()), SEX[person.sex],
        next(band for last, band in BANDS if age <= last) if r() > 0.12 else "ND", person.nation, person.place,
        f"Comune {int(r() * 400)}" if r() < 0.6 else "", HEARD(r()), forms,
        RELATION[person.relation] if r() > 0.07 else "", SINCE(r()), OFTEN(r()), REPORTED(r()),
        "" if r() < 0.5 else "sì" if r() < 0.6 else "no", " + ".join(answers), SENT_TO(r()) if sent else "",
        SENT_BY(r()) if sent else "", str(1 + int(r() ** 2 * 55)),
        f'"{remark_of(key)}", dice' if r() < 0.15 else "",
    ]  # fmt: skip
