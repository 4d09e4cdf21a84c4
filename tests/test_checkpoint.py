"""Checkpoints are C2SP's signed notes: what is signed is believed, what was changed is not, and receipts are bound."""

import json
import random
from base64 import b64decode, b64encode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import HubError, Reject, Stop
from hub.events.wire import ProvenReceipt, Receipt, pack
from hub.keyfiles import KEY_BYTES
from hub.log import checkpoint, merkle, tiles
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
from tests.attacks.tampering import SIGNER

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
