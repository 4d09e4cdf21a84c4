"""es-violeta-ina: a row a need in an Individual Needs Assessment, Spanish, `;`, cp1252, dd/mm/yyyy. Illustrative.

The yearly total of 900 assessments is made up, as are all shares.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "es-violeta-ina", "es-violeta_valoraciones_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
ASSESSMENTS, AGAIN = 900, 0.2
COLUMNS = (
    "Nº VALORACIÓN", "Nº EXPEDIENTE", "NOMBRE", "TELÉFONO", "FECHA", "VERSIÓN INA", "FASE", "RESULTADO", "SEXO", "EDAD",
    "PROVINCIA", "NACIONALIDAD", "VIOLENCIA", "RELACIÓN", "CONVIVENCIA", "RIESGO", "REVISADA EL", "MOTIVO REVISIÓN",
    "NECESIDAD", "PRIORIDAD", "ESTADO", "ATENDIDA POR", "PROFESIONAL", "OBSERVACIONES",
)  # fmt: skip
MONTHS = (1.0, 1.0, 1.05, 1.0, 1.02, 1.0, 0.92, 0.6, 1.06, 1.1, 1.2, 0.9)

KIND = Choice({"partner": 70, "family": 9, "sexual": 13, "stalking": 7, "child_sexual": 1})
PROVINCES = Choice({"Madrid": 62, "Toledo": 16, "Ciudad Real": 8, "Albacete": 6, "Guadalajara": 5, "Cuenca": 3})
NATIONS = Choice({"española": 62, "UE": 7, "no UE": 29, "apátrida": 0.3, "N/C": 1.7})
RESULT = Choice({"completa": 78, "parcial": 14, "rehúsa": 8})
STAGE = Choice({"inicial": 68, "en profundidad": 24, "única": 8})
RISK = Choice({"no apreciado": 6, "bajo": 26, "medio": 36, "alto": 22, "extremo": 4, "N/C": 6})
NEED = Choice({
    "seguridad": 18, "apoyo psicológico": 20, "asesoría jurídica": 14, "información": 10, "vivienda": 8, "empleo": 7,
    "ayuda económica": 7, "hijos e hijas": 6, "alojamiento": 4, "acompañamiento judicial": 4, "extranjería": 3,
    "salud": 3, "red social": 2, "idioma": 1, "indemnización": 1, "accesibilidad": 0.6, "mascota": 0.4,
})  # fmt: skip
STATE = Choice(
    {"pendiente": 26, "en curso": 30, "cubierta": 26, "parcial": 10, "no cubierta": 5, "no quiere": 2, "": 1}
)
MET_BY = Choice(
    {"la entidad": 60, "servicio general": 16, "servicio público": 18, "violencia sexual": 3, "infancia": 3}
)
WHY = Choice({"periódica": 44, "nuevo hecho": 18, "separación": 14, "quebrantamiento": 8, "datos nuevos": 12,
              "a petición": 4})  # fmt: skip
SEX = {"F": "mujer", "M": "hombre", "X": "no binario", "U": "N/C"}
FORM = {"PHY": "física", "PSY": "psicológica", "SEX": "sexual", "ECO": "económica", "STK": "acoso",
        "SHR": "acoso sexual", "CYB": "digital"}  # fmt: skip
RELATION = {
    "01": "pareja", "02": "expareja", "03": "padre o madre", "04": "hijo/a", "05": "hermano/a", "06": "otro familiar",
    "07": "conviviente", "08": "amigo/a", "09": "conocido", "10": "jefe o compañero", "11": "persona con autoridad",
    "12": "otro conocido", "20": "desconocido", "90": "no consta", "NA": "no procede",
}  # fmt: skip
VARIANTS = {
    "SEXO": {"mujer": ("Mujer", "M"), "hombre": ("H",)},
    "VERSIÓN INA": {"1.0": ("1", "v1"), "2.0": ("2", "v2")},
    "PROVINCIA": {"Ciudad Real": ("C. Real",)},
    "RELACIÓN": {"pareja": ("marido",), "expareja": ("exmarido",), "conocido": ("vecino",)},
    "NACIONALIDAD": {"española": ("Española",)},
    "RESULTADO": {"completa": ("Completa",), "rehúsa": ("Rehúsa", "rehusada")},
    "NECESIDAD": {"seguridad": ("Seguridad",)},
}


def records(scale: float) -> int:
    """Assessments of a year, and enough of them for a small file."""
    return enough(ASSESSMENTS, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows by assessment; the last needs of an assessment are often typed in after the next one."""
    calendar = Calendar(year, MONTHS, 0.03)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"EXP-{year % 100}/{n:04d}", year, KIND(rng.random()), PROVINCES, NATIONS)

    late: list[list[str]] = []
    for i, (person, _) in enumerate(visits(rng, round(total * (1 - AGAIN)), total, new, keep=600)):
        day = calendar.day(i, total)
        first, *others = _assessment(rng.random, f"INA{year}-{i + 1:04d}", person, year, calendar, day)
        yield first
        late += others
        if i % 3 == 2:
            yield from late
            late = []
    yield from late


def _assessment(
    r: Callable[[], float], key: str, person: Person, year: int, calendar: Calendar, day: int
) -> Iterator[list[str]]:
    days, result = calendar.days, RESULT(r())
    done = result != "rehúsa"
    # The second version of the instrument came in July.
    version = ("2.0" if day > calendar.last // 2 else "1.0") if r() < 0.97 else ""
    again = day + 60 + int(r() * 120)
    reviewed = done and r() < 0.3 and again <= calendar.last
    seen = (f"{days[again]:%d/%m/%Y}", WHY(r())) if reviewed else ("", "")
    head = [
        key, person.number, name_of(person.number), phone_of(person.number),
        days[day].strftime("%d-%m-%Y" if r() < 0.05 else "%d/%m/%Y"), version, STAGE(r()), result, SEX[person.sex],
        "" if r() < 0.05 else str(year - person.birth_year), person.place, person.nation,
        "/".join(sorted(FORM[form] for form in person.forms)), RELATION[person.relation],
        {"Y": "sí", "N": "no", "": ""}[person.cohabiting], RISK(r()) if done else "", *seen,
    ]  # fmt: skip
    for need in sorted({NEED(r()) for _ in range(1 + int(r() * 5))}) if done else [""]:
        state = STATE(r()) if need else ""
        told = ("urgente" if r() < 0.2 else "normal", state, MET_BY(r()) if state in ("cubierta", "parcial") else "")
        remark = f'{remark_of(key)}; "llamar"\npor la tarde' if r() < 0.1 else ""
        yield [*head, need, *(told if need else ("", "", "")), name_of(f"P{int(r() * 12)}"), remark]
