"""be-ocmw-vormingen: a row a training for one profession, Dutch, tabs, UTF-8 with BOM. An illustrative town."""

from collections.abc import Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "be-ocmw-vormingen", "be-ocmw_vormingen_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", "\t", "\r\n"
TRAININGS = 110
COLUMNS = ("Vormingnr", "Rij", "Titel", "Datum", "Thema", "Beroepsgroep", "Niveau", "Verplicht", "Uren", "Deelnemers",
           "Vrouwen", "Mannen", "Score vooraf (%)", "Score nadien (%)", "Lesgever", "GSM", "Nota")  # fmt: skip
THEME = Choice(
    {"herkennen": 34, "risicotaxatie": 22, "doorverwijzen": 18, "kinderen": 14, "plegers": 6, "wetgeving": 6}
)
WHO = Choice({"maatschappelijk werkers": 38, "politie": 14, "leerkrachten": 16, "zorg": 12, "CLB": 6,
              "slachtofferhulp": 4, "onthaal": 6, "tolken": 2, "magistraten": 2})  # fmt: skip
LEVEL = Choice({"basis": 60, "verdieping": 34, "train de trainer": 6})
HOURS = Choice({"3": 36, "3,5": 14, "6": 30, "7,5": 8, "12": 12})
VARIANTS = {
    "Thema": {"risicotaxatie": ("Risicotaxatie",)},
    "Beroepsgroep": {"maatschappelijk werkers": ("MW",)},
    "Niveau": {"basis": ("Basis",)},
    "Verplicht": {"ja": ("Ja",), "nee": ("Nee",)},
}


def records(scale: float) -> int:
    """Trainings of a year, and enough of them for a small file."""
    return enough(TRAININGS, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows: a training is one of one to three professions."""
    calendar, total, r = Calendar(year, (1.0,) * 12, 0.0), records(scale), rng.random
    for n in range(total):
        day, theme, level, hours = calendar.days[calendar.day(n, total)], THEME(r()), LEVEL(r()), HOURS(r())
        for number, who in enumerate(sorted({WHO(r()) for _ in range(1 + int(r() ** 2 * 3))}), 1):
            women, men = int(r() * 16), int(r() * 8)
            tested = women + men >= 5 and r() < 0.6
            before = 30 + r() * 30
            yield [
                f"V{year}-{n + 1:03d}", str(number), name_of(f"vorming {n}"), f"{day:%d/%m/%Y}", theme, who, level,
                "ja" if who == "politie" else "nee", hours, str(women + men), *(
                    (str(women), str(men)) if r() < 0.7 else ("", "")),
                *((_mark(before), _mark(before + 10 + r() * 25)) if tested else ("", "")), name_of(f"L{int(r() * 12)}"),
                phone_of(f"L{n}"), remark_of(f"V {n}") if r() < 0.1 else "",
            ]  # fmt: skip


def _mark(score: float) -> str:
    return f"{score:.1f}".replace(".", ",")
