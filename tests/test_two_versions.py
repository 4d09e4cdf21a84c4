"""Edges of two releases deliver to one hub: version 1 and version 2 of one event, side by side in one log."""

from hashlib import blake2b, sha256
from secrets import token_hex
from typing import Any

import duckdb
import msgspec
import pytest

from hub.edge.seal import Sealer
from hub.errors import Reject, Stop
from hub.events.base import Event
from hub.events.columns import Packed, Row, pack_rows
from hub.events.facts import StatedFact, checked_value, coded, shape_of
from hub.events.old.referral_declined_v1 import ReferralDeclinedV1
from hub.events.referral import ReferralDeclined
from hub.events.upcasters import as_newest
from hub.events.wire import Delivery, Header, Receipt
from hub.log import sealed
from hub.log.receive import receive
from hub.log.reconcile import Said, differences
from hub.log.store import Stored
from tests.pipe import Pipe

DAY = {"occurred_on": "2025-07-14"}
OWN = "occurred_on::VARCHAR, declined_by, own_reason, version"


def v1(reason: str) -> Event:
    return ReferralDeclinedV1(**DAY, reason=reason)


def v2(declined_by: str, reason: str) -> Event:
    return ReferralDeclined(**DAY, declined_by=declined_by, reason=reason)


def say(pipe: Pipe, *records: Event | tuple[Event, ...]) -> Receipt:
    """What an edge states of record 0, of record 1, and so on. Of any release: each fact names its version."""
    stated = [said if isinstance(said, tuple) else (said,) for said in records]
    names = [
        b"".join(sha256(f"{who} {n}".encode()).digest() for who in ("record", "person")) for n in range(len(stated))
    ]
    return deliver(pipe, names, pack_rows([Row("2025Q3", tuple(map(coded, said))) for said in stated]))


def deliver(pipe: Pipe, names: list[bytes], packed: bytes) -> Receipt:
    """One chunk, sealed as an edge seals it."""
    header = Header(token_hex(16), "pt-test", "PT", "referrals", "0.1.0", complete=False)
    sealer = Sealer(header, pipe.hub.readers("pt-test"))
    chunk = sealer.chunk(b"".join(names), packed)
    end = sealer.end(rows=len(names), complete=False, covers=("2025Q3",), refusals=[], refused=[])
    return receive(pipe.hub.receiver, Delivery(header, iter([chunk, end]))).receipt


def counts(receipt: Receipt) -> tuple[int, int, int]:
    return receipt.accepted, receipt.unchanged, receipt.events


def history(pipe: Pipe) -> list[tuple[Any, ...]]:
    """Every statement of the raw table, in order: who, why, and whether it corrects the one before."""
    pipe.project()
    with duckdb.connect(str(pipe.hub.settings.warehouse_path), read_only=True) as connection:
        return connection.execute(
            """SELECT declined_by, own_reason, reason,
                corrects IS NOT DISTINCT FROM lag(event_id) OVER (ORDER BY position)
            FROM raw.referral_declined ORDER BY position"""
        ).fetchall()


def test_an_old_edge_and_a_new_one_end_in_one_table_in_the_newest_columns(pipe: Pipe) -> None:
    assert counts(say(pipe, v1("CLIENT_WITHDREW"), v2("VICTIM", "NA"), v1("SAFETY"))) == (3, 0, 3)
    withdrew = ("2025-07-14", "VICTIM", "NA", 1)
    assert pipe.current("referral_declined", OWN) == [("2025-07-14", "SERVICE", "SAFETY", 1), withdrew, withdrew]


def test_what_was_said_before_is_unchanged_when_a_newer_edge_says_the_same(pipe: Pipe) -> None:
    said = ["CLIENT_WITHDREW", "NO_CAPACITY", "OTHER", "U", "NR"]
    again = [("VICTIM", "NA"), ("SERVICE", "NO_CAPACITY"), ("NR", "OTHER"), ("NR", "U"), ("NR", "NR")]
    say(pipe, *map(v1, said))
    assert counts(say(pipe, *(v2(*each) for each in again))) == (0, 5, 0)
    assert counts(say(pipe, *map(v1, said))) == (0, 5, 0)


