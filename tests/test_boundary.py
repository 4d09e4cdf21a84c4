"""Between edge and hub: what is torn, changed, forged or sent twice does no harm, and a lost key is a stop."""

import errno
import os
import zipfile

import msgspec
import pytest
from msgspec import structs

from hub.cli.ingest import drain
from hub.edge.seal import Sealer
from hub.errors import Retry, Stop
from hub.events.columns import Column, Packed, Table
from hub.events.wire import Closing, Delivery, Header
from hub.transport import files
from tests.pipe import Pipe, open_pipe, row, write_mapping, write_table

HELD = "vs.contact.held.v1"
ROWS = [row(n) for n in range(60)]


def test_a_delivery_applied_twice_answers_the_receipt_it_had(pipe: Pipe) -> None:
    pipe.take(ROWS)
    inbox = pipe.hub.settings.deliveries_dir / "inbox"
    sent = last_delivery(pipe)
    copy = sent.read_bytes()
    first = drain(pipe.hub, lambda _line: None)
    sent.write_bytes(copy)
    position = pipe.hub.store.position()
    assert drain(pipe.hub, lambda _line: None) == first
    assert pipe.hub.store.position() == position
    assert not list(inbox.iterdir())


@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_torn_or_changed_delivery_is_refused_and_leaves_nothing_in_the_log(pipe: Pipe, at: float) -> None:
    sent = last_delivery(pipe)
    good = sent.read_bytes()
    place = int(len(good) * at)
    for bad in (good[:place], good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]):
        sent.write_bytes(bad)
        before = pipe.hub.store.position()
        if drain(pipe.hub, lambda _line: None):
            # A bit in the archive's own bookkeeping that changes nothing of what is said.
            assert bad != good[:place]
        else:
            assert pipe.hub.store.position() == before
            assert list((pipe.hub.settings.deliveries_dir / "rejected").iterdir())


def last_delivery(pipe: Pipe):
    """A delivery that was sent and not yet received."""
    from hub.adapters import find
    from hub.edge.deliver import Sender, deliver

    hub, adapter = pipe.hub, find(str(write_mapping(pipe.folder)))
    path = write_table(pipe.folder / "waiting.csv", [row(n) for n in range(200, 230)])
    with path.open("rb") as source:
        sender = Sender("pt-test", "PT")
        tokens, readers = hub.tokens(*sender), hub.readers(sender.partner)
        made = deliver(adapter, source, sender, tokens=tokens, readers=readers, complete=False)
        return files.send(made, hub.settings.deliveries_dir / "inbox")


@pytest.mark.parametrize(
    "changed",
    [
        {"partner": "nl-other"},
        {"partner": 'pt-a","x":"y'},
        {"country": "Portugal"},
        {"dataset": 'x"}'},
        {"delivery": "../../etc"},
    ],
)
def test_a_header_that_is_not_one_is_refused(changed: dict) -> None:
    assert Header(**HEADER)
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own
        Header(**{**HEADER, **changed})


@pytest.mark.parametrize("changed", [{"covers": ("2025Q9",)}, {"rows": -1}, {"refused": 1}])
def test_a_closing_that_is_not_one_is_refused(changed: dict) -> None:
    good = {"rows": 1, "refused": 0, "chunks": 1, "complete": False, "covers": ("2025Q1", "*"), "refusals": []}
    assert Closing(**good, digest="")
    with pytest.raises(ValueError):  # noqa: PT011
        Closing(**{**good, **changed}, digest="")


HEADER = {
    "delivery": "0" * 32, "partner": "pt-test", "country": "PT", "dataset": "d", "version": "1", "complete": False,
}  # fmt: skip
DAY = b'"2025-01-01"'
BAD: dict[str, tuple[str, str, dict[str, bytes]]] = {
    "a field that no schema has": (HELD, "", {"occurred_on": DAY, "name": b'"CANARY"'}),
    "a part that says something": (HELD, "CANARY went home", {"occurred_on": DAY}),
    "a version from the future": ("vs.contact.held.v9", "", {"occurred_on": DAY}),
    "no JSON": (HELD, "", {"occurred_on": b"not json"}),
    "a field hidden in another": (HELD, "", {"occurred_on": DAY, "sex": b'"CANARY","sex":"F"'}),
    "a day as a number": (HELD, "", {"occurred_on": b"1735776000"}),
    "room for more": (HELD, "", {"occurred_on": DAY + b"   "}),
    "a day of another period": (HELD, "", {"occurred_on": b'"2020-01-01"'}),
    "what only the hub states": (
        "vs.release.published.v1",
        "",
        {"release": b'"r"', "period": b'"2025"', "position": b"1", "digest": b'"' + b"0" * 64 + b'"'},
    ),
    "a plan that is about a person": (
        "vs.plan.pillarset.v1",
        "",
        {
            "plan": b'"P"', "basis": b'"ILLUSTRATIVE"', "pillar": b'"1"', "title": b'"CANARY"',
            "istanbul_pillar": b'"PROTECT"',
        },
    ),
}  # fmt: skip


