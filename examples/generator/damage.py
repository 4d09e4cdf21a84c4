"""Breaking rows on purpose, one known rule at a known place: what a test compares a refusal with.

What can be broken in a file is worked out from its mapping file: a date column can hold an impossible date, a coded one
an unknown word. A damaged row stays damaged in nothing else, so a reader that names more, or less, is wrong.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

STRANGER = "?#unheard-of"
"""A word in no code list."""


class Damage(NamedTuple):
    """One broken place: `position` as readers name it ("line 7"), `column` (the position itself when the row's shape is
    broken), and the rule that is broken there."""

    position: str
    column: str
    rule: str


class Way(NamedTuple):
    """A way to break a row: what to put in which column. Without a column it is the row's shape that breaks."""

    rule: str
    column: str
    text: str
    when: tuple[dict[str, Any], ...] = ()


def ways_to_break(mapping: dict[str, Any]) -> list[Way]:
    """Every way in which a row of this mapping can be broken."""
    source = mapping.get("source", {})
    alien = _alien(source.get("encoding", "utf-8"))
    ways = [Way("row-shape", "", "short"), Way("row-shape", "", "long")]
    if isinstance(mapping["key"], list):
        ways += [Way("missing-key", column, "") for column in mapping["key"]]
    if isinstance(mapping["subject"], dict):
        ways += [Way("missing-subject", column, " ") for column in mapping["subject"]["columns"]]
    repeated = ((fact, names) for fact in mapping["facts"] for names in fact.get("repeat", [{}]))
    for fact, names in repeated:
        when = tuple(_renamed(test, names) for test in fact.get("when", ()))
        tested = {column for test in when if "filled" not in test for column in _columns(test)}
        for rule in (_renamed(rule, names) for rule in fact["fields"].values()):
            for way in _field_ways(rule, source):
                if way.column not in tested:
                    ways.append(way._replace(when=when))
                    if alien and rule.get("as") != "text":
                        ways.append(Way("not-text", way.column, f"x{alien}", when))
    return _unique(ways)


def break_row(row: dict[str, str], ways: list[Way], rng: Random, empty: frozenset[str]) -> tuple[list[str], list[Way]]:
    """The row's cells, broken, and how: mostly in one place, one time in four in two."""
    usable = [way for way in ways if all(_holds(test, row, empty) for test in way.when)]
    chosen = [_fair(usable, rng)]
    if chosen[0].column and rng.random() < 0.25:
        other = _fair([way for way in usable if way.column], rng)
        if other.column != chosen[0].column:
            chosen.append(other)
    broken = row | {way.column: way.text for way in chosen if way.column}
    cells = list(broken.values())
    if not chosen[0].column:
        cells = [cell.replace("\n", " ") for cell in cells]
        cells = cells[:-1] if chosen[0].text == "short" else [*cells, "x"]
    return cells, chosen


def damage(source: Path, target: Path, mapping: Path, *, seed: int, n: int) -> list[Damage]:
    """Copy a table with `n` of its rows broken. Says which, where and how, in the order of the file."""
    rules = yaml.safe_load(mapping.read_text("utf-8"))
    dialect, rng = rules["source"], Random(f"{seed}/{source.name}")
    encoding, separator = dialect.get("encoding", "utf-8"), dialect.get("separator", ",")
    with source.open(encoding=encoding, newline="") as text:
        header, *table = list(csv.reader(text, delimiter=separator))
    victims = set(rng.sample(range(len(table)), n))
    ways, empty = ways_to_break(rules), frozenset(dialect.get("empty", ())) | {""}
    done: list[Damage] = []
    with target.open("w", encoding=encoding, newline="", errors="surrogateescape") as out:
        writer = csv.writer(out, delimiter=separator, lineterminator="\n")
        writer.writerow(header)
        line = 2
        for number, cells in enumerate(table):
            if number in victims:
                cells, chosen = break_row(dict(zip(header, cells, strict=True)), ways, rng, empty)
                done.extend(named(chosen, line))
            writer.writerow(cells)
            line += 1 + sum(cell.count("\n") for cell in cells)
    return done


def named(chosen: list[Way], line: int) -> Iterator[Damage]:
    """The damages of one row, at its line."""
    for way in chosen:
        yield Damage(f"line {line}", way.column or f"line {line}", way.rule)


def _field_ways(rule: dict[str, Any], source: dict[str, Any]) -> Iterator[Way]:
    if rule.get("as") in ("date", "month", "quarter", "year"):
        yield Way("not-a-date", rule["column"], _no_such_day((rule.get("dates") or source["dates"])[0]))
    elif rule.get("as") == "integer":
        yield Way("not-an-integer", rule["column"], "twelve")
    elif "flags" in rule:
        for column in rule["flags"]:
            yield Way("unknown-flag", column, STRANGER)
    elif "codes" in rule and "else" not in rule:
        for column in rule.get("columns") or [rule["column"]]:
            yield Way("unknown-code", column, STRANGER)


def _no_such_day(pattern: str) -> str:
    """31 February, month 13 or year 0, in the partner's own format."""
    if "%d" in pattern:
        return pattern.replace("%d", "31").replace("%m", "02").replace("%Y", "2025")
    return pattern.replace("%m", "13").replace("%Y", "2025" if "%m" in pattern else "0000")


def _alien(encoding: str) -> str:
    """A byte that stands for nothing in the encoding, as Python smuggles it through text; none: ''."""
    for byte in range(0xFF, 0x7F, -1):
        try:
            bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            return chr(0xDC00 + byte)
    return ""


def _renamed(rule: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A field or a test with the columns of one group of `repeat`."""
    return {**rule, "column": names.get(rule["column"], rule["column"])} if names and "column" in rule else rule


def _columns(test: dict[str, Any]) -> set[str]:
    return _columns(test["not"]) if "not" in test else {test["column"]}


def _holds(test: dict[str, Any], row: dict[str, str], empty: frozenset[str]) -> bool:
    """Whether a row is chosen, as far as that is plain: a comparison is taken as one that fails."""
    if "not" in test:
        return not _holds(test["not"], row, empty)
    text = row[test["column"]].strip()
    if "filled" in test:
        return (text not in empty) is test["filled"]
    if "as" in test:
        return False
    return text in test["in"] if "in" in test else text not in test["not_in"]


def _fair(ways: list[Way], rng: Random) -> Way:
    """Each rule has the same chance, however many columns it could strike."""
    rule = rng.choice(sorted({way.rule for way in ways}))
    return rng.choice([way for way in ways if way.rule == rule])


def _unique(ways: list[Way]) -> list[Way]:
    seen: list[Way] = []
    for way in ways:
        if way not in seen:
            seen.append(way)
    return seen
