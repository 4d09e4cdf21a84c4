"""nl-slachtofferhulp: one row a referral ("aanmelding") with its dates, Dutch, tabs, UTF-8 with BOM, yyyymmdd.

Slachtofferhulp Nederland for 2022: 206,349 registrations, 140,317 by the police (68%); the cells of kind × source below
add up to the published totals. Dates after the export (31 December) are not there yet: late referrals still wait.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, Quota, scaled
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "nl-slachtofferhulp", "nl-slachtofferhulp_aanmeldingen_{year}.tsv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", "\t", "\n"
COLUMNS = (
    "Aanmeldnummer", "Clientnummer", "Naam", "Telefoon", "Geboortedatum", "Geslacht", "Nationaliteit", "Provincie",
    "Bron", "Wijze", "Spoed", "Delictgroep", "Delict", "Vormen geweld", "Relatie dader", "Samenwonend",
    "Datum aangemeld", "Datum ontvangen", "Datum geaccepteerd", "Datum eerste contact", "Datum afgerond",
    "Datum niet bereikt", "Datum afgewezen", "Reden afwijzing", "Opmerkingen",
)  # fmt: skip
REGISTRATIONS = {
    ("Geweld", "Politie"): 51_620, ("Geweld", "eigen"): 13_274, ("Geweld", "extern"): 8_849,
    ("Vermogen", "Politie"): 46_840, ("Vermogen", "eigen"): 14_052, ("Vermogen", "extern"): 6_022,
    ("Verkeer", "Politie"): 27_499, ("Verkeer", "eigen"): 2_250, ("Verkeer", "extern"): 1_500,
    ("Zeden", "Politie"): 4_032, ("Zeden", "eigen"): 3_629, ("Zeden", "extern"): 2_420,
    ("Overig", "Politie"): 10_326, ("Overig", "eigen"): 8_422, ("Overig", "extern"): 5_614,
}  # fmt: skip
RETURNING = 0.06
MONTHS = (1.0, 0.93, 1.02, 0.98, 1.05, 1.04, 1.0, 0.98, 1.02, 1.04, 0.98, 0.96)

KIND = {
    "Geweld": Choice({"partner": 24, "family": 13, "assault": 41, "threat": 15, "stalking": 7}),
    "Zeden": Choice({"sexual": 72, "child_sexual": 28}),
    "Vermogen": Choice({"property": 1}),
    "Verkeer": Choice({"traffic": 1}),
    "Overig": Choice({"other": 97, "trafficking": 3}),
}
EXTERNAL = Choice({"Openbaar Ministerie": 34, "Ziekenhuis": 16, "Veilig Thuis": 24, "Gemeente": 10, "School": 6,
                   "Advocaat": 5, "Ander slachtofferhulp": 5})  # fmt: skip
PROVINCES = Choice({
    "Zuid-Holland": 380, "Noord-Holland": 295, "Noord-Brabant": 263, "Gelderland": 213, "Utrecht": 139,
    "Overijssel": 118, "Limburg": 113, "Friesland": 66, "Groningen": 60, "Drenthe": 50, "Flevoland": 44, "Zeeland": 39,
    "": 15,
})  # fmt: skip
NATIONS = Choice({"NL": 840, "PL": 22, "MA": 12, "TR": 14, "SY": 16, "DE": 13, "BE": 6, "RO": 8, "UA": 14, "SR": 4,
                  "": 50})  # fmt: skip
REASON = Choice({
    "Geen behoefte": 62, "Buiten doelgroep": 9, "Dubbele aanmelding": 13, "Andere organisatie passender": 8,
    "Geen capaciteit": 3, "Taalbarrière": 2, "Buiten werkgebied": 1, "Veiligheid": 1, "Overig": 1,
})  # fmt: skip
SEX = {"F": "vrouw", "M": "man", "X": "anders", "U": "onbekend"}
FORM = {"PHY": "lichamelijk", "PSY": "psychisch", "SEX": "seksueel", "ECO": "economisch", "STK": "stalking",
        "SHR": "intimidatie", "CYB": "online"}  # fmt: skip
RELATION = {
    "01": "partner", "02": "ex-partner", "03": "ouder", "04": "kind", "05": "broer/zus", "06": "overige familie",
    "07": "huisgenoot", "08": "vriend(in)", "09": "bekende", "10": "collega/werkgever", "11": "gezagspersoon",
    "12": "andere relatie", "20": "onbekende", "90": "niet vastgesteld", "NA": "n.v.t.",
}  # fmt: skip
OFFENCE = {
    "02011": "Mishandeling", "020111": "Zware mishandeling", "020112": "Eenvoudige mishandeling", "02012": "Bedreiging",
    "0204": "Mensenhandel", "0207": "Huiselijke dwang", "02071": "Belaging overig", "02072": "Stalking",
    "0208": "Smaad of belediging", "0209": "Discriminatie", "0301": "Zedenmisdrijf", "03011": "Verkrachting",
    "03012": "Aanranding", "03019": "Schennispleging", "03022": "Kinderporno", "0401": "Beroving", "0501": "Inbraak",
    "0502": "Diefstal", "0504": "Vernieling", "0701": "Oplichting", "0903": "Hacken", "X1": "Verkeersongeval",
    "X2": "Nabestaande zelfdoding", "X3": "Vermissing", "X4": "Calamiteit", "X9": "Geen misdrijf",
}  # fmt: skip
TWO = [f"{n:02d}" for n in range(32)]
VARIANTS = {
    "Geslacht": {"vrouw": ("V", "Vrouw", "VROUW"), "man": ("M", "Man", "MAN")},
    "Bron": {"Politie": ("politie", "POLITIE")},
    "Provincie": {"Friesland": ("Fryslân",), "Noord-Holland": ("Noord Holland",), "Zuid-Holland": ("Zuid Holland",)},
    "Samenwonend": {"J": ("Ja", "j"), "N": ("Nee", "n")},
}


def records(scale: float) -> int:
    """Registrations in a year."""
    return sum(scaled(REGISTRATIONS, scale).values())


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by registration number."""
    calendar = Calendar(year, MONTHS, 0.8)
    days = [d.strftime("%Y%m%d") for d in calendar.days]
    by_group: dict[str, dict[str, int]] = {}
    for (group, source), count in scaled(REGISTRATIONS, scale).items():
        by_group.setdefault(group, {})[source] = count
    groups = Quota({group: sum(sources.values()) for group, sources in by_group.items()})
    sources = {group: Quota(counts) for group, counts in by_group.items()}
    total = records(scale)

    def new(n: int) -> Person:
        group = groups.draw(rng.random())
        return draw_person(rng.random, f"C{year}{n:07d}", year, KIND[group](rng.random()), PROVINCES, NATIONS)

    for i, (person, first) in enumerate(visits(rng, round(total * (1 - RETURNING)), total, new, keep=20_000)):
        group = GROUP[person.kind]
        if not first and not groups.take(group):
            group = groups.draw(rng.random())
        source = sources[group].draw(rng.random())
        yield _row(rng.random, f"{year}-{i + 1:07d}", person, group, source, days, calendar.day(i, total))


