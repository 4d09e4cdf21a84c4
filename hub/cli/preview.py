"""What becomes of a file's first rows, columns and words: what would leave, to the letter. Nothing is kept."""

import secrets
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from hub.adapters import find
from hub.adapters.base import Adapter, Rejected
from hub.adapters.count_file import CountFile
from hub.adapters.count_table import CountAdapter
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_unmapped import used_codes
from hub.adapters.mapping import MappingAdapter
from hub.adapters.mapping_file import GENERALISED
from hub.adapters.words import OwnWords, Word, words_of
from hub.cli.lineage import figures
from hub.cli.sender import sender_of
from hub.edge.allow_list import allow_list
from hub.edge.rows import Origin, row_reader
from hub.edge.strangers import records_of
from hub.edge.tokens import PartnerTokens, People
from hub.edge.twice import Copies
from hub.errors import Reject, Stop
from hub.events.facts import join

Row = dict[str, Any]
NEVER, IN_TOKEN = "never leaves", "never leaves, but in the keyed token of the whole row"
NOT_LISTED = "is not on the list, never leaves"


def preview(path: Path, adapter: str, rows: int, partner: str | None = None) -> dict[str, Any]:
    """Each column's way, the first rows as they would leave or be refused, and the words of the whole file's coded
    columns with what their mapping makes of them. No store and no key is touched.

    Raises Reject where the file as a whole is none of this adapter's.
    """
    found = find(adapter)
    try:
        sender = sender_of(found, partner, path)
        tokens = PartnerTokens(secrets.token_bytes(32), partner=sender.partner, country=sender.country)
        origin = Origin(sender.country, tokens, People(tokens), (), lambda _line: None)
        with path.open("rb") as source:
            read = row_reader(found, origin, Copies())
            shown = [_row(found, read, record) for record in islice(records_of(found, source), rows)]
            source.seek(0)
            words = _words(found, source)
    except Rejected as rejected:
        raise Reject(f"{path.name} is not a file of {found.name}: {rejected}") from None
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None
    listed = allow_list()
    return {
        "allow_list": {"version": listed.version, "decided": f"{listed.decided}", "digest": listed.digest},
        "columns": dict(_columns(found)),
        "rows": shown,
        "figures": figures(sorted({fact["event"] for row in shown for fact in row.get("states", ())})),
        "words": [word._asdict() for word in words],
        "unlinked": origin.people.unlinked,
    }


def codes(path: Path, adapter: str) -> list[Row]:
    """Every code of a FHIR file and how it fits. Raises Reject where the file as a whole is none."""
    found = find(adapter)
    if not isinstance(found, FhirAdapter):
        raise Stop("codes are counted in FHIR files: a mapping file names every code itself")
    try:
        with path.open("rb") as source:
            return [each._asdict() for each in used_codes(found, source)]
    except Rejected as rejected:
        raise Reject(f"{path.name} is not a file of {found.name}: {rejected}") from None
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None


def _words(adapter: Adapter, source: BinaryIO) -> list[Word]:
    if isinstance(adapter, MappingAdapter | CountAdapter):
        return words_of(adapter, source)
    return adapter.words(source) if isinstance(adapter, OwnWords) else []


def _row(adapter: Adapter, read: Any, record: Any) -> Row:
    """A row: what it states, by event and field; and what leaves, to the letter, or why it does not."""
    try:
        leaving = read(record).row
    except Rejected as rejected:
        refused = [{"rule": problem.rule, "place": problem.place} for problem in rejected.problems]
        return {"position": record.position, "refused": refused}
    stated = adapter.translate(record)
    states = [{"event": fact.event, "fields": sorted(fact.data)} for fact in stated.facts]
    facts = [
        {"event": fact.topic, **({"part": fact.part} if fact.part else {}), "data": join(fact.values).decode()}
        for fact in leaving.facts
    ]
    return {
        "position": record.position,
        "record": stated.kind,
        "period": leaving.period,
        "states": states,
        "facts": facts,
    }


def _columns(adapter: Adapter) -> Iterator[tuple[str, str]]:
    """Every column of a mapping and what becomes of it, in the mapping's order."""
    if isinstance(adapter, CountAdapter):
        yield from _counted(adapter.mapping)
    if not isinstance(adapter, MappingAdapter):
        return
    mapping = adapter.mapping
    ways: dict[str, list[str]] = {}
    if isinstance(mapping.key, list):
        for column in mapping.key:
            ways.setdefault(column, []).append("the record's keyed token")
    if mapping.who:
        for column in mapping.who.columns:
            ways.setdefault(column, []).append("the person's keyed token")
    for fact in adapter.rules:
        listed = allow_list().fields_of(fact.event)
        for name, field in fact.fields.items():
            coarse = GENERALISED.get(name, name)
            way = f"({listed[coarse]})" if coarse in listed else NOT_LISTED
            for column in sorted(field.columns()):
                ways.setdefault(column, []).append(f"{fact.event}: {coarse} {way}")
        if fact.part and fact.part.column:
            ways.setdefault(fact.part.column, []).append(f"{fact.event}: which part")
        for condition in fact.when:
            for column in sorted(condition.columns()):
                ways.setdefault(column, []).append(f"decides whether {fact.event} is stated")
    ways |= {column: [NEVER if isinstance(mapping.key, list) else IN_TOKEN] for column in mapping.ignore}
    for column, how in ways.items():
        yield column, "; ".join(dict.fromkeys(how))


def _counted(file: CountFile) -> Iterator[tuple[str, str]]:
    """The same of a table of counts."""
    listed, count = allow_list().fields_of(file.event), "value" if file.published else "counted"
    ways: dict[str, list[str]] = {}
    for name, rule in file.row_rules().items():
        for column in sorted(rule.columns()):
            ways.setdefault(column, []).append(f"{file.event}: {name}")
    for cell in file.cells:
        total = f"a total of {', '.join(cell.total)}: held against its cells, never leaves"
        ways.setdefault(cell.column, []).append(total if cell.total else f"{file.event}: {count} ({listed[count]})")
        for condition in cell.when:
            for column in sorted(condition.columns()):
                ways.setdefault(column, []).append("decides what is counted")
    ways |= {column: ["tells rows of one cell apart, never leaves"] for column in file.apart if column not in ways}
    ways |= {column: [NEVER] for column in file.ignore}
    for column, how in ways.items():
        yield column, "; ".join(dict.fromkeys(how))
