"""One row at a time, with care: every problem is named. `coding` does the same for rows in which nothing is unusual."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import BinaryIO, NamedTuple

from hub.adapters.base import Adapter, Fact, Periodic, Record, Rejected, Statement
from hub.adapters.mapping import MappingAdapter
from hub.edge.allow_list import allow_list
from hub.edge.generalise import day_of, generalise
from hub.edge.leaving import Leaving
from hub.edge.seal import Sealable
from hub.edge.strangers import held_to, records_of
from hub.edge.tokens import People, TokenSource
from hub.edge.twice import Copies
from hub.events.columns import WHOLE, Row
from hub.events.facts import Coded, shape_of
from hub.events.kinds import ABOUT_NOBODY
from hub.events.periods import Grain, period_of
from hub.events.wire import NO_PERIOD

AHEAD = timedelta(days=366)
"""How far ahead an appointment may lie. A year mistyped is further, and would open a period of its own."""


def record_kind(dataset: str, kind: str) -> str:
    """Two datasets of one partner number their records each for itself: `7` of the one is not `7` of the other."""
    return f"{dataset}/{kind}"


def grain(adapter: Adapter) -> Grain | None:
    """How long a period of this adapter's records is; None where they have none."""
    return adapter.grain if isinstance(adapter, Periodic) else None


def latest_day() -> date:
    """The last day that a fact may have."""
    return date.today() + AHEAD


class Origin(NamedTuple):
    """Where a file comes from, and how it is told of: `periods` are those it is about, if that was said."""

    country: str
    tokens: TokenSource
    people: People
    periods: tuple[str, ...]
    echo: Callable[[str], None]


def of_records(adapter: Adapter, source: BinaryIO, origin: Origin, leaving: Leaving) -> None:
    """Any adapter's records: nothing is known of them before they were translated, so all of them wait for the last."""
    read = row_reader(adapter, origin, Copies())
    for record in records_of(adapter, source):
        if sealable := leaving.read(read, record):
            leaving.wait(record.position, sealable, record.data)
        leaving.came(1)
    leaving.settle(lambda data: data)


def row_reader(adapter: Adapter, origin: Origin, copies: Copies) -> Callable[[Record], Sealable]:
    """The function from a record to what may leave of it. It raises Rejected, with every problem.

    Raises Stop, before anything is read, where the allow-list does not fit.
    """
    allow_list()
    country, tokens, people, periods = origin.country, origin.tokens, origin.people, origin.periods
    place = adapter.place if isinstance(adapter, MappingAdapter) else lambda _event, field: field
    latest, length = latest_day(), grain(adapter)

    def read(record: Record) -> Sealable:
        return state(record, adapter.translate(record))

    def state(record: Record, statement: Statement) -> Sealable:
        kind = record_kind(adapter.name, statement.kind)
        if statement.whole and not statement.facts and statement.key is not None:
            (token,) = tokens.records(kind, [statement.key])
            return Sealable(token + tokens.nobody, Row(WHOLE, ()))
        facts = _coarse(statement.facts, country, place, latest)
        key = statement.key if statement.key is not None else copies.key(_content(record))
        period = _period(facts[0], length) if length else WHOLE if statement.whole else NO_PERIOD
        if periods and period not in (NO_PERIOD, WHOLE, *periods):
            raise Rejected("outside-period", place(statement.facts[0].event, "occurred_on"))
        return Sealable(_names(statement, kind, key), Row(period, facts))

    def _names(statement: Statement, kind: str, key: str) -> bytes:
        (record,) = tokens.records(kind, [key])
        if statement.kind in ABOUT_NOBODY:
            return record + tokens.nobody
        person, who = None, statement.subject
        if who and (who.linkable or not tokens.links):
            (person,) = people.tokens(who.scheme, (who.value,))
        return record + (person or tokens.unknown_persons(kind, [key])[0])

    return read if isinstance(adapter, MappingAdapter) else held_to(adapter.translate, state, ABOUT_NOBODY)


def _coarse(facts: tuple[Fact, ...], country: str, place: Callable[[str, str], str], latest: date) -> tuple[Coded, ...]:
    stated = []
    problems: list[tuple[str, str]] = []
    places = set()
    for fact in facts:
        try:
            coded = generalise(fact, country)
            stated.append(coded)
            if (fact.event, fact.part) in places:
                raise Rejected("fact-twice", fact.event)
            places.add((fact.event, fact.part))
            if "occurred_on" in fact.data and _day(coded) > latest:
                raise Rejected("in-the-future", "occurred_on")
        except Rejected as rejected:
            problems += [(rule, place(fact.event, field)) for rule, field in rejected.problems]
    if problems:
        raise Rejected.all_of(problems)
    return tuple(stated)


def _period(fact: Coded, length: Grain) -> str:
    """The period that holds the day on which a fact happened; of a count, the one that it is of."""
    shape = shape_of(fact.topic)
    if "occurred_on" in shape.fields:
        return period_of(_day(fact), length)
    at = shape.fields.index("period")
    return str(json.loads(fact.values[at][len(shape.prefixes[at]) :]))


def _day(coded: Coded) -> date:
    """The day on which a fact happened."""
    position = shape_of(coded.topic).fields.index("occurred_on")
    return day_of(coded.values[position])


def _content(record: Record) -> str:
    data = record.data
    return "\x1f".join(f"{name}={data[name]}" for name in sorted(data)) if isinstance(data, dict) else repr(data)
