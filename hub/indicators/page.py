"""The catalogue of indicators in words: the generated part of docs/indicators.md."""

from collections.abc import Iterator, Sequence

from hub.events.catalogue import BEGIN
from hub.indicators.definition import Definition, Measure
from hub.indicators.registry import legal

KINDS = {
    "SHARE": "the part of the denominator that is in the numerator, 0 to 1",
    "COUNT": "the numerator itself",
    "SUM": "the numerator itself, added",
    "RATIO": "one sum by another",
    "QUANTILE": "the value that a part of the records does not exceed",
    "RATE": "so many for each of a second source",
    "INDEX": "its part here by its part in a second source; 1 is alike",
}


def renewed(page: str, definitions: Sequence[Definition]) -> str:
    """The page with its generated part brought up to date. Raises ValueError when it has no mark."""
    head, mark, _ = page.partition(BEGIN)
    if not mark:
        raise ValueError("docs/indicators.md has no mark that says where the generated part begins")
    return f"{head}{BEGIN}\n{render(definitions)}"


def render(definitions: Sequence[Definition]) -> str:
    """The table of all, and a section each."""
    lines = ["## Catalogue", "", "| id | name | counts | of | compare |", "|---|---|---|---|---|"]
    for each in definitions:
        link = f"[{each.id}](#{each.id.lower()})"
        grade = each.comparability.grade
        lines.append(f"| {link} | {each.name['en']} | {each.counting_unit} | `{each.of}` | {grade} |")
    for each in definitions:
        lines += ["", *_section(each)]
    return "\n".join(lines) + "\n"


def _section(each: Definition) -> Iterator[str]:
    yield f'### <a id="{each.id.lower()}"></a>{each.id} {each.name["en"]}'
    yield ""
    yield f"{each.definition} Version {each.version}; {_time(each)}."
    yield ""
    yield "| measure | value | numerator | denominator |"
    yield "|---|---|---|---|"
    for name, measure in each.measures.items():
        yield f"| `{name}` | {_value(measure)} | {measure.of_these} | {measure.among or ''} |"
    yield ""
    if each.breakdowns:
        yield f"- By {', '.join(f'`{column}`' for column in each.breakdowns)}."
    for name, measure in each.measures.items():
        if measure.parts:
            yield f"- The numerator of `{name}` by {', '.join(f'`{column}`' for column in measure.parts)}."
    yield f"- Law: {legal(each)}."
    yield f"- From {', '.join(f'`{event}`' for event in each.events)}."
    yield from (f"- {pitfall}" for pitfall in each.pitfalls)
    yield f"- Comparison: {each.comparability.grade}. {each.comparability.note}"
    yield from (f"- {country} differs: {why}" for country, why in each.comparability.differs.items())
    yield f"- {'; '.join(f'{language}: {name}' for language, name in each.name.items() if language != 'en')}."


def _time(each: Definition) -> str:
    if each.date == "judged":
        return "as it stands on the day that the build judges"
    when = "by the period that is reported" if each.date == "reported" else f"by `{each.date}`"
    return f"{when}, given {each.cohort.days} days" if each.cohort else when


def _value(measure: Measure) -> str:
    if measure.kind == "QUANTILE":
        return f"{'median' if measure.at == 0.5 else f'quantile {measure.at}'}, {measure.unit}"
    if measure.kind == "RATE":
        return f"for each {measure.per:,}" if measure.per > 1 else "rate"
    return KINDS[measure.kind]
