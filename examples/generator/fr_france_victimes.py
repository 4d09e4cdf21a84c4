"""fr-france-victimes: one row a help in an interview ("entretien"), French, `;`, UTF-8, dd/mm/yyyy.

A local association of the federation for 2024: 2,501 victims in 11,310 interviews. Of 100 victims, justice sends 29,
police and gendarmerie 27; offences against persons are 62, property 28, traffic 7, other 3 of 100.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "fr-france-victimes", "fr-france-victimes_entretiens_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8", ";", "\r\n"
INTERVIEWS, VICTIMS = 11_310, 2_501
COLUMNS = (
    "N° entretien", "N° dossier", "Nom", "Téléphone", "Date entretien", "Présence", "Qualité", "Sexe", "Âge",
    "Département", "Mode", "Aide", "Durée", "Orienté par", "Juridiction", "Nature des faits", "Violences",
    "Lien avec l'auteur", "Même domicile", "Observations",
)  # fmt: skip
MONTHS = (1.04, 1.0, 1.06, 0.98, 0.95, 1.05, 0.86, 0.7, 1.08, 1.1, 1.02, 0.92)

KIND = Choice({
    "partner": 26, "family": 8, "sexual": 8, "child_sexual": 4, "assault": 10, "threat": 5, "stalking": 1,
    "property": 28, "traffic": 7, "other": 3,
})  # fmt: skip
DEPARTMENTS = Choice({
    "13": 90, "06": 60, "69": 80, "38": 50, "01": 20, "59": 95, "62": 50, "75": 70, "93": 60, "33": 60, "31": 60,
    "34": 50, "44": 55, "35": 45, "67": 50, "54": 40, "57": 30, "76": 45, "14": 25, "80": 20, "45": 28, "21": 22,
    "25": 20, "51": 22, "86": 18, "87": 14, "63": 24, "2A": 12, "971": 14, "972": 13, "973": 11, "974": 26, "976": 10,
    "NR": 20,
})  # fmt: skip
SOURCE = Choice({"Parquet": 17, "Tribunal": 12, "Police": 17, "Gendarmerie": 10, "Lui-même": 24, "116 006": 5,
                 "Avocat": 3, "Hôpital": 4, "Services sociaux": 5, "Association": 3})  # fmt: skip
MODE = Choice({"Permanence": 40, "Téléphone": 34, "BAV": 14, "Commissariat": 6, "Hôpital (UMJ)": 2, "Visio": 2,
               "Courriel": 2})  # fmt: skip
HELP = Choice({"Information juridique": 52, "Soutien psychologique": 18, "Soutien moral": 13, "Orientation": 8,
               "Accompagnement audience": 4, "CIVI/SARVI": 3, "EVVI": 1.5, "TGD": 0.5})  # fmt: skip
HELPS = Choice({1: 55, 2: 33, 3: 12})
MINUTES = Choice({(10, 20): 30, (20, 40): 45, (40, 70): 25})
ROLE = Choice({"victime directe": 90, "proche": 8, "témoin": 2})
CHILD_ROLE = Choice({"victime directe": 80, "enfant témoin": 20})
SEX = {"F": "F", "M": "H", "X": "Autre", "U": "?"}
FORM = {"PHY": "physiques", "PSY": "psychologiques", "SEX": "sexuelles", "ECO": "économiques", "STK": "harcèlement",
        "SHR": "harcèlement sexuel", "CYB": "numériques"}  # fmt: skip
RELATION = {
    "01": "conjoint", "02": "ex-conjoint", "03": "parent", "04": "enfant", "05": "frère/sœur", "06": "autre famille",
    "07": "colocataire", "08": "ami", "09": "connaissance", "10": "collègue ou employeur",
    "11": "personne ayant autorité", "12": "autre", "20": "inconnu", "90": "non établi", "NA": "sans objet",
}  # fmt: skip
OFFENCE = {
    "02011": "Violences", "020111": "Violences avec ITT > 8 j", "020112": "Violences légères", "02012": "Menaces",
    "0204": "Traite", "0207": "Harcèlement", "02071": "Appels malveillants", "02072": "Harcèlement par ex-conjoint",
    "0208": "Injure ou diffamation", "0209": "Discrimination", "0301": "Atteinte sexuelle", "03011": "Viol",
    "03012": "Agression sexuelle", "03019": "Exhibition", "03022": "Pédopornographie", "0401": "Vol avec violences",
    "0501": "Cambriolage", "0502": "Vol", "0504": "Dégradations", "0701": "Escroquerie", "0903": "Piratage",
    "X1": "Accident de la circulation", "X2": "Suicide d'un proche", "X3": "Disparition",
    "X4": "Attentat ou accident collectif", "X9": "Hors champ pénal",
}  # fmt: skip
VARIANTS = {
    "Sexe": {"F": ("Femme", "femme"), "H": ("M", "Homme", "homme")},
    "Département": {"06": ("6",), "01": ("1",)},
    "Mode": {"Permanence": ("permanence",), "Téléphone": ("Tél.", "téléphone")},
    "Aide": {"Information juridique": ("information juridique",)},
    "Lien avec l'auteur": {"conjoint": ("concubin", "pacsé"), "ex-conjoint": ("ex-concubin",)},
    "Même domicile": {"oui": ("O", "Oui"), "non": ("N", "Non")},
}


def records(scale: float) -> int:
    """Interviews of a year."""
    return round(INTERVIEWS * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows by interview; helps of one interview are often typed in at the end of the day, after others."""
    calendar = Calendar(year, MONTHS, 0.05)
    days = [d.strftime("%d/%m/%Y") for d in calendar.days]
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"D{year % 100}-{n:05d}", year, KIND(rng.random()), DEPARTMENTS, FRENCH)

    late: list[list[str]] = []
    for i, (victim, _) in enumerate(visits(rng, round(VICTIMS * scale), total, new, keep=1_500)):
        first, *others = _interview(rng.random, f"E{year}-{i + 1:06d}", victim, year, days[calendar.day(i, total)])
        yield first
        late += others
        if len(late) > 12:
            yield from late
            late = []
    yield from late


FRENCH = Choice({"": 1})


def _interview(r: Callable[[], float], key: str, victim: Person, year: int, day: str) -> Iterator[list[str]]:
    absent = r() < 0.06
    source, court = SOURCE(r()), f"TJ {int(r() * 40) + 1}"
    child = year - victim.birth_year < 18
    role, mode, known = (CHILD_ROLE if child else ROLE)(r()), MODE(r()), r() > 0.12
    age = "" if r() < 0.06 else str(year - victim.birth_year)
    helps = [] if absent else sorted({HELP(r()) for _ in range(HELPS(r()))})
    for each in helps or [""]:
        low, high = MINUTES(r())
        yield [
            key, victim.number, name_of(victim.number), phone_of(victim.number), day, "absent" if absent else "présent",
            role, SEX[victim.sex], age, victim.place, mode, each, str(low + int(r() * (high - low))) if each else "",
            source, court, OFFENCE[victim.offence], ", ".join(sorted(FORM[form] for form in victim.forms)),
            RELATION[victim.relation] if known else "NR", {"Y": "oui", "N": "non", "": ""}[victim.cohabiting],
            remark_of(key) if r() < 0.15 else "",
        ]  # fmt: skip
