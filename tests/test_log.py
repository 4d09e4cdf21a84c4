"""What the log keeps of what partners say: only differences, in any order, whole deliveries or nothing."""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.cli.ingest import drain
from hub.edge.seal import Sealable, seal_chunks
from hub.errors import Reject
from hub.events.wire import Delivery, Header, Receipt, StatedFact
from hub.events.wire import Row as WireRow
from hub.transport import files
from tests.pipe import Pipe, Row, open_pipe, row

ROWS = [row(n) for n in range(60)]
STATED = "occurred_on, sex, age_band, violence_forms"


def test_a_changed_row_corrects_its_event_and_says_which(pipe: Pipe) -> None:
    pipe.take(ROWS)
    result = pipe.take([row(7, age="80"), *ROWS[8:10]])
    assert (result["accepted"], result["unchanged"], result["events"]) == (1, 2, 1)
    history = [r for r in pipe_rows(pipe) if r["corrects"]]
    assert [(r["version"], r["reason"], r["age_band"]) for r in history] == [(2, "RESTATED", "75+")]
    assert history[0]["corrects"] in {r["event_id"] for r in pipe_rows(pipe) if r["version"] == 1}


def test_a_row_that_goes_back_to_what_it_said_is_a_correction_again(pipe: Pipe) -> None:
    for age in ("20", "40", "20"):
        assert pipe.take([row(1, age=age)])["events"] == 1
    assert pipe.current(columns="age_band, version") == [("18-24", 3)]


def test_a_partial_delivery_retracts_nothing_and_a_complete_one_what_it_leaves_out(pipe: Pipe) -> None:
    pipe.take(ROWS)
    assert pipe.take(ROWS[:50])["events"] == 0
    result = pipe.take(ROWS[:50], complete=True)
    assert (result["accepted"], result["unchanged"], result["events"]) == (0, 50, 10)
    assert len(pipe.current()) == 50
    assert pipe.take(ROWS, complete=True)["accepted"] == 10
    assert len(pipe.current()) == 60


def test_a_complete_delivery_says_nothing_of_other_periods(pipe: Pipe) -> None:
    pipe.take(ROWS)
    later = [row(100 + n, date=f"0{n + 1}-05-2025") for n in range(5)]
    assert pipe.take(later, complete=True)["events"] == 5
    assert len(pipe.current()) == 65


