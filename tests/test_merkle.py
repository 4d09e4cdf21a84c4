"""The tree is RFC 9162's: its published vectors, its definition, and every proof of small trees, right and wrong."""

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.database import open_database
from hub.errors import Stop
from hub.log import merkle, tiles
from hub.log.merkle import (
    EMPTY,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from hub.log.store import LogStore
from tests.postgres import ENGINES, database_url

# Certificate Transparency's own vectors for RFC 6962, whose tree is that of RFC 9162.
ENTRIES = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (2, 8): INCLUSION[0, 8][1:],
    (2, 5): INCLUSION[1, 5][1:],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (6, 7): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
}
SIZES = range(65)
LEAVES = [leaf_hash(bytes([at])) for at in range(64)]


def tree(leaves: Sequence[bytes]) -> merkle.Node:
    """A tree in memory."""

    @cache
    def node(level: int, index: int) -> bytes:
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1)) if level else leaves[index]

    return node


def definition(leaves: Sequence[bytes]) -> bytes:
    """MTH, as RFC 9162 2.1.1 writes it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    left = max(1 << n for n in range(len(leaves).bit_length()) if 1 << n < len(leaves))
    return node_hash(definition(leaves[:left]), definition(leaves[left:]))


VECTORS = tree([leaf_hash(entry) for entry in ENTRIES])
NODE = tree(LEAVES)
HEADS = [root(size, NODE) for size in SIZES]


def changed(path: list[bytes]) -> list[list[bytes]]:
    """The same path with a bit of each hash changed in its turn; shorter by one; longer by one."""
    flipped = [[*path[:at], _flip(each, at), *path[at + 1 :]] for at, each in enumerate(path)]
    return [*flipped, *([path[:-1]] if path else []), [*path, LEAVES[0]]]


def _flip(hashed: bytes, at: int) -> bytes:
    return hashed[:at] + bytes([hashed[at] ^ 0x80]) + hashed[at + 1 :]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_published_vectors(size: int):
    assert root(size, VECTORS).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_an_inclusion_proof_is_that_of_the_published_vectors(index: int, size: int):
    path = inclusion_proof(index, size, VECTORS)
    assert [each.hex() for each in path] == INCLUSION[index, size]
    assert verify_inclusion(leaf_hash(ENTRIES[index]), index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("before", "after"), CONSISTENCY)
def test_a_consistency_proof_is_that_of_the_published_vectors(before: int, after: int):
    path = consistency_proof(before, after, VECTORS)
    assert [each.hex() for each in path] == CONSISTENCY[before, after]
    assert verify_consistency(before, after, bytes.fromhex(ROOTS[before]), bytes.fromhex(ROOTS[after]), path)


@given(st.lists(st.binary(max_size=8), max_size=700))
@settings(max_examples=60, deadline=None)
def test_a_root_is_what_the_standard_defines(entries: list[bytes]):
    leaves = [leaf_hash(entry) for entry in entries]
    assert root(len(leaves), tree(leaves)) == definition(leaves)


@pytest.mark.parametrize("size", range(1, 65))
def test_every_leaf_is_proven_and_in_no_other_place(size: int):
    for index in range(size):
        path = inclusion_proof(index, size, NODE)
        assert verify_inclusion(LEAVES[index], index, size, path, HEADS[size])
        elsewhere = [at for at in range(-1, size + 2) if at != index]
        assert not any(verify_inclusion(LEAVES[index], at, size, path, HEADS[size]) for at in elsewhere)
        others = [other for other in SIZES if other != size]
        assert not any(verify_inclusion(LEAVES[index], index, other, path, HEADS[other]) for other in others)
        assert not any(verify_inclusion(LEAVES[index], index, size, each, HEADS[size]) for each in changed(path))
        assert not verify_inclusion(_flip(LEAVES[index], 31), index, size, path, HEADS[size])
        assert not verify_inclusion(LEAVES[index], index, size, path, _flip(HEADS[size], 0))


@pytest.mark.parametrize("after", SIZES)
def test_every_beginning_is_proven_and_no_other_one(after: int):
    for before in range(after + 1):
        path = consistency_proof(before, after, NODE)
        assert verify_consistency(before, after, HEADS[before], HEADS[after], path)
        # With an empty path only the empty tree and the tree itself are beginnings.
        others = [other for other in SIZES if other != before and (path or other not in (0, after))]
        assert not any(verify_consistency(other, after, HEADS[other], HEADS[after], path) for other in others)
        assert not any(verify_consistency(before, after, HEADS[before], HEADS[after], each) for each in changed(path))
        assert not verify_consistency(before, after, _flip(HEADS[before], 7), HEADS[after], path)
        if before:
            assert not verify_consistency(before, after, HEADS[before], _flip(HEADS[after], 7), path)
            forked = [each for each in SIZES if each > before and each != after]
            assert not any(verify_consistency(before, each, HEADS[before], HEADS[each], path) for each in forked)


def test_what_is_no_tree_has_no_proof():
    for index, size in ((0, 0), (3, 3), (-1, 3)):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion_proof(index, size, NODE)
    for before, after in ((4, 3), (-1, 3)):
        with pytest.raises(ValueError, match="beginning"):
            consistency_proof(before, after, NODE)
    assert not verify_consistency(-1, 3, HEADS[3], HEADS[3], [])
    assert not verify_consistency(4, 3, HEADS[4], HEADS[3], [LEAVES[0]])


# The tree in tiles.

MANY = [leaf_hash(at.to_bytes(4, "big")) for at in range(70_000)]


def grown(store: LogStore, leaves: Sequence[bytes], pieces: Sequence[int]) -> None:
    """Append leaves in pieces, each in a transaction of its own."""
    start = 0
    for piece in pieces:
        with store.writing() as connection:
            frontier = tiles.load(connection, start)
            frontier.add(leaves[start : start + piece])
            frontier.save(connection)
            start = frontier.size


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path):
    with closing(LogStore(open_database(database_url(request.param, tmp_path), "log"))) as opened:
        yield opened


@given(st.lists(st.integers(0, 1_500), max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_tree_grown_in_pieces_is_the_same_tree(pieces: list[int]):
    frontier, kept, size = tiles.Frontier(), {}, 0
    for piece in pieces:
        frontier.add(MANY[size : size + piece])
        size += piece
        kept.update({(row, tile): hashes for row, tile, hashes in frontier.take()})
        assert frontier.size == size
    assert frontier.root() == definition(MANY[:size])
    node = tiles.nodes(lambda row, tile: kept.get((row, tile), b""))
    assert root(size, node) == definition(MANY[:size])
    for index in range(0, size, max(1, size // 7)):
        assert verify_inclusion(MANY[index], index, size, inclusion_proof(index, size, node), frontier.root())


def test_a_stored_tree_goes_on_where_it_ended(store: LogStore):
    pieces = [1, 254, 1, 256, 0, 3, 65_021, 1, 300]
    grown(store, MANY, pieces)
    size = sum(pieces)
    head = definition(MANY[:size])
    with store.reading() as connection:
        assert tiles.load(connection, size).root() == head
        node = tiles.node_reader(connection)
        for index in (0, 255, 256, 65_535, 65_536, size - 1):
            assert node(0, index) == MANY[index]
            assert verify_inclusion(MANY[index], index, size, inclusion_proof(index, size, node), head)
        for before in (1, 255, 256, 257, 65_536, 65_537, size):
            path = consistency_proof(before, size, node)
            assert verify_consistency(before, size, definition(MANY[:before]), head, path)
        rows = connection.execute(sa.select(tiles.tiles.c.level, tiles.tiles.c.tile)).all()
    assert len(rows) == len(set(rows)) == 258 + 2 + 1


def test_every_tile_has_its_own_place():
    frontier, places = tiles.Frontier(), []
    for leaves in (MANY, MANY):
        frontier.add(leaves)
        places += [(row, tile) for row, tile, hashes in frontier.take() if len(hashes) == 256 * 32]
    assert sorted(places) == [(0, tile) for tile in range(140_000 // 256)] + [(1, 0), (1, 1)]


def test_appending_writes_only_the_edge():
    frontier = tiles.Frontier()
    frontier.add(MANY)
    frontier.take()
    frontier.add(MANY[:1])
    assert [(row, tile) for row, tile, _ in frontier.take()] == [(0, 273), (1, 1), (2, 0)]
    frontier.add(MANY[:512])
    assert len(frontier.take()) == 2 + 3


def test_a_tree_that_does_not_fit_its_log_is_not_grown(store: LogStore):
    grown(store, MANY, [700])
    with store.reading() as connection:
        assert tiles.load(connection, 700).size == 700
        for other in (699, 701, 1_000, 70_000):
            with pytest.raises(Stop, match="does not fit"):
                tiles.load(connection, other)


def test_a_missing_tile_is_told_by_its_place(store: LogStore):
    grown(store, MANY, [700])
    with store.writing() as connection:
        connection.execute(sa.delete(tiles.tiles).where(tiles.tiles.c.level == 0, tiles.tiles.c.tile == 1))
    with store.reading() as connection, pytest.raises(Stop, match="row 0, tile 1"):
        inclusion_proof(300, 700, tiles.node_reader(connection))


def test_a_leaf_is_the_event_as_it_is_stored():
    event = (f"{7:032x}", 3, "vs.contact.held.v1", b"\x00|\xff")
    assert tiles.leaf_hashes([event]) == [leaf_hash(f"{7:032x}|3|vs.contact.held.v1|".encode() + b"\x00|\xff")]
