"""Words, numbers and dates in the reader's language. A language is one catalogue: `locale/<code>/LC_MESSAGES/vs.po`.

The text file is read at first use, so no compiled catalogue is kept or built. English stands in the code.
"""

import gettext
import io
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PRODUCT = "Victim Support Hub"
FOLDER = Path(__file__).parent / "locale"
REGIONS = {"en": "en_GB", "pt": "pt_PT"}
"""Where a bare language would mean another country's numbers and dates (Babel's `pt` is Brazil's)."""


@lru_cache
def languages() -> tuple[str, ...]:
    """English, then every language that has a catalogue."""
    return ("en", *sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/vs.po")))


@lru_cache
def catalogue(lang: str) -> gettext.NullTranslations:
    """The words of a language, from its text file; English needs none."""
    if lang == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with (FOLDER / lang / "LC_MESSAGES" / "vs.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=REGIONS.get(lang, lang)))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@lru_cache
def locale(lang: str) -> Locale:
    """How a language writes numbers, dates and country names."""
    return Locale.parse(REGIONS.get(lang, lang))


def direction(lang: str) -> str:
    """`ltr` or `rtl`."""
    return locale(lang).text_direction


def endonym(lang: str) -> str:
    """What a language calls itself."""
    name = Locale.parse(lang).get_display_name(lang) or lang
    return name[:1].upper() + name[1:]


def marked(text: str) -> str:
    """Mark a text for translation where it is written down but not yet shown."""
    return text


class Words:
    """One language. Call it to translate; named values stand in braces."""

    def __init__(self, lang: str) -> None:
        self.lang, self.locale, self._texts = lang, locale(lang), catalogue(lang)

    def __call__(self, text: str, **named: object) -> str:
        """A text in this language."""
        return self._texts.gettext(text).format(**named)

    def n(self, one: str, many: str, number: int, **named: object) -> str:
        """A text that depends on a number, which stands in it as {n}."""
        return self._texts.ngettext(one, many, number).format(n=self.number(number), **named)

    def number(self, value: float) -> str:
        """1 234,5"""
        return numbers.format_decimal(value, locale=self.locale)

    def percent(self, share: float) -> str:
        """64%"""
        return numbers.format_percent(share, locale=self.locale)

    def day(self, day: date | None, width: str = "long") -> str:
        """1 July 2025"""
        return "–" if day is None else dates.format_date(day, width, locale=self.locale)

    def quarter(self, code: str) -> str:
        """2025Q3 → Q3 2025. From the catalogue: Unicode's own form is too long for a filter in some languages."""
        return self("Q{nth} {year}", nth=code[5], year=code[:4])

    def month(self, code: str) -> str:
        """2025-11 → November 2025"""
        return dates.format_skeleton("yMMMM", date(int(code[:4]), int(code[5:7]), 1), locale=self.locale)

    def country(self, code: str) -> str:
        """PT → Portugal"""
        return str(self.locale.territories.get(code, code))

    def listing(self, items: list[str]) -> str:
        """a, b, c"""
        return ", ".join(items)
