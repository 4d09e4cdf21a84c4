"""What may stand in the columns of texts of indicators: words of the definitions, and codes."""

import csv
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from hub.events.base import Code
from hub.events.schema import code_lists
from hub.indicators.definition import Definition, Unit, read_all
from hub.indicators.units import CountingUnit

WAREHOUSE = Path(__file__).parents[2] / "warehouse"
WORDS = frozenset({"indicators", "indicator_definitions", "indicator_names"})
FIGURES = frozenset({"indicator_values", "indicator_values_public", "indicator_comparisons"})


def fits(table: str, column: str) -> list[Callable[[str], bool]]:
    """The domains of a column of a table of figures, or of words about them. None: it is no such table."""
    if table in WORDS:
        return [_words().__contains__]
    if table in FIGURES or re.fullmatch(r"ind_i\d{2,3}[a-z]?", table):
        found = _domains().get(column)
        return [found] if found else []
    return []


@cache
def _words() -> frozenset[str]:
    """Every cell of the two tables of words."""
    files = [WAREHOUSE / "seeds" / f"{name}.csv" for name in ("indicator_definitions", "indicator_names")]
    return frozenset(cell for file in files for row in csv.reader(file.read_text("utf-8").splitlines()) for cell in row)


@cache
def _domains() -> dict[str, Callable[[str], bool]]:
    definitions = read_all(WAREHOUSE / "indicators")
    macro = (WAREHOUSE / "macros" / "indicator_states.sql").read_text("utf-8")
    return {
        "indicator": frozenset(each.id for each in definitions).__contains__,
        "measure": frozenset(name for each in definitions for name in each.measures).__contains__,
        "period_type": frozenset({"Y", "Q"}).__contains__,
        "breakdown": frozenset({"TOTAL", "partner"}.union(*map(_columns, definitions))).__contains__,
        "category": lambda text: text in _listed() or _is_code(text),
        "counting_unit": frozenset(get_args(CountingUnit)).__contains__,
        "unit": frozenset(get_args(Unit)).__contains__,
        "comparability": frozenset("ABC").__contains__,
        "reason": frozenset({"DEFINITIONS_DIFFER", *re.findall(r"'([A-Z_]{4,})'", macro)}).__contains__,
    }


def _columns(definition: Definition) -> set[str]:
    return {*definition.breakdowns, *(part for measure in definition.measures.values() for part in measure.parts)}


_CODE: TypeAdapter[Any] = TypeAdapter(Code)


def _is_code(text: str) -> bool:
    try:
        _CODE.validate_python(text)
    except ValidationError:
        return text in ("75+", "65+")  # a band of ages is no code, and names nobody
    return True


@cache
def _listed() -> frozenset[str]:
    """Every code of every list: one of them is `3+`."""
    return frozenset().union(*code_lists().values())
