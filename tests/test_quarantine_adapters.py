"""Rows that an adapter in Python refused come back by replay too: a stranger's, FHIR, GBVIMS, Primero."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import __version__
from hub.adapters.base import Record, Rejected
from hub.adapters.gbvims import GbvimsAdapter
from hub.adapters.primero import PrimeroAdapter
from hub.cli.replaying import replay_all
from hub.edge import deliver, kept
from hub.edge.kept import Kept, open_rows, seal_rows
from hub.errors import Reject, Stop
from hub.events.wire import public_key, seal
from hub.log import quarantine
from tests.fhir_made import ENCOUNTER, PATIENT, REQUEST, bundle, but, ndjson
from tests.pipe import ROOT, Pipe, open_pipe, quiet
from tests.postgres import ENGINES
from tests.replaying import NOTHING, balanced

STRANGER = """
from datetime import date
from hub.adapters.base import Fact, Identifier, Record, Rejected, Statement

SEXES = {"f": "F", "m": "M"}


class Lines:
    name, grain = "xx_lines", "quarter"

    def read(self, source):
        for number, line in enumerate(source.read().decode().splitlines(), 1):
            yield Record(f"line {number}", DATA)

    def translate(self, record):
        key, day, sex = record.data
        if sex not in SEXES:
            raise Rejected("unknown-code", "sex")
        held = {"occurred_on": date.fromisoformat(str(day)), "sex": SEXES[sex]}
        return Statement("contact", KEY, Identifier("local", key), (Fact("contact.held", held),))


