"""A plan file → one statement: an action plan or a programme as a tree, and what was reported on it, period by period.

    plan_file: 1
    partner: pt-invictus      # who sends it
    country: PT
    plan: INVICTUS-PT         # then the fields of plan.adopted
    pillars:                  # each with its objectives, each with its measures, each with its milestones and targets
      - {pillar: P1, title: ..., istanbul_pillar: PROTECT, objectives: [...]}
    partners: places: instruments:          # who takes part, where, and with which instruments
    gaps: recommendations: cells:           # what is missing, what is asked for, and how far each requirement is met
    reports:                  # each with statuses, values of indicators, milestones reached
      - {period: 2025Q3, reported_on: 2025-10-10, statuses: [...], values: [...], reached: [...]}

That is the form in YAML; `plan_forms` reads others into the same tree. The fields of an entry are those of its event in
`hub/events/` (plan, programme, instrument, framework). `basis` holds for an entry and all below it, until one of them
says otherwise; programme and country of the plan hold for its other lists, and an entry may name another country.
Several codes stand in one text, with blanks between. Problems are named by field and line, all at once, and never quote
the file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from hub.adapters.base import Fact, Record, Rejected, Statement
from hub.adapters.plain_values import PARSERS, parse_date
from hub.adapters.plan_forms import plan_tree
from hub.adapters.plan_levels import PLAN, REFERRED, REPORTS, Level
from hub.adapters.yaml_tree import Branch, Leaf, Row, Tree
from hub.events import NEWEST
from hub.events.base import Code, Country, PartnerId, Period
from hub.events.plan import Basis

_CODE = TypeAdapter(Code)
_SENDER: dict[str, TypeAdapter[str]] = {"partner": TypeAdapter(PartnerId), "country": TypeAdapter(Country)}


@dataclass
class _Reading:
    """What was read so far, and what was wrong with it."""

    facts: list[Fact] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)

    def wrong(self, rule: str, place: str, line: int) -> None:
        self.problems.append((rule, f"{place}, line {line}" if place else f"line {line}"))


@dataclass(frozen=True)
class PlanFileAdapter:
    """Reads plan files. Satisfies `Adapter`."""

    name: str = "plan_file"

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The one record of the file. Raises Rejected for a file that is not a YAML mapping of sane size and depth."""
        yield Record("line 1", plan_tree(source))

    def sender(self, record: Record) -> tuple[str, str]:
        """Partner and country that the file names. Raises Rejected when it does not."""
        problems: list[tuple[str, str]] = []
        found = [_sender_field(record.data, name, problems) for name in _SENDER]
        if problems:
            raise Rejected.all_of(problems)
        return found[0], found[1]

    def translate(self, record: Record) -> Statement:
        """The whole plan as facts of one record. Raises Rejected, naming all its problems."""
        root: Branch = record.data
        reading = _Reading()
        if _text(root, "plan_file") != "1":
            reading.wrong("unknown-version", "plan_file", root.lines.get("plan_file", root.line))
        _sender_field(root, "partner", reading.problems)
        _read_entry(reading, PLAN, root, {}, besides=("plan_file", "partner", "reports"))
        plan = {"plan": _name(root, "plan"), "basis": _basis({"basis": _text(root, "basis")})}
        for report in _entries(reading, root, "reports"):
            _read_report(reading, report, plan)
        if reading.problems:
            raise Rejected.all_of(list(dict.fromkeys(reading.problems)))
        return Statement("plan", plan["plan"], None, tuple(reading.facts))


adapter = PlanFileAdapter()


def _read_report(reading: _Reading, report: Branch, plan: dict[str, str]) -> None:
    """One period's report: its entries inherit period, date and basis."""
    allowed = {"period", "reported_on", "basis", *REPORTS}
    for key in report.items:
        if key not in allowed:
            reading.wrong("unknown-field", "", report.lines[key])
    shared = plan | _checked_once(reading, report)
    if basis := _text(report, "basis"):
        shared["basis"] = basis
    for key, level in REPORTS.items():
        known = NEWEST[level.event].model_fields
        for entry in _entries(reading, report, key):
            _read_entry(reading, level, entry, {name: text for name, text in shared.items() if name in known})


def _checked_once(reading: _Reading, report: Branch) -> dict[str, str]:
    """Period and date of a report, judged here so that a wrong one is not named again at every entry."""
    found = {}
    for key, (rule, parse, stand_in) in _OF_A_REPORT.items():
        found[key] = _text(report, key)
        try:
            parse(found[key])
        except ValueError:
            line = report.lines.get(key, report.line)
            reading.wrong(rule if found[key] else "missing-value", key, line)
            found[key] = stand_in
    return found


def _read_entry(
    reading: _Reading, level: Level, entry: Branch, inherited: dict[str, str], besides: tuple[str, ...] = ()
) -> None:
    """One entry → its fact, then the entries below it."""
    model = NEWEST[level.event]
    data: dict[str, Any] = {}
    texts = dict(inherited)
    for key, tree in entry.items.items():
        if key in level.below or key in besides:
            continue
        if key not in model.model_fields or (key in inherited and key not in _OVERRIDDEN):
            reading.wrong("unknown-field", "", entry.lines[key])
        elif not isinstance(tree, Leaf):
            reading.wrong("not-a-text", key, entry.lines[key])
        elif tree.text:
            texts[key] = tree.text
    before = len(reading.problems)
    for key, text in texts.items():
        _convert(reading, model.model_fields[key].annotation, key, text, entry, data)
    _validate(reading, model, data, entry, before)
    _check_order(reading, level.order, data, entry)
    part = ".".join(str(data.get(name) or model.model_fields[name].get_default() or "") for name in level.names)
    _check_part(reading, level, part, entry)
    _check_links(reading, level, data, entry)
    reading.facts.append(Fact(level.event, data, part))
    own = level.names[-1] if level.names else "plan"
    shared = {name: _shared(name, texts.get(name, "")) for name in _SHARED if name in model.model_fields}
    handed = inherited | shared | {own: _name(entry, own), "basis": _basis(texts)}
    for key, below in level.below.items():
        fields = NEWEST[below.event].model_fields
        passed = {name: text for name, text in handed.items() if name in fields}
        for child in _entries(reading, entry, key):
            _read_entry(reading, below, child, passed)


