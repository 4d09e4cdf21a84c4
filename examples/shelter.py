"""A shelter's export as its secretary keeps it, for the tutorial: 30 columns, in Portuguese. Every person is invented.

python -m examples.shelter casa_aurora.csv         the export
python -m examples.shelter --finished casa.yaml    its mapping file, as it stands when the tutorial is done
"""

import csv
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

FINISHED = Path(__file__).with_name("adapters") / "pt_casa_aurora.yaml"
COLUMNS = (
    "N.º Ficha", "Cód. Utente", "Nome", "Data Nasc.", "Sexo", "NIF", "Telemóvel", "Morada", "Concelho", "Nacionalidade",
    "Estado Civil", "Data Atendimento", "Meio", "Encaminhada por", "Pessoa de contacto", "Data Entrada", "Data Saída",
    "Motivo da Saída", "Violência", "Relação c/ Agressor", "Coabitação", "N.º Filhos", "Grávida", "Apoios", "Técnica",
    "Queixa", "NUIPC", "Despesa (€)", "Observações", "Data Registo",
)  # fmt: skip
ROWS = 160


def shelter(seed: int = 5) -> list[list[str]]:
    """The rows, the same for a seed."""
    rng = Random(seed)
    return [_row(number, rng) for number in range(1, ROWS + 1)]


def _row(number: int, rng: Random) -> list[str]:
    pick = rng.choice
    person = rng.randrange(120)
    contact = date(2025, 1, 2) + timedelta(days=rng.randrange(300))
    entry = contact + timedelta(days=rng.randrange(9))
    stays, left = rng.random() < 0.8, rng.random() < 0.6
    forms = rng.sample(["Física", "Psicológica", "Sexual", "Económica", "Perseguição"], pick((1, 1, 2, 3)))
    return [
        f"{number:03}/25",
        f"U{person:04}",
        f"{pick(('Maria', 'Joana', 'Rita'))} CANARY-{person}",
        f"{date(1960, 1, 1) + timedelta(days=person * 113):%d-%m-%Y}",
        pick("FFFFM"),
        str(200_000_000 + person * 7919) if person % 3 else "",
        f"91{person * 1009 + 1_000_000}" if person % 4 else "n/d",
        f"Rua CANARY, {person}",
        pick(("Porto", "Gaia", "Matosinhos", "Braga", "Lisboa", "n/d")),
        pick(("Portuguesa", "Portuguesa", "Brasileira", "Cabo-verdiana")),
        pick(("Casada", "Solteira", "Divorciada")),
        f"{contact:%d-%m-%Y}",
        pick(("Telef.", "Presencial", "E-mail", "WhatsApp")),
        pick(("PSP", "GNR", "Hospital", "Própria", "Segurança Social")),
        pick(("Sgt. CANARY 912345678", "")),
        f"{entry:%d-%m-%Y}" if stays else "",
        f"{entry + timedelta(days=rng.randrange(5, 90)):%d-%m-%Y}" if stays and left else "",
        pick(("Autonomização", "Transferência", "Abandono")) if stays and left else "",
        "|".join(forms),
        pick(("Cônjuge", "Ex-cônjuge", "Companheiro", "Pai", "Outra")),
        pick("SSN"),
        str(rng.randrange(4)),
        pick("NNS"),
        "|".join(rng.sample(["Psic.", "Jurídico", "Social", "Alojamento", "Saúde"], pick((1, 2)))),
        pick(("TL", "PN")),
        pick(("Sim", "Não")),
        f"{number:03}/25.{number % 9}CANARY" if number % 2 else "",
        pick(("1.250,00", "85,50", "0")),
        pick(("", "CANARY; ligar só\nà noite")),
        f"{entry + timedelta(days=1):%d-%m-%Y}",
    ]


def write(path: Path) -> None:
    """The export: semicolons, cp1252."""
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows([list(COLUMNS), *shelter()])


if __name__ == "__main__":
    if sys.argv[1] == "--finished":
        shutil.copyfile(FINISHED, sys.argv[2])
    else:
        write(Path(sys.argv[1]))
