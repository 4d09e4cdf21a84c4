"""A partner asks for persons to be forgotten: what a request may name, what its receipt tells, and the command."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest

from hub.cli.installation import installation
from hub.edge.seal import Sealer
from hub.errors import Reject, Stop
from hub.events.wire import Delivery, Header
from hub.log import deliveries
from hub.log.receipts import check_receipt
from hub.log.receive import receive
from hub.settings import Settings
from hub.transport import files
from tests.forgetting import forget, readable, request
from tests.pipe import MAPPING, Pipe, row, write_mapping, write_table
from tests.typed import Call

ROWS = [row(n) for n in range(20)]
HERS = "C3"
"""Her case number."""


def test_a_request_tells_nobody_who_was_known(pipe: Pipe) -> None:
    pipe.take(ROWS)
    known, unknown = (
        (files.send(asked, pipe.folder / "sent"), receive(pipe.hub.receiver, asked2).receipt)
        for name in ("C3", "C99")
        for asked, asked2 in [(request(pipe, [name]), request(pipe, [name]))]
    )
    assert known[0].stat().st_size == unknown[0].stat().st_size
    told = [
        {**msgspec.to_builtins(receipt), "delivery": "", "digest": "", "position": 0} for _, receipt in (known, unknown)
    ]
    assert told[0] == told[1]
    assert unknown[1].position == known[1].position + 1


def test_a_person_without_a_valid_identifier_is_asked_for_by_record(pipe: Pipe) -> None:
    text = MAPPING.replace("{columns: [case]}", "{scheme: pt.nif, columns: [case]}")
    assert pipe.take(ROWS, write_mapping(pipe.folder, text))["unlinked"] == len(ROWS)
    before = readable(pipe.hub)
    assert len(before) == len(ROWS)
    forget(pipe, ["R6"], by_record=True)
    assert len(before.keys() - readable(pipe.hub).keys()) == 1


def test_many_at_once_are_meant_only_if_it_is_said(pipe: Pipe) -> None:
    pipe.take(ROWS)
    names = [f"C{n}" for n in range(60)]
    position = pipe.hub.store.position()
    with pytest.raises(Reject, match="names 60 persons to forget"):
        forget(pipe, names)
    assert (pipe.hub.store.position(), len(readable(pipe.hub))) == (position, 10)
    assert forget(pipe, names, confirmed=True).receipt.accepted == 60
    assert readable(pipe.hub) == {}


def test_a_request_that_names_more_than_it_says_is_many_too(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(150)])
    names = [f"C{n}" for n in range(75)]
    header = request(pipe, names).header
    tokens = b"".join(pipe.hub.tokens("pt-test", "PT").persons("local", names))
    sealer = Sealer(header, pipe.hub.readers("pt-test"))
    parts = [
        sealer.chunk(tokens, b""),
        sealer.end(rows=1, complete=False, covers=(), refusals=[], refused=[]),
    ]
    with pytest.raises(Reject, match="names 75 persons"):
        receive(pipe.hub.receiver, Delivery(header, iter(parts)))
    assert len(readable(pipe.hub)) == 75


def test_the_same_request_twice_answers_the_receipt_it_had(pipe: Pipe) -> None:
    pipe.take(ROWS)
    path = files.send(request(pipe, ["C3"]), pipe.hub.settings.deliveries_dir / "inbox")
    copy = path.read_bytes()
    (first,) = pipe.receive()
    path.write_bytes(copy)
    position = pipe.hub.store.position()
    assert pipe.receive() == [first]
    assert pipe.hub.store.position() == position


@pytest.mark.parametrize(
    "wrong",
    [{"dataset": "erasure"}, {"dataset": "xx", "erases": "OBJECTION"}, {"dataset": "erasure", "erases": "no reason"}],
)
def test_an_erasure_says_what_it_is(wrong: dict[str, str]) -> None:
    said = {"delivery": "0" * 32, "partner": "pt-test", "country": "PT", "version": "1", "complete": False}
    assert Header(**said, dataset="erasure", erases="OBJECTION")
    with pytest.raises(ValueError, match=r"erasure|literal_error"):
        Header(**said, **wrong)


def test_no_receipt_is_given_for_what_was_not_carried_out(pipe: Pipe) -> None:
    asked = request(pipe, ["C3"])
    with pytest.raises(Stop, match="has not arrived"):
        deliveries.known_receipt(pipe.hub.store, asked.header.delivery)


def test_the_command_takes_names_from_a_file_and_shows_none(hub_home: Path, tmp_path: Path, call: Call) -> None:
    table, mapping = write_table(tmp_path / "table.csv", ROWS), str(write_mapping(tmp_path))
    names = tmp_path / "names.txt"
    names.write_text(f"{HERS}\n\nC4\n", "utf-8")
    assert call("ingest", str(table), "--adapter", mapping)[0] == 0
    sent = tmp_path / "sent"
    said = ("forget", str(names), "--adapter", mapping, "--reason", "OBJECTION")
    code, out, err = call(*said, "--to", str(sent), "--json")
    assert code == 0
    asked = json.loads(out)
    assert asked["invalid"] == 0
    with installation(Settings(hub_home)) as hub:
        assert len(readable(hub)) == 10
    inbox = hub_home / "deliveries" / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.move(asked["file"], inbox)
    assert call("receive")[0] == 0
    with installation(Settings(hub_home)) as hub:
        assert len(readable(hub)) == 8
    code, out, more = call(*said, "--json")
    answer = json.loads(out)
    assert (code, answer["named"]) == (0, 2)
    assert check_receipt(Path(answer["certificate"]).read_bytes(), hub.signer.verifier)
    assert json.loads(call("status", "--json")[1])["erasures"] == 2
    assert HERS not in out + err + more


@pytest.mark.parametrize(
    ("names", "adapter", "reason", "code"),
    [
        ("names.txt", "pt_apav", "BECAUSE", 2),
        ("names.txt", "plan_file", "OBJECTION", 5),
        ("names.txt", "nowhere.yaml", "OBJECTION", 5),
        ("nowhere.txt", "pt_apav", "OBJECTION", 3),
        ("empty.txt", "pt_apav", "OBJECTION", 3),
        ("bytes.txt", "pt_apav", "OBJECTION", 3),
    ],
)
@pytest.mark.usefixtures("hub_home")
def test_what_cannot_be_asked_for_is_an_exit_code_and_one_line(
    tmp_path: Path, call: Call, names: str, adapter: str, reason: str, code: int
) -> None:
    for name, said in (("names.txt", b"C1\n"), ("empty.txt", b"\n"), ("bytes.txt", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(said)
    found, _, err = call("forget", str(tmp_path / names), "--adapter", adapter, "--reason", reason)
    assert found == code, err
    assert "Traceback" not in err
    assert code == 2 or len(err.strip().splitlines()) == 1
