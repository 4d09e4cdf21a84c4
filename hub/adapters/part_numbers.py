"""What a cell may say that tells several facts of a record apart: a number or a mark of one, and never a word."""

import re

_NUMBERING = re.compile(r"[A-Za-z]|[A-Za-z]{0,2}-?[0-9]{1,4}[A-Za-z]?")
"""`1`, `A`, `A1`, `PT-0012`, `3b`: at most eight characters. No name, no initials, no day, no telephone number."""


def is_numbering(text: str) -> bool:
    """Whether a cell's text may leave as a part. It leaves as it is, so what a clerk typed there must say nothing."""
    return not text or _NUMBERING.fullmatch(text) is not None
