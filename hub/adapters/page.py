"""A partner's page, made of its YAML file. Written by `python -m hub.adapters.page docs/partners`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from hub.adapters import count_files, mappings, profiles
from hub.adapters.conditions import Condition, OtherColumn
from hub.adapters.count_page import count_page
from hub.adapters.count_table import load_counts
from hub.adapters.fhir_page import fhir_page
from hub.adapters.fhir_profile import load_profile
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.adapters.mapping_file import FactRule, FieldRule
from hub.adapters.markdown import in_code, table
from hub.adapters.page_parts import GENERATED, crosswalk, origin

COVERS = {"all": "everything it ever stated", "year": "each year", "quarter": "each quarter", "month": "each month"}
COMPARED = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<"}


def pages() -> dict[str, str]:
    """The page of every partner whose mapping, profile or counts file is installed, by its file's name."""
    made = {path: page(load_mapping(path)) for path in mappings()}
    made |= {path: fhir_page(load_profile(path)) for path in profiles()}
    made |= {path: count_page(load_counts(path)) for path in count_files()}
    return {f"{path.stem}.md": text for path, text in made.items()}


def page(adapter: MappingAdapter) -> str:
    """What is read, what is left out and why, every crosswalk with its relations, and what is counted."""
    return "\n".join([*_head(adapter), *_left_out(adapter), *_facts(adapter), *_crosswalks(adapter)])


def _head(adapter: MappingAdapter) -> Iterator[str]:
    mapping, source = adapter.mapping, adapter.mapping.source
    yield f"# `{adapter.name}`: {mapping.organisation or mapping.partner}\n\n{GENERATED}\n"
    if mapping.unit:
        yield f"{mapping.unit}\n"
    yield from (f"{note}\n" for note in mapping.notes)
    key = "what it says" if mapping.key == "content" else " + ".join(map(in_code, mapping.key))
    several = ", which several rows may state together" if adapter.joins else ""
    rows = [
        ("partner", f"{in_code(mapping.partner)}, {mapping.country}, in `{mapping.language}`"),
        ("file", f"{source.format.upper()}, {source.encoding}, columns apart by {in_code(source.separator)}"),
        ("dates", ", ".join(map(in_code, source.dates))),
        (
            "nothing recorded",
            ", ".join(in_code(text) for text in sorted(source.empty_texts() - {""})) or "an empty cell",
        ),
        ("a record is", f"a {mapping.record}, known by {key}{several}"),
        ("a person is", _person(adapter)),
        ("a complete file speaks for", COVERS[mapping.covers]),
    ]
    yield from table(("", ""), rows)


def _person(adapter: MappingAdapter) -> str:
    subject = adapter.mapping.who
    if adapter.mapping.about_nobody:
        return "in none of them: they stand in the log in clear"
    if subject is None:
        return "nobody who is known: each record is its own, unknown person"
    return f"{' + '.join(map(in_code, subject.columns))}, scheme `{subject.scheme}`: a keyed token, never the number"


def _left_out(adapter: MappingAdapter) -> Iterator[str]:
    yield "## What is never read\n"
    yield from table(("column", "why"), [(in_code(name), why) for name, why in adapter.mapping.ignored().items()])


def _facts(adapter: MappingAdapter) -> Iterator[str]:
    yield "## What a row states\n"
    yield "How coarse each field leaves, and which do: [adapters](../adapters.md#what-the-edge-makes-of-it).\n"
    for rule in adapter.mapping.facts:
        yield f"### [`{rule.event}`](../events.md#{rule.event.replace('.', '')}){_part(rule)}\n"
        if rule.when:
            yield f"Where {', and '.join(map(_says, rule.when))}.\n"
        fields = [(in_code(name), origin(name, field)) for name, field in rule.fields.items()]
        yield from table(("field", "comes from"), fields)


def _part(rule: FactRule) -> str:
    if rule.each:
        return f", one for each `{rule.each}`"
    if rule.repeat:
        groups = "; ".join(", ".join(in_code(column) for column in group.values()) for group in rule.repeat)
        return f", one for each of {groups}"
    if rule.part:
        return f", part {in_code(rule.part.column)}" if rule.part.column else f", part `{rule.part.value}`"
    return ""


def _says(condition: Condition) -> str:
    if condition.negated is not None:
        return f"not ({_says(condition.negated)})"
    if condition.column is None:
        word = " and " if condition.all_of else " or "
        return f"({word.join(map(_says, condition.joined()))})"
    column = in_code(condition.column)
    if condition.filled is not None:
        return f"{column} is {'filled' if condition.filled else 'empty'}"
    if (words := condition.within or condition.not_in) is not None:
        return f"{column} is {'one of' if condition.within else 'none of'} {', '.join(map(in_code, words))}"
    bounds = condition.compared().items()
    return " and ".join(
        f"{column} {COMPARED[name]} {in_code(bound.column) if isinstance(bound, OtherColumn) else bound}"
        for name, bound in bounds
    )


def _crosswalks(adapter: MappingAdapter) -> Iterator[str]:
    yield "## Words and codes\n"
    yield "`broader`: the code covers more than the word. `narrower`: only a part of it. `none`: no code says it.\n"
    seen: list[FieldRule] = []
    for rule in adapter.mapping.facts:
        for name, field in rule.fields.items():
            if (field.codes or field.flags) and field not in seen:
                seen.append(field)
                yield from crosswalk(rule.event, name, field)


def main() -> None:
    """Write the pages that differ, and take away those of partners that are gone."""
    folder, made = Path(sys.argv[1]), pages()
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