def test_what_a_newer_edge_says_more_corrects_the_old_fact_once(pipe: Pipe) -> None:
    say(pipe, v1("OTHER"))
    assert counts(say(pipe, v2("VICTIM", "LANGUAGE"))) == (1, 0, 1)
    assert counts(say(pipe, v2("VICTIM", "LANGUAGE"))) == (0, 1, 0)
    assert history(pipe) == [("NR", "OTHER", None, True), ("VICTIM", "LANGUAGE", "RESTATED", True)]


def test_the_same_bytes_in_another_version_are_not_the_same_statement(pipe: Pipe) -> None:
    say(pipe, v1("NO_CAPACITY"))
    assert counts(say(pipe, v2("NR", "NO_CAPACITY"))) == (1, 0, 1)
    assert [who for who, *_ in history(pipe)] == ["SERVICE", "NR"]


def test_one_fact_in_two_versions_is_one_fact_twice(pipe: Pipe) -> None:
    with pytest.raises(Reject):
        say(pipe, (v1("SAFETY"), v2("SERVICE", "SAFETY")))
    assert pipe.hub.store.position() == 0


@pytest.mark.parametrize(("stated", "code"), [(v1("NR"), b'"NA"'), (v2("NR", "NR"), b'"CLIENT_WITHDREW"')])
def test_each_version_is_held_to_its_own_codes(stated: Event, code: bytes) -> None:
    topic = stated.topic()
    reason = shape_of(topic).fields.index("reason")
    assert checked_value(topic, reason, b'"SAFETY"') == b',"reason":"SAFETY"'
    with pytest.raises(ValueError, match="may not hold"):
        checked_value(topic, reason, code)


def test_a_delivery_of_a_release_to_come_is_refused_whole(pipe: Pipe) -> None:
    packed = msgspec.msgpack.decode(pack_rows([Row("2025Q3", (coded(v2("NR", "NR")),))]), type=Packed)
    later = msgspec.msgpack.encode(packed).replace(b"vs.referral.declined.v2", b"vs.referral.declined.v9")
    with pytest.raises(Reject):
        deliver(pipe, [b"1" * 64], later)
    assert pipe.hub.store.position() == 0


def test_a_stored_type_of_a_release_to_come_stops_the_warehouse_and_is_named(pipe: Pipe) -> None:
    pipe.broken = True
    say(pipe, v2("VICTIM", "NA"))
    events: list[Stored] = []
    seal = sealed.sealing(tenant="pt-test", country="PT", month="2031-01", events=events, leaves=[])
    seal(f"{7:032x}", 1, "vs.referral.declined.v9", b'{"dataset":"referrals","data":{}}', None)
    with pipe.hub.store.writing() as connection:
        pipe.hub.store.append(connection, events)
    with pytest.raises(Stop, match=r"unknown event type vs\.referral\.declined\.v9"):
        pipe.project()


def test_what_an_older_hub_has_hashed_is_unchanged_when_its_old_edge_says_it_again() -> None:
    """Heads keep what they were hashed with. The hub is upgraded first, and its partners' edges later."""
    event, part, key = "referral.declined", "", b"k" * 32
    fact = StatedFact("vs.referral.declined.v1", part, b'{"occurred_on":"2025-07-14","reason":"CLIENT_WITHDREW"}')
    then = blake2b(fact.data, digest_size=16, key=key, person=b"vsh-content1").digest()
    said = Said(event, part, then, b"i" * 16)
    assert differences([said], [fact], key, whole=True) == ([], (said,))
    changed = fact._replace(data=fact.data.replace(b"CLIENT_WITHDREW", b"SAFETY"))
    assert [change.before for change in differences([said], [changed], key, whole=True)[0]] == [said]
    # An upgraded edge finds no match: one correction, once. A rebuild of the heads would spare it.
    assert [change.before for change in differences([said], [as_newest(fact)], key, whole=True)[0]] == [said]
