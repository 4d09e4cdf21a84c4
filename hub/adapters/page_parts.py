"""What the pages of partners are made of: fields and the columns that they come from, words and their codes."""

from collections.abc import Iterator

from hub.adapters.crosswalk import Entry
from hub.adapters.labels import labels_of
from hub.adapters.mapping_file import GENERALISED, FieldRule
from hub.adapters.markdown import in_code, table

GENERATED = "<!-- generated from the mapping file: make schemas -->"


def origin(name: str, field: FieldRule) -> str:
    """Where a field comes from, in words."""
    if field.value is not None:
        return f"always {in_code(str(field.value))}"
    columns = ", ".join(map(in_code, [field.column] if field.column else field.numbered or field.flags or ()))
    merged = "" if field.merge == "same" else f", the {field.merge} of a record's rows"
    coarse = f"; leaves as `{GENERALISED[name]}`" if name in GENERALISED else ""
    apart = f", several apart by {in_code(field.split)}" if field.split else ""
    read = f", read as {field.read_as}" if field.read_as else " (codes)" if field.codes else " (yes or no)"
    bands = f", in the bands {', '.join(map(in_code, field.bands))}" if field.bands else ""
    return f"{columns}{read}{bands}{apart}{merged}{coarse}"


def crosswalk(event: str, name: str, field: FieldRule) -> Iterator[str]:
    """The words of a field and what each becomes, under a heading."""
    yield f"### `{event}`: `{name}`\n"
    labels = labels_of(event, name, "en")
    flags = {column: Entry(code=code, relation="exact") for column, code in (field.flags or {}).items()}
    entries = field.crosswalk() | flags
    together: dict[tuple[str, str, str, str], list[str]] = {}
    for word, entry in entries.items():
        together.setdefault(_target(entry, labels), []).append(in_code(word) if word else "an empty cell")
    rows = [(", ".join(words), *said) for said, words in together.items()]
    if rest := field.rest():
        rows.append(("all else", *_target(rest, labels)))
    yield from table(("word", "code", "is", "relation", "because"), rows)


def _target(entry: Entry, labels: dict[str, str]) -> tuple[str, str, str, str]:
    meant = entry.code or ""
    return in_code(meant) if meant else "", labels.get(meant, ""), entry.relation, entry.because