adapter = Lines()
"""
LINES = "1|2025-01-03|f\n2|2025-02-03|x\n2|2025-02-03|x\n3|2025-02-04|m\n"
BY_LIST, BY_TUPLE = "line.split('|')", "tuple(line.split('|'))"
BY_DAY = "(lambda a, b, c: [a, date.fromisoformat(b), c])(*line.split('|'))"


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as pipe:
        yield pipe


def stranger(pipe: Pipe, data: str = BY_LIST, key: str = "key", sexes: str = "") -> str:
    path = pipe.folder / "lines.py"
    text = STRANGER.replace("DATA", data).replace("KEY", key).replace('"m": "M"', f'"m": "M"{sexes}')
    path.write_text(text, "utf-8")
    return f"{path}:adapter"


def take(pipe: Pipe, adapter: str | Path, data: bytes, **options: Any) -> dict[str, Any]:
    path = pipe.folder / "file"
    path.write_bytes(data)
    return pipe.take_file(path, adapter, **options)


def replayed(pipe: Pipe, adapter: str | Path, partner: str | None = "pt-test") -> dict[str, Any]:
    return replay_all(pipe.hub, str(adapter), partner, NOTHING, NOTHING, None, quiet)


@pytest.mark.parametrize(("data", "key"), [(BY_LIST, "key"), (BY_LIST, "None"), (BY_TUPLE, "None")])
def test_what_a_mended_python_file_takes_is_delivered_and_both_files_stay_on_record(
    data: str, key: str, both: Pipe
) -> None:
    first = take(both, stranger(both, data, key), LINES.encode(), partner="pt-test")
    assert (first["accepted"], first["quarantined"]) == (2, 2)
    mended = stranger(both, data, key, ', "x": "X"')
    done = replayed(both, mended)
    assert (done["replayed"], done["not_by_mapping"]) == (2, 0)
    balanced(both)
    (record,) = quarantine.replays(both.hub.store)
    assert (record.failed_version, record.passed_version) == (__version__, __version__)
    assert len(record.failed_mapping) == len(record.passed_mapping) == 64
    assert record.failed_mapping != record.passed_mapping
    whole = take(both, mended, LINES.encode(), partner="pt-test")
    assert (whole["unchanged"], whole["events"]) == (4, 0), "the file itself says nothing that was not replayed"


def test_what_json_does_not_hold_is_left_for_the_file_itself(pipe: Pipe) -> None:
    take(pipe, stranger(pipe, BY_DAY), LINES.encode(), partner="pt-test")
    done = replayed(pipe, stranger(pipe, BY_DAY, sexes=', "x": "X"'))
    assert (done["replayed"], done["not_by_mapping"]) == (0, 2)
    balanced(pipe)


def test_a_file_that_does_not_say_who_sends_needs_to_be_told(pipe: Pipe) -> None:
    with pytest.raises(Stop, match="--partner is needed"):
        replayed(pipe, stranger(pipe), None)


def test_the_zones_mended_words_let_its_rows_pass(pipe: Pipe) -> None:
    """`be_secova`: Python reads, a mapping file says what the words mean, and both are on record."""
    for name in ("be_secova.py", "be_secova.yaml"):
        text = (ROOT / "examples" / "adapters" / name).read_text("utf-8")
        (pipe.folder / name).write_text(text, "utf-8")
    words = pipe.folder / "be_secova.yaml"
    whole = words.read_text("utf-8")
    words.write_text(whole.replace("droits: INFO_RIGHTS, ", ""), "utf-8")
    adapter = f"{pipe.folder / 'be_secova.py'}:adapter"
    journal = "P|D1|F|1990|Liège\nC|1|03/03/2025|TEL|droits\n".encode("cp1252")
    first = take(pipe, adapter, journal)
    words.write_text(whole, "utf-8")
    done = replayed(pipe, adapter, "be-secova")
    assert (first["quarantined"], done["replayed"]) == (1, 1), (first["refusals"], done)
    (record,) = quarantine.replays(pipe.hub.store)
    assert record.failed_mapping != record.passed_mapping


ODD = but(REQUEST, id="r9", category=[{"coding": [{"system": "http://example.org/services", "code": "shelter"}]}])
PROFILE = "fhir: 1\nname: pt_fhir\npartner: pt-test\ncountry: PT\n"
MENDED = "codes: {to_tier: {'http://example.org/services': {shelter: {to: SPECIALIST_GBV, relation: broader}}}}\n"


@pytest.mark.parametrize("form", ["lines", "bundle", "nested"])
def test_a_resource_whose_code_the_profile_lacked_is_replayed_wherever_it_stood(form: str, both: Pipe) -> None:
    profile = both.folder / "pt_fhir.yaml"
    profile.write_text(PROFILE, "utf-8")
    resources = (PATIENT, ENCOUNTER, ODD, {"resourceType": "Observation", "id": "o1", "status": "final"})
    data = {
        "lines": ndjson(*resources),
        "bundle": json.dumps(bundle(*resources)).encode(),
        "nested": json.dumps(bundle(bundle(*resources))).encode(),
    }[form]
    first = take(both, profile, data)
    assert (first["accepted"], first["quarantined"]) == (1, 2), first["refusals"]
    profile.write_text(PROFILE + MENDED, "utf-8")
    done = replayed(both, profile)
    assert (done["replayed"], done["not_by_mapping"]) == (1, 1), "of the observation nothing was kept but its type"
    (record,) = quarantine.replays(both.hub.store)
    assert record.failed_mapping != record.passed_mapping
    again = take(both, profile, data)
    assert (again["unchanged"], again["events"]) == (2, 0)
    balanced(both)


FORMATS = {
    "gbvims": (GbvimsAdapter, "gbvims.csv", "I-001"),
    "primero": (PrimeroAdapter, "primero.json", ""),
}


@pytest.mark.parametrize("name", FORMATS)
def test_what_an_older_hub_refused_a_newer_one_takes_and_both_versions_are_named(
    name: str, pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, file, _ = FORMATS[name]
    good = (ROOT / "examples" / "formats" / file).read_bytes()
    real, seen = kind.translate, list[str]()

    def older(self: Any, record: Record) -> Any:
        seen.append(record.position)
        if len(seen) % 2:
            raise Rejected("unknown-code", "sex")
        return real(self, record)

    with monkeypatch.context() as before:
        before.setattr(kind, "translate", older)
        before.setattr(deliver, "__version__", "0.0.1")
        first = take(pipe, name, good, partner="pt-test")
    assert first["quarantined"] >= 2
    done = replayed(pipe, name)
    assert done["replayed"] == first["quarantined"] - done["refused_again"] > 0
    (record,) = quarantine.replays(pipe.hub.store)
    assert (record.failed_version, record.passed_version) == ("0.0.1", __version__)
    assert (record.failed_mapping, record.passed_mapping) == ("", "")
    again = take(pipe, name, good, partner="pt-test")
    assert again["events"] == 0, "the whole file says nothing that was not replayed"
    balanced(pipe)


@pytest.mark.parametrize("rows", [b"", b"{}", b"[[1]]", b'[["line 1"]]', b"\xff", b"[" * 100_000])
def test_what_a_stranger_sealed_in_the_place_of_rows_is_refused_by_name(rows: bytes) -> None:
    secret = b"s" * 32
    sealed = seal(rows, public_key(secret), "d|refused")
    with pytest.raises(Reject, match="no rows"):
        open_rows(sealed, secret, "d")


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        ({"a": "ä", "b": [1, 2.5, None, True], "c": {"d": "x"}}, True),
        ("text", True),
        ({"a": "broken \udcff"}, False),
        ({"a": 1 << 80}, False),
        ({"a": float("inf")}, False),
        ({1: "a"}, False),
        ({"a": b"x"}, False),
        ([[]], True),
    ],
)
def test_a_row_is_kept_as_it_was_or_says_that_it_is_not(data: Any, whole: bool) -> None:
    secret = b"s" * 32
    (row,) = open_rows(seal_rows([("line 1", data)], public_key(secret), "d"), secret, "d")
    assert row.whole is whole
    assert row == Kept("line 1", data, True) or not whole


def test_what_lies_too_deep_is_not_whole() -> None:
    deep: Any = []
    for _ in range(kept.DEEPEST + 1):
        deep = [deep]
    secret = b"s" * 32
    (row,) = open_rows(seal_rows([("line 1", deep)], public_key(secret), "d"), secret, "d")
    assert not row.whole
