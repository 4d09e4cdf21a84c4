"""The page of a partner who sends no rows, made of its counts file: what is counted, in which unit, and of what."""

from collections.abc import Iterator

from hub.adapters.count_cells import ZERO
from hub.adapters.count_file import CellRule, CountFile
from hub.adapters.count_table import CountAdapter
from hub.adapters.labels import labels_of
from hub.adapters.markdown import in_code, table
from hub.adapters.page_parts import GENERATED, crosswalk, origin


def count_page(adapter: CountAdapter) -> str:
    """What is read, what is left out and why, every crosswalk with its relations, and what is counted."""
    file = adapter.mapping
    return "\n".join([*_head(file), *_left_out(file), *_counts(file), *_marks(file), *_crosswalks(file)])


def _head(file: CountFile) -> Iterator[str]:
    yield f"# `{file.name}`: {file.organisation or file.partner}\n\n{GENERATED}\n"
    yield "A table of counts: nothing about a single person is in it.\n"
    if file.rows_are:
        yield f"{file.rows_are}\n"
    yield from (f"{note}\n" for note in file.notes)
    exact = "exact, to the nearest five at the edge" if file.small_counts is None else f"rounded: {file.small_counts}"
    few = f"; below {file.hide_below} they are not told" if file.hide_below else ""
    public = file.published and f"published by {in_code(file.published.source)}: they leave as they are"
    source = file.source
    rows = [
        ("partner", f"{in_code(file.partner)}, {file.country}, in `{file.language}`"),
        ("file", f"{source.format.upper()}, {source.encoding}, columns apart by {in_code(source.separator)}"),
        ("a count is known by", "series, unit, period and dimensions"),
        ("counts are", public or exact + few),
        ("a complete file speaks for", f"each {file.covers} in it"),
    ]
    yield from table(("", ""), rows)


def _left_out(file: CountFile) -> Iterator[str]:
    if file.ignore:
        yield "## What is never read\n"
        yield from table(("column", "why"), [(in_code(name), why) for name, why in file.ignore.items()])


def _counts(file: CountFile) -> Iterator[str]:
    yield f"## What is counted\n\nEach count is a [`{file.event}`](../events.md#{file.event.replace('.', '')}).\n"
    said = [(rule.column, file.series_of(rule), file.unit_of(rule), _of(rule)) for rule in file.cells]
    cells = [(in_code(column), series or "", unit or "", of) for column, series, unit, of in said]
    yield from table(("column", "series", "unit", "of"), cells)
    yield "Of the row:\n"
    yield from table(
        ("", "comes from"), [(in_code(name), origin(name, rule)) for name, rule in file.row_rules().items()]
    )
    sums = [
        (in_code(name), in_code(word), "all" if codes == "all" else ", ".join(map(in_code, codes)))
        for name, words in file.totals.items()
        for word, codes in words.items()
    ]
    if sums:
        yield "Totals, each held against its cells, and left behind:\n"
        yield from table(("dimension", "word", "adds up"), sums)


def _of(rule: CellRule) -> str:
    parts = [f"{in_code(name)} is {in_code(said)}" for name, said in rule.dimensions.items()]
    parts += [f"a total of {in_code(name)}: held against its cells, and left behind" for name in rule.total]
    parts += [f"where {', '.join(map(in_code, sorted(each.columns())))} says so" for each in rule.when]
    return "; ".join([*parts, *([f"period {in_code(rule.period)}"] if rule.period else [])])


def _marks(file: CountFile) -> Iterator[str]:
    yield "## What a cell may say\n"
    labels = labels_of(file.event, "obs_status", "en")
    rows = [("an empty cell", "", "not delivered: nothing is stated")]
    rows += [
        (in_code(mark), *(("", "none, counted") if said == ZERO else (in_code(said), labels.get(said, ""))))
        for mark, said in file.marks.items()
    ]
    yield from table(("mark", "status", "means"), rows)


def _crosswalks(file: CountFile) -> Iterator[str]:
    yield "## Words and codes\n"
    yield "`broader`: the code covers more than the word. `narrower`: only a part of it. `none`: no code says it.\n"
    for name, rule in file.row_rules().items():
        if rule.codes:
            yield from crosswalk(file.event, name, rule)
