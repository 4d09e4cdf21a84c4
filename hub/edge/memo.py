"""What a text means is worked out once, then looked up. Bounded: when too many are known, all are forgotten."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
LIMIT = 20_000
"""Texts remembered a column. What is common comes back at once."""


class Memo(dict[K, V | None]):
    """A function that remembers its values, all but None. A dict: nothing in Python looks a column up faster."""

    def __init__(self, make: Callable[[K], V | None], limit: int = LIMIT) -> None:
        self._make, self._limit = make, limit
        self.unusual = False
        """Whether the last column had a None."""

    def __missing__(self, key: K) -> V | None:
        made = self._make(key)
        if made is None:
            self.unusual = True
        else:
            self[key] = made
        return made

    def of(self, keys: Iterable[K]) -> list[V | None]:
        """The values of a column."""
        if len(self) > self._limit:
            self.clear()
        self.unusual = False
        return list(map(self.__getitem__, keys))
