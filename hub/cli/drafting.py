"""`hub adapters new`: a sample → a mapping file to finish, beside what its columns look like. Never a value of them."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.adapters.base import Rejected
from hub.adapters.scaffold import About, draft, still_open
from hub.adapters.sniff import sniff
from hub.errors import Reject, Stop
from hub.events.base import Country, PartnerId

WORDS = {
    "date": "dates", "integer": "whole numbers", "number": "numbers", "flag": "yes and no", "codes": "codes",
    "national": "numbers of a state", "identifier": "a number for each row", "person": "numbers of persons",
    "never": "looked at, and not to be read", "empty": "nothing",
}  # fmt: skip


def drafted(sample: Path, partner: str, country: str, language: str, to: Path | None) -> dict[str, Any]:
    """Write the draft. Raises Reject for a sample that is no table, or where there is a file of that name already."""
    try:
        TypeAdapter(PartnerId).validate_python(partner)
        TypeAdapter(Country).validate_python(country)
    except ValidationError:
        raise Stop("--partner is of the form pt-casa-rosa, --country of the form PT") from None
    name = partner.replace("-", "_")
    target = to or Path(f"{name}.yaml")
    try:
        with sample.open("rb") as source:
            found = sniff(source, language)
    except Rejected as rejected:
        raise Reject(f"{sample.name} is no table with a header: {rejected}") from None
    except OSError as error:
        raise Reject(f"{sample.name} cannot be read: {error.strerror}") from None
    text, plan = draft(found, About(name, partner, country, language))
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Reject(f"{target.name} is there already: a draft is not written over anything") from None
    return {
        "mapping": str(target),
        "encoding": found.encoding,
        "separator": found.separator,
        "rows": len(found.rows),
        "damaged": found.damaged,
        "columns": [
            {"column": column.name, "looks_like": _looks(column), "becomes": plan.becomes(column.name)}
            for column in plan.columns
        ],
        "open": [each._asdict() for each in still_open(text)],
    }


def _looks(column: Any) -> str:
    return f"{WORDS[column.kind]} {' '.join(column.formats)}".rstrip()
