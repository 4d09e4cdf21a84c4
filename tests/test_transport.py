"""A delivery as a file: whole or not at all, streamed in and out, and nothing else is ever taken for one."""

import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.adapters.base import Rejected
from hub.errors import Reject, Retry
from hub.events.wire import Chunk, Delivery, End, Header, Proof, ProvenReceipt, Receipt
from hub.transport import files

HEADER = Header("0" * 32, "pt-test", "PT", "d", "1", True)
PARTS = (Chunk(b"t0", b"r0"), Chunk(b"t1", b"r1" * 90_000), End(b"closing", b""))


def sent(folder: Path) -> Path:
    return files.send(Delivery(HEADER, iter(PARTS)), folder)


def test_a_delivery_comes_out_as_it_went_in(tmp_path: Path) -> None:
    path = sent(tmp_path / "in")
    assert files.pending(tmp_path / "in") == {path: path.stat().st_size}
    with files.opened(path) as delivery:
        assert (delivery.header, tuple(delivery.parts)) == (HEADER, PARTS)
    assert [file.stat().st_mode & 0o077 for file in (path, path.parent)] == [0, 0]


@pytest.mark.parametrize("error", [Rejected("header", "line 1"), OSError("the partner's disk"), KeyboardInterrupt()])
def test_a_part_that_cannot_be_made_leaves_nothing_and_says_why(tmp_path: Path, error: BaseException) -> None:
    def parts() -> Iterator[Chunk]:
        yield PARTS[0]
        raise error

    with pytest.raises(type(error)) as caught:
        files.send(Delivery(HEADER, parts()), tmp_path)
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Retry):
        sent(tmp_path / "file")


def test_drafts_of_killed_sends_are_swept_away_after_a_day(tmp_path: Path) -> None:
    yesterday = time.time() - files.OLD - 60
    for name, when in (("old", yesterday), ("new", time.time())):
        (tmp_path / f"{name}.draft").touch()
        os.utime(tmp_path / f"{name}.draft", (when, when))
    sent(tmp_path)
    assert sorted(path.stem for path in tmp_path.glob("*.draft")) == ["new"]


@pytest.mark.parametrize(
    "harm", ["closing", "0.rows", "header.json", "refused.rows", "one more", "one twice", "smaller"]
)
def test_an_archive_with_other_parts_is_torn(tmp_path: Path, harm: str) -> None:
    path = sent(tmp_path)
    with zipfile.ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist() if name != harm]
    parts += {"one more": [("2.tokens", b""), ("more", b"")], "one twice": []}.get(harm, [])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if harm == "smaller" else zipfile.ZIP_STORED) as archive:
        for name, part in parts:
            archive.writestr(name, part)
        if harm == "one twice":
            with pytest.warns(UserWarning, match="Duplicate"):
                archive.writestr("closing", b"another")
    with pytest.raises(Reject, match="torn"), files.opened(path):
        pass


def test_a_changed_byte_of_a_later_part_is_seen_when_it_is_its_turn(tmp_path: Path) -> None:
    path = sent(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"r1r1", b"r1r2", 1))
    with files.opened(path) as delivery:
        assert next(delivery.parts) == PARTS[0]
        with pytest.raises(Reject, match="torn"):
            next(delivery.parts)


def test_what_goes_wrong_with_an_open_delivery_is_not_called_torn(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the log's disk"), files.opened(sent(tmp_path)):
        raise OSError("the log's disk")


def test_a_delivery_that_another_receiver_took_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), files.opened(tmp_path / "gone.delivery"):
        pass


def test_a_receipt_is_kept_whole(tmp_path: Path) -> None:
    receipt = ProvenReceipt(Receipt("0" * 32, "pt-test", "d", "", 1, 1, 0, 0, 1, 1), Proof(0, "", [], ""))
    path = files.keep_receipt(receipt, tmp_path / "receipts")
    assert [file.name for file in path.parent.iterdir()] == [f"{'0' * 32}.json"]
    assert b'"received":1' in path.read_bytes()
