"""be-secova-faits: a row a victim of a report with a measure and a service, French, `;`, cp1252, dd/mm/yyyy.

The five municipalities are the zone's; the yearly total of 900 victims and all shares are made up.
"""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "be-secova-faits", "be-secova_faits_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
VICTIMS, AGAIN = 900, 0.3
COLUMNS = (
    "N° PV", "N° d'ordre", "N° victime", "Nom", "GSM", "Rue", "Date PV", "Date des faits", "Commune", "Qualité",
    "Sexe", "Né(e) le", "Prévention", "Formes", "Lien avec le suspect", "Cohabitation", "Lieu", "Récurrence",
    "N° suspect", "Suspect", "Mesure", "Cadre", "Demandée par", "Demandée le", "Décision", "Décidée par", "Décidée le",
    "Jusqu'au", "Violée le", "Suite", "N° renvoi", "Orienté vers", "Orienté le", "Accord", "Inspecteur", "Mémo",
)  # fmt: skip
MONTHS = (1.05, 0.95, 1.0, 0.97, 1.02, 1.04, 1.06, 1.04, 0.98, 0.98, 0.92, 1.0)

KIND = Choice({"partner": 70, "family": 24, "stalking": 4, "child_sexual": 2})
TOWNS = Choice({"Chaudfontaine": 30, "Sprimont": 22, "Esneux": 19, "Aywaille": 18, "Trooz": 11, "hors zone": 3})
NOWHERE = Choice({"": 1})
OFFENCE = {"020111": "coups et blessures avec incapacité", "02012": "menaces", "0207": "injures",
           "02072": "harcèlement", "03011": "viol", "03012": "atteinte à l'intégrité sexuelle",
           "02071": "harcèlement"}  # fmt: skip
QUARREL = Choice({"": 76, "différend familial": 19, "séquestration": 2, "non-représentation d'enfant": 2.5,
                  "tentative d'homicide": 0.5})  # fmt: skip
SEX = {"F": "F", "M": "H", "X": "X", "U": "NC"}
FORM = {"PHY": "physique", "PSY": "psychologique", "SEX": "sexuelle", "ECO": "économique", "STK": "harcèlement",
        "CYB": "numérique"}  # fmt: skip
RELATION = {"01": "partenaire", "02": "ex-partenaire", "03": "parent", "04": "enfant", "05": "frère/sœur",
            "06": "autre famille", "07": "cohabitant", "09": "connaissance", "20": "inconnu", "90": "non établi",
            "NA": "sans objet"}  # fmt: skip
PLACE = Choice({"domicile": 74, "autre domicile": 8, "voie publique": 10, "travail": 2, "école": 1, "internet": 5})
OFTEN = Choice({"premier fait": 38, "répété": 44, "continu": 12, "NC": 6})
MEASURE = Choice({"interdiction temporaire de résidence": 28, "interdiction de contact": 24, "alarme mobile": 14,
                  "inspecteur du même sexe": 14, "hébergement d'urgence": 14, "bracelet": 2})  # fmt: skip
DECISION = Choice({"accordée": 72, "refusée": 14, "prolongée": 8, "levée": 4, "expirée": 2})
BY = Choice({"parquet": 60, "juge": 10, "tribunal de la famille": 18, "police": 12})
AFTER = Choice({"arrestation": 34, "avertissement": 26, "PV": 34, "aucune": 6})
SENT_TO = Choice({"aide aux victimes": 42, "violences conjugales": 20, "CPAS": 12, "médecin": 10, "CPVS": 3,
                  "hébergement d'urgence": 7, "SOS Enfants": 6})  # fmt: skip
AGREED = Choice({"oui": 66, "non": 26, "accompagnée": 8})
VARIANTS = {
    "Qualité": {"victime": ("Victime",), "enfant témoin": ("Enfant témoin",)},
    "Sexe": {"F": ("f",), "H": ("M",)},
    "Mesure": {"interdiction temporaire de résidence": ("ITR",)},
    "Lien avec le suspect": {"partenaire": ("conjoint",), "ex-partenaire": ("ex-conjoint",)},
    "Orienté vers": {"aide aux victimes": ("SAV",)},
    "Lieu": {"domicile": ("Domicile",)},
}


def records(scale: float) -> int:
    """Victims of a year's reports, and enough of them for a small file."""
    return enough(VICTIMS, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows by report and victim."""
    calendar = Calendar(year, MONTHS, 1.3)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"V{year % 100}{n:05d}", year, KIND(rng.random()), TOWNS, NOWHERE)

    for i, (victim, _) in enumerate(visits(rng, round(total * (1 - AGAIN)), total, new, keep=500)):
        yield from _report(rng.random, f"LI.43.{i + 1:06d}/{year}", victim, year, calendar, calendar.day(i, total))


def _report(
    r: Callable[[], float], key: str, victim: Person, year: int, calendar: Calendar, day: int
) -> Iterator[list[str]]:
    def on(number: int) -> str:
        return f"{calendar.days[number]:%d/%m/%Y}" if number <= calendar.last else ""

    child = year - victim.birth_year < 18
    seen = child and r() < 0.6
    birth = f"{victim.birth_day % 28 + 1:02d}/{victim.birth_day % 12 + 1:02d}/{victim.birth_year}"
    head = [
        key, str(1 + int(r() * 3)), victim.number, name_of(victim.number), phone_of(victim.number),
        name_of(f"rue {victim.number}"),
        calendar.days[day].strftime("%d-%m-%Y" if r() < 0.04 else "%d/%m/%Y"), on(max(0, day - int(r() ** 3 * 20))),
        victim.place, "enfant témoin" if seen else "victime", SEX[victim.sex], "" if r() < 0.03 else birth,
        QUARREL(r()) or OFFENCE.get(victim.offence, "coups et blessures"),
        ", ".join(sorted(FORM[form] for form in victim.forms if form in FORM)), RELATION.get(victim.relation, "autre"),
        {"Y": "oui", "N": "non", "": ""}[victim.cohabiting], PLACE(r()), OFTEN(r()), f"S{int(r() * 90_000):05d}",
        name_of(f"S{victim.number}"),
    ]  # fmt: skip
    wanted = {"audition vidéo du mineur"} if child and r() < 0.5 else set()
    wanted |= {MEASURE(r()) for _ in range(int(r() ** 2 * 3))}
    measures = [_measure(r, each, on, day) for each in sorted(wanted)]
    asked = sorted({"groupe enfants" if seen and r() < 0.5 else SENT_TO(r()) for _ in range(int(r() * 3))})
    sent = [[str(n), to, on(day + int(r() * 5)) or on(day), AGREED(r())] for n, to in enumerate(asked, 1)]
    officer = name_of(f"I{int(r() * 60)}")
    for measure, referral in list(zip_longest(measures, sent)) or [(None, None)]:
        remark = f"{remark_of(key)}\nà revoir" if r() < 0.08 else ""
        yield [*head, *(measure or [""] * 10), *(referral or [""] * 4), officer, remark]


def _measure(r: Callable[[], float], what: str, on: Callable[[int], str], day: int) -> list[str]:
    decided = on(day + 1 + int(r() * 14)) if r() < 0.8 else ""
    told = [DECISION(r()), BY(r()), decided, on(day + 30 + int(r() * 90))] if decided else [""] * 4
    broken = on(day + 20 + int(r() * 60)) if decided and told[0] in ("accordée", "prolongée") and r() < 0.15 else ""
    frame = "pénal" if r() < 0.6 else "civil"
    by = "victime" if r() < 0.4 else "police"
    return [what, frame, by, on(day), *told, broken, AFTER(r()) if broken else ""]
