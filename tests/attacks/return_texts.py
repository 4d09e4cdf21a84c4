"""What may stand in the texts of legal returns: codes, `_T` for all, and the sentences of the seed and the SQL."""

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from hub.events.base import Code
from hub.events.schema import code_lists

WAREHOUSE = Path(__file__).parents[2] / "warehouse"
ALL = "_T"


def fits(table: str, column: str) -> list[Callable[[str], bool]]:
    """The domain of a column of a return; none for a column of another table, or one that events know."""
    if not table.startswith(("return_", "legal_return")):
        return []
    if column == "detail":
        return [lambda text: text == ALL or _is_code(text)]
    return [_words()[column].__contains__] if column in _words() else []


@cache
def _words() -> dict[str, frozenset[str]]:
    lists = {name: frozenset(codes) for name, codes in code_lists().items()}
    seed = WAREHOUSE / "seeds" / "return_definitions.csv"
    items = [*csv.DictReader(seed.read_text("utf-8").splitlines())]
    sql = [*(WAREHOUSE / "macros" / "returns").glob("*.sql"), WAREHOUSE / "models" / "marts" / "legal_returns.sql"]
    said = {text for file in sql for text in re.findall(r"'([A-Z][^'\n]{20,}\.)'", file.read_text("utf-8"))}
    return {
        "counted_by": frozenset({"SERVICES", "TABLE", "PUBLISHED", "NOBODY"}),
        "scope": lists["relation_scope"],
        "sex": lists["sex"] | {ALL, "T"},
        "age_group": frozenset({"CHILD", "ADULT", "U", "NA", "NR", "REF", ALL}),
        "perpetrator_sex": lists["sex"] | {ALL},
        "perpetrator_age_group": lists["perpetrator_age_band"] | {ALL},
        "relationship": frozenset({"PARTNER", "FAMILY", "OTHER_KNOWN", "STRANGER", "NOT_KNOWN", ALL}),
        "offence": lists["offence"] | {ALL},
        "obs_status": lists["obs_status"],
        "conf_status": lists["conf_status"],
        "why": frozenset({item["missing"] for item in items} | said),
    }


def _is_code(text: str) -> bool:
    try:
        TypeAdapter(Code).validate_python(text)
    except ValidationError:
        return False
    return True
