"""RFC 9162 Merkle trees: roots, and proofs that a leaf is in a tree, or that one tree is the beginning of another.

Nothing is stored here. `node(level, index)` is the hash of a perfect subtree: 2**level leaves from index * 2**level on.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
EMPTY = sha256().digest()
"""The root of a tree without leaves (RFC 9162, 2.1.1)."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """The head of the tree of the first `size` leaves."""
    return _span(0, size, node) if size else EMPTY


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of a leaf in the tree of `size` leaves, from the leaf up (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_span(middle, end, node))
            end = middle
        else:
            path.append(_span(start, middle, node))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether the leaf of this hash stands at `index` in the tree of this head (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, hashed = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = node_hash(sibling, hashed)
            at, last = _up_to_odd(at, last)
        else:
            hashed = node_hash(hashed, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == head


def consistency_proof(before: int, after: int, node: Node) -> list[bytes]:
    """That the first `before` leaves are the same in the tree of `after` leaves (RFC 9162, 2.1.4.1)."""
    if not 0 <= before <= after:
        raise ValueError("a tree is only ever the beginning of a larger one")
    start, end, path = 0, after, []
    while 0 < before < end:
        middle = start + _split(end - start)
        if before <= middle:
            path.append(_span(middle, end, node))
            end = middle
        else:
            path.append(_span(start, middle, node))
            start = middle
    if start:  # otherwise the old head itself is a node of the new tree, and the verifier has it
        path.append(_span(start, end, node))
    return path[::-1]


def verify_consistency(before: int, after: int, head_before: bytes, head_after: bytes, path: Sequence[bytes]) -> bool:
    """Whether the tree of `before` leaves is the beginning of that of `after` leaves (RFC 9162, 2.1.4.2)."""
    if before == 0 or before == after:
        known = head_before == (EMPTY if before == 0 else head_after)
        return known and 0 <= before <= after and not path and (after > 0 or head_after == EMPTY)
    if not 0 < before < after or not path:
        return False
    steps = list(path) if before & (before - 1) else [head_before, *path]
    at, last = _up_to_even(before - 1, after - 1)
    old = new = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            at, last = _up_to_odd(at, last)
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == head_before and new == head_after


def _split(leaves: int) -> int:
    """The largest power of two smaller than the number of leaves: how many stand on the left."""
    return 1 << (leaves - 1).bit_length() - 1


def _span(start: int, end: int, node: Node) -> bytes:
    """The hash of a subtree that begins at a multiple of its width: its perfect parts, joined from the right."""
    hashes = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(node(level, start >> level))
        start += 1 << level
    hashed = hashes.pop()
    while hashes:
        hashed = node_hash(hashes.pop(), hashed)
    return hashed


def _up_to_odd(at: int, last: int) -> tuple[int, int]:
    """At the right edge a subtree stands alone for some levels: climb to where it has a left sibling."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _up_to_even(at: int, last: int) -> tuple[int, int]:
    """The largest perfect subtree that ends with the old tree: where a consistency proof begins."""
    while at & 1:
        at, last = at >> 1, last >> 1
    return at, last
