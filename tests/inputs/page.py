"""docs/inputs.md: what became of every file that nobody of this project wrote, and why nobody reads the others."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.inputs import lists
from tests.inputs.fits import FITS, MALFORMED, Line, found, lines
from tests.inputs.tables import Table, tables

OTHERWISE = {
    "cloudevents": "the schema of CloudEvents 1.0: every event's envelope is held to it (`tests/test_schemas.py`)",
    "csv_spectrum": "the oracle of the tables beside them",
    "fhir_malformed_basic": "what HL7's validator says of the files beside them",
    "gbv_primero": "code lists and headings, which [the table of words](#words-of-gbvims-and-primero) is about",
    "hsds_3_0": "its own JSON Schemas, and the tables of the package, which goes in as one file",
    "reference": "names of regions and a map: nobody's records; populations are held to them (`tests/test_places.py`)",
    "wycheproof": "vectors of HMAC, HKDF and AES-GCM: `make attacks` holds the hub's keys to them",
}
"""Why no reader takes the files of a folder that no line below is about."""
SEVERE = ("fatal", "error", "warning", "information")


def page(inputs: Path) -> str:
    """The whole page."""
    return "\n".join(_page(inputs)) + "\n"


def _page(inputs: Path) -> Iterator[str]:
    yield HEAD
    yield from folder_rows(inputs)
    yield PIPE
    yield from map(pipe_row, lines(inputs))
    yield ON_MALFORMED
    yield from malformed_rows(inputs)
    yield WORDS
    yield from word_rows(inputs)
    yield TABLES
    yield from map(table_row, tables(inputs) if inputs.is_dir() else ())
    yield ""
    yield "Damaged and endless files are tried by the same command: [security](security.md#damaged-and-endless-files)."


HEAD = """\
# Real files

Files that nobody of this project wrote, and what became of each: in, or refused by which [rule](rules.md). Made by
`make inputs`; the files are not in the repository.

| folder | files | through the pipe | read as tables | the others |
|---|---|---|---|---|"""
PIPE = """
## Through the pipe

By `hub ingest`, each line into an empty log. A row is what an adapter takes for one: a line, a record, a resource. One
that breaks several rules counts for each. Most of FHIR's own examples are no events of victim support: the rule says
what they are instead.

| files | number | adapter | rows in | events out | refused |
|---|---|---|---|---|---|"""
ON_MALFORMED = """
## Malformed FHIR

The test cases of HL7's own validator, beside the worst that it says of each. What is wrong where nobody here reads (a
name, a narrative, a picture) is passed over; a resource that states nothing is refused for that.

| file | HL7's validator | refused |
|---|---|---|"""
WORDS = """
## Words of GBVIMS and Primero

The example's incidents (`examples/formats/gbvims.csv`) below the Incident Recorder's headings in each language:

| language | headings known | rows in | events out | refused |
|---|---|---|---|---|"""
CODES = """
Every code of every list of the configuration (`hub/adapters/gbvims_codes.yaml`):

| codes | lists | what becomes of them |
|---|---|---|"""
TABLES = """
## Tables about no victims

Read by the reader of every mapping file, row by row; nothing in them is an event. Where an oracle lies beside a table,
all of its cells are the oracle's.

| file | rows | refused | as its oracle says |
|---|---|---|---|"""


def folder_rows(inputs: Path) -> Iterator[str]:
    """A line each folder of the inputs."""
    piped = {path for fit in (*FITS, MALFORMED, lists.GBVIMS) for path in found(inputs, fit)}
    read = {inputs / each.file for each in tables(inputs)} if inputs.is_dir() else set()
    for folder in sorted(each for each in inputs.glob("*") if each.is_dir()):
        files = {path for path in folder.rglob("*") if path.is_file()}
        others = len(files - piped - read)
        why = f"{others}: {OTHERWISE[folder.name]}" if others else ""
        through, as_tables = len(files & piped) or "", len(files & read - piped) or ""
        yield f"| `{folder.name}` | {len(files)} | {through} | {as_tables} | {why} |"


def pipe_row(line: Line) -> str:
    """A line of files that went through the pipe."""
    files = "<br>".join(f"`{each}`" for each in line.name.split())
    return f"| {files} | {line.files} | `{line.adapter}` | {line.rows:,} | {line.events:,} | {line.told()} |"


def malformed_rows(inputs: Path) -> Iterator[str]:
    """A line each malformed file, beside what the validator says."""
    said = validator(inputs / "fhir_malformed_basic")
    for line in lines(inputs, (MALFORMED,)):
        name = Path(line.name).name
        yield f"| `{name}` | {said.get(name, 'not asked')} | {line.told()} |"


def validator(folder: Path) -> dict[str, str]:
    """The worst severity of each file's outcomes; some have two, by the release that was asked for."""
    worst: dict[str, str] = {}
    for each in json.loads((folder / "manifest.json").read_text("utf-8")) if folder.is_dir() else ():
        if "expected" in each:
            issues = json.loads((folder / each["expected"]).read_text("utf-8")).get("issue", ())
            found = {*(issue["severity"] for issue in issues), worst.get(each["file"], "")}
            worst[each["file"]] = next((level for level in SEVERE if level in found), "nothing")
    return worst


def word_rows(inputs: Path) -> Iterator[str]:
    """The recorder in each language, then the codes."""
    if not inputs.is_dir():
        return
    for line in lists.recorders(inputs):
        yield f"| {line.name} | {line.files} | {line.rows} | {line.events} | {line.told()} |"
    yield CODES
    for each in lists.coded(inputs):
        yield f"| {each.codes} | {each.lists} | {each.what} |"


def table_row(table: Table) -> str:
    """A line of a table."""
    refused = ", ".join(f"{count} `{rule}`" for rule, count in table.damaged.items()) or "none"
    same = {None: "", True: "yes", False: "NO"}[table.same]
    return f"| `{table.file}` | {table.rows:,} | {refused} | {same} |"
