"""The log goes on only where it ended: checkpoints in its database, in a file beside it, and at co-signing partners."""

import fcntl
import json
import os
import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Thread

import msgspec
import pytest

from hub.database import open_database
from hub.errors import HubError, Reject, Stop
from hub.events.wire import Receipt, pack
from hub.log import checkpoint, merkle, tiles
from hub.log.anchor import anchored, write_anchor
from hub.log.notes import (
    COSIGNED,
    SIGNED,
    Checkpoint,
    read_checkpoint,
    sign,
    signer,
    write_checkpoint,
)
from hub.log.receipts import check_receipt
from hub.log.store import LogStore
from hub.log.witness import NOTHING, Growth, read_growth, witness, write_growth
from tests.attacks.tampering import SIGNER, append
from tests.postgres import ENGINES, database_url

KEY = SIGNER.verifier
OTHER = signer(b"\x03" * 32, SIGNER.name, SIGNED)
PARTNER = signer(b"\x04" * 32, "pt-test", COSIGNED)
ROOT = bytes(range(32))
RECEIPT = Receipt("d" * 32, "pt-test", "contacts", "ab" * 32, 0, 0, 0, 0, 0, 0)
NOTE = sign(write_checkpoint(Checkpoint(SIGNER.name, 7, ROOT, ("after 3",))), SIGNER)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path):
    with closing(LogStore(open_database(database_url(request.param, tmp_path), "log"))) as opened:
        yield opened


def test_a_receipt_of_the_empty_log_proves_that_it_was_empty(store: LogStore):
    with store.writing() as connection:
        frontier = tiles.load(connection, 0)
        made = checkpoint.prove(connection, RECEIPT, frontier, SIGNER)
    facts = check_receipt(pack(made), KEY)
    assert (facts.checkpoint.size, facts.checkpoint.root, facts.leaf) == (0, merkle.EMPTY, b"")
    document = msgspec.to_builtins(made)
    document["proof"]["leaf"] = "00" * 32
    with pytest.raises(Stop):
        check_receipt(json.dumps(document).encode(), KEY)


def test_a_checkpoint_is_kept_once_a_size_and_names_the_one_before(store: LogStore):
    notes = []
    with store.writing() as connection:
        for size in (3, 3, 7):
            notes.append(checkpoint.keep(connection, size, ROOT, SIGNER))
            assert checkpoint.latest(connection) == notes[-1]
        with pytest.raises(Stop, match="shorter"):
            checkpoint.keep(connection, 6, ROOT, SIGNER)
    assert notes[0] == notes[1]
    assert [read_checkpoint(note, KEY).more for note in notes] == [("after 0",), ("after 0",), ("after 3",)]


def test_the_log_goes_on_only_where_it_ended(store: LogStore, tmp_path: Path):
    anchor = tmp_path / "checkpoint"
    rng = random.Random(1)

    def end() -> None:
        with store.reading() as connection:
            checkpoint.check_end(connection, tiles.load(connection, store.end(connection)), KEY, anchor)

    end()
    early = append(store, rng, 1, events=300)
    write_anchor(anchor, early)
    end()
    late = append(store, rng, 2, events=40)
    end()
    write_anchor(anchor, late)
    end()
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE checkpoints SET note = 'x' WHERE size = 340")
    with pytest.raises(HubError):
        end()
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoints WHERE size = 340")
    with pytest.raises(Stop, match="does not end where"):
        end()
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoints")
    with pytest.raises(Stop, match="no checkpoint"):
        end()


def test_a_log_that_was_put_back_takes_nothing_in(tmp_path: Path):
    anchor = tmp_path / "checkpoint"
    notes = []
    for name, deliveries in (("older", 1), ("newer", 2)):  # the older one is a copy of before the second delivery
        rng = random.Random(1)
        with closing(LogStore(open_database(f"sqlite:///{tmp_path}/{name}.sqlite", "log"))) as store:
            notes += [append(store, rng, number, events=40) for number in range(1, deliveries + 1)]
    assert notes[0] == notes[1]
    write_anchor(anchor, notes[2])
    with closing(LogStore(open_database(f"sqlite:///{tmp_path}/older.sqlite", "log"))) as store:
        with store.reading() as connection, pytest.raises(Stop, match="older copy"):
            checkpoint.check_end(connection, tiles.load(connection, 40), KEY, anchor)
        append(store, random.Random(9), 2, events=40)  # and goes on, without looking: another history
        append(store, random.Random(9), 3, events=40)
        with store.reading() as connection, pytest.raises(Stop, match="not the one"):
            checkpoint.check_end(connection, tiles.load(connection, 120), KEY, anchor)


