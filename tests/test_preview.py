"""What would leave is shown to the letter before it does, and nothing is kept of it."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from hub.cli.beside import delivered
from hub.cli.preview import NEVER, preview
from hub.cli.tasks import make_task
from hub.edge.allow_list import FILE, allow_list
from hub.errors import Reject
from hub.events.columns import unpack_rows
from hub.events.wire import Chunk, binding, open_sealed
from tests.pipe import MAPPING, Pipe, quiet, row, write_mapping, write_table
from tests.test_docs import ROOT
from tests.typed import Call

ROWS = [row(1), row(2, age="CANARY-many"), row(3)]
PLAN = next((ROOT / "examples" / "programmes").rglob("*.yaml"))


def test_it_shows_what_a_delivery_then_holds(pipe: Pipe) -> None:
    path, mapping = write_table(pipe.folder / "table.csv", ROWS), str(write_mapping(pipe.folder))
    shown = preview(path, mapping, 10)
    task = make_task(pipe.hub, path, mapping, None, complete=False, confirmed=False, periods=())
    with delivered(task, quiet) as delivery:
        chunks = [part for part in delivery.parts if isinstance(part, Chunk)]
        opened = [
            unpack_rows(open_sealed(chunk.rows, pipe.hub.payload_secret, f"{binding(delivery.header)}|rows|{number}"))
            for number, chunk in enumerate(chunks)
        ]
    sent = {(fact.topic, fact.data.decode()) for stated in opened for facts in stated.facts for fact in facts}
    assert {(fact["event"], fact["data"]) for each in shown["rows"] for fact in each.get("facts", ())} == sent
    assert [each.get("period") for each in shown["rows"]] == ["2025Q1", None, "2025Q1"]
    assert shown["rows"][1]["refused"] == [{"rule": "not-an-integer", "place": "age"}]


def test_every_column_says_what_becomes_of_it_and_no_value_does(tmp_path: Path) -> None:
    shown = preview(write_table(tmp_path / "table.csv", ROWS), str(write_mapping(tmp_path)), 10)
    assert shown["columns"] == {
        "no": "the record's keyed token",
        "case": "the person's keyed token",
        "date": "contact.held: occurred_on (day)",
        "sex": "contact.held: sex (code)",
        "age": "contact.held: age_band (band)",
        "phy": "contact.held: violence_forms (code)",
        "psy": "contact.held: violence_forms (code)",
        "name": NEVER,
    }
    said = msgspec.json.encode(shown).decode()
    assert "CANARY" not in said
    assert "C1" not in said


def test_persons_of_no_valid_identifier_are_counted(tmp_path: Path) -> None:
    text = MAPPING.replace("{columns: [case]}", "{scheme: pt.nif, columns: [case]}")
    assert preview(write_table(tmp_path / "table.csv", ROWS), str(write_mapping(tmp_path, text)), 10)["unlinked"] == 2


def test_words_are_listed_with_their_relation(tmp_path: Path, call: Call) -> None:
    text = MAPPING.replace("m: M", "m: {code: X, relation: narrower}")
    path, mapping = write_table(tmp_path / "table.csv", [*ROWS, row(4, sex="odd")]), str(write_mapping(tmp_path, text))
    code, out, _ = call("adapters", "preview", str(path), "--adapter", mapping, "--rows", "1")
    assert code == 0
    assert re.search(r"sex +m +X +narrower +1\n", out)
    assert re.search(r"sex +odd +unknown: refused +1\n", out)
    assert not re.search(r"sex +f ", out)  # exact: nothing to look at


def test_a_plan_is_shown_too(tmp_path: Path) -> None:
    shown = preview(PLAN, "plan_file", 3)
    assert shown["columns"] == {}
    assert all("facts" in each for each in shown["rows"])
    with pytest.raises(Reject):
        preview(write_table(tmp_path / "table.csv", ROWS), "plan_file", 3)


def test_the_command_keeps_nothing(hub_home: Path, tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "partner"
    folder.mkdir()
    path, mapping = write_table(folder / "table.csv", ROWS), write_mapping(folder)
    code, out, err = call("adapters", "preview", str(path), "--adapter", str(mapping), "--rows", "2")
    assert (code, err) == (0, "")
    assert "never leaves" in out
    assert "refused: not-an-integer at age" in out
    assert f"allow-list {allow_list().version} of" in out
    assert sha256(FILE.read_bytes()).hexdigest()[:16] in out
    assert "CANARY" not in out
    assert len(json.loads(call("adapters", "preview", str(path), "--adapter", str(mapping), "--json")[1])["rows"]) == 3
    assert not hub_home.exists()
    assert sorted(each.name for each in folder.iterdir()) == ["mapping.yaml", "table.csv"]
    shutil.rmtree(folder)
    assert call("adapters", "preview", str(path), "--adapter", str(mapping))[0] == 5
