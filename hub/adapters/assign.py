"""Profiles of columns → what each of them is for: the key, the person, days of events, fields, or nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hub.adapters.candidates import best_field, codes_of, heading_code, is_list
from hub.adapters.headings import folded, meaning, words
from hub.adapters.mapping_file import GENERALISED
from hub.adapters.profile import Profile
from hub.events import NEWEST

TODO_LOOK = "TODO no field was found for it"
RECORDS = ("referral.sent", "case.opened", "contact.held")
"""The event that says what a row is about: the first that is there."""
COARSE = frozenset(GENERALISED.values()) | {"occurred_precision"}
"""Fields that no column states as they are."""
ELSEWHERE = {("case.opened", "source"): "entry_source"}
"""A field that an event has under a name of its own."""


@dataclass
class Plan:
    """What became of the columns. `dates`: event → the column of its day. `ignored`: column → why."""

    columns: tuple[Profile, ...] = ()
    record: str = "contact"
    key: str = ""
    key_twice: int = 0
    subject: str = ""
    scheme: str = "local"
    events: list[str] = field(default_factory=list)
    dates: dict[str, Profile] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    ignored: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    yes: list[str] = field(default_factory=list)
    no: list[str] = field(default_factory=list)
    found: dict[str, Profile] = field(default_factory=dict)
    flagged: dict[str, list[tuple[Profile, str]]] = field(default_factory=dict)

    def fields(self, event: str) -> Iterator[tuple[str, str, Profile]]:
        """The fields of an event, what they are called elsewhere, and the columns that state them."""
        for name, column in self.found.items():
            own = ELSEWHERE.get((event, name), name)
            about = meaning(column.name, words().dates) if name == "reason" else None
            if _has(event, own) and about in (None, event):
                yield own, name, column

    def becomes(self, column: str) -> str:
        """What a column is for, in a few words."""
        if column in self.ignored:
            return f"nothing: {self.ignored[column].removeprefix('TODO ')}"
        said = ["the record's key"] if column == self.key else []
        said += ["the person"] if column == self.subject else []
        said += [f"the day of {event}" for event, day in self.dates.items() if day.name == column]
        said += [name for name, found in self.found.items() if found.name == column]
        said += [name for name, flags in self.flagged.items() if column in [each.name for each, _ in flags]]
        return ", ".join(said)

    def flags(self, event: str) -> dict[str, list[tuple[Profile, str]]]:
        """The fields of an event that several yes/no columns state together, and the code of each column."""
        return {name: columns for name, columns in self.flagged.items() if _has(event, name)}


def assign(columns: Sequence[Profile], language: str) -> Plan:
    """What each column is for."""
    plan = Plan(tuple(columns))
    _dates(plan, [column for column in columns if column.kind == "date"])
    _names(plan, columns)
    for column in columns:
        if column.kind in ("never", "empty"):
            plan.ignored[column.name] = column.why if column.kind == "never" else f"TODO {column.why}: look"
        elif column.kind in ("integer", "number"):
            plan.numbers.append(column.name)
            _take(plan, column, column.means if column.kind == "integer" else "")
        elif column.kind == "codes":
            _take(plan, column, column.means or best_field(column.shown, _fields(plan), language) or "")
        elif column.kind == "flag":
            _flag(plan, column)
    for name in [name for name in plan.flagged if name in plan.found]:
        plan.ignored[plan.found.pop(name).name] = f"{TODO_LOOK}: {name} comes from columns of yes and no"
    stated = {name for event in plan.events for _, name, _ in plan.fields(event)}
    for name in [name for name in plan.found if name not in stated]:
        plan.ignored[plan.found.pop(name).name] = f"{TODO_LOOK}: no event of the draft has {name}"
    return plan


def _dates(plan: Plan, columns: Sequence[Profile]) -> None:
    counted = Counter(column.formats for column in columns)
    plan.formats = counted.most_common(1)[0][0] if counted else ()
    for column in columns:
        if column.means in ("birth_on", "recorded_on") and column.means not in plan.found:
            plan.found[column.means] = column
        elif column.means in NEWEST and column.means not in plan.dates:
            plan.dates[column.means] = column
        else:
            plan.ignored[column.name] = "TODO a date: of which event?"
    if not plan.dates:
        spare = next((column for column in columns if column.name in plan.ignored), None)
        if spare:
            plan.ignored.pop(spare.name)
            plan.dates["contact.held"] = spare
    order = list(NEWEST)
    plan.events = sorted(plan.dates, key=order.index) or ["contact.held"]
    main = next((event for event in RECORDS if event in plan.events), plan.events[0])
    plan.record = main.partition(".")[0]


def _names(plan: Plan, columns: Sequence[Profile]) -> None:
    """Which column names the record, and which the person."""
    keys = [column for column in columns if column.kind == "identifier"]
    keys.sort(key=lambda column: meaning(column.name, {"record": words().record}) is None)
    if keys:
        plan.key, plan.key_twice = keys[0].name, keys[0].rows - keys[0].distinct
    persons = [c for c in columns if c.kind == "person"] + keys[1:]
    persons.sort(key=lambda c: (meaning(c.name, {"person": words().person}) is None, -c.filled))
    national = [c for c in columns if c.kind == "national"]
    if persons and persons[0].filled == persons[0].rows:
        plan.subject = persons[0].name
    elif national:
        plan.subject, plan.scheme = national[0].name, national[0].means
    for column in [*persons, *national]:
        if column.name not in (plan.key, plan.subject):
            why = (
                "is a national number: never read, unless it is the subject"
                if column.kind == "national"
                else ("TODO looks like a number of records or persons")
            )
            plan.ignored[column.name] = why


def _take(plan: Plan, column: Profile, name: str) -> None:
    if not name:
        plan.ignored[column.name] = f"{TODO_LOOK}; it holds {_holds(column)}"
    elif name in plan.found:
        plan.ignored[column.name] = f"{TODO_LOOK}: {name} comes from another column already"
    else:
        plan.found[name] = column


def _flag(plan: Plan, column: Profile) -> None:
    said = [text for text in column.shown if folded(text) in words().yes | words().no]
    if column.means and "Y" in _fields(plan).get(column.means, ()):
        _take(plan, column, column.means)
        return
    for name, codes in _fields(plan).items():
        if is_list(plan.events[0], name) and (code := heading_code(column.name, codes)):
            plan.flagged.setdefault(name, []).append((column, code))
            plan.yes += [text for text in said if folded(text) in words().yes and text not in plan.yes]
            plan.no += [text for text in said if folded(text) in words().no and text not in plan.no]
            return
    plan.ignored[column.name] = f"{TODO_LOOK}; it holds yes and no"


def _fields(plan: Plan) -> dict[str, tuple[str, ...]]:
    """The coded fields of the draft's events, and their codes."""
    found: dict[str, tuple[str, ...]] = {}
    for event in plan.events:
        for name in NEWEST[event].model_fields:
            if name not in COARSE and (codes := codes_of(event, name)):
                found.setdefault("source" if name == "entry_source" else name, codes)
    return found


def _has(event: str, name: str) -> bool:
    return GENERALISED.get(name, name) in NEWEST[event].model_fields


def _holds(column: Profile) -> str:
    if column.kind in ("integer", "number"):
        return "numbers"
    return f"{column.distinct} different texts"
