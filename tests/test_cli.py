"""The command line as a person and a program meet it: help with an example, exit codes that say what to do, JSON."""

import json
from pathlib import Path

import pytest

from hub import cli
from hub.events.wire import Receipt
from tests.pipe import row, write_mapping, write_table
from tests.test_docs import ROOT
from tests.typed import Call


@pytest.fixture
def hub(hub_home: Path, call: Call) -> Call:
    assert hub_home
    return call


@pytest.fixture
def table(tmp_path: Path) -> tuple[str, str]:
    """A file and its mapping."""
    path = write_table(tmp_path / "table.csv", [*(row(n) for n in range(20)), row(30, age="old")])
    return str(path), str(write_mapping(tmp_path))


COMMANDS = [command.name or command.callback.__name__.replace("_", "-") for command in cli.app.registered_commands]


GROUPS = [
    f"{group.name} {command.name}"
    for group in cli.app.registered_groups
    if group.typer_instance
    for command in group.typer_instance.registered_commands
]


@pytest.mark.parametrize("name", [*COMMANDS, *GROUPS])
def test_every_command_has_help_with_an_example_and_json(hub, name: str) -> None:
    code, out, _ = hub(*name.split(), "--help")
    assert code == 0
    assert f"Example: hub {name.split()[0]}" in " ".join(out.split())
    assert "--json" in out


def test_ingest_answers_counts_that_add_up(hub, table) -> None:
    path, mapping = table
    code, out, err = hub("ingest", path, "--adapter", mapping, "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["received"], answer["accepted"], answer["unchanged"], answer["quarantined"]) == (21, 20, 0, 1)
    assert answer["events"] == 20
    assert len(answer["delivery_id"]) == 32
    assert set(Receipt.__struct_fields__) - {"delivery"} <= set(answer["deliveries"][0])
    assert "applied" in err, "progress goes to stderr"
    code, out, _ = hub("ingest", path, path, "--adapter", mapping)
    assert code == 0
    assert "not-an-integer" in out
    assert "unchanged    40" in out


def test_ingest_under_another_name_is_another_partner_of_the_same_country(hub, table) -> None:
    path, mapping = table
    assert hub("ingest", path, "--adapter", mapping, "--partner", "pt-other", "--json")[0] == 0
    code, _, err = hub("ingest", path, "--adapter", mapping, "--partner", "nl-other")
    assert code == 5
    assert "pt-" in err


def test_status_tells_counts_and_places_from_the_empty_store_on(hub, table) -> None:
    code, out, _ = hub("status", "--json")
    empty = json.loads(out)
    assert code == 0
    assert (empty["position"], empty["deliveries"], empty["warehouse"], empty["releases"]) == (0, 0, "not built", [])
    hub("ingest", table[0], "--adapter", table[1])
    hub("project", "--json")
    full = json.loads(hub("status", "--json")[1])
    assert (full["position"], full["warehouse"], full["quarantine"]) == (21, 21, {"not-an-integer": 1})
    assert hub("status")[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["ingest", "nowhere.csv", "--adapter", "pt_apav"], 3, "nowhere.csv"),
        (["ingest", str(ROOT / "pyproject.toml"), "--adapter", "pt_apav"], 3, "column-missing"),
        (["ingest", str(ROOT / "README.md"), "--adapter", "nobody"], 5, "adapters list"),
        (["ingest", str(ROOT / "README.md"), "--adapter", "nowhere.yaml"], 5, "nowhere.yaml"),
        (["ingest", str(ROOT / "README.md"), "--adapter", "plan_file"], 3, "plan_file"),
        (["build"], 5, "hub project"),
        (["release", "2025Q3"], 5, ""),
        (["release", "soon"], 3, ""),
        (["query", "select 1"], 5, ""),
        (["no-such-command"], 2, ""),
    ],
)
def test_what_is_wrong_is_one_line_and_an_exit_code(hub, words: list[str], code: int, named: str) -> None:
    found, out, err = hub(*words)
    assert found == code, err
    assert named in err
    assert "Traceback" not in err + out
    if code > 2:
        assert len(err.strip().splitlines()) == 1


def test_adapters_list_names_every_partner(hub) -> None:
    answer = json.loads(hub("adapters", "list", "--json")[1])
    assert {each["name"] for each in answer["adapters"]} >= {"pt_apav", "nl_slachtofferhulp", "fi_riku", "plan_file"}
    assert "pt_apav" in hub("adapters", "list")[1]


def test_schemas_that_differ_are_told_by_check_and_mended_by_a_plain_run(hub, tmp_path: Path) -> None:
    folder = str(tmp_path / "schemas")
    assert hub("schemas", "--folder", folder, "--check")[0] == 5
    assert hub("schemas", "--folder", folder)[0] == 0
    assert hub("schemas", "--folder", folder, "--check", "--json")[0] == 0
