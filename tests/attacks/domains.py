"""Tokens of one person in different domains have nothing in common: who holds two of them learns nothing."""

from itertools import product
from pathlib import Path

from hub.edge.tokens import PartnerTokens
from tests.attacks.attack import Attack, Outcome

PERSONS = 5_000
KEY = b"\x05" * 32
PLACES = (("PT", "pt-one"), ("PT", "pt-two"), ("NL", "nl-one"), ("FI", "fi-one"))


def _run(_folder: Path, scale: float) -> Outcome:
    """Four partners, two epochs, two kinds of token: sixteen domains under one key."""
    names = [f"{number:09}" for number in range(max(10, round(PERSONS * scale)))]
    made: list[bytes] = []
    for (country, partner), epoch in product(PLACES, (1, 2)):
        source = PartnerTokens(KEY, partner=partner, country=country, epoch=epoch)
        made += source.persons("nl.bsn", names)
        made += source.records("nl.bsn", names)
    again = PartnerTokens(KEY, partner="pt-one", country="PT", epoch=1).persons("nl.bsn", names)
    return Outcome(len(made), len(made) - len({*made}), len({*made} & {*again}))


DOMAINS = Attack("equal tokens in sixteen domains", "the same domain twice", _run)
