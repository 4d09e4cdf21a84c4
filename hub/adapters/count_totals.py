"""Totals against their cells: one that agrees is dropped, one that does not is refused with them. None ever leaves.

From cells and totals that were rounded apart, counts of one to four can be worked out; and a total beside its cells is
counted twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hub.adapters.base import Problem
from hub.adapters.count_cells import Count

DIFFERS, ALONE = "total-differs", "total-alone"


class Total(NamedTuple):
    """In the place of a code: a sum over these codes of the dimension, or over all of them (None)."""

    codes: frozenset[str] | None


class Stated(NamedTuple):
    """What a count is of, how many (None: nothing was delivered), and the column in which it stands."""

    of: Mapping[str, Any]
    counted: Count | None
    column: str

    @property
    def adds_up(self) -> frozenset[str]:
        """The dimensions that it is a total of; none for a cell."""
        return frozenset(name for name, code in self.of.items() if isinstance(code, Total))


def disagreeing(stated: Sequence[Stated | None], rounded_to: int) -> dict[int, Problem]:
    """Totals that are not the sum of their cells, with these cells, and totals without cells: by place in `stated`.

    None stands for a count that is refused anyway: it may belong to any total, so that all have to reach only as far as
    the cells that are known. `rounded_to`: each count may be off by half of it; 0 for exact ones.
    """
    whole = None not in stated
    found: dict[int, Problem] = {}
    for at, total, sum_, cells in _with_cells(stated):
        if not any(each.counted for each in cells.values()):
            found[at] = Problem(ALONE, total.column)
        elif not _agrees(sum_, [*cells.values()], rounded_to, whole=whole):
            found |= {place: Problem(DIFFERS, each.column) for place, each in cells.items()}
            found[at] = Problem(DIFFERS, total.column)
    return found


def _agrees(total: float, cells: Sequence[Stated], rounded_to: int, *, whole: bool) -> bool:
    numbers = [each.counted.number for each in cells if each.counted and each.counted.number is not None]
    slack = rounded_to * (len(numbers) + 1) / 2
    over = sum(numbers) - total
    return over <= slack and (over >= -slack or not whole or len(numbers) < len(cells))


def _with_cells(stated: Sequence[Stated | None]) -> Iterator[tuple[int, Stated, float, dict[int, Stated]]]:
    """Each total that is told, its number, and the cells that it adds up."""
    cells = {at: each for at, each in enumerate(stated) if each and not each.adds_up}
    indexes: dict[frozenset[str], dict[Any, list[int]]] = {}
    for at, total in enumerate(stated):
        if total is None or not (names := total.adds_up) or (number := _number(total)) is None:
            continue
        if names not in indexes:
            indexes[names] = _index(cells, names)
        same = indexes[names].get(_without(total, names), ())
        yield at, total, number, {place: cells[place] for place in same if _is_part(cells[place], total, names)}


def _number(stated: Stated) -> float | None:
    return stated.counted.number if stated.counted else None


def _index(cells: Mapping[int, Stated], names: frozenset[str]) -> dict[Any, list[int]]:
    found = defaultdict[Any, list[int]](list)
    for at, each in cells.items():
        found[_without(each, names)].append(at)
    return found


def _without(stated: Stated, names: frozenset[str]) -> frozenset[tuple[str, Any]]:
    return frozenset((name, code) for name, code in stated.of.items() if name not in names)


def _is_part(cell: Stated, total: Stated, names: frozenset[str]) -> bool:
    sums = ((cell.of.get(name), total.of[name].codes) for name in names)
    return all(code is not None and (codes is None or code in codes) for code, codes in sums)