# Kept elsewhere.


def test_an_anchor_never_goes_back(tmp_path: Path):
    path = tmp_path / "checkpoint"
    notes = [sign(write_checkpoint(Checkpoint(SIGNER.name, size, ROOT)), SIGNER) for size in range(40)]
    assert anchored(path) is None
    order = random.Random(2).sample(notes, len(notes))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda note: write_anchor(path, note), order))
    assert anchored(path) == notes[-1]
    write_anchor(path, notes[3])
    assert anchored(path) == notes[-1]
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint"], "no draft is left"


def test_an_anchor_waits_for_the_one_that_is_being_written(tmp_path: Path):
    path, folder = tmp_path / "checkpoint", os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    writer = Thread(target=write_anchor, args=(path, NOTE))
    writer.start()
    writer.join(0.3)
    assert writer.is_alive()
    assert not path.exists()
    os.close(folder)
    writer.join(10)
    assert anchored(path) == NOTE


def history(sizes: list[int], seed: int = 1) -> tuple[dict[int, str], merkle.Node]:
    """Checkpoints of a log at some sizes, and its tree."""
    leaves = [merkle.leaf_hash(random.Random(seed * 1_000 + at).randbytes(8)) for at in range(max(sizes))]
    frontier = tiles.Frontier()
    frontier.add(leaves)
    kept = {(row, tile): hashes for row, tile, hashes in frontier.take()}
    node = tiles.nodes(lambda row, tile: kept.get((row, tile), b""))
    notes = {
        size: sign(write_checkpoint(Checkpoint(SIGNER.name, size, merkle.root(size, node))), SIGNER) for size in sizes
    }
    return notes, node


def test_a_partner_co_signs_what_has_only_grown():
    notes, node = history([5, 9, 300])
    first = witness(read_growth(notes[5]), NOTHING, KEY, PARTNER, 1)
    seen = read_checkpoint(first, PARTNER.verifier)
    text = write_growth(5, merkle.consistency_proof(5, 300, node), notes[300])
    assert text.startswith("old 5\n")
    second = witness(read_growth(text), seen, KEY, PARTNER, 2)
    assert read_checkpoint(second, PARTNER.verifier) == read_checkpoint(notes[300], KEY)
    again = read_checkpoint(second, KEY)
    assert witness(read_growth(notes[300]), again, KEY, PARTNER, 3).count("\n— ") == 2, (
        "the same one again is no change"
    )


@pytest.mark.parametrize("before", [1, 4, 256, 299])
def test_a_partner_does_not_co_sign_another_history(before: int):
    honest, node = history([before, 300])
    forged, other = history([before, 300], seed=2)
    seen = read_checkpoint(honest[before], KEY)
    path = merkle.consistency_proof(before, 300, node)
    assert witness(Growth(before, path, honest[300]), seen, KEY, PARTNER, 1)
    for proof in (path, merkle.consistency_proof(before, 300, other), []):
        with pytest.raises(Stop, match="changed"):
            witness(Growth(before, proof, forged[300]), seen, KEY, PARTNER, 1)
    with pytest.raises(Stop, match="changed"):
        witness(Growth(before, [], forged[before]), seen, KEY, PARTNER, 1)


def test_a_partner_does_not_co_sign_a_log_that_was_put_back():
    notes, node = history([5, 9])
    seen = read_checkpoint(notes[9], KEY)
    with pytest.raises(Stop, match="cut short"):
        witness(Growth(0, [], notes[5]), seen, KEY, PARTNER, 1)
    with pytest.raises(Reject, match="proof begins at"):
        witness(Growth(0, [], notes[9]), read_checkpoint(notes[5], KEY), KEY, PARTNER, 1)
    with pytest.raises(Stop):
        witness(read_growth(sign(write_checkpoint(Checkpoint(SIGNER.name, 9, ROOT)), OTHER)), NOTHING, KEY, PARTNER, 1)
    assert merkle.root(9, node) == seen.root


@pytest.mark.parametrize("text", ["old x\n\n", "old 5\nAAAA\n\n", "old 5", f"old 5\n{NOTE[:9]}"])
def test_a_growth_that_is_none_is_refused(text: str):
    with pytest.raises(Reject):
        read_growth(text)
