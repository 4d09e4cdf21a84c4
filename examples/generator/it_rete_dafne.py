"""it-rete-dafne: one row a case ("presa in carico"), numbered services and interviews, Italian, `;`, cp1252.

The network publishes no yearly total that we know: 2,800 cases are made up, as all shares are.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of, visits
from examples.generator.places_it import REGIONI

CODE, FILE = "it-rete-dafne", "it-rete-dafne_casi_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
CASES, RETURNING = 2_800, 0.06
COLUMNS = (
    "COD_CASO", "COD_PERSONA", "COGNOME_NOME", "RECAPITO", "SESSO", "ETA", "CITTADINANZA", "REGIONE", "COMUNE",
    "INVIANTE", "DATA_INVIO", "CONSENSO", "DATA_ACCOGLIENZA", "REATO", "V_FISICA", "V_PSICOLOGICA", "V_SESSUALE",
    "V_ECONOMICA", "V_STALKING", "V_MOLESTIE", "V_ONLINE", "RELAZIONE_AUTORE", "CONVIVENZA", "SERVIZIO_1", "SERVIZIO_2",
    "SERVIZIO_3", "SERVIZIO_4", "COLLOQUIO_1", "MODO_1", "COLLOQUIO_2", "MODO_2", "COLLOQUIO_3", "MODO_3",
    "DATA_CHIUSURA", "ESITO", "NOTE",
)  # fmt: skip
FLAGS = ("PHY", "PSY", "SEX", "ECO", "STK", "SHR", "CYB")
MONTHS = (1.04, 1.03, 1.06, 0.96, 1.04, 1.02, 0.95, 0.55, 1.08, 1.14, 1.1, 0.9)

KIND = Choice({
    "partner": 34, "family": 17, "sexual": 8, "child_sexual": 3, "assault": 9, "threat": 5, "stalking": 11,
    "trafficking": 1, "property": 8, "traffic": 2, "other": 2,
})  # fmt: skip
REGIONS = Choice({**REGIONI, "n.d.": 20})
NATIONS = Choice({"italiana": 78, "UE": 6, "extra UE": 13, "apolide": 0.2, "": 2.8})
SOURCE = Choice({"Accesso spontaneo": 35, "Familiare": 5, "Polizia di Stato": 12, "Carabinieri": 14, "Procura": 9,
                 "Tribunale": 4, "Ospedale": 6, "Servizi sociali": 7, "Scuola": 1, "Avvocato": 3,
                 "Centro antiviolenza": 3, "Altro ente": 1})  # fmt: skip
SERVICE = Choice({"Ascolto": 40, "Informazione diritti": 26, "Sostegno psicologico": 17, "Orientamento": 8,
                  "Accompagnamento": 4, "Psichiatrico": 1.5, "Giustizia riparativa": 1, "Gruppo": 1, "Interprete": 1,
                  "Fondo vittime": 0.5})  # fmt: skip
MODE = Choice({"sede": 58, "telefono": 30, "video": 7, "tribunale": 2, "questura": 1, "ospedale": 2})
OUTCOME = Choice({"concluso": 40, "bisogni soddisfatti": 18, "rinuncia": 17, "irreperibile": 14,
                  "inviato ad altro servizio": 8, "trasferito": 2, "deceduto": 0.3, "altro": 0.7})  # fmt: skip
SEX = {"F": "Femmina", "M": "Maschio", "X": "Altro", "U": "n.d."}
RELATION = {
    "01": "coniuge", "02": "ex partner", "03": "genitore", "04": "figlio/a", "05": "fratello/sorella",
    "06": "altro familiare", "07": "coinquilino/a", "08": "amico/a", "09": "conoscente", "10": "collega o datore",
    "11": "figura di autorità", "12": "altro", "20": "sconosciuto", "90": "non accertata", "NA": "non applicabile",
}  # fmt: skip
OFFENCE = {
    "02011": "Lesioni", "020111": "Lesioni gravi", "020112": "Percosse", "02012": "Minaccia", "0204": "Tratta",
    "0207": "Violenza privata", "02071": "Molestie", "02072": "Atti persecutori", "0208": "Diffamazione",
    "0209": "Discriminazione", "0301": "Violenza sessuale", "03011": "Violenza sessuale", "03012": "Violenza sessuale",
    "03019": "Atti osceni", "03022": "Pedopornografia", "0401": "Rapina", "0501": "Furto in abitazione",
    "0502": "Furto", "0504": "Danneggiamento", "0701": "Truffa", "0903": "Accesso abusivo", "X1": "Incidente stradale",
    "X2": "Lutto per suicidio", "X3": "Scomparsa", "X4": "Calamità", "X9": "Nessun reato",
}  # fmt: skip
VARIANTS = {
    "SESSO": {"Femmina": ("F", "femmina"), "Maschio": ("M", "maschio")},
    "CITTADINANZA": {"italiana": ("Italiana",), "extra UE": ("Extra UE",)},
    "REGIONE": {"Emilia-Romagna": ("Emilia Romagna",), "Friuli-Venezia Giulia": ("Friuli Venezia Giulia",)},
    "RELAZIONE_AUTORE": {"coniuge": ("partner", "convivente"), "ex partner": ("ex coniuge",),
                         "conoscente": ("vicino/a",)},
    "CONVIVENZA": {"Sì": ("SI", "si"), "No": ("NO",)},
    "MODO_1": {"sede": ("Sede",)},
}  # fmt: skip


def records(scale: float) -> int:
    """Cases opened in a year."""
    return round(CASES * scale)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by case number."""
    calendar = Calendar(year, MONTHS, 0.02)
    days = [d.strftime("%d/%m/%Y") for d in calendar.days]
    total = records(scale)

    def new(n: int) -> Person:
        return draw_person(rng.random, f"P{year % 100}{n:05d}", year, KIND(rng.random()), REGIONS, NATIONS)

    for i, (person, _) in enumerate(visits(rng, round(total * (1 - RETURNING)), total, new, keep=2_000)):
        yield _row(rng.random, f"RD-{year}-{i + 1:05d}", person, year, days, calendar.day(i, total))


