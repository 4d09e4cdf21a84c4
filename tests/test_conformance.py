"""The kit that tries an adapter: a good one passes, and each promise that is broken is found by its own check."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from hub.adapters.base import Fact, Record, Rejected, Statement
from hub.adapters.contract import contract
from hub.adapters.damage import MARK, damaged_files
from hub.adapters.mapping import load_mapping
from hub.edge.conformance import conformance, golden_lines
from hub.edge.deliver import Sender
from tests.pipe import MAPPING, row, write_mapping, write_table
from tests.typed import Call

SENDER = Sender("pt-test", "PT")
COUNT = 30


def good(folder: Path) -> bytes:
    return write_table(folder / "good.csv", [row(n, name=f"x{n}") for n in range(COUNT)]).read_bytes()


def states(checks: list[Any]) -> dict[str, str]:
    return {check.name: check.state for check in checks}


def failed(checks: list[Any]) -> set[str]:
    return {check.name for check in checks if check.state == "failed"}


def test_a_good_mapping_passes_every_check(tmp_path: Path) -> None:
    adapter, data = load_mapping(write_mapping(tmp_path)), good(tmp_path)
    golden = golden_lines(adapter, SENDER, data)
    assert golden == golden_lines(adapter, SENDER, data)
    checks = [*contract(lambda: adapter, data), *conformance(adapter, SENDER, data, golden)]
    assert set(states(checks).values()) == {"passed"}


def test_ages_that_mean_that_nobody_knows_are_found_until_the_mapping_says_so(tmp_path: Path) -> None:
    rows = [row(n, name=f"x{n}", age="99" if n % 3 == 0 else f"{20 + n}") for n in range(COUNT)]
    data = write_table(tmp_path / "good.csv", rows).read_bytes()
    (found,) = (
        each for each in contract(lambda: load_mapping(write_mapping(tmp_path)), data) if each.state == "failed"
    )
    assert (found.name, found.found) == (
        "unknowns", ("99 is the age in 10 records: if it means that nobody knows, name it in source.empty",)
    )  # fmt: skip
    said = MAPPING.replace('dates: ["%d-%m-%Y"]', 'dates: ["%d-%m-%Y"], empty: ["99"]')
    assert failed(contract(lambda: load_mapping(write_mapping(tmp_path, said)), data)) == set()


class Own:
    """An adapter in Python that is good, until a test takes something away from it."""

    name = "own"

    def __init__(self, translate: Any = None) -> None:
        self.count = 0
        self._translate = translate

    def read(self, source: Any) -> Any:
        text = source.read().decode("utf-8", "replace")
        for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
            key, mark, sex, *more = line.split(";") if line.count(";") > 1 else (line, "", "")
            yield Record(f"line {number}", {"key": key, "text": mark, "sex": sex, **dict.fromkeys(more, "")})

    def translate(self, record: Record) -> Statement:
        self.count += 1
        return (self._translate or self.honest)(record)

    def honest(self, record: Record, part: str = "") -> Statement:
        data = record.data
        if data["sex"] not in ("F", "M") or not data["key"]:
            raise Rejected("unknown-code", "sex")
        from datetime import date

        return Statement("contact", data["key"], None, (Fact("contact.held", {
            "occurred_on": date(2025, 2, 3), "sex": data["sex"]}, part),))  # fmt: skip


OWN = "".join(f"K{n};t{n};{'FM'[n % 2]}\n" for n in range(COUNT)).encode()


def tried(adapter: Own) -> list[Any]:
    return [*contract(lambda: adapter, OWN), *conformance(adapter, SENDER, OWN, None)]


def test_an_adapter_in_python_is_tried_like_a_mapping() -> None:
    found = states(tried(Own()))
    assert {name for name, state in found.items() if state != "passed"} == {"golden"}


def counting(own: Own) -> Any:
    def translate(record: Record) -> Statement:
        said = own.honest(record)
        return said._replace(key=f"{said.key}{own.count % 7}")

    return translate


def broken(own: Own, how: str) -> Any:
    def leaking(record: Record) -> Statement:
        return own.honest(record, "".join(filter(str.isalnum, record.data["text"]))[:30])

    def raising(record: Record) -> Statement:
        return own.honest(record) if record.data["sex"] in ("F", "M") else 1 / 0  # type: ignore[return-value]

    def quoting(record: Record) -> Statement:
        if record.data["sex"] not in ("F", "M"):
            raise Rejected("unknown-code", record.data["sex"])
        return own.honest(record)

    def shared(record: Record) -> Statement:
        said = own.honest(record)
        return said._replace(key=f"{said.key}{record.data['sex']}")

    def refusing(record: Record) -> Statement:
        if record.position == "line 3":
            raise Rejected("unknown-code", "sex")
        return own.honest(record)

    def nothing(record: Record) -> Statement:
        return own.honest(record)._replace(facts=())

    return {
        "leaking": leaking, "raising": raising, "quoting": quoting, "shared": shared, "refusing": refusing,
        "nothing": nothing, "counting": counting(own),
    }[how]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "by"),
    [
        ("leaking", "canaries"),
        ("raising", "damage"),
        ("quoting", "damage"),
        ("refusing", "whole"),
        ("nothing", "shape"),
        ("counting", "twice"),
        ("counting", "order"),
    ],
)
def test_a_promise_that_is_broken_is_found_by_its_check(how: str, by: str) -> None:
    own = Own()
    own._translate = broken(own, how)
    checks = tried(own)
    assert by in failed(checks)
    assert MARK not in str(checks), "a finding quotes nothing"


def test_a_key_that_changes_with_what_is_said_cannot_be_corrected() -> None:
    own = Own()
    own._translate = broken(own, "shared")
    assert states(tried(own))["corrections"] == "not tried"
    assert states(tried(Own()))["corrections"] == "passed"


def test_a_mapping_lets_no_name_out_as_a_part(tmp_path: Path) -> None:
    leaky = MAPPING.replace("ignore: [name]\n", "") + "    part: {column: name}\n"
    adapter = load_mapping(write_mapping(tmp_path, leaky))
    checks = conformance(adapter, SENDER, good(tmp_path), None)
    assert states(checks)["canaries"] == "passed"


def test_a_bad_row_and_another_golden_file_are_told_by_rule_and_place(tmp_path: Path) -> None:
    adapter, data = load_mapping(write_mapping(tmp_path)), good(tmp_path)
    golden = golden_lines(adapter, SENDER, data)
    bad = write_table(tmp_path / "bad.csv", [*(row(n) for n in range(5)), row(6, age="CANARY")]).read_bytes()
    checks = conformance(adapter, SENDER, bad, golden)
    assert {"whole", "golden"} <= failed(checks)
    assert "not-an-integer at age: 1 rows, the first at line 7" in str(checks)
    assert "CANARY" not in str(checks)


def test_damage_is_the_same_for_a_seed() -> None:
    once, again = (list(damaged_files(OWN, random.Random(3), 40)) for _ in range(2))
    assert once == again
    assert len({data for _, data in once}) > 30


def test_the_command_certifies_and_the_certificate_is_of_this_adapter_alone(
    tmp_path: Path, hub_home: Path, call: Call
) -> None:
    mapping, file = str(write_mapping(tmp_path)), str(tmp_path / "good.csv")
    good(tmp_path)
    note, golden = tmp_path / "certificate.txt", str(tmp_path / "golden.jsonl")
    words = ("adapters", "check", mapping, file, "--golden", golden, "--to", str(note), "--json")
    code, out, _ = call(*words)
    said = json.loads(out)
    assert (code, {check["state"] for check in said["checks"]}, said["records"]) == (0, {"passed"}, COUNT)
    verify = ("adapters", "certificate", "--verify", str(note), "--key", said["key"])
    assert json.loads(call(*verify, "--adapter", mapping, "--json")[1])["holds"] is True
    text = note.read_text("utf-8")
    note.write_text(text.replace(f"records {COUNT}", "records 99999"), "utf-8")
    assert call(*verify)[0] == 5
    note.write_text(text, "utf-8")
    write_mapping(tmp_path, MAPPING.replace("m: M", "m: X"))
    assert call(*verify, "--adapter", mapping)[0] == 5
    assert call(*verify[:-1], "nobody+00000000+AAAA")[0] == 3


def test_nothing_is_certified_that_is_unfinished_or_fails(tmp_path: Path, hub_home: Path, call: Call) -> None:
    good(tmp_path)
    note = tmp_path / "certificate.txt"
    open_end = str(write_mapping(tmp_path, MAPPING.replace("m: M", "m: TODO")))
    code, out, _ = call("adapters", "check", open_end, str(tmp_path / "good.csv"), "--to", str(note))
    assert (code, note.exists(), "finished" in out) == (3, False, True)
    write_table(tmp_path / "good.csv", [row(1), row(2, age="CANARY")])
    fine = str(write_mapping(tmp_path))
    code, out, err = call("adapters", "check", fine, str(tmp_path / "good.csv"), "--to", str(note))
    assert (code, note.exists(), "CANARY" in out + err) == (3, False, False)
    assert call("adapters", "check", fine)[0] == 0
    (tmp_path / "good.csv").write_bytes(b"")
    assert call("adapters", "check", fine, str(tmp_path / "good.csv"))[0] == 3
    assert call("adapters", "check", fine, str(tmp_path / "none.csv"))[0] == 3


def test_a_trial_changes_nothing_of_the_file(tmp_path: Path) -> None:
    adapter, data = load_mapping(write_mapping(tmp_path)), good(tmp_path)
    before = bytes(data)
    contract(lambda: adapter, data)
    assert data == before
    assert len(list(adapter.read(io.BytesIO(data)))) == COUNT
