"""Between edge and hub: what is torn, changed, forged or sent twice does no harm, and a lost key is a stop."""

import pytest
from msgspec import structs

from hub.cli.ingest import drain
from hub.edge.seal import Sealable, seal_chunks
from hub.errors import Stop
from hub.events.wire import Delivery, Header, StatedFact, binding
from hub.events.wire import Row as WireRow
from hub.transport import files
from tests.pipe import Pipe, open_pipe, row, write_mapping, write_table

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
        {"covers": ("2025Q9",)},
        {"rows": -1},
    ],
)
def test_a_header_that_is_not_one_is_refused(changed: dict) -> None:
    good = {"delivery": "0" * 32, "partner": "pt-test", "country": "PT", "dataset": "d", "version": "1"}
    good |= {"complete": False, "rows": 1, "refused": 0, "chunks": 1, "covers": ("2025Q1", "*")}
    assert Header(**good)
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's own
        Header(**{**good, **changed})


PUBLIC = b'{"plan":"P","basis":"ILLUSTRATIVE","pillar":"1","objective":"1","title":"CANARY"}'


def test_an_edge_that_sends_what_no_schema_has_is_refused_and_nothing_is_kept(pipe: Pipe) -> None:
    hub = pipe.hub
    readers = hub.readers("pt-test")
    bad = [
        StatedFact("vs.contact.held.v1", "", b'{"occurred_on":"2025-01-01","name":"CANARY"}'),
        StatedFact("vs.contact.held.v1", "CANARY went home", b'{"occurred_on":"2025-01-01"}'),
        StatedFact("vs.contact.held.v9", "", b'{"occurred_on":"2025-01-01"}'),
        StatedFact("vs.contact.held.v1", "", b"not json"),
        StatedFact("vs.contact.held.v1", "", b'{"occurred_on":"2025-01-01","sex":"CANARY","sex":"F"}'),
        StatedFact("vs.contact.held.v1", "", b'{"occurred_on":1735776000}'),
        StatedFact("vs.contact.held.v1", "", b'{"occurred_on":"2025-01-01"}   '),
        StatedFact("vs.contact.held.v1", "", b'{"occurred_on":"2020-01-01"}'),
        StatedFact(
            "vs.release.published.v1", "", b'{"release":"r","period":"2025","position":1,"digest":"' + b"0" * 64 + b'"}'
        ),
        StatedFact(
            "vs.plan.pillarset.v1",
            "",
            b'{"plan":"P","basis":"ILLUSTRATIVE","pillar":"1","title":"CANARY","istanbul_pillar":"PROTECT"}',
        ),
    ]
    for number, fact in enumerate(bad):
        name = f"{number:032x}"
        sealable = Sealable(bytes([number + 1]) * 64, WireRow("2025Q1", [fact]))
        header = Header(name, "pt-test", "PT", "d", "1", False, 1, 0, 1, ("2025Q1",))
        files.send(Delivery(header, seal_chunks([sealable], binding(header, []), readers), [], b""), inbox(pipe))
        told: list[str] = []
        assert drain(hub, told.append) == []
        assert told
        assert "CANARY" not in str(told)
    assert hub.store.position() == 0
    assert list(inbox(pipe).iterdir()) == []


def inbox(pipe: Pipe):
    """Where deliveries wait."""
    return pipe.hub.settings.deliveries_dir / "inbox"


def test_a_header_changed_on_the_way_opens_nothing(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(200, 220)])
    sent = last_delivery(pipe)
    with files.opened(sent) as delivery:
        changed = Delivery(
            Header(**{**structs.asdict(delivery.header), "complete": True}), iter(list(delivery.chunks)), [], b""
        )
        files.send(changed, inbox(pipe))
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
        pipe.take([row(1)])


def test_what_is_no_delivery_in_the_inbox_is_put_aside_and_stops_nobody(pipe: Pipe) -> None:
    inbox(pipe).mkdir(parents=True)
    (inbox(pipe) / "torn.delivery").write_bytes(b"PK\x03\x04 and no more")
    (inbox(pipe) / "folder.delivery").mkdir()
    assert pipe.take([row(1)])["accepted"] == 1
    assert list(inbox(pipe).iterdir()) == []
