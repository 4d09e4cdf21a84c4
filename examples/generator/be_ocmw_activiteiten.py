"""be-ocmw-activiteiten: a row an activity in a month, Dutch, tabs, UTF-8 with BOM. An illustrative town."""

from collections.abc import Iterator
from random import Random

from examples.generator.draw import Choice, enough
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "be-ocmw-activiteiten", "be-ocmw_activiteiten_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "utf-8-sig", "\t", "\r\n"
ACTIVITIES = 240
COLUMNS = ("Activiteit", "Maand", "Soort", "Doelgroep", "Project", "Taal", "Locatie", "Aantal sessies", "Aanwezigen",
           "Nieuwe deelnemers", "Begeleider", "GSM", "Nota")  # fmt: skip
WHAT = Choice({
    ("kindergroep", "kinderen"): 24, ("speelmoment", "kinderen"): 6, ("praatgroep", "slachtoffers"): 24,
    ("themabijeenkomst", "slachtoffers"): 8, ("klasbezoek", "leerlingen"): 14, ("infosessie", "inwoners"): 8,
    ("infosessie", "nieuwkomers"): 8, ("intervisie", "professionals"): 6, ("inspraakraad", "inwoners"): 2,
})  # fmt: skip
LANGUAGE = Choice({"NL": 84, "FR": 4, "EN": 4, "AR": 4, "TR": 3, "": 1})
VARIANTS = {
    "Soort": {"praatgroep": ("Praatgroep",), "infosessie": ("Infosessie",)},
    "Doelgroep": {"kinderen": ("Kinderen",)},
    "Taal": {"NL": ("nl",)},
}


def records(scale: float) -> int:
    """Activities of a year, and enough of them for a small file."""
    return enough(ACTIVITIES, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by month."""
    r, total = rng.random, records(scale)
    for n in range(total):
        what, whom = WHAT(r())
        month = n * 12 // total + 1
        sessions = 1 + int(r() * 4)
        heads = sessions * (14 + int(r() * 12) if whom == "leerlingen" else 2 + int(r() * 9))
        day = f"{1 + n % 28:02d}/" if r() < 0.06 else ""
        yield [
            f"AC{year % 100}.{n + 1:03d}", f"{day}{month:02d}/{year}",
            what, whom, "FJC" if r() < 0.3 else "eigen werking", LANGUAGE(r()), name_of(f"zaal {int(r() * 6)}"),
            str(sessions), str(heads), str(heads // (2 * sessions)) if r() > 0.15 else "onbekend",
            name_of(f"B{int(r() * 8)}"), phone_of(f"B{n}"), remark_of(f"AC {n}") if r() < 0.1 else "",
        ]  # fmt: skip
