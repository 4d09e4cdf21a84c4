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

from hub.release.coarsen import Ladder, Levels, Policy, choose
from hub.release.cube import Cells, Contributions, bounded
from hub.release.rounding import chance, draws, round_cells


@dataclass(frozen=True)
class Protected:
    """What may leave the enclave: how far it was coarsened, and the cells that are not 0."""

    levels: Levels
    cells: list[tuple[tuple[str, ...], int]]


def protect(
    given: Contributions, ladders: Sequence[Ladder], floor: Mapping[str, int], policy: Policy, chance_seed: bytes
) -> Protected:
    """Bound, coarsen and round. `chance_seed` decides everything that is left to chance."""
    key = hmac.digest(chance_seed, b"bound", "sha256")

    def cells_at(levels: Levels) -> Cells:
        return bounded(given, ladders, levels, policy.leaves_per_person, key, policy.often_per_person)

    levels, thin = choose(ladders, floor, lambda levels: cells_at(levels).margins(), policy)
    cells = cells_at(levels)
    published = publishable(cells, thin, policy, chance_seed)
    values = [ladder.values[levels[ladder.dimension]] for ladder in ladders]
    shown = np.flatnonzero(published)
    places = np.stack(np.unravel_index(shown, cells.shape), axis=1)
    return Protected(
        levels,
        [
            (tuple(values[d][place] for d, place in enumerate(row)), number)
            for row, number in zip(places.tolist(), published[shown].tolist(), strict=True)
        ],
    )


def publishable(cells: Cells, thin: NDArray[np.bool_], policy: Policy, chance_seed: bytes) -> NDArray[np.int64]:
    """The published number of every cell."""
    persons = rounded_persons(cells, thin, policy, chance_seed)
    excess = cells.counts - cells.persons
    hidden = persons == 0
    # What the persons' rounding and the hidden cells are off by is mended, as far as cells allow, by the excess.
    error = persons - cells.persons
    more = round_cells(excess, cells.shape, chance_seed, "excess", base=policy.base, fixed=hidden, error=error)
    return persons + more


def rounded_persons(cells: Cells, thin: NDArray[np.bool_], policy: Policy, chance_seed: bytes) -> NDArray[np.int64]:
    """y: the persons of every cell, rounded, with false positives."""
    base = policy.base
    numbers = draws(chance_seed, "false positives", cells.persons.size)
    invented = (cells.persons == 0) & ~thin & chance(numbers, policy.false_positive / base)
    nothing = thin & (cells.persons < base)
    error = np.where(invented, base, 0)
    rounded = round_cells(
        cells.persons, cells.shape, chance_seed, "persons", base=base, fixed=nothing | invented, error=error
    )
    return np.asarray(rounded + error, dtype=np.int64)


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
