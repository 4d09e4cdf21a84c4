"""A government's tracker (a ckanext-canada table definition) → the tree of a plan: commitments, milestones, indicators.

What such a file does not say of a plan stands in `plan_trackers.yaml`.
"""

from calendar import monthrange
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from hub.adapters.base import Rejected
from hub.adapters.yaml_tree import Branch, Leaf, Row, Tree, read_tree

DECLARED = Path(__file__).with_name("plan_trackers.yaml")
TITLE_LIMIT = 400
"""Characters of a title in `hub.events.base.PublicText`; a longer one is cut at a word, and shows it."""
LEVELS = (
    ("commitments", "pillar", "objectives"),
    ("milestones", "objective", "measures"),
    ("indicators", "measure", ""),
)
"""Field of the tracker, what its choices are in a plan, and the list below them. A choice's code begins with that of
the one it hangs on: C01, C01.1, C01.1.2."""


def is_tracker(tree: Branch) -> bool:
    """Whether a YAML mapping is a table definition, and no plan file."""
    return "dataset_type" in tree.items and "plan_file" not in tree.items


def plan_of_tracker(tree: Branch) -> Branch:
    """The tracker as the tree of a plan. Raises Rejected, naming lines, for one that is not known or not whole."""
    name = tree.items["dataset_type"]
    known = _declared().items.get(name.text if isinstance(name, Leaf) else "")
    if not isinstance(known, Branch):
        raise Rejected("unknown-code", f"dataset_type, line {name.line}")
    said = dict(known.items)
    shared = {key: said.pop(key) for key in ("istanbul_pillar", "kind")}
    found = {field: _choices(tree, field) for field, _, _ in LEVELS}
    _all_hang(found)
    pillars = _entries(found, 0, "", {**shared, "starts_on": said["starts_on"]})
    return _branch(
        {"plan_file": Leaf("1", tree.line), **said, "title": _title(tree), "pillars": Row(list(pillars), tree.line)},
        tree.line,
    )


@cache
def _declared() -> Branch:
    with DECLARED.open("rb") as source:
        return read_tree(source)


def _all_hang(found: dict[str, Branch]) -> None:
    """Raises Rejected for choices whose code begins with that of none above them: they would be lost."""
    problems = [
        ("dangling-reference", f"{field}, line {found[field].lines[code]}")
        for (above, _, _), (field, _, _) in pairwise(LEVELS)
        for code in found[field].items
        if code.rpartition(".")[0] not in found[above].items
    ]
    if problems:
        raise Rejected.all_of(problems)


def _title(tree: Branch) -> Tree:
    title = tree.items.get("title")
    return title if isinstance(title, Leaf) else Leaf("", tree.line)


def _choices(tree: Branch, field: str) -> Branch:
    """The choices of a field of the tracker's one table."""
    for table in _items(tree, "resources"):
        for column in _items(table, "fields"):
            if column.items.get("datastore_id", Leaf("", 0))[0] == field:
                choices = column.items.get("choices")
                if isinstance(choices, Branch):
                    return choices
    raise Rejected("missing-value", f"{field}, line {tree.line}")


def _items(branch: Branch, key: str) -> Iterator[Branch]:
    row = branch.items.get(key)
    yield from (each for each in (row.items if isinstance(row, Row) else ()) if isinstance(each, Branch))


def _entries(found: dict[str, Branch], depth: int, above: str, shared: dict[str, Tree]) -> Iterator[Branch]:
    """The entries of one level that hang on `above`, each with those below it."""
    if depth == len(LEVELS):
        return
    field, own, below = LEVELS[depth]
    choices = found[field]
    for code, choice in choices.items.items():
        if above and code.rpartition(".")[0] != above:
            continue
        line = choices.lines[code]
        if not isinstance(choice, Branch):
            raise Rejected("not-a-mapping", f"{field}, line {line}")
        items: dict[str, Tree] = {own: Leaf(code, line), "title": _cut(choice.items.get("en", Leaf("", line)))}
        if own == "pillar":
            items["istanbul_pillar"] = shared["istanbul_pillar"]
        if own == "measure":
            items |= {"kind": shared["kind"], "starts_on": shared["starts_on"], "lead_body": _lead(choice, line)}
            items["due_on"] = _last_day(choice.items.get("due_date", Leaf("", line)))
        if below:
            items[below] = Row(list(_entries(found, depth + 1, code, shared)), line)
        yield _branch(items, line)


def _lead(choice: Branch, line: int) -> Tree:
    return choice.items.get("lead_dept", Leaf("", line))


def _cut(text: Tree) -> Tree:
    if not isinstance(text, Leaf) or len(text.text) <= TITLE_LIMIT:
        return text
    return Leaf(text.text[: TITLE_LIMIT - 1].rpartition(" ")[0] + "…", text.line)


def _last_day(month: Tree) -> Tree:
    """`2024-06` → the last day of the month by whose end it is due. Anything else stays, for the plan's reader."""
    if not isinstance(month, Leaf) or len(month.text) != 7:
        return month
    year, _, number = month.text.partition("-")
    if not (year.isdecimal() and year.isascii() and number in {f"{n:02}" for n in range(1, 13)} and int(year) > 0):
        return month
    return Leaf(f"{month.text}-{monthrange(int(year), int(number))[1]}", month.line)


def _branch(items: dict[str, Tree], line: int) -> Branch:
    return Branch(items, {key: each.line for key, each in items.items()}, line)
