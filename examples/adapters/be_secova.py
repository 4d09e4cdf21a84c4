"""A police zone's journal, which no mapping alone can read: a line "P" for a person, then a "C" for each contact.

This makes rows of it; its mapping file says what the words mean. `--adapter examples/adapters/be_secova.py:adapter`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from hub.adapters.base import Record
from hub.adapters.mapping import load_mapping
from hub.adapters.table import Damaged

COLUMNS = {"P": ("dossier", "sexe", "naissance", "commune"), "C": ("numero", "date", "moyen", "suite")}
WORDS = load_mapping(Path(__file__).with_suffix(".yaml"))


class Journal:
    """Satisfies `Adapter`, `Periodic` and `OwnSender`."""

    name, grain, translate = WORDS.name, WORDS.grain, staticmethod(WORDS.translate)

    def sender(self, _record: Record) -> tuple[str, str]:
        """The zone."""
        return WORDS.mapping.partner, WORDS.mapping.country

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """A row a contact, with its person. Below a damaged person all contacts are: they could be anybody's."""
        person: dict[str, str] = {}
        for number, line in enumerate(source.read().decode("cp1252", "surrogateescape").splitlines(), 1):
            kind, *cells = line.split("|")
            fits = kind in COLUMNS and len(cells) == len(COLUMNS[kind])
            row = dict(zip(COLUMNS[kind], cells, strict=True)) if fits else {}
            person = person if kind == "C" else row
            if line.strip() and not (kind == "P" and fits):
                yield Record(f"line {number}", person | row if fits and person else Damaged("row-shape", line))


adapter = Journal()
