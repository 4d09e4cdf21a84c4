"""Which figures an event goes into: followed through the warehouse's models, from its raw table to who reads them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import hub

PROJECT = Path(hub.__file__).parent.parent / "warehouse"
MODELS, MACROS = PROJECT / "models", PROJECT / "macros"
READ_BY_PEOPLE = ("marts", "cubes", "indicators", "returns")
"""Folders of models that checks, releases and dashboards read; the others are steps on the way."""
_REF = re.compile(r"\bref\(\s*'(\w+)'\s*\)")
_SOURCE = re.compile(r"\bsource\(\s*'raw'\s*,\s*'(\w+)'\s*\)")
_FACT = re.compile(r"""["'](fct_\w+|int_\w+)["']""")
"""A model that a macro is told by its name, as an indicator is its fact."""
_FACTS = re.compile(r"(?:_facts|facts_of\w*)\(\s*'(\w+)'\s*(~?)")
_WORD, _CALL = re.compile(r"'(\w+)'"), re.compile(r"\b(\w+)\(")
_MACRO = re.compile(r"{%-?\s*macro (\w+)(.*?)endmacro", re.DOTALL)
_NOTE = re.compile(r"--[^\n]*|\{#.*?#\}", re.DOTALL)


def figures(events: Iterable[str]) -> dict[str, list[str]]:
    """For each event (`contact.held`), the marts, cubes, indicators and returns that are made of it."""
    return {event: sorted(_after(f"raw.{event.replace('.', '_')}") & _read_by_people()) for event in events}


def _after(start: str) -> set[str]:
    """All models that are made of one, directly or by others."""
    found: set[str] = set()
    waiting = {start}
    while waiting:
        name = waiting.pop()
        for model in _made_of()[name] - found:
            found.add(model)
            waiting.add(model)
    return found


@cache
def _made_of() -> defaultdict[str, set[str]]:
    """Model or raw table → the models that read it, by themselves or by a macro."""
    texts = {path: _NOTE.sub("", path.read_text("utf-8")) for path in (*MODELS.rglob("*.sql"), *MACROS.glob("*.sql"))}
    bodies = dict(found for path, text in texts.items() if path.parent == MACROS for found in _MACRO.findall(text))
    made: defaultdict[str, set[str]] = defaultdict(set)
    for path, text in texts.items():
        if path.parent != MACROS:
            for needed in set(_needs(text)).union(*(_needs(bodies[name]) for name in _called(text, bodies))):
                made[needed].add(path.stem)
    return made


def _called(text: str, bodies: Mapping[str, str]) -> set[str]:
    """The macros that a text calls, by itself or by others."""
    found: set[str] = set()
    waiting = [text]
    while waiting:
        new = {name for name in _CALL.findall(waiting.pop()) if name in bodies} - found
        found |= new
        waiting += [bodies[name] for name in new]
    return found


def _needs(text: str) -> Iterator[str]:
    yield from _REF.findall(text)
    yield from _FACT.findall(text)
    yield from (f"raw.{table}" for table in _SOURCE.findall(text))
    for facts, joined in _FACTS.findall(text):
        # `'referral_' ~ state`: the states stand in a list of the same model
        yield from (f"stg_hub__{facts}{word}" for word in (_WORD.findall(text) if joined else ("",)))


@cache
def _read_by_people() -> frozenset[str]:
    return frozenset(path.stem for folder in READ_BY_PEOPLE for path in (MODELS / folder).glob("*.sql"))
