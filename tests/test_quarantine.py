"""Refused rows are listed by rule, opened by their partner, and replayed once a mapping is mended; none is lost."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from hub import __version__
from hub.adapters import find
from hub.cli.installation import installation
from hub.cli.replaying import back, open_delivery, put_aside, replay_all
from hub.edge.digest import adapter_digest
from hub.edge.kept import open_rows
from hub.errors import Reject
from hub.events.wire import COUNTS
from hub.log import deliveries, quarantine, tables
from hub.log.applying import Applying
from hub.log.receive import Receiver
from hub.settings import Settings
from hub.transport import files
from tests.campaigns.forked import forked
from tests.killed import COMMIT, Step, arm
from tests.pipe import MAPPING, Pipe, databases, drop_databases, new_settings, open_pipe, quiet, row, write_mapping
from tests.postgres import ENGINES
from tests.test_report import cells

MENDED = MAPPING.replace("{f: F, m: M,", "{f: F, m: M, other: X,")
GOOD = [row(n) for n in range(20)]
ODD = [row(n, sex="other") for n in range(20, 26)]
BAD = [row(n, age="CANARY-many") for n in range(26, 29)]
TORN = [row(29, age="CANARY-many", sex="other")]
NOTHING: frozenset[str] = frozenset()


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as pipe:
        yield pipe


def mended(pipe: Pipe) -> str:
    path = pipe.folder / "mended.yaml"
    path.write_text(MENDED, "utf-8")
    return str(path)


def replayed(pipe: Pipe, adapter: str | None = None, *, rules: Any = NOTHING, chosen: Any = NOTHING) -> dict[str, Any]:
    return replay_all(pipe.hub, adapter or mended(pipe), None, rules, chosen, None, quiet)


def balanced(pipe: Pipe) -> None:
    """Of every delivery: received is accepted, unchanged and refused; and refused rows wait or have passed."""
    for _, proven in deliveries.receipts(pipe.hub.store):
        receipt = proven.receipt
        assert receipt.received == receipt.accepted + receipt.unchanged + receipt.quarantined
        assert receipt.quarantined == sum(quarantine.counts(pipe.hub.store, receipt.delivery))


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


def test_the_partner_alone_opens_its_rows_and_they_stay_marked(pipe: Pipe) -> None:
    delivery = pipe.take([*GOOD, *ODD, *BAD])["delivery_id"]
    to = pipe.folder / "refused.xlsx"
    assert open_delivery(pipe.hub, delivery, to, "fi") == 9
    assert [line["E"] for line in cells(to, 2)[-3:]] == [("CANARY-many", 2)] * 3
    sealed = quarantine.sealed_rows(pipe.hub.store, delivery)
    assert sealed is not None
    assert b"CANARY" not in sealed
    for name in ("hub/rows", "edge/pt-test/tokens", "vault/tokens"):
        with pytest.raises(InvalidTag):
            open_rows(sealed, pipe.hub.secrets(name), delivery)
    assert len(open_rows(sealed, pipe.hub.secrets("edge/pt-test/quarantine"), delivery)) == 9


def test_when_all_rows_of_a_delivery_have_passed_its_sealed_rows_go(both: Pipe) -> None:
    delivery = both.take([*GOOD, *ODD])["delivery_id"]
    assert quarantine.sealed_rows(both.hub.store, delivery)
    replayed(both)
    assert quarantine.sealed_rows(both.hub.store, delivery) is None
    with pytest.raises(Reject, match="no refused rows any more"):
        open_delivery(both.hub, delivery, both.folder / "x.xlsx", "en")


def test_refused_rows_go_when_their_time_is_over_and_later_ones_stay(both: Pipe) -> None:
    """`refused_months` of retention.yaml names the month; see docs/retention.md."""
    old = both.take([*GOOD, *ODD, *BAD])["delivery_id"]
    replayed(both)
    new = both.take([row(60, sex="other")])["delivery_id"]
    with both.hub.store.writing() as connection:
        ledger = tables.deliveries
        connection.execute(sa.update(ledger).where(ledger.c.delivery == old).values(received_at="2019-05-01T00:00:00"))
        assert quarantine.drop(connection, "NL", "2020-01") == 0
        assert quarantine.drop(connection, "PT", "2020-01") == 1
    assert {each.delivery for each in quarantine.waiting(both.hub.store)} == {new}
    assert quarantine.counts(both.hub.store, old) == (0, 0)
    assert quarantine.sealed_rows(both.hub.store, old) is None
    receipt = deliveries.known_receipt(both.hub.store, old).receipt
    assert (receipt.received, receipt.quarantined) == (29, 9), "and the receipt still says that they came"
    assert replayed(both)["replayed"] == 1


def test_a_delivery_that_the_hub_refuses_is_listed_with_rule_and_version_and_comes_in_when_the_hub_is_mended(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pipe.drop(GOOD)
    with monkeypatch.context() as older:
        older.setattr("hub.events.columns.ORDER", {})
        assert pipe.receive() == []
    assert put_aside(pipe.hub) == [{"delivery": path.stem, "rule": "not-of-an-edge", "version": __version__}]
    assert pipe.hub.store.position() == 0
    back(pipe.hub, path.stem)
    (proven,) = pipe.receive()
    assert (proven.receipt.received, proven.receipt.accepted) == (20, 20)
    assert put_aside(pipe.hub) == []
    with pytest.raises(Reject, match="no delivery of that name"):
        back(pipe.hub, path.stem)
    with pipe.hub.store.writing() as connection:
        quarantine.drop(connection, "PT", f"{date.today().year + 1}")
    assert quarantine.refused(pipe.hub.store) == {}


STEPS = {
    "delivery entered": Step(deliveries, "enter", after=True),
    "rows applied": Step(Applying, "rows", after=True),
    "rows moved on, not committed": Step(quarantine, "take", after=True),
    "receipt made": Step(deliveries, "keep_receipt", after=True),
    "commit asked for": Step(*COMMIT),
    "committed": Step(*COMMIT, after=True),
    "receipt not in its folder": Step(files, "keep_receipt"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", STEPS)
def test_killed_in_the_middle_of_a_replay_and_replayed_again_is_replayed_once(
    name: str, engine: str, tmp_path: Path
) -> None:
    settings = new_settings(tmp_path / "home", engine)
    try:
        assert forked(lambda: _prepared(settings, tmp_path)).code == 0
        killed = 0
        for nth in count(1):
            ended = forked(lambda nth=nth: (arm(STEPS[name], nth), _again(settings, tmp_path)))
            assert ended.code == 0 or ended.killed, ended.answer
            killed += ended.killed
            if not ended.killed or nth == 3:
                break
        assert killed, "the step is on the way"
        looked = forked(lambda: _left(settings, tmp_path))
        assert looked.code == 0, looked.answer
        waits, passed, rows, received = looked.answer
        assert (waits, passed, rows, received) == (3, 12, 32, 35)
    finally:
        drop_databases(databases(settings))


def _prepared(settings: Settings, folder: Path) -> None:
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        pipe.take([*GOOD, *ODD, *BAD])
        pipe.take([row(n, sex="other") for n in range(30, 36)])


def _again(settings: Settings, folder: Path) -> None:
    with installation(settings) as hub:
        replayed(Pipe(hub, folder))


def _left(settings: Settings, folder: Path) -> tuple[int, int, int, int]:
    with installation(settings) as hub:
        pipe = Pipe(hub, folder)
        replayed(pipe)
        balanced(pipe)
        both = [quarantine.counts(hub.store, each.delivery) for each in _receipts(hub.receiver)]
        # Rows of replays are not received twice: each that passed came in an earlier delivery.
        again = sum(each.rows for each in quarantine.replays(hub.store))
        first = sum(each.received for each in _receipts(hub.receiver)) - again
        return sum(each[0] for each in both), sum(each[1] for each in both), len(pipe.current()), first


def _receipts(receiver: Receiver) -> list[Any]:
    return [proven.receipt for _, proven in deliveries.receipts(receiver.store)]


def test_the_commands(call: Any, tmp_path: Path, hub_home: Path) -> None:
    with installation(Settings.from_env()) as hub:
        pipe = Pipe(hub, tmp_path)
        delivery = pipe.take([*GOOD, *ODD, *BAD])["delivery_id"]
        adapter = mended(pipe)
    code, out, _ = call("quarantine", "list", "--json")
    listed = json.loads(out)
    assert (code, {(e["rule"], e["rows"], e["mend"]) for e in listed["waiting"]}) == (
        0,
        {("unknown-code", 6, "mapping"), ("not-an-integer", 3, "data")},
    )
    assert "CANARY" not in out
    assert call("quarantine", "open", delivery, "--to", str(tmp_path / "r.xlsx"))[0] == 0
    assert call("quarantine", "open", delivery, "--to", str(tmp_path / "r.txt"))[0] == 2
    code, out, _ = call("quarantine", "replay", "--adapter", adapter, "--rule", "unknown-code", "--json")
    assert (code, json.loads(out)["replayed"]) == (0, 6)
    assert set(COUNTS) <= json.loads(out)["deliveries"][0].keys()
    code, out, _ = call("quarantine", "list")
    assert "not-an-integer" in out
    assert delivery[:8] in out
    assert call("quarantine", "retry", "0" * 32)[0] == 3
    assert call("quarantine", "replay", "--adapter", adapter, "--delivery", "0" * 32)[0] == 3
