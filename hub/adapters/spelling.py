"""Words as partners' systems write them → one folded spelling, by which a label is known in any of its languages."""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import yaml

from hub.adapters.yaml_tree import LOADER

COUNTRIES = Path(__file__).with_name("countries.yaml")


@lru_cache(maxsize=4_096)
def fold(text: str) -> str:
    """Small letters and digits of any alphabet, without marks, spaces and punctuation: `No. ÂGE` is `noage`.

    The Turkish dotless i is an i: software writes capitals of both alike.
    """
    small = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i")
    return "".join(sign for sign in unicodedata.normalize("NFKD", small) if sign.isalnum())


@cache
def _countries() -> dict[str, str]:
    listed: dict[str, list[str]] = yaml.load(COUNTRIES.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - texts only
    return {word: code for code, words in listed.items() for word in (*words, fold(code))}


def country_of(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its name in English, French, Spanish or Arabic, or by the code."""
    return _countries().get(fold(text))
