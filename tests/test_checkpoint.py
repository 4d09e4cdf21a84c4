"""Checkpoints are C2SP's signed notes: what is signed is believed, what was changed is not, and receipts are bound."""

import fcntl
import json
import os
import random
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.database import open_database
from hub.errors import HubError, Reject, Stop
from hub.events.wire import ProvenReceipt, Receipt, pack
from hub.keyfiles import KEY_BYTES
from hub.log import checkpoint, merkle, tiles
from hub.log.anchor import anchored, write_anchor
from hub.log.notes import (
    COSIGNED,
    SIGNED,
    Checkpoint,
    cosign,
    log_signer,
    open_note,
    read_checkpoint,
    read_key,
    sign,
    signer,
    write_checkpoint,
)
from hub.log.receipts import canonical, check_receipt, receipt_checkpoint
from hub.log.store import LogStore
from hub.log.witness import NOTHING, Growth, read_growth, witness, write_growth
from tests.postgres import ENGINES, database_url
from tests.tampering import SIGNER, append

KEY = SIGNER.verifier
OTHER = signer(b"\x03" * 32, SIGNER.name, SIGNED)
PARTNER = signer(b"\x04" * 32, "pt-test", COSIGNED)
ROOT = bytes(range(32))
NOTE = sign(write_checkpoint(Checkpoint(SIGNER.name, 7, ROOT, ("after 3",))), SIGNER)

