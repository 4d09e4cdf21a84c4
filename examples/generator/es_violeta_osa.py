"""es-violeta-osa: a row a score of an area in a self-assessment, Spanish, `;`, cp1252, dd/mm/yyyy. An illustrative NGO.

Four branches assess themselves every month or so, more often than any would: a small file needs some rows.
"""

from collections.abc import Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "es-violeta-osa", "es-violeta_osa_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
COLUMNS = ("REF", "DELEGACIÓN", "ÁMBITO", "VERSIÓN OSA", "PUNTUACIÓN", "FECHA", "EVALUADORA", "TELÉFONO", "EVIDENCIA",
           "COMENTARIOS")  # fmt: skip
BRANCHES = ("Madrid", "Toledo", "Ciudad Real", "Albacete")
AREAS = ("gobernanza", "equipo", "formación", "acceso", "seguridad", "valoración de necesidades", "derivación",
         "interseccionalidad", "hijos e hijas", "participación", "datos")  # fmt: skip
SCORES = 440
SCORE = Choice({"0": 4, "1": 16, "2": 34, "3": 34, "4": 10, "3 bastante": 1, "2 en parte": 1})
EVIDENCE = Choice({"acta": 24, "protocolo": 32, "encuesta": 14, "registro": 18, "": 12})
VARIANTS = {
    "DELEGACIÓN": {"Madrid": ("MADRID",)},
    "ÁMBITO": {"gobernanza": ("Gobernanza",)},
    "VERSIÓN OSA": {"1.0": ("1", "v1"), "1.1": ("v1.1",)},
    "EVIDENCIA": {"protocolo": ("Protocolo",)},
}


def records(scale: float) -> int:
    """Scores of a year, and enough of them for a small file."""
    return enough(SCORES, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by date, branch and area."""
    calendar, total, r = Calendar(year, (1.0,) * 12, 0.0), records(scale), rng.random
    for i in range(total):
        sitting, area = divmod(i, len(AREAS))
        day = calendar.days[calendar.day(sitting * len(AREAS), total)]
        yield [
            f"OSA{year % 100}-{sitting + 1:03d}.{area + 1}", BRANCHES[sitting % len(BRANCHES)],
            AREAS[area], "1.1" if day.month > 6 else "1.0", SCORE(r()),
            f"{day:%d/%m/%Y}", name_of(f"E{sitting % 7}"), phone_of(f"E{sitting % 7}"), EVIDENCE(r()),
            remark_of(f"OSA {i}") if r() < 0.2 else "",
        ]  # fmt: skip
