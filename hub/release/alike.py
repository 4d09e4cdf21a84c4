"""Cubes that may tell of the same persons are rounded alike, so that nobody learns from one what the other hides.

Where every case of a country is also one offence and one referral, and somebody knows it, two cubes rounded each by
itself are two looks at one number: 10 here says 6 or more, 0 and 0 there say 4 or less each. So all cubes of a period
and country first round the groups that they share, from one chance that they share too, and then their own cells within
each group, so that these add up to it. The same persons give the same groups. All cubes are then sums of one common
table of multiples of the base (cells within a group can be combined freely, as margins of a transport table can), and
what holds for one additive cube holds for their union: no filter, difference or equation over all of them is surely
1 to base - 1.

Groups are nested, coarsest first: one number for all, then what the coarsest cubes have in common, and so on. They are
levels, which are published; no group is chosen by what is in it. A cell of a thin class stays hidden, and where hidden
cells hold more than the others can take over, its group is short of the shared number.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.errors import Stop
from hub.release.coarsen import Ladder, Levels

Ints = NDArray[np.int64]
OWN = frozenset({"course"})
"""Called alike in several cubes, and another thing in each."""


@dataclass(frozen=True)
class Group:
    """For every cell of a cube the group it is in, and how many groups there are along each shared dimension."""

    of_cell: Ints
    shape: tuple[int, ...]
    levels: tuple[tuple[str, int], ...]

    def seed(self, shared: bytes) -> bytes:
        """Chance for these groups, the same for every cube."""
        return hmac.digest(shared, repr(self.levels).encode(), "sha256")


def shared_levels(mine: Levels, others: Sequence[Levels]) -> list[Levels]:
    """What this cube shares with the others, all of them and then each: nested partitions, coarsest first.

    Raises Stop where two of them are not nested, which no order of climbs may bring about.
    """
    joined = [{d: max(mine[d], other[d]) for d in mine if d in other and d not in OWN} for other in others]
    chain: list[Levels] = [{}]
    for levels in sorted(joined, key=lambda each: (len(each), -sum(each.values()))):
        if not all(d in levels and levels[d] <= level for d, level in chain[-1].items()):
            raise Stop("lattice.yaml: cubes of one period are coarsened in orders that do not fit")
        if levels != chain[-1]:
            chain.append(levels)
    return chain


def groups(ladders: Sequence[Ladder], levels: Levels, chain: Sequence[Levels]) -> list[Group]:
    """The groups of every partition of the chain, for the cells of a dense cube at `levels`, in row-major order."""
    shape = tuple(len(ladder.values[levels[ladder.dimension]]) for ladder in ladders)
    places = np.unravel_index(np.arange(int(np.prod(shape))), shape)
    by_name = {ladder.dimension: (ladder, place) for ladder, place in zip(ladders, places, strict=True)}
    return [_group(by_name, levels, at) for at in chain]


def parents(inner: Group, outer: Group) -> Ints:
    """For every group of a finer partition, the group of the coarser one that holds it."""
    found = np.zeros(int(np.prod(inner.shape, dtype=np.int64)), dtype=np.int64)
    found[inner.of_cell] = outer.of_cell
    return found


def _group(by_name: Mapping[str, tuple[Ladder, Ints]], levels: Levels, at: Levels) -> Group:
    columns, sizes = [], []
    for name in sorted(at):  # cubes list their dimensions in orders of their own
        ladder, place = by_name[name]
        step = np.zeros(len(ladder.values[levels[name]]), dtype=np.int64)
        step[ladder.places[levels[name]]] = ladder.places[at[name]]
        columns.append(step[place])
        sizes.append(len(ladder.values[at[name]]))
    shape = tuple(sizes) or (1,)
    cells = next(iter(by_name.values()))[1].size
    of_cell = np.ravel_multi_index(tuple(columns), shape) if columns else np.zeros(cells, dtype=np.int64)
    return Group(of_cell.astype(np.int64), shape, tuple(sorted(at.items())))
