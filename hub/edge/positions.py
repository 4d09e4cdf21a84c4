"""A place in a file, as programs say it (`sheet 2, row 7`), in the words of a partner's language."""

import re
from collections.abc import Mapping

_NAMES = ("line", "row", "sheet", "entry", "item", "bundle", "resource", "record", "count")
_WORDS = {
    "nl": "regel|rij|blad|item|onderdeel|bundle|resource|record|telling",
    "fr": "ligne|ligne|feuille|entrée|élément|bundle|ressource|enregistrement|décompte",
    "pt": "linha|linha|folha|entrada|elemento|bundle|recurso|registo|contagem",
    "bg": "ред|ред|лист|елемент|елемент|bundle|ресурс|запис|брой",
    "hr": "redak|redak|list|stavka|stavka|bundle|resurs|zapis|broj",
    "fi": "rivi|rivi|taulukko|kohta|kohta|bundle|resurssi|tietue|lukumäärä",
    "it": "riga|riga|foglio|voce|elemento|bundle|risorsa|record|conteggio",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    language: dict(zip(_NAMES, said.split("|"), strict=True)) for language, said in _WORDS.items()
}
"""Language → the word for each kind of place. A bundle is FHIR's own word. English is as programs say it."""
_NUMBERED = re.compile(rf"\b({'|'.join(_NAMES)})(?= [0-9])")
_WITHIN = re.compile(r" of (?=[a-z]+ [0-9])")


def position_in(position: str, language: str) -> str:
    """The place in a language. A table's name in it stays, and what is within what stands from the outside inwards."""
    words = WORDS.get(language)
    if words is None:
        return position
    inwards = ", ".join(reversed(_WITHIN.split(position)))
    return _NUMBERED.sub(lambda found: words[found[1]], inwards)
