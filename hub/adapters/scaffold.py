"""A sample of a partner's table → a draft of its mapping file, in which everything a person must decide is a TODO.

No text of a column that may name anybody stands in the draft: only words of few, repeated codes that the author needs.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hub.adapters.assign import Plan, assign
from hub.adapters.candidates import EXACT as SAID
from hub.adapters.candidates import Found, codes_of, find_code, is_list, labelled
from hub.adapters.mapping_file import EXACT, GENERALISED
from hub.adapters.profile import Profile, nothings, profile
from hub.adapters.sniff import Sample
from hub.events import NEWEST

TODO = "TODO"
_KEY = re.compile(r"( *)(?:- )?([a-z_.]+):")
_WIDTH = 118
_HEAD = """\
# A draft by `hub adapters new`. Where TODO stands, a person must decide; then the word goes. `hub adapters check` says
# what is left, and tries the rest. All keys: docs/adapters.md. What may be said of a record: docs/events.md."""
BY_HAND = {"nationality": "two letters of ISO 3166-1, PT", "region": "a NUTS 2 region, PT11, or the country, PT"}
"""Fields whose codes are too many to list."""


class About(NamedTuple):
    """Whose table it is."""

    name: str
    partner: str
    country: str
    language: str


class Open(NamedTuple):
    """Something that a person must decide: the line of the draft, the keys it stands under, and what it is about."""

    line: int
    place: str
    what: str


def profiles(sample: Sample) -> list[Profile]:
    """What each column of a sample looks like."""
    return [profile(name, cells) for name, cells in sample.columns()]


def draft(sample: Sample, about: About) -> tuple[str, Plan]:
    """The text of a mapping file for a sample, and what became of each of its columns."""
    plan = assign(profiles(sample), about.language)
    lines = [_HEAD, "mapping: 1"]
    lines += [f"{name}: {value}" for name, value in about._asdict().items()]
    lines += [_source(sample, plan), f"record: {plan.record}    # what one row is about: referral, case or contact"]
    lines += [*_named(plan), "covers: quarter    # what a complete file speaks for: month, quarter, year or all"]
    if plan.ignored:
        lines.append("ignore:")
        lines += [f"  - {_text(name)}    # {why}" for name, why in plan.ignored.items()]
    lines.append("facts:")
    anchors: set[str] = set()
    for event in plan.events:
        lines += _fact(event, plan, about.language, anchors)
    return "\n".join([*lines, ""]), plan


def still_open(text: str) -> Iterator[Open]:
    """What a person has not decided yet in a draft. Quotes the draft's keys, and never a word of a column."""
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        key = _KEY.match(line)
        indent = len(line) - len(line.lstrip())
        while above and above[-1][0] >= indent and line.strip():
            above.pop()
        if TODO in line and number > _HEAD.count("\n") + 1:
            own = [key[2]] if key else []
            note = line.partition(f"# {TODO}")[2].strip()
            yield Open(number, ".".join([*(name for _, name in above), *own]), note or "give the code it means")
        if key and key[2] not in ("codes", "flags"):
            above.append((indent, key[2]))


def _source(sample: Sample, plan: Plan) -> str:
    cells = dict(sample.columns())
    empty = sorted(set().union(*(nothings(column) for column in cells.values())) - {"?"})
    numbers = {text for name in plan.numbers for text in cells[name]}
    comma = any(re.search(r",[0-9]{1,2}$", text) for text in numbers) or any(
        re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", text) for text in numbers
    )
    point = any(re.fullmatch(r"[0-9]+(,[0-9]{3})*\.[0-9]{1,2}", text) for text in numbers)
    decimal = "," if comma and not point else "."
    marks = {found[1] for text in numbers if (found := re.match(r"[0-9]{1,3}([.,' ])[0-9]{3}(?:\D|$)", text))} - {
        decimal
    }
    said = [f"encoding: {sample.encoding}", f"separator: {_text(sample.separator)}"]
    said += [f"dates: {_list(plan.formats)}"] if plan.formats else []
    said += [f'decimal: "{decimal}"', f"thousands: {_text(marks.pop())}"] if marks else [f'decimal: "{decimal}"']
    said += [f"empty: {_list(empty)}"] if empty else []
    return f"source: {{format: csv, {', '.join(said)}}}"


def _named(plan: Plan) -> Iterator[str]:
    if plan.key:
        twice = (
            f"    # {TODO} {plan.key_twice} rows have the key of another row: the same again?" if plan.key_twice else ""
        )
        yield f"key: {_list([plan.key])}{twice}"
    else:
        yield f"key: content    # {TODO} no column names each row: is there one, or several together?"
    if plan.subject:
        yield f"subject: {{scheme: {plan.scheme}, columns: {_list([plan.subject])}}}"
    else:
        yield f"subject: record    # {TODO} no column names the person: does one?"


