"""Refused rows are replayed once a mapping is mended: each passes once, in any order, and none is lost."""

from pathlib import Path
from typing import Any

import pytest

from hub import __version__
from hub.adapters import find
from hub.cli.overview import overview
from hub.cli.replaying import put_aside, replay_all
from hub.edge.digest import adapter_digest
from hub.log import quarantine
from tests import replaying
from tests.pipe import MAPPING, Pipe, quiet, row, write_mapping
from tests.replaying import BAD, GOOD, MENDED, NOTHING, ODD, TORN, balanced, mended, replayed

both = replaying.both


def test_a_mended_mapping_lets_the_rows_of_one_rule_pass_and_both_versions_stay_on_record(both: Pipe) -> None:
    first = both.take([*GOOD, *ODD, *BAD, *TORN])
    balanced(both)
    assert {(each.rule, each.rows) for each in quarantine.waiting(both.hub.store)} == {
        ("unknown-code", 7),
        ("not-an-integer", 4),
    }
    done = replayed(both, rules={"unknown-code"})
    (sent,) = done["deliveries"]
    assert (done["replayed"], done["refused_again"]) == (6, 1)
    assert (sent["received"], sent["accepted"], sent["unchanged"], sent["quarantined"]) == (6, 6, 0, 0)
    assert [each["rule"] for each in done["problems"]] == ["not-an-integer"], "and says what is wrong with it still"
    balanced(both)
    assert quarantine.by_rule(both.hub.store) == {"not-an-integer": 4, "unknown-code": 1}
    (record,) = quarantine.replays(both.hub.store)
    old, new = (adapter_digest(find(str(path))) for path in (write_mapping(both.folder), mended(both)))
    assert record == quarantine.Replay(sent["delivery_id"], first["delivery_id"], 6, __version__, old, __version__, new)
    assert old != new
    assert len(both.current()) == 26


def test_twice_is_once_and_the_whole_file_again_says_nothing_new(both: Pipe) -> None:
    both.take([*GOOD, *ODD])
    replayed(both)
    position = both.hub.store.position()
    again = replayed(both)
    assert (again["replayed"], again["deliveries"]) == (0, [])
    whole = both.take([*GOOD, *ODD], Path(mended(both)))
    assert (whole["unchanged"], whole["events"]) == (26, 0)
    assert both.hub.store.position() == position
    balanced(both)


def test_a_row_that_passes_later_is_told_once(pipe: Pipe) -> None:
    pipe.take([*GOOD, *ODD, *BAD])
    before = overview(pipe.hub)
    replayed(pipe)
    told = overview(pipe.hub)
    counts = ("received", "accepted", "unchanged", "quarantined")
    assert [told[name] for name in counts] == [before[name] for name in counts] == [29, 20, 0, 9]
    assert (told["replayed"], told["replays"], sum(told["quarantine"].values())) == (6, 1, 3)
    assert told["events"] == before["events"] + 6


def test_two_replays_in_the_inbox_at_once_are_one(pipe: Pipe) -> None:
    pipe.take([*GOOD, *ODD])
    inbox = pipe.hub.settings.deliveries_dir / "inbox"
    for _ in range(2):
        replay_all(pipe.hub, mended(pipe), None, NOTHING, NOTHING, inbox, quiet)
    first, second = (proven.receipt for proven in pipe.receive())
    assert (first.accepted, second.accepted, second.unchanged) == (6, 0, 6)
    balanced(pipe)
    assert [each.rows for each in quarantine.replays(pipe.hub.store)] == [6, 0]


