"""The sheet "Incident Data" of the GBVIMS Incident Recorder → a statement an incident. Its columns go by any language.

The partner is not named in the file: `--partner` says who delivers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from hub.adapters.any_table import any_blocks
from hub.adapters.base import Identifier, Record, Rejected, Statement
from hub.adapters.gbvims_codes import columns
from hub.adapters.gbvims_incident import NEEDED, incident_facts
from hub.adapters.spelling import fold
from hub.adapters.table import NAMED, Damaged
from hub.events.periods import Grain

SHEET = "Incident Data"
_NO_HEADING = re.compile(r"column [0-9]+").fullmatch
"""How the reader of tables calls a column without a heading."""


@dataclass(frozen=True)
class GbvimsAdapter:
    """Reads the Incident Recorder. Satisfies `Adapter` and `Periodic`: a complete sheet speaks for its quarters."""

    name: str = "gbvims"
    grain: Grain = "quarter"

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The incidents, by the names of their fields. Raises Rejected for a sheet that is none of the recorder's."""
        known = columns()
        for block in any_blocks(source, lambda heading: fold(heading) in known, (SHEET,)):
            fields = fields_of(block.header)
            for record in block.records():
                if isinstance(record.data, Damaged):
                    yield record
                else:
                    named = {field: record.data[column] for column, field in fields.items()}
                    yield Record(record.position, named)

    def translate(self, record: Record) -> Statement:
        """What an incident states. Raises Rejected, naming all its problems by the recorder's fields."""
        if isinstance(record.data, Damaged):
            raise Rejected(record.data.rule, record.data.place or record.position)
        fields: dict[str, str] = record.data
        key = fields["incident_id"].strip()
        if not key:
            raise Rejected("missing-key", "incident_id")
        survivor = fields.get("survivor_code", "").strip()
        facts = incident_facts(fields)
        return Statement("offence", key, Identifier("local", survivor) if survivor else None, facts)


adapter = GbvimsAdapter()


def fields_of(header: Sequence[str]) -> dict[str, str]:
    """The field of each heading. Raises Rejected, naming columns by their number.

    One without a heading is never read: Primero has no Hungarian word for the hour of the day.
    """
    known = columns()
    fields = {heading: known.get(fold(heading), "") for heading in header if not _NO_HEADING(heading)}
    if missing := [name for name in NEEDED if name not in fields.values()]:
        raise Rejected.all_of([("column-missing", name) for name in missing])
    if unknown := [at for at, heading in enumerate(header, 1) if fields.get(heading) == ""]:
        # A column that nobody looked at yet may hold anything: a person must look first.
        raise Rejected.all_of([("column-unknown", f"column {at}") for at in unknown[:NAMED]])
    if len({*fields.values()}) < len(fields):
        raise Rejected("column-twice", "header")
    return fields
