"""What the log keeps of what partners say: only differences, in any order, whole deliveries or nothing."""

import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import Reject, Stop
from hub.events.wire import Receipt
from tests.pipe import MAPPING, Pipe, Row, open_pipe, row, write_mapping, write_table

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


def test_a_receipt_that_lost_a_row_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        Receipt("d", "pt-test", "x", "00", 5, 2, 1, 1, 2, 2)


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
    pipe.take(ROWS, complete=True, periods=("2025Q1", "2025Q2"))
    assert pipe.current("delivery_closed", "period, records") == [("2025Q1", 60), ("2025Q2", 0)]


def test_a_row_outside_the_period_that_the_file_is_about_is_refused_and_retracts_nothing(pipe: Pipe) -> None:
    pipe.take([row(n, date="05-08-2024") for n in range(100, 120)], complete=True)
    result = pipe.take([*ROWS, row(99, date="05-08-2024")], complete=True, periods=("2025Q1",))
    assert [(r["rule"], r["place"]) for r in result["refusals"]] == [("outside-period", "date")]
    assert result["events"] == 60
    assert len(pipe.current()) == 80
    with pytest.raises(Stop, match="by quarter"):
        pipe.take(ROWS, complete=True, periods=("2025",))


def test_a_complete_file_that_leaves_out_most_records_must_be_confirmed(pipe: Pipe) -> None:
    many = [row(n) for n in range(300)]
    pipe.take(many, complete=True)
    with pytest.raises(Reject, match="leaves out 298 of 300"):
        pipe.take(many[:2], complete=True)
    assert len(pipe.current()) == 300
    assert pipe.take(many[:2], complete=True, confirmed=True)["events"] == 298
    assert len(pipe.current()) == 2


def test_a_record_that_moves_to_another_quarter_leaves_neither_quarter_wrong(pipe: Pipe) -> None:
    pipe.take([row(1, date="05-01-2025"), row(2, date="06-01-2025")], complete=True)
    pipe.take([row(1, date="05-04-2025")])
    assert pipe.current("delivery_closed", "period, complete, records") == [("2025Q1", True, 1), ("2025Q2", False, 1)]


def test_a_partial_delivery_does_not_take_completeness_back(pipe: Pipe) -> None:
    pipe.take(ROWS, complete=True)
    position = pipe.hub.store.position()
    for complete in (False, True, False):
        pipe.take(ROWS, complete=complete)
    assert pipe.hub.store.position() == position


def test_a_record_of_another_person_says_nothing_of_the_first_any_more(pipe: Pipe) -> None:
    tried = "  - {event: contact.attempted, when: [{column: psy, in: [y]}], fields: {occurred_on: *on}}\n"
    adapter = write_mapping(pipe.folder, MAPPING.replace("occurred_on: {", "occurred_on: &on {") + tried)
    for rows in ([row(1, psy="y", case="A")], [row(1, psy="n", case="B")]):
        pipe.take_file(write_table(pipe.folder / "t.csv", rows), adapter)
    assert len(pipe.current("contact_held")) == 1
    assert pipe.current("contact_attempted") == []


def test_numbers_of_two_datasets_of_one_partner_are_two_records(pipe: Pipe) -> None:
    path = write_table(pipe.folder / "t.csv", [row(1)])
    first = write_mapping(pipe.folder)
    pipe.take_file(path, first, complete=True)
    second = pipe.folder / "second.yaml"
    second.write_text(MAPPING.replace("name: xx_contacts", "name: yy_contacts"), "utf-8")
    assert pipe.take_file(path, second, complete=True)["events"] == 1
    assert pipe.take_file(path, first, complete=True)["events"] == 0
