"""es-violeta-derivaciones: a row a referral, in or out, Spanish, `;`, cp1252, dd/mm/yyyy. An illustrative NGO.

The yearly total of 1,200 referrals is made up, as are all shares.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice, enough
from examples.generator.es_violeta_ina import FORM, KIND, MONTHS, NATIONS, PROVINCES, SEX
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits

CODE, FILE = "es-violeta-derivaciones", "es-violeta_derivaciones_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
REFERRALS, AGAIN = 1_200, 0.4
COLUMNS = (
    "Nº DERIVACIÓN", "Nº EXPEDIENTE", "NOMBRE", "TELÉFONO", "SENTIDO", "TIPO DE ENTIDAD", "ENTIDAD", "MODO", "URGENTE",
    "PLAZO (H)", "ENVIADA", "RECIBIDA", "RESPUESTA", "FECHA RESPUESTA", "MOTIVO", "PRIMERA CITA", "CERRADA", "SEXO",
    "EDAD", "PROVINCIA", "VIOLENCIA", "OBSERVACIONES",
)  # fmt: skip
CAME_FROM = Choice({
    "atención a víctimas": 18, "policía": 14, "Guardia Civil": 8, "servicios sociales": 16, "centro de salud": 9,
    "hospital": 5, "juzgado": 5, "016": 6, "iniciativa propia": 12, "servicio de mujer": 4, "migraciones": 1,
    "colegio": 1, "turno de oficio": 1,
})  # fmt: skip
WENT_TO = Choice({
    "atención a víctimas": 22, "turno de oficio": 18, "servicios sociales": 16, "centro de salud": 12,
    "casa de acogida": 10, "violencia sexual": 6, "infancia": 8, "trata": 1, "migraciones": 5, "servicio de mujer": 2,
})  # fmt: skip
MODE = Choice({"con consentimiento": 58, "información": 20, "llamada conjunta": 14, "acompañada": 8})
ANSWER = Choice({"aceptada": 72, "rechazada": 8, "renuncia": 6, "lista de espera": 8, "": 6})
WHY = Choice({"sin plazas": 38, "otro recurso": 16, "fuera de zona": 12, "no cumple requisitos": 10,
              "no admite menores": 6, "adicciones": 6, "idioma": 4, "sin permiso de residencia": 2, "no accesible": 2,
              "duplicada": 4})  # fmt: skip
VARIANTS = {
    "SENTIDO": {"entrada": ("Entrada", "E"), "salida": ("Salida", "S")},
    "TIPO DE ENTIDAD": {"atención a víctimas": ("OAV",)},
    "MODO": {"con consentimiento": ("Con consentimiento",)},
    "URGENTE": {"sí": ("Sí", "S"), "no": ("No", "N")},
    "RESPUESTA": {"aceptada": ("Aceptada",)},
    "SEXO": {"mujer": ("Mujer", "M"), "hombre": ("H",)},
    "PROVINCIA": {"Ciudad Real": ("C. Real",)},
}


def records(scale: float) -> int:
    """Referrals of a year, and enough of them for a small file."""
    return enough(REFERRALS, scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by number of the referral."""
    calendar = Calendar(year, MONTHS, 0.05)
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"EXP-{year % 100}/{n:04d}", year, KIND(rng.random()), PROVINCES, NATIONS)

    for i, (person, _) in enumerate(visits(rng, round(total * (1 - AGAIN)), total, new, keep=600)):
        yield _row(rng.random, f"D{year}-{i + 1:05d}", person, year, calendar, calendar.day(i, total))


def _row(r: Callable[[], float], key: str, person: Person, year: int, calendar: Calendar, day: int) -> list[str]:
    def on(number: int) -> str:
        return f"{calendar.days[number]:%d/%m/%Y}" if number <= calendar.last else ""

    came, urgent = r() < 0.55, r() < 0.16
    received = day + int(r() * 3)
    answered = received + int(r() * (3 if urgent else 12))
    answer = ANSWER(r()) if on(answered) else ""
    seen = on(answered + 1 + int(r() ** 2 * 45)) if answer == "aceptada" and r() < 0.85 else ""
    return [
        key, person.number, name_of(person.number), phone_of(person.number), "entrada" if came else "salida",
        (CAME_FROM if came else WENT_TO)(r()), name_of(f"Entidad {int(r() * 60)}"), MODE(r()), "sí" if urgent else "no",
        "24" if urgent else "", calendar.days[day].strftime("%d-%m-%Y" if r() < 0.04 else "%d/%m/%Y"), on(received),
        answer, on(answered) if answer else "", WHY(r()) if answer == "rechazada" else "", seen,
        on(answered + 50 + int(r() * 40)) if seen and r() < 0.5 else "", SEX[person.sex],
        "" if r() < 0.06 else str(year - person.birth_year), person.place,
        "/".join(sorted(FORM[form] for form in person.forms)), remark_of(key) if r() < 0.15 else "",
    ]  # fmt: skip
