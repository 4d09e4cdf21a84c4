"""States of an event, drawn from its schema file: whatever the file allows, an event of that version may have said."""

from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]


def states(schema: Schema) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of a schema, with or without the fields that may be left out."""
    needed = {name: values(field) for name, field in schema["properties"].items() if name in schema["required"]}
    others = {name: values(field) for name, field in schema["properties"].items() if name not in schema["required"]}
    return st.fixed_dictionaries(needed, optional=others)


def values(field: Schema) -> st.SearchStrategy[Any]:
    """Values of one field. Raises ValueError for a form that no event schema has had so far."""
    match field:
        case {"enum": list(codes)}:
            return st.sampled_from(codes)
        case {"const": code}:
            return st.just(code)
        case {"anyOf": list(kinds)}:
            return st.one_of(*map(values, kinds))
        case {"type": "array", "items": dict(items), "maxItems": int(most)}:
            return st.lists(values(items), min_size=field.get("minItems", 0), max_size=most)
        case {"type": "string", "format": "date"}:
            return st.dates().map(lambda day: day.isoformat())
        case {"type": "string", "pattern": str(pattern)}:
            longest = field.get("maxLength", 1000)
            return st.from_regex(pattern, fullmatch=True).filter(lambda text: len(text) <= longest)
        case {"type": "string", "maxLength": int(most)}:
            return st.text(st.characters(exclude_categories=["Cs"]), min_size=field.get("minLength", 0), max_size=most)
        case {"type": "integer"}:
            step = field.get("multipleOf", 1)
            low, high = field.get("minimum", -(10**9)), field.get("maximum", 10**9)
            return st.integers(-(-low // step), high // step).map(lambda number: number * step)
        case {"type": "number"}:
            above = "exclusiveMinimum" in field
            low = field.get("exclusiveMinimum", field.get("minimum", -1e9))
            return st.floats(low, field.get("maximum", 1e9), exclude_min=above)
        case {"type": "boolean"}:
            return st.booleans()
        case {"type": "null"}:
            return st.none()
    raise ValueError(f"no values for {sorted(field)}")
