"""Numbers in a column of ages that no age explains: old systems write 99 where nobody was asked."""

from collections import Counter
from collections.abc import Iterable

FEW = 3
"""Rows from which on a number is no chance."""
NEVER_AN_AGE = frozenset({-1, 199, 555, 777, 888, 990, 998, 999, 9998, 9999})


def stand_for_unknown(ages: Iterable[int], *, newborn: bool = False) -> dict[int, int]:
    """The numbers that probably mean that the age is not known, and how often each stands.

    99 where it stands more often than all ages from 90 to 98 together. `newborn`: also 0, where it stands more often
    than all ages from 1 to 9. That may be true of a hospital: a person should look.
    """
    times = Counter(ages)
    found = {age: times[age] for age in sorted(NEVER_AN_AGE) if times[age]}
    if times[99] >= FEW and times[99] > sum(times[age] for age in range(90, 99)):
        found[99] = times[99]
    if newborn and times[0] >= FEW and times[0] > sum(times[age] for age in range(1, 10)):
        found[0] = times[0]
    return found