# The example in the documentation of golang.org/x/mod/sumdb/note, whose format signed-note is.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SECRET = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    GO_TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def receipt(position: int, accepted: int = 5) -> Receipt:
    return Receipt("d" * 32, "pt-test", "contacts", "ab" * 32, accepted + 3, accepted, 2, 1, 9, position)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path):
    with closing(LogStore(open_database(database_url(request.param, tmp_path), "log"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def proven() -> bytes:
    """A receipt of a log of 300 events, made without a database."""
    leaves = [merkle.leaf_hash(bytes([at % 256, at // 256])) for at in range(300)]
    frontier = tiles.Frontier()
    frontier.add(leaves)
    kept = {(row, tile): hashes for row, tile, hashes in frontier.take()}
    node = tiles.nodes(lambda row, tile: kept.get((row, tile), b""))
    core = receipt(300)
    note = receipt_checkpoint(canonical(core), 300, frontier.root(), SIGNER)
    path = [each.hex() for each in merkle.inclusion_proof(299, 300, node)]
    return pack(ProvenReceipt(core, checkpoint.Proof(299, leaves[299].hex(), path, note)))


def test_a_note_is_that_of_the_published_example():
    author = signer(GO_SECRET, "PeterNeumann", SIGNED)
    assert str(author.verifier) == GO_KEY
    assert sign(GO_TEXT, author) == GO_NOTE
    assert open_note(GO_NOTE, read_key(GO_KEY)) == GO_TEXT


def test_a_checkpoint_comes_back_as_it_was_signed():
    assert read_checkpoint(NOTE, KEY) == Checkpoint(SIGNER.name, 7, ROOT, ("after 3",))
    assert NOTE.split("\n")[:5] == [SIGNER.name, "7", b64encode(ROOT).decode(), "after 3", ""]


@pytest.mark.parametrize("name", [KEY, PARTNER.verifier])
def test_a_public_key_comes_back_from_its_text(name):
    assert read_key(f"{name}\n") == name


def test_a_public_key_that_was_copied_wrongly_is_refused():
    text = str(KEY)
    for at in range(len(text)):
        with pytest.raises(Reject):
            read_key(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
    for wrong in ("", "name", "a b+00000000+AAAA", text[:-4], text + "AAAA"):
        with pytest.raises(Reject):
            read_key(wrong)


def test_a_changed_letter_of_a_note_is_seen():
    for at in range(len(NOTE)):
        for instead in ("x", "\n", ""):
            if NOTE[at] != instead:
                with pytest.raises(HubError):
                    read_checkpoint(NOTE[:at] + instead + NOTE[at + 1 :], KEY)


def test_a_signature_has_one_text():
    end = NOTE.rindex("=")
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/":
        if letter != NOTE[end - 1]:
            with pytest.raises(HubError):
                read_checkpoint(f"{NOTE[: end - 1]}{letter}{NOTE[end:]}", KEY)


def test_a_note_of_another_key_is_not_believed():
    for other in (OTHER, signer(b"\x01" * 32, "hub.example/other", SIGNED)):
        with pytest.raises(Stop):
            read_checkpoint(NOTE, other.verifier)
    with pytest.raises(Stop, match="another log"):
        read_checkpoint(sign(write_checkpoint(Checkpoint("elsewhere", 7, ROOT)), SIGNER), KEY)


@pytest.mark.parametrize(
    "text",
    [
        f"{SIGNER.name}\n7\n",
        f"{SIGNER.name}\n07\n{b64encode(ROOT).decode()}\n",
        f"{SIGNER.name}\n-7\n{b64encode(ROOT).decode()}\n",
        f"{SIGNER.name}\n7\n{b64encode(ROOT[:31]).decode()}\n",
        f"{SIGNER.name}\n7\n{b64encode(ROOT).decode()}\n\nmore\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str):
    with pytest.raises(Reject):
        read_checkpoint(sign(text, SIGNER), KEY)


@given(st.text(max_size=200) | st.just(NOTE).flatmap(lambda note: st.text(max_size=9).map(lambda more: note + more)))
@settings(max_examples=200)
def test_any_text_is_a_note_or_refused(text: str):
    try:
        assert open_note(text, KEY) == open_note(NOTE, KEY)
    except HubError:
        assert text != NOTE


def test_a_co_signature_stands_beside_the_log_s_own():
    note = cosign(NOTE, PARTNER, 1_700_000_000)
    assert read_checkpoint(note, KEY) == read_checkpoint(note, PARTNER.verifier) == read_checkpoint(NOTE, KEY)
    # What tlog-cosignature defines: a time, and a signature of the text under it.
    packed = b64decode(note.splitlines()[-1].split(" ")[2])
    text = NOTE.rpartition("\n\n")[0] + "\n"
    PARTNER.key.public_key().verify(packed[12:], f"cosignature/v1\ntime 1700000000\n{text}".encode())
    assert packed[4:12] == (1_700_000_000).to_bytes(8, "big")
    assert packed[:4] == PARTNER.verifier.key_id


def test_a_second_co_signature_of_the_same_key_takes_the_place_of_the_first():
    twice = cosign(cosign(cosign(NOTE, PARTNER, 1), signer(b"\x05" * 32, "nl-test", COSIGNED), 2), PARTNER, 3)
    assert twice.count("— pt-test ") == twice.count("— nl-test ") == 1
    assert read_checkpoint(twice, PARTNER.verifier).size == 7


def test_a_co_signature_with_another_time_is_not_one():
    lines = cosign(NOTE, PARTNER, 5).splitlines()
    packed = bytearray(b64decode(lines[-1].split(" ")[2]))
    packed[11] ^= 1
    lines[-1] = f"— pt-test {b64encode(bytes(packed)).decode()}"
    with pytest.raises(Stop):
        read_checkpoint("\n".join([*lines, ""]), PARTNER.verifier)


def test_keys_print_nothing_of_themselves():
    for each in (SIGNER, PARTNER):
        assert (b"\x01" * 32).hex() not in repr(each)
        assert "Private" not in repr(each)
    assert isinstance(SIGNER.key, Ed25519PrivateKey)


def test_the_log_s_key_is_the_one_of_its_name():
    asked = []
    made = log_signer(lambda name: asked.append(name) or bytes(KEY_BYTES))
    assert asked == ["log/checkpoints"]
    assert made.verifier == signer(bytes(KEY_BYTES), "victim-support-hub/log", SIGNED).verifier
    with pytest.raises(Reject):
        signer(bytes(KEY_BYTES), "two words", SIGNED)


# Receipts.


def test_a_receipt_proves_itself_offline(proven: bytes):
    facts = check_receipt(proven, KEY)
    assert facts.receipt["accepted"] == 5
    assert (facts.checkpoint.size, facts.place) == (300, 299)


def test_a_receipt_may_be_written_otherwise_and_says_the_same(proven: bytes):
    pretty = json.dumps(json.loads(proven), indent=2, sort_keys=True).encode()
    assert check_receipt(pretty, KEY) == check_receipt(proven, KEY)


def test_a_changed_byte_of_a_receipt_never_says_anything_else(proven: bytes):
    facts = check_receipt(proven, KEY)
    rng = random.Random(4)
    for at in range(len(proven)):
        changed = proven[:at] + bytes([proven[at] ^ 1 << rng.randrange(8)]) + proven[at + 1 :]
        try:
            assert check_receipt(changed, KEY) == facts
        except HubError:
            continue


@pytest.mark.parametrize("name", ["received", "accepted", "unchanged", "quarantined", "events", "position"])
def test_no_count_of_a_receipt_can_be_changed(proven: bytes, name: str):
    document = json.loads(proven)
    document["receipt"][name] += 1
    with pytest.raises(Stop, match="changed"):
        check_receipt(json.dumps(document).encode(), KEY)


@pytest.mark.parametrize(
    ("name", "value"), [("index", 298), ("index", -1), ("index", 300), ("leaf", "00" * 32), ("leaf", ""), ("path", [])]
)
def test_no_part_of_a_proof_can_be_changed(proven: bytes, name: str, value: object):
    document = json.loads(proven)
    document["proof"][name] = value
    with pytest.raises(Stop, match="not in the log"):
        check_receipt(json.dumps(document).encode(), KEY)


def test_a_receipt_and_its_checkpoint_speak_of_one_position(proven: bytes):
    document = json.loads(proven)
    core = receipt(299)
    root = read_checkpoint(document["proof"]["checkpoint"], KEY).root
    document["receipt"] = msgspec.to_builtins(core)
    document["proof"]["checkpoint"] = receipt_checkpoint(canonical(core), 300, root, SIGNER)
    with pytest.raises(Stop, match="different positions"):
        check_receipt(json.dumps(document).encode(), KEY)


def test_a_receipt_with_a_plain_checkpoint_is_not_bound_to_it(proven: bytes):
    document = json.loads(proven)
    document["proof"]["checkpoint"] = NOTE
    with pytest.raises(Stop, match="not the one that was signed"):
        check_receipt(json.dumps(document).encode(), KEY)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"receipt": {}}', b"\xff"])
def test_what_is_no_receipt_is_refused(document: bytes):
    with pytest.raises(Reject):
        check_receipt(document, KEY)


# In the log's database.


def test_a_receipt_of_the_empty_log_proves_that_it_was_empty(store: LogStore):
    with store.writing() as connection:
        frontier = tiles.load(connection, 0)
        made = checkpoint.prove(connection, receipt(0), frontier, SIGNER)
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