GROUP = {"partner": "Geweld", "family": "Geweld", "assault": "Geweld", "threat": "Geweld", "stalking": "Geweld",
         "sexual": "Zeden", "child_sexual": "Zeden", "property": "Vermogen", "traffic": "Verkeer", "other": "Overig",
         "trafficking": "Overig"}  # fmt: skip


def _row(
    r: Callable[[], float], key: str, person: Person, group: str, source: str, days: list[str], day: int
) -> list[str]:
    if source == "Politie":
        way = "automatisch" if r() < 0.62 else "met toestemming"
    else:
        way, source = ("zelf gemeld", "Eigen initiatief") if source == "eigen" else ("met toestemming", EXTERNAL(r()))
    own = GROUP[person.kind] == group
    urgent = group in ("Zeden", "Geweld") and r() < 0.08
    forms = "+".join(sorted(FORM[form] for form in person.forms)) if own else ""
    u = r()
    remark = "" if u > 0.12 else remark_of(key) if u > 0.04 else f'{remark_of(key)}\nzei: "belt terug"'
    return [
        key, person.number, name_of(person.number), phone_of(person.number),
        "" if r() < 0.04 else f"{person.birth_year}{TWO[1 + person.birth_day % 12]}{TWO[1 + person.birth_day]}",
        SEX[person.sex], person.nation, person.place, source, way, "J" if urgent else "N", group,
        OFFENCE[person.offence] if own else "", forms, RELATION[person.relation] if own and r() > 0.15 else "",
        {"Y": "J", "N": "N", "": ""}[person.cohabiting] if own else "", *_course(r, urgent, days, day), remark,
    ]  # fmt: skip


def _course(r: Callable[[], float], urgent: bool, days: list[str], day: int) -> tuple[str, ...]:
    """Sent, received, accepted, first contact, completed, not reached, declined, why. After the export: blank."""

    def on(n: int) -> str:
        return days[n] if n < len(days) else ""

    received = day + (0 if r() < 0.8 else 1 + int(r() * 3))
    decided = received + int(r() ** 3 * (3 if urgent else 14))
    u = r()
    if u < 0.135:
        declined = on(decided)
        return days[day], on(received), "", "", "", "", declined, REASON(r()) if declined else ""
    if u < 0.20:
        return days[day], on(received), on(decided), "", "", on(decided + 7 + int(r() * 20)), "", ""
    if u < 0.24:
        return days[day], on(received), "", "", "", "", "", ""  # nobody has looked at it yet
    engaged = decided + (1 + int(r() ** 2 * 27) if r() < 0.88 else 31 + int(r() * 50))
    completed = on(engaged + 14 + int(r() ** 2 * 190)) if r() < 0.7 else ""
    return days[day], on(received), on(decided), on(engaged), completed, "", "", ""
