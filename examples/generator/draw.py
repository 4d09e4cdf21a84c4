"""Drawing: by weight, by exact quota, by calendar. One random number a draw, so that 200,000 rows take seconds."""

from bisect import bisect
from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Choice(Generic[T]):
    """Draws one of several values by weight."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = tuple(weights)
        self._steps = list(accumulate(weights.values()))
        self._last = len(self._values) - 1
        self._total = self._steps[-1]

    def __call__(self, u: float) -> T:
        """The value at `u`, a number from 0 up to 1."""
        return self._values[bisect(self._steps, u * self._total, 0, self._last)]


class Quota(Generic[T]):
    """Deals out exact numbers in random order: what is left is what may still come."""

    def __init__(self, counts: Mapping[T, int]) -> None:
        self._left = dict(counts)
        self._total = sum(counts.values())

    def draw(self, u: float) -> T:
        """The next one, and one fewer of it left."""
        at, found = u * self._total, None
        for value, left in self._left.items():
            if left:
                found = value
                at -= left
                if at < 0:
                    break
        if found is None:
            raise ValueError("nothing is left to deal out")
        self.take(found)
        return found

    def take(self, value: T) -> bool:
        """Take one of `value` if any is left; says whether it was."""
        if self._left.get(value, 0) == 0:
            return False
        self._left[value] -= 1
        self._total -= 1
        return True


def scaled(counts: Mapping[T, int], scale: float) -> dict[T, int]:
    """The counts at another scale, rounded so that their sum is the rounded sum (largest remainders)."""
    exact = {value: count * scale for value, count in counts.items()}
    result = {value: int(x) for value, x in exact.items()}
    missing = round(sum(exact.values())) - sum(result.values())
    for value in sorted(exact, key=lambda v: exact[v] - result[v], reverse=True)[:missing]:
        result[value] += 1
    return result


def enough(a_year: int, scale: float) -> int:
    """A year's rows at a scale, and enough of them for a small file."""
    return max(90, round(a_year * scale))


class Calendar:
    """A year's days by weight: months are unequal, weekends quiet. Row i of n falls on one of them, in order."""

    def __init__(self, year: int, months: tuple[float, ...], weekend: float) -> None:
        first = date(year, 1, 1)
        self.days = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
        self.last = len(self.days) - 1
        self._steps = list(accumulate(months[d.month - 1] * (weekend if d.weekday() > 4 else 1.0) for d in self.days))

    def day(self, row: int, rows: int) -> int:
        """Number of the day (0 is 1 January) on which row `row` of `rows` falls."""
        return bisect(self._steps, (row + 0.5) / rows * self._steps[-1], 0, self.last)
