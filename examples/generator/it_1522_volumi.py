"""it-1522-volumi: one row a month of 1522 in one language, Italian, `;`, cp1252, `gennaio 2025`, counts as 2.887.

The yearly totals of 8,400 calls and 2,100 chats are made up, as all shares are. The scale is that of the counts: there
are as many months and languages as ever.
"""

from collections.abc import Callable, Iterator
from random import Random

from examples.generator.it_1522_contatti import LONG, MONTHS
from examples.generator.people import name_of, phone_of, remark_of

CODE, FILE = "it-1522-volumi", "it-1522_volumi_{year}.csv"
ENCODING, SEPARATOR, NEWLINE = "cp1252", ";", "\r\n"
CALLS, CHATS = 8_400, 2_100
COLUMNS = (
    "MESE", "LINGUA", "LINEE_ATTIVE", "CHIAMATE_ENTRATE", "CHIAMATE_RISPOSTE", "CHIAMATE_PERSE",
    "CHIAMATE_RICHIAMATE", "CHAT_ENTRATE", "CHAT_RISPOSTE", "ATTESA_MEDIANA_SEC", "ATTESA_P90_SEC", "REFERENTE",
    "TELEFONO_REFERENTE", "NOTE",
)  # fmt: skip
LANGUAGES = {"italiano": 880, "inglese": 34, "spagnolo": 22, "francese": 14, "arabo": 12, "ucraino": 11, "russo": 8,
             "albanese": 7, "portoghese": 6, "polacco": 4, "farsi": 2}  # fmt: skip
VARIANTS = {"LINGUA": {"italiano": ("Italiano",), "inglese": ("Inglese",)}}


def records(_scale: float) -> int:
    """Months by languages."""
    return len(MONTHS) * len(LANGUAGES)


def rows(rng: Random, _seed: int, year: int, scale: float) -> Iterator[list[str]]:
    """The year's rows, by month, some months as numbers."""
    for month, weight in enumerate(MONTHS):
        written = f"{LONG[month]} {year}" if rng.random() < 0.8 else f"{month + 1:02d}/{year}"
        for language, share in LANGUAGES.items():
            part = scale * weight / sum(MONTHS) * share / sum(LANGUAGES.values())
            yield _row(rng.random, written, language, CALLS * part, CHATS * part)


def _row(r: Callable[[], float], month: str, language: str, calls: float, chats: float) -> list[str]:
    """Lost calls are those that came and were not answered: the exchange counts all three. Few calls have no waits."""
    offered, wanted = round(calls * (0.9 + r() * 0.2)), round(chats * (0.9 + r() * 0.2))
    answered = round(offered * (0.78 + r() * 0.16))
    median = 8 + int(r() * 30)
    measured = offered > 20 and r() > 0.03
    return [
        month, language, str(4 + int(r() * 5)), _count(offered), _count(answered), _count(offered - answered),
        _count(round((offered - answered) * r())), _count(wanted), _count(round(wanted * (0.85 + r() * 0.12))),
        str(median) if measured else "n.d.", str(median * 3 + int(r() * 120)) if measured else "-",
        name_of(f"R{int(r() * 3)}"), phone_of(f"R{int(r() * 3)}"), remark_of(month) if r() < 0.1 else "",
    ]  # fmt: skip


def _count(number: int) -> str:
    return f"{number:,}".replace(",", ".")
