"""hr-vwssc: one row a call to 116 006, Croatian, `;`, cp1250, dates with a last full stop, callers without a name.

The yearly total of 4,600 calls is made up, as are all shares. Bands of age are the call centre's own.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of

CODE, FILE = "hr-vwssc", "hr-vwssc_pozivi_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1250", ";", "\r\n"
CALLS = 4_600
COLUMNS = (
    "BROJ POZIVA", "DATUM", "VRIJEME", "VRSTA POZIVA", "ISHOD", "KANAL", "TELEFON", "VOLONTER", "POZIVATELJ", "SPOL",
    "DOB", "ŽUPANIJA", "TKO JE UPUTIO", "KAZNENO DJELO", "OBLICI NASILJA", "POČINITELJ", "PRUŽENO", "TRAJANJE (MIN)",
    "BILJEŠKA",
)  # fmt: skip
MONTHS = (1.02, 0.98, 1.04, 1.0, 1.02, 0.98, 0.94, 0.86, 1.0, 1.06, 1.08, 1.02)

KIND = Choice({
    "partner": 40, "family": 18, "sexual": 7, "child_sexual": 3, "assault": 5, "threat": 6, "stalking": 7,
    "property": 6, "traffic": 2, "other": 6,
})  # fmt: skip
COUNTIES = Choice({
    "Grad Zagreb": 260, "Zagrebačka": 78, "Splitsko-dalmatinska": 110, "Primorsko-goranska": 70, "Istarska": 50,
    "Osječko-baranjska": 66, "Vukovarsko-srijemska": 36, "Varaždinska": 40, "Međimurska": 28, "Zadarska": 42,
    "Sisačko-moslavačka": 36, "Brodsko-posavska": 32, "Karlovačka": 28, "Krapinsko-zagorska": 30,
    "Bjelovarsko-bilogorska": 26, "Koprivničko-križevačka": 24, "Dubrovačko-neretvanska": 30, "Šibensko-kninska": 24,
    "Požeško-slavonska": 16, "Virovitičko-podravska": 18, "Ličko-senjska": 12, "n/p": 90,
})  # fmt: skip
NOWHERE = Choice({"": 1})
ACT = Choice({"savjetovanje": 74, "informacija": 19, "povratni poziv": 7})
RESULT = Choice({"nema odgovora": 82, "krivi broj": 8, "nije sigurno": 10})
CHANNEL = Choice({"telefon": 82, "e-mail": 12, "chat": 4, "osobno": 2})
CALLER = Choice({"žrtva": 68, "član obitelji": 15, "treća osoba": 9, "svjedok": 4, "stručnjak": 4})
SOURCE = Choice({"sam/a": 44, "policija": 22, "obitelj": 9, "HZSR": 7, "udruga": 6, "sud": 4, "državno odvjetništvo": 3,
                 "bolnica": 3, "škola": 2})  # fmt: skip
GIVEN = Choice({"emocionalna podrška": 38, "prava žrtava": 26, "praktične informacije": 14, "upućivanje": 10,
                "pravna informacija": 7, "priprema za sud": 2, "sigurnosni plan": 2,
                "ispunjavanje obrasca": 1})  # fmt: skip
BANDS = ((5, "0-5"), (11, "6-11"), (13, "12-13"), (17, "14-17"), (24, "18-24"), (34, "25-34"), (44, "35-44"),
         (54, "45-54"), (64, "55-64"), (120, "65+"))  # fmt: skip
SEX = {"F": "Ž", "M": "M", "X": "X", "U": "n/p"}
FORM = {"PHY": "tjelesno", "PSY": "psihičko", "SEX": "spolno", "ECO": "ekonomsko", "STK": "uhođenje",
        "SHR": "spolno uznemiravanje", "CYB": "kibernetičko"}  # fmt: skip
RELATION = {
    "01": "supružnik", "02": "bivši partner", "03": "roditelj", "04": "dijete", "05": "brat/sestra",
    "06": "drugi srodnik", "07": "ukućanin", "08": "prijatelj", "09": "poznanik", "10": "kolega ili poslodavac",
    "11": "osoba s autoritetom", "12": "druga poznata osoba", "20": "nepoznat", "90": "nije utvrđeno",
    "NA": "nije primjenjivo",
}  # fmt: skip
OFFENCE = {
    "02011": "tjelesna ozljeda", "020111": "teška tjelesna ozljeda", "020112": "laka ozljeda", "02012": "prijetnja",
    "0204": "trgovanje ljudima", "0207": "prisila", "02071": "uznemiravanje", "02072": "nametljivo ponašanje",
    "0208": "uvreda ili kleveta", "0209": "diskriminacija", "0301": "spolno nasilje", "03011": "silovanje",
    "03012": "spolni napad", "03019": "bludne radnje", "03022": "zlostavljanje djeteta", "0401": "razbojništvo",
    "0501": "provala", "0502": "krađa", "0504": "oštećenje stvari", "0701": "prijevara", "0903": "računalni kriminal",
    "X1": "prometna nesreća", "X2": "samoubojstvo bliske osobe", "X3": "nestala osoba", "X4": "katastrofa",
    "X9": "nije kazneno djelo",
}  # fmt: skip
VARIANTS = {
    "SPOL": {"Ž": ("ž", "žensko"), "M": ("m", "muško")},
    "KANAL": {"telefon": ("Telefon", "tel."), "e-mail": ("E-mail",)},
    "ŽUPANIJA": {"Grad Zagreb": ("Zagreb",)},
    "TKO JE UPUTIO": {"sam/a": ("Sam/a",), "policija": ("Policija",)},
    "POZIVATELJ": {"žrtva": ("Žrtva",)},
    "POČINITELJ": {"supružnik": ("partner",), "bivši partner": ("bivši supružnik",), "poznanik": ("susjed",)},
}


def records(scale: float) -> int:
    """Calls of a year."""
    return round(CALLS * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the call. Nobody calls twice, as far as anybody can tell."""
    calendar = Calendar(year, MONTHS, 0.7)
    total = records(scale)
    for i in range(total):
        day = calendar.days[calendar.day(i, total)]
        written = f"{day.day:02d}.{day.month:02d}.{day.year}" + ("." if i % 5 else "")
        victim = draw_person(rng.random, f"{i}", year, KIND(rng.random()), COUNTIES, NOWHERE)
        yield _row(rng.random, f"{year}/{i + 1:05d}", victim, year, written)


def _row(r: Callable[[], float], key: str, victim: Person, year: int, day: str) -> list[str]:
    act = ACT(r())
    back = act == "povratni poziv"
    age = year - victim.birth_year
    home = victim.kind in ("partner", "family")
    given = "" if back else "/".join(sorted({GIVEN(r()), GIVEN(r())}))
    return [
        key, day, f"{int(r() * 24):02d}:{int(r() * 60):02d}", act, RESULT(r()) if back else "",
        "telefon" if back else CHANNEL(r()), phone_of(key), name_of(f"V{int(r() * 40)}"), CALLER(r()), SEX[victim.sex],
        next(band for last, band in BANDS if age <= last) if r() > 0.15 else "n/p", victim.place, SOURCE(r()),
        "nasilje u obitelji" if home else OFFENCE[victim.offence],
        "/".join(sorted(FORM[form] for form in victim.forms)), RELATION[victim.relation] if r() > 0.1 else "n/p",
        given, "" if back else str(1 + int(r() ** 2 * 70)), remark_of(key) if r() < 0.2 else "",
    ]  # fmt: skip
