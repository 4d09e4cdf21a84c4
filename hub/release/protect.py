"""One country's quarter of one cube: from persons in cells to the numbers that readers may see.

x persons of a cell become y, a multiple of the base b with |y - x| < b; an empty cell shows b with probability
false_positive / b. Published is the count (contacts, referrals): y + r(e), where e = count - x is what is in the
cell beyond each counted person's first, and r(e) its rounding, again less than b away. Where y is 0 nothing is
published at all: the contacts of a cell whose persons round to nothing would be a way to see them.

So with b = 5, against the exact count (one person counts at most `often_per_person` times in a cell):
  y > 0: the number is within ±8 of it, and within ±4 when nobody came twice;
  an empty cell is 0, or 5 for one cell in fifty; a cell with 1 to 4 persons may be 0 whatever their contacts.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.release.alike import Group, groups, parents, shared_levels
from hub.release.coarsen import Ladder, Levels, Policy, choose, thin_classes
from hub.release.cube import Cells, Contributions, bounded
from hub.release.rounding import chance, draws, round_cells, settled


@dataclass(frozen=True)
class Protected:
    """What may leave the enclave: how far it was coarsened, and the cells that are not 0."""

    levels: Levels
    cells: list[tuple[tuple[str, ...], int]]


@dataclass(frozen=True)
class Coarsened:
    """A cube between its two steps: bounded and at the levels that it will be published at, and still exact."""

    ladders: Sequence[Ladder]
    levels: Levels
    cells: Cells
    thin: NDArray[np.bool_]
    seed: bytes


@dataclass(frozen=True)
class Within:
    """The groups that a cube's cells have to add up to, with the number of each."""

    groups: NDArray[np.int64]
    totals: NDArray[np.int64]


def protect(
    given: Contributions, ladders: Sequence[Ladder], floor: Mapping[str, int], policy: Policy, chance_seed: bytes
) -> Protected:
    """Bound, coarsen and round one cube that shares nothing. `chance_seed` decides all that is left to chance."""
    return protect_alike({"": coarsen(given, ladders, floor, policy, chance_seed)}, policy, chance_seed)[""]


def coarsen(
    given: Contributions, ladders: Sequence[Ladder], floor: Mapping[str, int], policy: Policy, chance_seed: bytes
) -> Coarsened:
    """Bound a cube and choose its levels."""
    key = hmac.digest(chance_seed, b"bound", "sha256")

    def cells_at(levels: Levels) -> Cells:
        return bounded(given, ladders, levels, policy.leaves_per_person, key, policy.often_per_person)

    levels, thin = choose(ladders, floor, lambda levels: cells_at(levels).margins(), policy)
    return Coarsened(ladders, levels, cells_at(levels), thin, chance_seed)


def protect_alike(
    cubes: Mapping[str, Coarsened], policy: Policy, shared_seed: bytes, least: int = 0
) -> dict[str, Protected]:
    """Round the cubes of one period and country. `shared_seed` decides what they share, each cube's own seed the rest.

    A cube of fewer than `least` persons is left out. That is judged by its rounded total, which a cube that is shown
    shows too: nobody learns more from its absence than that the total would have been one of these multiples.
    """
    shown = {
        name: cube
        for name, cube in cubes.items()
        if int(rounded_groups(cube, [{}], policy, shared_seed).totals[0]) >= least
    }
    return {
        name: _shown(cube, [other.levels for key, other in shown.items() if key != name], policy, shared_seed)
        for name, cube in shown.items()
    }


def _shown(cube: Coarsened, others: Sequence[Levels], policy: Policy, shared_seed: bytes) -> Protected:
    within = rounded_groups(cube, shared_levels(cube.levels, others), policy, shared_seed)
    published = publishable(cube.cells, cube.thin, policy, cube.seed, within)
    values = [ladder.values[cube.levels[ladder.dimension]] for ladder in cube.ladders]
    shown = np.flatnonzero(published)
    places = np.stack(np.unravel_index(shown, cube.cells.shape), axis=1)
    return Protected(
        cube.levels,
        [
            (tuple(values[d][place] for d, place in enumerate(row)), number)
            for row, number in zip(places.tolist(), published[shown].tolist(), strict=True)
        ],
    )


def rounded_groups(cube: Coarsened, chain: Sequence[Levels], policy: Policy, shared_seed: bytes) -> Within:
    """The groups of the finest partition of the chain, rounded from the coarsest down, each within the one before."""
    within: Within | None = None
    outer: Group | None = None
    for group in groups(cube.ladders, cube.levels, chain):
        persons = np.bincount(group.of_cell, weights=cube.cells.persons, minlength=int(np.prod(group.shape)))
        cells = Cells(group.shape, persons.astype(np.int64), persons.astype(np.int64))
        above = Within(parents(group, outer), within.totals) if within and outer else None
        totals = rounded_persons(cells, thin_classes(cells.margins(), policy), policy, group.seed(shared_seed), above)
        within, outer = Within(group.of_cell, totals), group
    if within is None:
        raise ValueError("a chain of partitions begins with the whole")
    return within


def publishable(
    cells: Cells, thin: NDArray[np.bool_], policy: Policy, chance_seed: bytes, within: Within | None = None
) -> NDArray[np.int64]:
    """The published number of every cell."""
    persons = rounded_persons(cells, thin, policy, chance_seed, within)
    excess = cells.counts - cells.persons
    hidden = persons == 0
    # What the persons' rounding and the hidden cells are off by is mended, as far as cells allow, by the excess.
    error = persons - cells.persons
    more = round_cells(excess, cells.shape, chance_seed, "excess", base=policy.base, fixed=hidden, error=error)
    return persons + more


def rounded_persons(
    cells: Cells, thin: NDArray[np.bool_], policy: Policy, chance_seed: bytes, within: Within | None = None
) -> NDArray[np.int64]:
    """y: the persons of every cell, rounded, with false positives; `within` groups, adding up to their numbers."""
    base = policy.base
    numbers = draws(chance_seed, "false positives", cells.persons.size)
    invented = (cells.persons == 0) & ~thin & chance(numbers, policy.false_positive / base)
    nothing = thin & (cells.persons < base)
    error = np.where(invented, base, 0)
    rounded = round_cells(
        cells.persons, cells.shape, chance_seed, "persons", base=base, fixed=nothing | invented, error=error
    )
    result = np.asarray(rounded + error, dtype=np.int64)
    if within is None:
        return result
    return settled(
        result, cells.persons, chance_seed, base=base, hidden=nothing, thin=thin, groups=within.groups,
        totals=within.totals,
    )  # fmt: skip


def band(table: str, policy: Policy) -> dict[str, int | str | float]:
    """How far a published number of this table may be from the exact one, for the manifest and for readers."""
    return {
        "counts": table,
        "when_shown": 2 * (policy.base - 1),
        "when_shown_and_one_each": policy.base - 1,
        "empty_cell_shown_as": policy.base,
        "empty_cell_shown_with_probability": policy.false_positive / policy.base,
        "not_shown_up_to_persons": policy.base - 1,
    }
