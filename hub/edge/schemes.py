"""Person numbers of the European Union: which schemes may name a person, and what of a number is the person.

python-stdnum checks form and check digit; what it does not know, or what would make two persons of one, is here.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from stdnum import get_cc_module, luhn, verhoeff
from stdnum.exceptions import ValidationError

Read = Callable[[str], str]
"""A cleaned text → its canonical form. Raises for one that is not valid, or that a person has only for a while."""


def of_library(name: str) -> Read:
    """The library's own rules: it gives a number back as it compares numbers."""
    country, _, scheme = name.partition(".")
    module: Any = get_cc_module(country, scheme)
    return lambda text: str(module.validate(text))


def _but(name: str, refused: str) -> Read:
    """The library's rules, without numbers that begin like `refused` (a pattern)."""
    read, pattern = of_library(name), re.compile(refused)

    def but(text: str) -> str:
        number = read(text)
        if pattern.match(number):
            raise ValidationError("no number of a person, or not for long")
        return number

    return but


def _cyprus(text: str) -> str:
    """The identity card's number: up to ten digits, of which spreadsheets lose the first zeros. No check digit."""
    return _matched(r"\d{1,10}", text).zfill(10)


def _hungary_tax(text: str) -> str:
    """The tax number of a person: 8, days since 1867, three digits, and a check digit."""
    number = _matched(r"8\d{9}", _digits(text))
    _same(sum(place * int(digit) for place, digit in enumerate(number[:9], 1)) % 11, number[9])
    return number


def _hungary_taj(text: str) -> str:
    """The social security number: weights 3 and 7 in turn."""
    number = _matched(r"\d{9}", _digits(text))
    _same(sum((3, 7)[place % 2] * int(digit) for place, digit in enumerate(number[:8])) % 10, number[8])
    return number


def _luxembourg(text: str) -> str:
    """The national number: birth date, three digits, a Luhn and a Verhoeff digit, both over the first eleven."""
    number = _matched(r"\d{13}", _digits(text))
    _born(number[:4], number[4:6], number[6:8])
    luhn.validate(number[:12])
    verhoeff.validate(number[:11] + number[12])
    return number


def _malta(text: str) -> str:
    """The identity card's number: up to seven digits and a letter for the kind of register. No check digit."""
    return _matched(r"\d{1,7}[ABGHLMPZ]", _digits(text)).zfill(8)


def _portugal(text: str) -> str:
    """The civil number on the citizen card. What follows it is the card's own, and changes with each new card."""
    return of_library("pt.cc")(_matched(r"\d{9}[A-Z0-9]{2}\d", _digits(text)))[:9]


def _spain(text: str) -> str:
    """A dropped first zero is put back: the letter still checks the number."""
    return of_library("es.dni")(_matched(r"\d{7,8}[A-Z]", _digits(text)).zfill(9))


def _sweden(text: str) -> str:
    """Twelve digits, also of one written with ten: `+` is for those over a hundred. Coordination numbers too."""
    match = re.fullmatch(r"(?:(\d\d)(\d{6})-?|(\d{6})([-+]?))(\d{4})", text.replace(" ", ""))
    if not match:
        raise ValidationError("another form")
    century, whole, short, sign, last = match.groups()
    day = whole or short
    luhn.validate(day + last)
    year, born = int(day[:2]), f"{int(day[4:]) % 60:02}"
    if century is None:
        today = date.today()
        full = today.year // 100 * 100 + year
        full -= 100 if (full, int(day[2:4]), int(born)) > (today.year, today.month, today.day) else 0
        century = str((full - (100 if sign == "+" else 0)) // 100)
    _born(century + day[:2], day[2:4], born)
    return century + day + last


def _digits(text: str) -> str:
    return re.sub(r"[ .\-/]", "", text)


def _matched(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValidationError("another form")
    return text


def _same(made: int, digit: str) -> None:
    if made != int(digit):
        raise ValidationError("another check digit")


def _born(year: str, month: str, day: str) -> None:
    if date(int(year), int(month), int(day)) > date.today():
        raise ValidationError("not born yet")


_FROM_LIBRARY = (
    *("at.vnr", "be.ssn", "bg.egn", "bg.pnf", "cz.rc", "de.idnr", "dk.cpr", "ee.ik", "es.nie", "fi.hetu", "gr.amka"),
    *("hr.oib", "ie.pps", "lt.asmens", "nl.bsn", "pl.pesel", "ro.cnp", "si.emso", "sk.rc"),
)
SCHEMES: dict[str, Read] = {
    **{name: of_library(name) for name in _FROM_LIBRARY},
    "cy.id": _cyprus,
    "es.dni": _spain,
    # Sexes 3, 4, 7 and 8 stand for a number that is not given yet.
    "fr.nir": _but("fr.nir", r"[^12]"),
    "hu.tax": _hungary_tax,
    "hu.taj": _hungary_taj,
    # Eleven digits are a company's, or stand for a code that is not given yet.
    "it.codicefiscale": _but("it.codicefiscale", r"\d{11}$"),
    "lu.matricule": _luxembourg,
    # From 4 on: companies.
    "lv.pvn": _but("lv.pvn", r"[4-9]"),
    "mt.id": _malta,
    "pt.cc": _portugal,
    # From 4 on: companies, but for 45, which are persons who live elsewhere.
    "pt.nif": _but("pt.nif", r"4[^5]|[5-9]"),
    "se.personnummer": _sweden,
}
"""By `<country>.<scheme>`, the names that a mapping file knows them by. Each of the 27 countries has at least one.

The numbers of Cyprus and Malta, and Danish ones since 2007, have no check digit: a typing error is not found out.
"""