def forged(pipe: Pipe, header: Header, fact: tuple[str, str, dict[str, bytes]], token: bytes) -> Delivery:
    """A delivery of one row, made by whoever has the public keys and cares for no rule."""
    topic, part, fields = fact
    readers = pipe.hub.readers("pt-test")
    parts = Column([part.encode()] if part else [], b"\1\0" if part else b"\0\0")
    table = Table(topic, b"\0\0", parts, {name: Column([raw], b"\1\0") for name, raw in fields.items()})
    packed = msgspec.msgpack.encode(Packed(1, Column([b"2025Q1"], b"\1\0"), [table]))
    sealer = Sealer(header, readers)
    chunk = sealer.chunk(token, packed)
    end = sealer.end(rows=1, complete=False, covers=("2025Q1",), refusals=[], refused=[])
    return Delivery(header, iter([chunk, end]))


@pytest.mark.parametrize("fact", BAD)
def test_an_edge_that_sends_what_no_schema_has_is_refused_and_nothing_is_kept(pipe: Pipe, fact: str) -> None:
    files.send(forged(pipe, Header(**HEADER), BAD[fact], b"t" * 64), inbox(pipe))
    told: list[str] = []
    assert drain(pipe.hub, told.append) == []
    assert told
    assert "CANARY" not in str(told)
    assert pipe.hub.store.position() == 0
    assert list(inbox(pipe).iterdir()) == []


def test_the_same_forgery_with_a_good_fact_gets_through_until_partners_sign(pipe: Pipe) -> None:
    files.send(forged(pipe, Header(**HEADER), (HELD, "", {"occurred_on": DAY}), b"t" * 64), inbox(pipe))
    assert [proven.receipt.accepted for proven in drain(pipe.hub, print)] == [1]


def test_a_known_delivery_with_other_content_is_refused(pipe: Pipe) -> None:
    for token, received in ((b"t" * 64, 1), (b"u" * 64, 0)):
        files.send(forged(pipe, Header(**HEADER), (HELD, "", {"occurred_on": DAY}), token), inbox(pipe))
        assert len(drain(pipe.hub, print)) == received
    assert pipe.hub.store.position() == 2, "the contact, and its period closed"


def inbox(pipe: Pipe):
    """Where deliveries wait."""
    return pipe.hub.settings.deliveries_dir / "inbox"


def test_a_header_changed_on_the_way_opens_nothing(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(200, 220)])
    sent = last_delivery(pipe)
    with files.opened(sent) as delivery:
        header = Header(**{**structs.asdict(delivery.header), "complete": True})
        files.send(Delivery(header, iter(list(delivery.parts))), inbox(pipe))
    before = pipe.hub.store.position()
    assert drain(pipe.hub, lambda _line: None) == []
    assert pipe.hub.store.position() == before


@pytest.mark.parametrize("name", ["vault/PT/k2", "vault/PT/wrapping", "vault/records", "vault/tokens", "hub/rows",
                                  "edge/pt-test/tokens"])  # fmt: skip
def test_a_lost_key_stops_the_hub_and_is_never_made_anew(tmp_path, name: str) -> None:
    with open_pipe(tmp_path) as pipe:
        pipe.take([row(1)])
        (pipe.hub.settings.keys_dir / name).unlink()
    with open_pipe(tmp_path) as pipe, pytest.raises(Stop, match="missing"):
        pipe.take([row(1), row(2)])  # the same rows again would need no key: they say nothing


def test_a_disk_that_fails_is_no_torn_delivery(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    path = pipe.drop([row(1)])

    def failing(*_: object) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(zipfile.ZipFile, "read", failing)
        with pytest.raises(Retry, match="could not be read"):
            pipe.receive()
    assert path.exists()
    (receipt,) = pipe.receive()
    assert receipt.receipt.accepted == 1


def test_an_archive_that_says_it_is_encrypted_is_torn(pipe: Pipe) -> None:
    path = pipe.drop([row(1)])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    assert pipe.receive() == []
    assert [each.name for each in (inbox(pipe).parent / "rejected").iterdir()] == [path.name]


def test_what_is_no_delivery_in_the_inbox_is_put_aside_and_stops_nobody(pipe: Pipe) -> None:
    inbox(pipe).mkdir(parents=True)
    (inbox(pipe) / "torn.delivery").write_bytes(b"PK\x03\x04 and no more")
    (inbox(pipe) / "folder.delivery").mkdir()
    assert pipe.take([row(1)])["accepted"] == 1
    assert list(inbox(pipe).iterdir()) == []