def test_a_refused_row_keeps_its_record_alive_in_a_complete_delivery(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    damaged = [*ROWS[:5], row(5, age="many"), *ROWS[6:]]
    result = pipe.take(damaged, complete=True)
    assert (result["quarantined"], result["unchanged"], result["events"]) == (1, 59, 0)
    assert len(pipe.current()) == 60


def test_a_refused_row_without_a_key_keeps_every_absent_record(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    result = pipe.take([*ROWS[:30], row(99, no="")], complete=True)
    assert (result["quarantined"], result["unchanged"], result["events"]) == (1, 30, 0)


def test_rows_that_contradict_each_other_leave_one_standing_whatever_their_order(pipe: Pipe) -> None:
    said = [row(1, age="20"), row(1, age="50"), row(1, age="70"), row(1, age="50"), row(2)]
    result = pipe.take(said)
    assert (result["received"], result["accepted"], result["quarantined"]) == (5, 2, 3) or (
        result["received"], result["accepted"], result["unchanged"], result["quarantined"]) == (5, 2, 1, 2)  # fmt: skip
    assert {refusal["rule"] for refusal in result["refusals"]} == {"contradicts-row"}
    position = pipe.hub.store.position()
    for seed in range(4):
        random.Random(seed).shuffle(said)
        assert pipe.take(said)["events"] == 0
    assert pipe.hub.store.position() == position


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
        try:
            drain(pipe.hub, lambda _line: None)
        except Reject:
            assert pipe.hub.store.position() == before
            assert list((pipe.hub.settings.deliveries_dir / "rejected").iterdir())
        else:
            # A bit in the archive's own bookkeeping that changes nothing of what is said.
            assert bad != good[:place]


def test_a_receipt_that_lost_a_row_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        Receipt("d", "pt-test", "x", 5, 2, 1, 1, 2, 2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_split_order_and_repetition_ends_in_the_same_state(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    numbers = st.integers(0, 12)
    rows: list[Row] = [row(n) for n in data.draw(st.lists(numbers, min_size=1, max_size=12, unique=True))]
    again = data.draw(st.lists(st.sampled_from(rows), max_size=6))
    shuffled = data.draw(st.permutations(rows + again))
    cut = data.draw(st.integers(0, len(shuffled)))
    states = []
    for parts in ([rows], [shuffled[:cut], shuffled[cut:]], [[one] for one in shuffled]):
        with open_pipe(tmp_path_factory.mktemp("pipe")) as pipe:
            results = [pipe.take(part) for part in parts if part]
            assert sum(result["received"] for result in results) == sum(map(len, parts))
            states.append(pipe.current(columns=STATED))
            assert sum(result["events"] for result in results) == len(rows)
    assert states[0] == states[1] == states[2]


def last_delivery(pipe: Pipe):
    """A delivery that was sent and not yet received."""
    from hub.adapters import find
    from hub.edge.deliver import Sender, deliver
    from tests.pipe import write_mapping, write_table

    hub, adapter = pipe.hub, find(str(write_mapping(pipe.folder)))
    path = write_table(pipe.folder / "waiting.csv", [row(n) for n in range(200, 230)])
    with path.open("rb") as source:
        sender = Sender("pt-test", "PT")
        tokens, readers = hub.tokens(*sender), hub.readers(sender.partner)
        made = deliver(adapter, source, sender, tokens=tokens, readers=readers, complete=False)
        return files.send(made, hub.settings.deliveries_dir / "inbox")


def pipe_rows(pipe: Pipe) -> list[dict]:
    """Every row of the raw table, in order."""
    import duckdb

    pipe.project()
    with duckdb.connect(str(pipe.hub.settings.warehouse_path), read_only=True) as connection:
        cursor = connection.execute("SELECT * FROM raw.contact_held ORDER BY position")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def test_a_closed_period_is_stated_once_and_restated_only_when_its_count_changes(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    pipe.take(ROWS, complete=True)
    assert Counter(pipe.current("delivery_closed", "period, records, version")) == Counter([("2025Q1", 60, 1)])
    pipe.take(ROWS[:59], complete=True)
    assert pipe.current("delivery_closed", "period, records, version") == [("2025Q1", 59, 2)]


def test_a_period_with_no_record_can_be_stated_as_zero(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True, periods=("2025Q2",))
    assert pipe.current("delivery_closed", "period, records") == [("2025Q1", 60), ("2025Q2", 0)]


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


def test_an_edge_that_sends_what_no_schema_has_is_refused_and_nothing_is_kept(pipe: Pipe) -> None:
    hub = pipe.hub
    readers = hub.readers("pt-test")
    bad = [
        StatedFact("vs.contact.held.v1", "", b'{"occurred_on":"2025-01-01","name":"CANARY"}'),
        StatedFact("vs.contact.held.v1", "CANARY went home", b'{"occurred_on":"2025-01-01"}'),
        StatedFact("vs.contact.held.v9", "", b'{"occurred_on":"2025-01-01"}'),
        StatedFact("vs.contact.held.v1", "", b"not json"),
    ]
    for number, fact in enumerate(bad):
        name = f"{number:032x}"
        sealable = Sealable(bytes([number + 1]) * 64, WireRow("2025Q1", [fact]))
        header = Header(name, "pt-test", "PT", "d", "1", False, 1, 0, 1, ("2025Q1",))
        files.send(Delivery(header, seal_chunks([sealable], name, readers), [], b""), inbox(pipe))
        with pytest.raises(Reject) as caught:
            drain(hub, lambda _line: None)
        assert "CANARY" not in str(caught.value)
    assert hub.store.position() == 0
    assert list(inbox(pipe).iterdir()) == []


def inbox(pipe: Pipe):
    """Where deliveries wait."""
    return pipe.hub.settings.deliveries_dir / "inbox"