def test_a_row_without_a_key_is_replayed_once_however_often_its_file_came(pipe: Pipe) -> None:
    by_content = MAPPING.replace("key: [no]", "key: content").replace("ignore: [name]", "ignore: [name, no, case]")
    by_content = by_content.replace("subject: {columns: [case]}", "subject: record")
    mapping = write_mapping(pipe.folder, by_content)
    rows = [*GOOD, ODD[0], ODD[0], ODD[1]]
    for _ in range(2):
        pipe.take(rows, mapping)
    new = pipe.folder / "mended.yaml"
    new.write_text(by_content.replace("{f: F, m: M,", "{f: F, m: M, other: X,"), "utf-8")
    done = replayed(pipe, str(new))
    assert [(each["accepted"], each["unchanged"]) for each in done["deliveries"]] == [(3, 0), (0, 3)]
    whole = pipe.take(rows, new)
    assert (whole["unchanged"], whole["events"]) == (23, 0)


def test_what_was_said_since_stands(both: Pipe) -> None:
    both.take([*GOOD, *ODD])
    both.take([row(20, age="77")], Path(mended(both)))
    both.take([row(21, sex="other", age="88")])  # refused, and newer than the one before
    done = replayed(both)
    assert done["replayed"] == 7
    said = {each[0]: each[1] for each in both.current(columns="age_band, count(*) OVER (PARTITION BY age_band)")}
    assert said["75+"] == 2, "the row of the source's mending, and the newer one of two that were refused"
    balanced(both)


def test_the_older_of_two_refused_rows_never_wins_in_whatever_order_they_are_replayed(both: Pipe) -> None:
    older = both.take([row(1), row(20, sex="other", age="30")])["delivery_id"]
    newer = both.take([row(20, sex="other", age="88")])["delivery_id"]
    replayed(both, chosen={older})
    replayed(both, chosen={newer})
    assert [each[0] for each in both.current(columns="age_band")].count("75+") == 1
    assert len(both.current()) == 2


def test_a_replay_does_not_make_a_later_delivery_deaf(both: Pipe) -> None:
    """A chunk whose rows were set aside as older has not been heard: the same rows said again do count."""
    both.take([*GOOD, *ODD[:1]])
    both.take([row(20, age="77")], Path(mended(both)))
    replayed(both)
    again = both.take(ODD[:1], Path(mended(both)))
    assert (again["accepted"], again["unchanged"]) == (1, 0)


def test_what_no_mapping_can_mend_waits_for_the_file(pipe: Pipe) -> None:
    path = pipe._file([*GOOD, *ODD, row(0, age="3")])
    path.write_bytes(
        path.read_bytes() + b"torn;row\n" + ";".join(row(40, name="x").values()).encode().replace(b"C20", b"C\xff")
    )
    taken = pipe.take_file(path, write_mapping(pipe.folder))
    done = replayed(pipe)
    assert (done["replayed"], done["not_by_mapping"]) == (6, 3)
    assert taken["quarantined"] == 9
    balanced(pipe)


def test_a_mapping_that_wants_a_column_that_was_not_there_takes_no_row(pipe: Pipe) -> None:
    pipe.take([*GOOD, *ODD])
    path = pipe.folder / "wider.yaml"
    path.write_text(MENDED.replace("ignore: [name]", "ignore: [name, new]"), "utf-8")
    done = replayed(pipe, str(path))
    assert (done["replayed"], [each["rule"] for each in done["problems"]]) == (0, ["column-missing"])


def test_a_delivery_that_replays_what_was_never_refused_is_put_aside(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipe.take([*GOOD, *ODD])["delivery_id"]
    other = pipe.take([row(50)])["delivery_id"]
    inbox = pipe.hub.settings.deliveries_dir / "inbox"
    for of in (other, "0" * 32):
        real = quarantine.waiting(pipe.hub.store)[0]
        monkeypatch.setattr("hub.cli.replaying._waiting", lambda *_: [first])
        monkeypatch.setattr("hub.cli.replaying.replay", _lying(of))
        replay_all(pipe.hub, mended(pipe), None, NOTHING, NOTHING, inbox, quiet)
        assert real.delivery == first
    assert pipe.receive() == []
    assert {each["rule"] for each in put_aside(pipe.hub)} == {"not-refused"}


def _lying(of: str) -> Any:
    from hub.edge.replay import replay

    return lambda adapter, rows, sender, _of, *rest, **more: replay(adapter, rows, sender, of, *rest, **more)
