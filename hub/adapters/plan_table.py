"""A plan as one flat table → the same tree as of a plan file: a row an entry, each naming the entry it hangs on.

Columns are `entry` (plan, pillar, objective, measure, milestone, target, status, value, reached; organisation, area,
instrument, gap, recommendation, cell) and the fields of the entries' events. Rows stand in any order; an empty cell
says nothing. The row `plan` holds what the head of a file does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hub.adapters.base import Rejected
from hub.adapters.fields import undecoded
from hub.adapters.table import NAMED, Block
from hub.adapters.yaml_tree import Branch, Leaf, Row, Tree
from hub.events import NEWEST

ENTRY = "entry"
ROWS_LIMIT = 5_000
"""Rows of a table. The largest national plan we know has 130 entries and four reports a year on each."""


class Kind(NamedTuple):
    """What a row is: the event it states, the list of the file it stands in, and the entry it hangs on."""

    event: str
    stands_in: str
    above: str


KINDS = {
    "plan": Kind("plan.adopted", "", ""),
    "pillar": Kind("plan.pillarset", "pillars", "plan"),
    "objective": Kind("plan.objectiveset", "objectives", "pillar"),
    "measure": Kind("plan.measureplanned", "measures", "objective"),
    "milestone": Kind("plan.milestoneplanned", "milestones", "measure"),
    "target": Kind("plan.targetset", "targets", "measure"),
    "organisation": Kind("programme.partnerjoined", "partners", "plan"),
    "area": Kind("programme.placeincluded", "places", "plan"),
    "instrument": Kind("instrument.versioned", "instruments", "plan"),
    "gap": Kind("framework.gapfound", "gaps", "plan"),
    "recommendation": Kind("framework.recommended", "recommendations", "plan"),
    "cell": Kind("framework.assessed", "cells", "plan"),
    "status": Kind("plan.statusreported", "statuses", ""),
    "value": Kind("plan.targetmeasured", "values", ""),
    "reached": Kind("plan.milestonereached", "reached", ""),
}
OF_A_REPORT = {"period": "1000", "reported_on": "1000-01-01"}
"""What a report has for all its entries. An entry whose event has no such field may leave it empty: this is then put
there, and leaves with nothing."""
HEAD = frozenset({"plan_file", "partner"})
COLUMNS = HEAD.union({ENTRY, "reported_on"}, *(NEWEST[kind.event].model_fields for kind in KINDS.values()))


@dataclass
class _Table:
    """The entries read so far by kind and code, and what was wrong."""

    entries: dict[tuple[str, str], Branch] = field(default_factory=dict)
    hanging: list[tuple[str, str, Branch]] = field(default_factory=list)
    reports: list[Branch] = field(default_factory=list)
    plans: list[tuple[str, int]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, rule: str, place: str, line: int) -> None:
        self.problems.append((rule, f"{place}, line {line}" if place else f"line {line}"))


def plan_of(blocks: Iterable[Block]) -> Branch:
    """The tree of a plan table. Raises Rejected, naming lines and columns and never a cell."""
    table, rows = _Table(), 0
    for block in blocks:
        _check(block.header)
        rows += len(block.rows)
        if rows > ROWS_LIMIT:
            raise Rejected("too-large", "file")
        for line, damaged in block.damaged:
            table.wrong(damaged.rule, "", line)
        for line, cells in zip(block.lines, block.rows, strict=True):
            _add(table, block.header, line, cells)
    root = table.entries.get(("plan", ""))
    if root is None:
        raise Rejected.all_of([*table.problems, ("missing-value", "plan, line 1")])
    own = root.items.get("plan", Leaf("", root.line))
    for code, line in table.plans:
        if isinstance(own, Leaf) and code != own.text and line != root.line:
            table.wrong("dangling-reference", "plan", line)
    for kind, above, entry in table.hanging:
        _hang(table, kind, above, entry)
    if table.reports:
        root.items["reports"] = Row([*table.reports], table.reports[0].line)
        root.lines["reports"] = table.reports[0].line
    if table.problems:
        raise Rejected.all_of(list(dict.fromkeys(table.problems)))
    return root


def _check(header: Sequence[str]) -> None:
    if ENTRY not in header:
        raise Rejected("column-missing", ENTRY)
    unknown = [at for at, name in enumerate(header, 1) if name not in COLUMNS and name != f"column {at}"]
    if unknown:
        raise Rejected.all_of([("column-unknown", f"column {at}") for at in unknown[:NAMED]])


def _add(table: _Table, header: Sequence[str], line: int, cells: Sequence[str]) -> None:
    found = {name: text for name, cell in zip(header, cells, strict=True) if (text := cell.strip())}
    if not found:
        return
    if any(map(undecoded, found.values())):
        table.wrong("not-text", "", line)
        return
    if not found.keys() <= COLUMNS:  # a cell below no heading
        table.wrong("unknown-field", "", line)
        return
    kind = found.pop(ENTRY, "").lower()
    if kind not in KINDS:
        table.wrong("unknown-code" if kind else "missing-value", ENTRY, line)
        return
    entry = Branch({name: Leaf(text, line) for name, text in found.items()}, dict.fromkeys(found, line), line)
    if kind == "plan":
        table.plans.append((found.get("plan", ""), line))
        if table.entries.setdefault(("plan", ""), entry) is not entry:
            table.wrong("duplicate-code", "plan", line)
        return
    if code := _take(entry, "plan"):
        table.plans.append((code, line))
    if KINDS[kind].above:
        # Two entries of one code are both kept: the reader of the tree names the second.
        table.entries.setdefault((kind, found.get(kind, "")), entry)
        above = KINDS[kind].above
        table.hanging.append((kind, "" if above == "plan" else _take(entry, above), entry))
    else:
        table.reports.append(_report(kind, entry))


def _hang(table: _Table, kind: str, code: str, entry: Branch) -> None:
    """Put an entry into the list of the one it hangs on."""
    above = KINDS[kind].above
    parent = table.entries.get((above, code))
    if parent is None:
        table.wrong("dangling-reference" if code else "missing-value", above, entry.line)
        return
    stands_in = KINDS[kind].stands_in
    siblings = parent.items.setdefault(stands_in, Row([], entry.line))
    parent.lines.setdefault(stands_in, entry.line)
    if isinstance(siblings, Row):
        siblings.items.append(entry)


def _report(kind: str, entry: Branch) -> Branch:
    """A report of one entry."""
    model = NEWEST[KINDS[kind].event].model_fields
    items: dict[str, Tree] = {}
    for name, stand_in in OF_A_REPORT.items():
        text = _take(entry, name)
        items[name] = Leaf(text or ("" if name in model else stand_in), entry.line)
    items[KINDS[kind].stands_in] = Row([entry], entry.line)
    return Branch(items, dict.fromkeys(items, entry.line), entry.line)


def _take(entry: Branch, name: str) -> str:
    """The text of a field, which the entry has no longer."""
    entry.lines.pop(name, None)
    leaf = entry.items.pop(name, None)
    return leaf.text if isinstance(leaf, Leaf) else ""
