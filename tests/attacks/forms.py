"""Ways of writing a person number that are taken as another person: by our rules, and by the library's alone."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from stdnum import get_cc_module

from hub.edge.canonical import canonical
from tests.attacks.attack import Attack, Outcome

GOLDEN = Path(__file__).parent.parent / "golden" / "identifiers.csv"
TRANSFORMS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "lower case": str.lower,
    "spaces between": " ".join,
    "white space around": lambda text: f"\t {text} \r\n",
    "no-break spaces": lambda text: text.replace(text[3], f"\u00a0{text[3]}"),
    "zero width": lambda text: "\u200b".join(text),
    "soft hyphens": lambda text: "\u00ad".join(text),
    "byte order mark": lambda text: f"\ufeff{text}",
    "full width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "superscripts": lambda text: text.translate(str.maketrans("123", "¹²³")),
    "Arabic-Indic digits": lambda text: "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in text),
    "Cyrillic letters": lambda text: text.translate(str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")),
    "apostrophe of a spreadsheet": lambda text: f"'{text}",
    "decimals of a spreadsheet": lambda text: f"{text}.0",
}


def golden() -> list[tuple[str, str, str | None]]:
    """Scheme, text and its canonical form, None where it is not valid."""
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [(row["scheme"], row["text"], row["canonical"] or None) for row in csv.DictReader(file)]


def others(form_of: Callable[[str, str], str | None]) -> Iterator[tuple[str, str]]:
    """Scheme and transform of each text that `form_of` takes as another person."""
    for scheme, text, form in golden():
        for name, transform in TRANSFORMS.items() if form else ():
            if form_of(scheme, transform(text)) not in (form, None):
                yield scheme, name


def librarys(scheme: str, text: str) -> str | None:
    """The form that the library alone gives."""
    module = get_cc_module(*scheme.split("."))
    try:
        return str(module.validate(module.compact(text))) if module else None
    except Exception:  # noqa: BLE001 - the library raises more than its own
        return None


def _run(_folder: Path, _scale: float) -> Outcome:
    valid = sum(form is not None for _, _, form in golden())
    return Outcome(valid * len(TRANSFORMS), len([*others(canonical)]), len([*others(librarys)]))


FORMS = Attack("one person with two canonical forms", "the library's forms alone", _run)
