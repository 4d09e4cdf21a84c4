"""What a cell can turn out to be beside a value: nothing that was recorded, or something that breaks a rule."""

from typing import Any, NamedTuple

MISSING: Any = object()
"""The cell is empty: the fact says nothing about this field."""


class Broken(NamedTuple):
    """What a text breaks; the place is added by the row."""

    rule: str
