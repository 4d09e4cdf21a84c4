"""Additive controlled rounding: every cell to a multiple of the base, margins as near as cells allow.

1. Every cell goes down or up to its neighbouring multiple, up with probability rest / base.
2. Cells whose rest is not 0 are flipped as long as that lowers the squared errors of the total, all one-way and all
   two-way margins (plus 0.3 of the cell's own). Margins are never rounded themselves: they are sums of cells, so no
   filter, pivot or difference can say more than the one table.

Chance comes from a ChaCha20 key stream under an HMAC of the release secret: the same secret and quarter give the same
table on every machine and numpy version, and published cells do not help to guess the next draw.
"""

import hmac
from itertools import combinations

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
CELL_WEIGHT, MARGIN_WEIGHT = 3, 10
"""0.3 to 1, in whole numbers: no float ever decides what is published."""


def seed(secret: bytes, period: str, country: str, cube: str) -> bytes:
    """What chance means for one country's quarter of one cube."""
    return hmac.digest(secret, f"{period}|{country}|{cube}|v1".encode(), "sha256")


def draws(seed: bytes, purpose: str, number: int) -> NDArray[np.uint64]:
    """So many uniform 64-bit numbers; every purpose has its own stream."""
    cipher = Cipher(algorithms.ChaCha20(hmac.digest(seed, purpose.encode(), "sha256"), bytes(16)), mode=None)
    return np.frombuffer(cipher.encryptor().update(bytes(8 * number)), dtype="<u8")


def chance(numbers: NDArray[np.uint64], probability: float) -> Bools:
    """True with this probability, per number."""
    return np.asarray(numbers >> np.uint64(11) < np.uint64(int(probability * 2**53)), dtype=np.bool_)


def round_cells(
    exact: Ints, shape: tuple[int, ...], seed: bytes, purpose: str, *, base: int, fixed: Bools, error: Ints
) -> Ints:
    """`exact` rounded to multiples of `base`; a `fixed` cell keeps 0. The cube is dense, in row-major order.

    `error` is what other parts of the same published number are off by already (published - exact, per cell), so that
    the search mends the margins of what readers see. For a number that stands alone it is all zeros.
    """
    rest = exact % base
    low = np.where(fixed, 0, exact - rest)
    movable = (rest > 0) & ~fixed
    up = movable & (draws(seed, purpose, exact.size) % np.uint64(base) < rest.astype(np.uint64))
    start = error + low + base * up - exact
    active = np.flatnonzero(movable | (start != 0))
    order = np.argsort(draws(seed, f"{purpose}/order", exact.size)[active], kind="stable")
    up[active] = _search(start[active], up[active], movable[active], margin_cells(active, shape), order, base)
    return np.asarray(low + base * up, dtype=np.int64)


def settled(
    rounded: Ints, exact: Ints, seed: bytes, *, base: int, hidden: Bools, thin: Bools, groups: Ints, totals: Ints
) -> Ints:
    """`rounded`, with as few cells as can be moved to their other neighbour until each group adds up to its total.

    What must go up starts with the cells that are nearest above, what must go down with the nearest below. Where a
    group of nobody shows `base`, one of its cells does, if any is not thin. A group whose hidden cells hold too much
    stays short.
    """
    result = rounded.copy()
    rest = exact % base
    places = draws(seed, "settled", exact.size).argsort(kind="stable").argsort(kind="stable")
    need = (totals - np.bincount(groups, weights=rounded, minlength=totals.size).astype(np.int64)) // base
    for group in np.flatnonzero(need).tolist():
        cells, number = np.flatnonzero(groups == group), int(need[group])
        if number > 0:
            free = cells[(rest[cells] > 0) & (rounded[cells] < exact[cells]) & ~hidden[cells]]
            empty = cells[(exact[cells] == 0) & (rounded[cells] == 0) & ~thin[cells]]
            moved = np.concatenate([free[np.lexsort((places[free], -rest[free]))], empty[places[empty].argsort()]])
        else:
            free = cells[rounded[cells] > exact[cells]]
            likely = np.where(
                exact[free] == 0, base // 2, rest[free]
            )  # an invented cell is no more fragile than others
            moved = free[np.lexsort((places[free], likely))]
        result[moved[: abs(number)]] += base if number > 0 else -base
    return result


def margin_cells(leaves: Ints, shape: tuple[int, ...]) -> Ints:
    """For every leaf, the numbers of the margin cells it adds to: the total, one-way and two-way margins."""
    wide = [d for d, size in enumerate(shape) if size > 1]
    places = np.unravel_index(leaves, shape) if shape else ()
    columns, offset = [np.zeros(leaves.size, dtype=np.int64)], 1
    for family in [*combinations(wide, 1), *combinations(wide, 2)]:
        sizes = tuple(shape[d] for d in family)
        columns.append(offset + np.ravel_multi_index(tuple(places[d] for d in family), sizes))
        offset += int(np.prod(sizes))
    return np.stack(columns, axis=1).astype(np.int64)


def _search(error: Ints, up: Bools, movable: Bools, cells: Ints, order: Ints, base: int) -> Bools:
    """Flips that lower the weighted squares, cell after cell, until a whole round finds none.

    Plain lists, not numpy: a cell touches a dozen margins, and each flip must see the one before it. Flips chosen all
    at once would all pull the total the same way.
    """
    width = cells.shape[1]
    start = np.zeros(int(cells.max(initial=0)) + 1, dtype=np.int64)
    for column in cells.T:
        np.add.at(start, column, error)
    margins = start.tolist()
    cost = base * base * (MARGIN_WEIGHT * width + CELL_WEIGHT)
    turn = order[movable[order]]
    touched, own, is_up = cells[turn].tolist(), error[turn].tolist(), up[turn].tolist()
    flipped = True
    while flipped:
        flipped = False
        for i, mine in enumerate(touched):
            pull = MARGIN_WEIGHT * sum([margins[cell] for cell in mine]) + CELL_WEIGHT * own[i]
            step = -base if is_up[i] else base
            # (error + step)^2 < error^2, summed with their weights over the cell and its margins
            if 2 * pull * step + cost < 0:
                for cell in mine:
                    margins[cell] += step
                own[i] += step
                is_up[i] = not is_up[i]
                flipped = True
    result = up.copy()
    result[turn] = is_up
    return result
