"""What was said about one record, and what became of each delivery: codes and places, never a person or a key."""

import io
import json
import shutil
import sys
from typing import Any

import pytest
import sqlalchemy as sa

from hub.cli import main
from hub.vault.tables import subjects
from tests.pipe import Pipe, row

OF = ("--partner", "pt-test", "--dataset", "xx_contacts")


class Asked:
    """What `hub` answered: exit code, standard output and standard error."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def events(self) -> list[dict[str, Any]]:
        assert self.code == 0, self.err
        events: list[dict[str, Any]] = json.loads(self.out)["events"]
        return events


@pytest.fixture
def ask(pipe: Pipe, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The command, in this process."""
    monkeypatch.setenv("HUB_HOME", str(pipe.hub.settings.home))

    def asked(*words: str, stdin: str = "") -> Asked:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["hub", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            main()
        return Asked(int(ended.value.code or 0), *capsys.readouterr())

    return asked


def told(pipe: Pipe) -> None:
    """Record R3: stated, corrected, retracted, stated anew."""
    rows = [row(n) for n in range(6)]
    pipe.take(rows, complete=True)
    pipe.take([*rows[:3], row(3, age="77", sex=""), *rows[4:]], complete=True)
    pipe.take([*rows[:3], *rows[4:]], complete=True)
    pipe.take(rows, complete=True)


def test_a_record_tells_what_was_said_about_it_over_time(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    first, corrected, retracted, again = ask("history", "R3", *OF, "--json").events
    assert [e["version"] for e in (first, corrected, retracted, again)] == [1, 2, 3, 4]
    stated = {"occurred_on": [None, "2025-01-04"], "sex": [None, "M"], "age_band": [None, "18-24"],
              "violence_forms": [None, ["PHY"]]}  # fmt: skip
    assert first["changed"] == stated
    assert first["corrects"] is first["retracts"] is first["reason"] is None
    assert corrected["changed"] == {"sex": ["M", "NR"], "age_band": ["18-24", "75+"]}
    assert (corrected["corrects"], corrected["reason"]) == (1, "RESTATED")
    assert (retracted["retracts"], retracted["reason"], retracted["changed"]) == (2, "NO_LONGER_STATED", {})
    assert again["changed"] == stated
    assert [e["position"] for e in (first, corrected)] == sorted(e["position"] for e in (first, corrected))


def test_people_read_it_in_lines(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    said = ask("history", "R3", *OF).out.splitlines()
    assert [line.split()[2:4][1] for line in said[-4:]][2] == "vs.record.retracted.v1"
    assert said[-3].endswith("corrects 1 (RESTATED): sex M → NR, age_band 18-24 → 75+")
    assert said[-2].endswith("retracts 2 (NO_LONGER_STATED)")


def test_a_history_can_be_told_as_known_at_a_position(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    events = ask("history", "R3", *OF, "--json").events
    for position in range(pipe.hub.store.position() + 1):
        known = [event for event in events if event["position"] <= position]
        assert ask("history", "R3", *OF, "--as-known-at", str(position), "--json").events == known


def test_a_key_of_several_columns_is_given_cell_by_cell(pipe: Pipe, ask: Any) -> None:
    mapping = pipe.folder / "mapping.yaml"
    pipe.take([row(1)])
    mapping.write_text(mapping.read_text("utf-8").replace("key: [no]", "key: [no, case]"), "utf-8")
    pipe.take_file(pipe.folder / "file-1.csv", mapping)
    assert len(ask("history", "R1", *OF, "--json").events) == 1
    assert len(ask("history", "R1", "C0", *OF, "--json").events) == 1
    assert len(ask("history", "-", *OF, "--json", stdin="R1\tC0\n").events) == 1


def test_the_key_may_come_by_standard_input_and_is_never_repeated(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    by_argument, by_input = ask("history", "R3", *OF), ask("history", "-", *OF, stdin="R3\n")
    assert by_argument.out == by_input.out
    assert "R3" not in by_input.out + by_input.err
    unknown = ask("history", "-", *OF, stdin="CANARY-KEY\n")
    assert unknown.code == 3
    assert "CANARY" not in unknown.out + unknown.err


def test_no_subject_and_no_key_is_shown(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    shown = ask("history", "R3", *OF).out + ask("history", "R3", *OF, "--json").out
    with pipe.hub.vault.database.reading() as connection:
        people = connection.execute(sa.select(subjects)).all()
    assert people
    for person in people:
        for secret in (person.subject.hex(), person.token.hex(), person.wrapped.hex()):
            assert secret not in shown
    assert "CANARY" not in shown


def test_what_was_sealed_under_a_destroyed_key_is_not_told_any_more(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    with pipe.hub.vault.database.writing("subjects") as connection:
        connection.execute(sa.delete(subjects))
    events = ask("history", "R3", *OF, "--json").events
    assert [(event["readable"], event["changed"]) for event in events if event["retracts"] is None] == [(False, {})] * 3
    assert "under a key that was destroyed" in ask("history", "R3", *OF).out


def test_a_stream_is_told_by_what_stands_in_clear_without_any_key(pipe: Pipe, ask: Any) -> None:
    pipe.broken = True
    told(pipe)
    answer = json.loads(ask("history", "R3", *OF, "--json").out)
    shutil.rmtree(pipe.hub.settings.keys_dir)
    in_clear = ask("history", "--stream", answer["stream"], "--json").events
    names = ("position", "version", "type", "month")
    assert in_clear == [{name: event[name] for name in names} for event in answer["events"]]
    assert ask("history", "R3", *OF).code == 5, "a lost key is a stop"
    assert ask("history", "--stream", "0" * 32).code == 5


def test_asking_for_a_stranger_makes_no_key(pipe: Pipe, ask: Any) -> None:
    told(pipe)
    before = sorted(pipe.hub.settings.keys_dir.rglob("*"))
    for partner in ("pt-nobody", "../../pt-nobody", "eu-hub"):
        assert ask("history", "R3", "--partner", partner, "--dataset", "xx_contacts").code == 3
    assert sorted(pipe.hub.settings.keys_dir.rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [(), ("R3",), ("R3", "--partner", "pt-test"), ("R3", *OF, "--stream", "0" * 32), ("R3", *OF, "--kind", "case")],
)
def test_a_question_that_is_none_is_refused(pipe: Pipe, ask: Any, words: tuple[str, ...]) -> None:
    told(pipe)
    assert ask("history", *words).code in (2, 3)


def test_deliveries_tell_their_state_and_what_became_of_their_rows(pipe: Pipe, ask: Any) -> None:
    pipe.take([row(n) for n in range(6)], complete=True)
    pipe.take([row(1), row(2, age="x")])
    first, second = json.loads(ask("deliveries", "--json").out)["deliveries"]
    counts = ("state", "complete", "received", "accepted", "unchanged", "quarantined")
    assert [first[name] for name in counts] == ["applied", True, 6, 6, 0, 0]
    assert [second[name] for name in counts] == ["applied", False, 2, 0, 1, 1]
    assert (second["partner"], second["dataset"]) == ("pt-test", "xx_contacts")
    assert first["position"] <= second["position"] == pipe.hub.store.position()
    assert len(ask("deliveries").out.splitlines()) == 3
