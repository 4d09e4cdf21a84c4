"""What a column of an unknown table looks like: dates and their format, numbers, flags, codes, names of records, text.

A column that may name anybody is known by kind alone: none of its texts is kept.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from hub.adapters.headings import folded, meaning, names_somebody, words
from hub.adapters.unknowns import stand_for_unknown

Kind = Literal["empty", "date", "integer", "number", "flag", "codes", "national", "identifier", "person", "never"]
FORMATS = (
    "%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y/%m/%d", "%Y%m%d", "%d-%m-%y", "%d/%m/%y",
    "%d.%m.%y", "%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%m-%Y", "%m/%Y", "%Y-%m", "%Y",
)  # fmt: skip
"""The day stands before the month wherever both would do: so does all of Europe write."""
MOST_FORMATS, LONGEST_DATE = 3, 20
MOST_DATES = 2_000
"""Different texts by which a column of dates is known."""
MOST_CODES, LONGEST_CODE = 40, 60
SHOWN_FROM = 2
"""Rows in which a text must stand before it is shown: what stands in one alone may be about one person alone."""
SPLITS = ("|", "+", ";", "/", ",")
MANY_DIGITS = 5
"""From so many on, a text may be somebody's number."""
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")
_PHONE = re.compile(r"\+?[0-9](?:[ ./()-]{0,2}[0-9]){6,}")
_NUMBERED = re.compile(r"[^\W\d_]{0,6}[-/ ._]?[0-9][\w/.-]*")
_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?:[.,' ][0-9]{3})*(?:[.,][0-9]+)?|[+-]?[0-9]+(?:[.,][0-9]+)?")
_YEARS = range(1900, 2100)


class Profile(NamedTuple):
    """A column. `shown`: texts that may stand in a draft, most frequent first; `unshown`: how many others there are.

    `means`: what the heading says. `filled`, `distinct`: rows with a text, and different texts among them. `mixed`:
    cells that are not of the kind (a date in none of the `formats`). `unknowns`: of ages, the numbers that probably
    mean that nobody knows, and the rows that have each.
    """

    name: str
    kind: Kind
    means: str = ""
    why: str = ""
    rows: int = 0
    filled: int = 0
    distinct: int = 0
    formats: tuple[str, ...] = ()
    split: str = ""
    shown: tuple[str, ...] = ()
    unshown: int = 0
    mixed: int = 0
    unknowns: tuple[tuple[int, int], ...] = ()


def profile(name: str, cells: Sequence[str]) -> Profile:
    """What a column looks like, by its heading and its cells."""
    texts = Counter(cell for cell in cells if cell.casefold() not in words().nothing)
    filled, rows = texts.total(), len(cells)
    blank = Profile(name, "empty", rows=rows, filled=filled, distinct=len(texts))
    if why := meaning(name, words().never):
        return blank._replace(kind="never", why=why)
    if scheme := meaning(name, words().national):
        return blank._replace(kind="national", means=scheme, why="is a national number")
    if not filled:
        return blank._replace(why="is empty in this sample")
    if dated := _dates(texts):
        return blank._replace(kind="date", means=meaning(name, words().dates) or "", formats=dated[0], mixed=dated[1])
    counted = meaning(name, {"": [*words().record, *words().person]}) is not None and _of_one_length(texts)
    if why := _identifying(texts, coded=meaning(name, words().codes) is not None, counted=counted):
        return blank._replace(kind="never", why=why)
    return _other(blank, texts)


def nothings(cells: Sequence[str]) -> set[str]:
    """The texts of a column that mean that nothing was recorded, as they are written."""
    return {cell for cell in cells if cell and cell.casefold() in words().nothing}


def _other(blank: Profile, texts: Counter[str]) -> Profile:
    name = blank.name
    number = meaning(name, words().numbers)
    coded = meaning(name, words().codes)
    if _flags(texts):
        return blank._replace(kind="flag", means=coded or "", shown=tuple(text for text, _ in texts.most_common()))
    if number or not coded:
        if named := _named(blank, texts):
            return blank._replace(kind=named)
        if all(map(_NUMBER.fullmatch, texts)):
            whole = all(
                re.fullmatch(r"[+-]?[0-9]+|[+-]?[0-9]{1,3}([.,' ])[0-9]{3}(\1[0-9]{3})*", text) for text in texts
            )
            ages = _unknown_ages(texts) if whole and number == "age" else ()
            return blank._replace(kind="integer" if whole else "number", means=number or "", unknowns=ages)
    split, parts = _parts(texts)
    if len(parts) > MOST_CODES or max(map(len, parts)) > LONGEST_CODE or (not coded and _mostly_once(parts)):
        return blank._replace(kind="never", why="is free text, or has too many different texts for a code")
    shown = tuple(text for text, times in parts.most_common() if times >= SHOWN_FROM and not _about_one(text))
    return blank._replace(kind="codes", means=coded or "", split=split, shown=shown, unshown=len(parts) - len(shown))


def _dates(texts: Counter[str]) -> tuple[tuple[str, ...], int] | None:
    """The formats that read nearly all cells, the widest first, and how many cells none of them reads."""
    left = Counter(dict(texts.most_common(MOST_DATES)))
    most = left.total()
    found: list[str] = []
    while left and len(found) < MOST_FORMATS:
        best = max(FORMATS, key=lambda pattern: sum(times for text, times in left.items() if _is_day(text, pattern)))
        read = {text for text in left if _is_day(text, best)}
        if not read:
            break
        found.append(best)
        left = Counter({text: times for text, times in left.items() if text not in read})
    if not found or left.total() > 0.1 * most or set(found) <= {"%Y"}:
        return None  # a column of years alone is as likely one of numbers
    return tuple(found), left.total()


def _is_day(text: str, pattern: str) -> bool:
    if not text[:1].isdecimal() or not text.isascii() or len(text) > LONGEST_DATE:
        return False
    if pattern in ("%Y%m%d", "%Y") and not re.fullmatch(r"[0-9]{8}|[0-9]{4}", text):
        return False
    try:
        return datetime.strptime(text, pattern).year in _YEARS
    except ValueError:
        return False


def _of_one_length(texts: Counter[str]) -> bool:
    """Whether all are plain digits, as many in each: numbers that a system counted, and nobody's telephone."""
    return all(text.isascii() and text.isdecimal() for text in texts) and len(set(map(len, texts))) == 1


def _unknown_ages(texts: Counter[str]) -> tuple[tuple[int, int], ...]:
    ages = (int(text) for text, times in texts.items() if re.fullmatch(r"-?[0-9]{1,4}", text) for _ in range(times))
    return tuple(stand_for_unknown(ages, newborn=True).items())


def _identifying(texts: Counter[str], *, coded: bool, counted: bool) -> str:
    """Why a column may name somebody whatever its heading; empty where nothing says so.

    `coded`: the heading says that it holds codes. A single text in it is then left out, and not the column. `counted`:
    heading and texts say that it holds numbers of records or of persons, however long they are.
    """
    many = 0.3 * len(texts)
    for why, test in (
        ("holds addresses of mail", _MAIL.search),
        ("holds names", names_somebody),
        ("holds numbers as long as a telephone's", _PHONE.search),
    )[: 2 if counted else 3]:
        found = sum(bool(test(text)) for text in texts)
        worded = any(text.count(" ") > 1 for text in texts)
        if found > many or (found and worded and not coded and not all(map(_NUMBER.fullmatch, texts))):
            return why
    return ""


def _named(blank: Profile, texts: Counter[str]) -> Kind | None:
    """Whether the column names records, or persons: a short text with digits in it, and mostly another in each row."""
    numbered = sum(times for text, times in texts.items() if _NUMBERED.fullmatch(text))
    if numbered < 0.9 * texts.total() or len(texts) <= min(MOST_CODES, blank.rows // 4):
        return None
    says = meaning(blank.name, {"person": words().person, "identifier": words().record})
    plain = all(map(_NUMBER.fullmatch, texts))
    if len(texts) >= 0.95 * blank.rows and (says or not plain):
        return "identifier"
    return "person" if says or not plain else None


def _flags(texts: Counter[str]) -> bool:
    said = set(map(folded, texts))
    known = words()
    yes, no = ({word for word in said if word in each} for each in (known.yes, known.no))
    return bool(yes or no) and said <= yes | no and len(said) <= 4


def _parts(texts: Counter[str]) -> tuple[str, Counter[str]]:
    """The mark between several texts of a cell, and the texts. No mark where it would only cut texts in two."""
    for mark in SPLITS:
        marked = sum(times for text, times in texts.items() if mark in text)
        parts = Counter[str]()
        for text, times in texts.items():
            parts.update({part.strip(): times for part in text.split(mark) if part.strip()})
        if marked >= 0.1 * texts.total() and len(parts) < len(texts) and len(parts) <= MOST_CODES:
            return mark, parts
    return "", texts


def _mostly_once(parts: Counter[str]) -> bool:
    return len(parts) > max(3, parts.total() / 3)


def _about_one(text: str) -> bool:
    """A text that may name somebody, wherever it stands."""
    digits = sum(letter.isdecimal() for letter in text)
    return digits >= MANY_DIGITS or bool(_MAIL.search(text)) or names_somebody(text) or folded(text) == ""