def _convert(reading: _Reading, annotation: Any, key: str, text: str, entry: Branch, data: dict[str, Any]) -> None:
    """The text as what the field holds. Texts that are codes stay as they are: the model judges them."""
    if get_origin(annotation) is tuple:
        data[key] = tuple(text.split())
        return
    kinds = {annotation, *get_args(annotation)}
    for kind, (rule, parse) in PARSERS.items():
        if kind in kinds:
            try:
                data[key] = parse(text)
            except ValueError:
                reading.wrong(rule, key, entry.lines.get(key, entry.line))
            return
    data[key] = text


def _validate(reading: _Reading, model: Any, data: dict[str, Any], entry: Branch, before: int) -> None:
    """What the event itself refuses; a field that was already refused is not named twice."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        named = {place.split(",")[0] for _, place in reading.problems[before:]}
        for problem in error.errors():
            key = str(problem["loc"][0])
            if key not in named:
                reading.wrong(_RULES.get(problem["type"], "out-of-range"), key, entry.lines.get(key, entry.line))


def _check_order(reading: _Reading, order: tuple[str, str], data: dict[str, Any], entry: Branch) -> None:
    first, last = data.get(order[0]), data.get(order[1])
    if isinstance(first, date) and isinstance(last, date) and last < first:
        reading.wrong("impossible-order", order[1], entry.lines.get(order[1], entry.line))


def _check_part(reading: _Reading, level: Level, part: str, entry: Branch) -> None:
    """Each thing has one name of its own, and a report speaks of things that the plan has."""
    if not level.names:
        return
    if not _is_code(part):
        if all(_is_code(piece) for piece in part.split(".")):
            reading.wrong("too-long", level.names[-1], entry.line)
        return
    if (level.event, part) in reading.known:
        reading.wrong("duplicate-code", level.names[-1], entry.line)
    reading.known.add((level.event, part))
    if level.refers_to:
        pointer = [_text(entry, name) for name in level.names[: REFERRED[level.refers_to]]]
        if (level.refers_to, ".".join(pointer)) not in reading.known:
            reading.wrong("dangling-reference", level.names[len(pointer) - 1], entry.line)


def _check_links(reading: _Reading, level: Level, data: dict[str, Any], entry: Branch) -> None:
    """What an entry points at stands in the plan too."""
    for key, event in level.links:
        stated = data.get(key, ())
        for code in (stated,) if isinstance(stated, str) else stated:
            if _is_code(code) and (event, code) not in reading.known:
                reading.wrong("dangling-reference", key, entry.lines.get(key, entry.line))


def _entries(reading: _Reading, entry: Branch, key: str) -> Iterator[Branch]:
    tree: Tree | None = entry.items.get(key)
    if tree is None or tree == Leaf("", tree.line):
        return
    if not isinstance(tree, Row):
        reading.wrong("not-a-list", key, entry.lines[key])
        return
    for child in tree.items:
        if isinstance(child, Branch):
            yield child
        else:
            reading.wrong("not-a-mapping", key, child.line)


def _text(entry: Branch, key: str) -> str:
    tree = entry.items.get(key)
    return tree.text if isinstance(tree, Leaf) else ""


def _name(entry: Branch, key: str) -> str:
    """The entry's code, for what stands below it. A wrong one is named once, at its own entry."""
    text = _text(entry, key)
    return text if _is_code(text) else f"0-{entry.line}"


def _shared(name: str, text: str) -> str:
    """What the plan says for its lists. A wrong one is named once, at the plan."""
    kind, stand_in = _SHARED[name]
    try:
        return kind.validate_python(text)
    except ValidationError:
        return stand_in


def _basis(texts: dict[str, str]) -> str:
    """The basis for what stands below. A wrong one is named once, at its own entry."""
    return texts["basis"] if texts.get("basis") in get_args(Basis) else "ILLUSTRATIVE"


def _sender_field(root: Branch, name: str, problems: list[tuple[str, str]]) -> str:
    text = _text(root, name)
    try:
        return _SENDER[name].validate_python(text)
    except ValidationError:
        line = root.lines.get(name, root.line)
        problems.append(("out-of-range" if text else "missing-value", f"{name}, line {line}"))
        return ""


def _is_code(text: str) -> bool:
    try:
        _CODE.validate_python(text)
    except ValidationError:
        return False
    return True


_OVERRIDDEN = frozenset({"basis", "country"})
_SHARED: dict[str, tuple[TypeAdapter[str], str]] = {"programme": (_CODE, "0"), "country": (TypeAdapter(Country), "XX")}
"""What a plan says for all its lists, and what stands for a wrong one."""
_OF_A_REPORT: dict[str, tuple[str, Callable[[str], Any], str]] = {
    "period": ("out-of-range", TypeAdapter(Period).validate_python, "1000"),
    "reported_on": ("not-a-date", parse_date, "1000-01-01"),
}
_RULES = {"missing": "missing-value", "literal_error": "unknown-code", "string_too_long": "too-long"}
