"""The event catalogue in words, `docs/events.md`. Renewed by `python -m hub.events.catalogue docs/events.md`."""

import sys
from pathlib import Path
from typing import Any

from hub.events import EVENTS, OLD
from hub.events.base import Event
from hub.events.schema import code_lists, event_schema, labels
from hub.events.upcasters import UPCASTERS

BEGIN = "<!-- generated below: make schemas -->\n"


def render() -> str:
    """One section an event, then the code lists."""
    events = [_event(event) for event in EVENTS.values()]
    lists = ["## Code lists\n", "| list | codes |\n|---|---|"]
    for name, codes in code_lists().items():
        lists.append(f'| <a id="list-{name}"></a>`{name}` | {_labelled(name, codes)} |')
    return "\n".join(["## Events\n", *events, *lists, ""])


def _labelled(name: str, codes: tuple[str, ...]) -> str:
    """The codes of a list, each with its label where the list has one that says more than the code."""
    said = {code: about.get("en", "") for code, about in labels(name).items()}
    told = [f"{_code(code)} {said[code]}" if said.get(code, code) != code else _code(code) for code in codes]
    return (", " if any(said.values()) else " ").join(told)


def renew(text: str) -> str:
    """A page whose part below the mark is generated, brought up to date."""
    head, mark, _ = text.partition(BEGIN)
    if not mark:
        raise ValueError("the page has no mark that says where the generated part begins")
    return f"{head}{BEGIN}\n{render()}"


def _event(event: type[Event]) -> str:
    schema = event_schema(event)
    zone = "sealed" if event.personal else "in clear"
    rows = [
        f"| `{name}` | {_says(field)} | {'yes' if name in schema.get('required', ()) else ''} |"
        for name, field in schema["properties"].items()
    ]
    title = f"### `{event.name}`\n\n`{event.topic()}`, {zone}. {schema['description']}\n"
    steps = [(old.topic(), UPCASTERS[old.name, old.version].__doc__) for old in OLD if old.name == event.name]
    older = [f"Older: `{topic}`. {step}\n" for topic, step in steps]
    return "\n".join([title, *older, "| field | holds | required |", "|---|---|---|", *rows, ""])


def _says(field: dict[str, Any]) -> str:
    """What a field may hold, in a few words."""
    kind = next((each for each in field.get("anyOf", ()) if each != {"type": "null"}), field)
    match kind:
        case {"enum": list(codes)}:
            return _list(tuple(codes))
        case {"const": code}:
            return _code(code)
        case {"type": "array", "items": dict(items)}:
            return f"any of {_says(items)}"
        case {"format": str(form)}:
            return form
        case {"x-public-text": True, "maxLength": int(longest)}:
            return f"published text, at most {longest} characters"
        case {"pattern": str(pattern)}:
            return f"`{pattern}`".replace("|", "\\|")
        case {"type": "integer"}:
            step = f", a multiple of {kind['multipleOf']}" if "multipleOf" in kind else ""
            return f"integer{_range(kind)}{step}"
    return str(kind["type"])


def _list(codes: tuple[str, ...]) -> str:
    name = next((name for name, values in code_lists().items() if values == codes), None)
    return f"[`{name}`](#list-{name})" if name else " ".join(map(_code, codes))


def _range(kind: dict[str, Any]) -> str:
    low, high = kind.get("minimum"), kind.get("maximum")
    return f", {low} to {high}" if high is not None else f", {low} or more" if low is not None else ""


def _code(code: str) -> str:
    return f"`{code}`"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(renew(page.read_text("utf-8")), "utf-8")
