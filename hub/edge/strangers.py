"""An adapter that somebody else wrote, held to its word: what it may not do becomes a refusal, and stops nothing.

Its errors are told by the rule `adapter-failed` alone, because their words may quote what was read.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import BinaryIO

from hub.adapters.base import Adapter, Fact, Identifier, Record, Rejected, Statement
from hub.adapters.mapping_file import GENERALISED, NAME_BIRTH
from hub.edge.canonical import LOCAL
from hub.edge.schemes import SCHEMES
from hub.edge.seal import Sealable
from hub.errors import HubError
from hub.events import NEWEST
from hub.events.wire import ROW_POSITION

LONGEST_PLACE, LONGEST_NAME = 120, 10_000
FAILED = "adapter-failed"
_RULE = re.compile(r"[a-z]+(-[a-z]+)*")
_POSITION = re.compile(ROW_POSITION.strip("^$"))
_PLACE = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{LONGEST_PLACE}}}")


def records_of(adapter: Adapter, source: BinaryIO) -> Iterator[Record]:
    """The records of a file. Raises Rejected, and nothing else of the adapter's, where it cannot be read to its end."""
    number = 0
    try:
        for record in adapter.read(source):
            number += 1
            yield _record(record, number)
    except (Rejected, HubError):
        raise
    except Exception:  # noqa: BLE001 - whatever a stranger's code raises
        raise Rejected(FAILED, f"after record {number}") from None


def held_to(
    translate: Callable[[Record], Statement],
    state: Callable[[Record, Statement], Sealable],
    about_nobody: frozenset[str],
) -> Callable[[Record], Sealable]:
    """The function from a record to what may leave of it, which raises Rejected and nothing else of the adapter's."""

    def read(record: Record) -> Sealable:
        try:
            return state(record, _statement(translate(record), about_nobody))
        except Rejected as rejected:
            raise _rejected(rejected) from None
        except HubError:
            raise
        except Exception:  # noqa: BLE001 - whatever a stranger's code raises, or makes ours raise
            raise Rejected(FAILED, "record") from None

    return read


def _record(record: Record, number: int) -> Record:
    """A position that the hub would not take, and with it the delivery, becomes a number."""
    position, data = record
    fits = _is(_POSITION, position)
    return Record(position if fits else f"record {number}", data)


def _rejected(rejected: Rejected) -> Rejected:
    problems = [(rule, place) for rule, place in rejected.problems if _is(_RULE, rule) and _is(_PLACE, place)]
    return Rejected.all_of(problems or [(FAILED, "record")])


def _is(form: re.Pattern[str], text: object) -> bool:
    return isinstance(text, str) and form.fullmatch(text) is not None


def _statement(said: Statement, about_nobody: frozenset[str]) -> Statement:
    """The statement, in types that are what they say. Raises Rejected where it is none."""
    kind, key, subject, facts, whole = said
    who = None if subject is None else Identifier(*subject)
    made = tuple(Fact(event, dict(data), part) for event, data, part in facts)
    texts = [kind, *(() if key is None else (key,)), *(text for fact in made for text in (fact.event, fact.part))]
    if not all(map(_text, texts)) or not _names(who) or not all(fact.event in NEWEST for fact in made):
        raise Rejected(FAILED, "record")
    if unknown := next((fact.event for fact in made if not fact.data.keys() <= _fields(fact.event)), None):
        raise Rejected(FAILED, unknown)  # the field's name is the adapter's: it may be anything that was read
    if not made and not (whole is True and key is not None):
        raise Rejected("no-fact", "record")
    if any(NEWEST[fact.event].personal is (kind in about_nobody) for fact in made):
        raise Rejected("not-allowed", "record")
    return Statement(kind, key, who, made, whole is True)


def _names(who: Identifier | None) -> bool:
    """Whether it names a person in a scheme that is known, or says that nobody is named."""
    if who is None:
        return True
    known = _text(who.scheme) and who.scheme in (LOCAL, NAME_BIRTH, *SCHEMES)
    return known and _text(who.value) and type(who.linkable) is bool


@cache
def _fields(event: str) -> frozenset[str]:
    """The fields of an event, and those that an adapter states in their place."""
    return frozenset(NEWEST[event].model_fields) | GENERALISED.keys()


def _text(value: object) -> bool:
    return type(value) is str and len(value) <= LONGEST_NAME