def _fact(event: str, plan: Plan, language: str, anchors: set[str]) -> Iterator[str]:
    dated = plan.dates.get(event)
    yield f"  - event: {event}"
    if dated and dated.filled < dated.rows and len(plan.events) > 1:
        yield f"    when: [{{column: {_text(dated.name)}, filled: true}}]"
    yield "    fields:"
    if dated:
        yield f"      occurred_on: {_date(dated, plan)}"
    else:
        yield f"      occurred_on: {{column: {TODO}, as: date}}    # {TODO} the day on which it happened"
    for name in _constants(event):
        yield f"      {name}: {TODO}    # {TODO} this event must have it: {{value: ...}} or {{column: ...}}"
    for field, known, column in plan.fields(event):
        anchor = known if known != "reason" else event.replace(".", "_")
        if anchor in anchors:
            yield f"      {field}: *{anchor}"
        elif column.kind == "date":
            yield f"      {field}: {_date(column, plan)}"
        elif field in EXACT or column.kind == "integer":
            yield f"      {field}: {{column: {_text(column.name)}, as: integer}}{_unknown(field, column)}"
        else:
            anchors.add(anchor)
            yield f"      {field}: &{anchor}"
            yield from _coded(event, field, column, language)
    if flags := plan.flags(event):
        for field, columns in flags.items():
            yield f"      {field}:"
            yield "        flags:"
            yield from (f"          {_text(column.name)}: {code}" for column, code in columns)
            yield f"        yes: {_list(plan.yes)}"
            yield f"        no: {_list(plan.no)}"


def _unknown(field: str, column: Profile) -> str:
    if field != "age" or not column.unknowns:
        return ""
    said = ", ".join(f"{age} in {rows} rows" for age, rows in column.unknowns)
    return f"    # {TODO} {said}: an age, or nobody knows? Then source: {{empty: [...]}} names it, in quotes"


def _constants(event: str) -> Iterator[str]:
    """Fields that the event must have, besides its day, and that no column was found for."""
    for name, field in NEWEST[event].model_fields.items():
        if field.is_required() and name != "occurred_on":
            yield name


def _date(column: Profile, plan: Plan) -> str:
    own = f", dates: {_list(column.formats)}" if column.formats != plan.formats[: len(column.formats)] else ""
    many = f"    # {column.mixed} rows have another date: they would be refused" if column.mixed else ""
    return f"{{column: {_text(column.name)}, as: date{own}}}{many}"


def _coded(event: str, field: str, column: Profile, language: str) -> Iterator[str]:
    codes = codes_of(event, field) if GENERALISED.get(field) is None else ()
    found = {text: find_code(text, field, codes, language, column.name) for text in column.shown}
    yield f"        column: {_text(column.name)}"
    if is_list(event, field):
        yield f"        split: {_text(column.split or '|')}"
    yield "        codes:"
    for text, code in found.items():
        yield f"          {_text(text)}: {_code(code)}"
    if not found:
        yield f"          {TODO}: {TODO}    # {TODO} a word of the column, and the code it means"
    if column.unshown:
        yield f"          # {TODO} {column.unshown} rarer texts are not shown: look at them, add those that are codes"
    if not all(code.code for code in found.values()):
        yield from _legend(field, codes, language)


def _code(found: Found) -> str:
    if not found.code:
        return f"{TODO}    # perhaps {' '.join(found.others)}" if found.others else TODO
    code = _text(found.code)
    return code if found.fit == SAID else f"{code}    # by its label: right?"


def _legend(field: str, codes: tuple[str, ...], language: str) -> Iterator[str]:
    """The codes to choose from, with their labels, as comments."""
    if field in BY_HAND or not codes:
        yield f"        # codes: {BY_HAND.get(field, 'see docs/events.md')}"
        return
    line = "        # codes:"
    for code, label in labelled(codes, language).items():
        word = f" {code} {label};"
        if len(line) + len(word) > _WIDTH:
            yield line
            line = "        #"
        line += word
    yield line.removesuffix(";")


def _text(text: str) -> str:
    """A text as YAML writes it: plain where nothing can be taken for something else."""
    if re.fullmatch(r"[^\W\d_][\w.]*([ -][\w.]+)*", text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(json.dumps(text, ensure_ascii=False) for text in texts)}]"
