"""be-secova-activites: a row an activity in a quarter, French, `;`, cp1252. Offenders have an audience of their own.

The five municipalities are the zone's; all activities and heads are made up.
"""

from collections.abc import Iterator
from random import Random

from examples.generator.be_secova_faits import TOWNS
from examples.generator.draw import Choice, enough
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "be-secova-activites", "be-secova_activites_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
ACTIVITIES = 160
COLUMNS = ("N° activité", "Trimestre", "Commune", "Type", "Public", "Animé par", "Séances", "Présences", "Nouveaux",
           "Renvois", "Animateur", "GSM", "Mémo")  # fmt: skip
WHAT = Choice({
    ("groupe de responsabilisation", "auteurs"): 18, ("suivi en logement", "auteurs"): 10,
    ("groupe de parole", "victimes"): 16, ("groupe enfants", "enfants"): 12, ("animation scolaire", "élèves"): 22,
    ("séance d'information", "tout public"): 10, ("concertation", "professionnels"): 8, ("campagne", "tout public"): 2,
    ("conseil citoyen", "tout public"): 2,
})  # fmt: skip
LED = Choice({"équipe": 62, "asbl": 34, "pair": 4})
VARIANTS = {
    "Type": {"groupe de parole": ("Groupe de parole",), "animation scolaire": ("Animation scolaire",)},
    "Public": {"auteurs": ("Auteurs",)},
    "Animé par": {"équipe": ("Équipe",)},
}


def records(scale: float) -> int:
    """Activities of a year, and enough of them for a small file."""
    return enough(ACTIVITIES, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by quarter."""
    r, total = rng.random, records(scale)
    for n in range(total):
        what, whom = WHAT(r())
        quarter = n * 4 // total + 1
        sessions = 1 + int(r() * 10)
        heads = sessions * (12 + int(r() * 14) if whom == "élèves" else 2 + int(r() * 8))
        written = f"{year}-T{quarter}" if r() < 0.06 else f"T{quarter} {year}"
        yield [
            f"ACT-{year}-{n + 1:03d}", written, TOWNS(r()), what, whom, LED(r()), str(sessions),
            f"{heads:,}".replace(",", " ") if what != "campagne" else "", str(heads // sessions) if r() > 0.1 else "NC",
            str(int(r() * 4)) if whom in ("victimes", "enfants") else "", name_of(f"A{int(r() * 9)}"),
            phone_of(f"A{n}"), remark_of(f"ACT {n}") if r() < 0.1 else "",
        ]  # fmt: skip
