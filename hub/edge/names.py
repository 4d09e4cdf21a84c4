"""A person by her names and birth date, where she has no number that anybody writes down: one form, or none.

To link two persons who are not one harms more than to miss one who is: so all three must agree, letter by letter once
they are written alike. A looser second token (initials and date) that had to agree as well would follow from this one.
An address is never used: she shares it with whom she fled from.
"""

import re
import unicodedata
from datetime import date

from anyascii import anyascii

from hub.adapters.mapping_file import NAME_BIRTH
from hub.adapters.names import JOINT
from hub.errors import Stop

FOLDED = (("AE", "A"), ("OE", "O"), ("UE", "U"), ("AA", "A"), ("DJ", "D"))
"""Two letters for one, as registers without the letter write it: Mueller and Müller, Aagaard and Ågård, Djordjević."""
NO_NAMES = frozenset({
    "ANONYM", "ANONYMOUS", "ANONIM", "UNKNOWN", "UNBEKANNT", "INCONNU", "INCONNUE", "ONBEKEND", "DESCONHECIDO",
    "DESCONHECIDA", "SCONOSCIUTO", "SCONOSCIUTA", "TUNTEMATON", "NEIZVESTEN", "NEIZVESTNA", "NEPOZNATO", "NEPOZNATA",
    "NEZNAMY", "NIEZNANY", "NN", "NA", "TEST",
})  # fmt: skip
"""What stands where a name is not known. Two strangers must not become one because nobody knew either."""
YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
OLDEST = 120


def canonical_name(text: str) -> str | None:
    """`ANNAMARIA|MULLER|1985-03-07`, or None where a name or the date is missing, a placeholder or not one.

    Raises Stop where the mapping does not name the three columns.
    """
    cells = text.split(JOINT)
    if len(cells) != 3:
        raise Stop(f"{NAME_BIRTH} names a person by three columns: given names, family names, birth date")
    given, family, born = _name(cells[0]), _name(cells[1]), _born(cells[2])
    return f"{given}|{family}|{born.isoformat()}" if given and family and born else None


def _name(text: str) -> str | None:
    """Letters A to Z alone: no marks, spaces, hyphens or case."""
    letters = re.sub(r"[^A-Z]", "", anyascii(unicodedata.normalize("NFKC", text)).upper())
    for pair, one in FOLDED:
        letters = letters.replace(pair, one)
    # One letter, or the same one again and again, is somebody's way of saying nothing.
    return letters if len(set(letters)) > 1 and letters not in NO_NAMES else None


def _born(text: str) -> date | None:
    """A day of birth, year or day first as Europe writes it. The first of January stands for a day nobody knew."""
    cleaned = text.strip()
    if match := YEAR_FIRST.fullmatch(cleaned):
        year, month, day = map(int, match.groups())
    elif match := DAY_FIRST.fullmatch(cleaned):
        day, month, year = map(int, match.groups())
    else:
        return None
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    today = date.today()
    return born if (month, day) != (1, 1) and born <= today and today.year - year <= OLDEST else None
