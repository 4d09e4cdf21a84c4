"""Rows of one record → one statement: a service a row, or a victim repeated for each offender and each measure.

What rows say is joined by event and part: a list of codes becomes all of them, a field that only some rows fill stands,
and one that they fill differently is a contradiction, unless its rule says which value holds. No order of rows matters.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from hub.adapters.base import Record
from hub.adapters.fields import Problems, Row

Values = dict[str, Any]
RULE = "contradicts-row"
MERGE: dict[str, Callable[[list[Any]], Any]] = {"least": min, "most": max, "sum": sum}


class Said(NamedTuple):
    """What one row states by one rule, as it was read. `rule`: its number."""

    event: str
    part: str
    rule: int
    values: Values


Told = Callable[[int, str], tuple[str, str]]
"""Number of a rule and name of a field → its place for messages, and how several values of it are merged."""


def gathered(records: Iterable[Record], key_of: Callable[[Record], str | None]) -> Iterator[Record]:
    """Rows of one key as one record, where its first row stood; a row without a key by itself.

    Holds all rows until the last one was read.
    """
    together: dict[str, list[Record]] = {}
    order: list[Record | str] = []
    for record in records:
        key = key_of(record)
        if key is None:
            order.append(record)
        elif key in together:
            together[key].append(record)
        else:
            together[key] = [record]
            order.append(key)
    for each in order:
        yield each if isinstance(each, Record) else joined(together[each])


def joined(records: list[Record]) -> Record:
    """The rows of one record, at the place of the first. One row alone is what it was."""
    return records[0] if len(records) == 1 else Record(records[0].position, [record.data for record in records])


def distinct(rows: list[Row]) -> list[Row]:
    """The rows without copies: a row that was exported twice says nothing twice."""
    columns = list(rows[0])
    seen = {tuple([row[column].strip() for column in columns]): row for row in rows}
    return list(seen.values())


def merged(rows: Iterable[list[Said]], told: Told, problems: Problems) -> list[Said]:
    """What rows state together, by rule and part. Contradictions go to `problems`."""
    gathered: dict[tuple[str, str], list[Said]] = {}
    for row in rows:
        places = [(said.event, said.part) for said in row]
        problems += [("fact-twice", event) for event, part in places if places.count((event, part)) > 1]
        for said in row:
            gathered.setdefault((said.event, said.part), []).append(said)
    found = [_one([*said], told, problems) for said in gathered.values()]
    return sorted(found, key=lambda said: (said.rule, said.part))


def _one(said: list[Said], told: Told, problems: Problems) -> Said:
    if len(said) == 1:
        return said[0]
    said.sort(key=lambda each: each.rule)
    values: Values = {}
    for name in dict.fromkeys(name for each in said for name in each.values):
        place, merge = told(next(each.rule for each in said if name in each.values), name)
        found = [each.values[name] for each in said if name in each.values]
        if type(found[0]) is tuple:
            values[name] = tuple(sorted({code for codes in found for code in codes}))
        elif merge in MERGE and len({*map(type, found)}) == 1:
            values[name] = MERGE[merge](found)
        else:
            values[name] = found[0]
            if any(value != found[0] for value in found):
                problems.append((RULE, place))
    return said[0]._replace(values=values)