def _row(r: Callable[[], float], key: str, person: Person, year: int, days: list[str], day: int) -> list[str]:
    """Interviews and the end, as far as they came before the export."""
    source = SOURCE(r())
    sent = days[max(0, day - int(r() ** 2 * 30))] if source != "Accesso spontaneo" else ""
    services = sorted({SERVICE(r()) for _ in range(1 + int(r() * 4))})
    held = [day, day + 7 + int(r() * 20), day + 40 + int(r() * 60)][: 1 + int(r() * 3)]
    end = max(held) + 10 + int(r() ** 2 * 200)
    closed = end < len(days) and r() < 0.85
    home = person.kind in ("partner", "family")
    interviews = [cell for on in held for cell in ((days[on], MODE(r())) if on < len(days) else ("", ""))]
    return [
        key, person.number, name_of(person.number), phone_of(person.number), SEX[person.sex],
        "n.d." if r() < 0.04 else str(year - person.birth_year), person.nation, person.place,
        f"Comune {int(r() * 300)}", source, sent, ("Sì" if r() < 0.9 else "No") if sent else "", days[day],
        "Maltrattamenti in famiglia" if home else OFFENCE[person.offence],
        *("x" if form in person.forms else "" for form in FLAGS), RELATION[person.relation] if r() > 0.1 else "-",
        {"Y": "Sì", "N": "No", "": ""}[person.cohabiting], *(services + [""] * 4)[:4], *(interviews + [""] * 6)[:6],
        days[end] if closed else "", OUTCOME(r()) if closed else "", remark_of(key) if r() < 0.2 else "",
    ]  # fmt: skip
