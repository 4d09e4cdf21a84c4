"""Numbers of digits alone that a weighted sum checks: what is plainly right needs no cleaning and no closer look.

Everything else goes the way of `schemes`, which decides. What is taken here is taken there too, and is the same text.
"""

from collections.abc import Mapping
from operator import mul
from types import MappingProxyType
from typing import NamedTuple

ZERO = ord("0")


class Summed(NamedTuple):
    """A sum of digits by weights that the modulus divides: as many digits as weights, the first one of `first`."""

    weights: tuple[int, ...]
    modulus: int
    first: str


SUMMED: Mapping[str, Summed] = MappingProxyType(
    {
        # Not one of its numbers below 100,000,000: a zero at the front may have been lost, or put there.
        "nl.bsn": Summed((9, 8, 7, 6, 5, 4, 3, 2, -1), 11, "123456789"),
        # Persons alone. A check digit that would be ten is nought: those go the other way.
        "pt.nif": Summed((9, 8, 7, 6, 5, 4, 3, 2, 1), 11, "123"),
    }
)


def plainly_right(scheme: str, text: str) -> bool:
    """Whether a text is, as it stands, the canonical form of a valid number."""
    by = SUMMED.get(scheme)
    if by is None or len(text) != len(by.weights) or text[0] not in by.first or not (text.isascii() and text.isdigit()):
        return False
    total: int = sum(map(mul, by.weights, text.encode()))
    return (total - ZERO * sum(by.weights)) % by.modulus == 0
