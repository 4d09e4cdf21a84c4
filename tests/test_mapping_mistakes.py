"""Mistakes of a mapping file: each is told by line and key, all at once, as the published schema has it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from hub.adapters import profiles
from hub.adapters.count_file import count_schema
from hub.adapters.mapping_file import mapping_schema
from hub.adapters.yaml_tree import NODES_LIMIT
from hub.errors import Stop
from tests.mapping_made import PRODUCT, SERVICES, made
from tests.pipe import MAPPING, row, write_mapping, write_table
from tests.typed import Call


@pytest.mark.parametrize(
    ("good", "bad", "line", "place"),
    [
        ("{f: F, m: M}", "{f: F, m: Q}", 17, "facts.0.fields.sex.codes.m: the event has no code Q"),
        ("merge: sum", "merge: add", 16, "facts.0.fields.duration_minutes.merge"),
        ("codes: {f: F, m: M}}", "codes: {f: F, m: M}, merge: sum}", 17, "facts.0.fields.sex: only integers"),
        ("as: integer", "as: date", 16, "facts.0.fields.duration_minutes: only integers and numbers"),
        ("key: [no]", "key: content", 1, "file: several rows of a record are found by its key"),
        ("rows: several", "rows: many", 10, "rows: Input should be 'one' or 'several'"),
        ("    fields:", "    when: [{column: day}]\n    fields:", 13, "facts.0.when.0: give exactly one of filled"),
        ("    fields:", "    when: [{column: day, as: date, at_least: spring}]\n    fields:", 13,
         "facts.0.when.0: the bound is not-a-date"),
        ("    fields:", "    each: sex\n    part: {column: day}\n    fields:", 12, "facts.0: each needs no part"),
        ("    fields:", "    each: age\n    fields:", 12, "facts.0: each is a field of codes"),
        ("    fields:", "    repeat: [{a: b}, {c: d}]\n    fields:", 12, "facts.0: every group of repeat names"),
        ("    fields:", "    repeat: [{zz: day}]\n    fields:", 13, "facts.0.repeat.0.zz: nothing in the rule reads"),
        ("country: PT", "country: PT\ncountry: ES", 5, "key-twice"),
        ("language: pt", "language: &me [*me]", 5, "yaml-alias"),
        ("language: pt", "language: !!python/name:os.system x", 5, "yaml-tag"),
    ],
)  # fmt: skip
def test_every_mistake_is_named_by_line_and_key(tmp_path: Path, good: str, bad: str, line: int, place: str) -> None:
    assert good in SERVICES
    with pytest.raises(Stop) as caught:
        made(tmp_path, SERVICES.replace(good, bad, 1))
    assert f"line {line}" in str(caught.value)
    assert place in str(caught.value)


def test_all_mistakes_of_a_mapping_are_told_at_once(tmp_path: Path) -> None:
    bad = SERVICES.replace("m: M", "m: Q").replace("law: LEGAL_ADVICE", "law: LAW").replace("sex: {", "shoe: {")
    with pytest.raises(Stop) as caught:
        made(tmp_path, bad)
    assert str(caught.value).count("line ") == 2


def test_a_bomb_of_aliases_is_refused_before_it_is_built(tmp_path: Path) -> None:
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    with pytest.raises(Stop, match="too-large"):
        made(tmp_path, "a0: &a0 [x]\n" + laughs)
    assert NODES_LIMIT < 10**8


SCHEMAS = {path: json.loads(text) for path, text in (mapping_schema() | count_schema()).items()}


@pytest.mark.parametrize("mapping", [SERVICES, PRODUCT, "partners", "examples"])
def test_the_published_schema_takes_what_the_hub_takes(mapping: str) -> None:
    root = Path(__file__).parents[1]
    folders = {"partners": root / "hub/adapters/partners", "examples": root / "examples/adapters"}
    texts = (
        [file.read_text("utf-8") for file in folders[mapping].glob("*.yaml") if file not in profiles()]
        if mapping in folders
        else [mapping]
    )
    for text in texts:
        said = yaml.load(text, yaml.CBaseLoader)
        name = next(iter(said))
        jsonschema.validate(_typed(said), SCHEMAS[f"adapters/{name}.v1.json"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**_typed(said), "colour": "red"}, SCHEMAS[f"adapters/{name}.v1.json"])


def _typed(said: Any) -> Any:
    """As an editor's YAML would read it: true and false are no texts."""
    if isinstance(said, dict):
        return {key: each == "true" if key == "filled" else _typed(each) for key, each in said.items()}
    return [_typed(each) for each in said] if isinstance(said, list) else said


def test_a_mistake_in_a_mapping_is_its_authors_to_mend(tmp_path: Path, hub_home: Path, call: Call) -> None:
    path = write_mapping(tmp_path, MAPPING.replace("covers:", "cover:"))
    table = write_table(tmp_path / "table.csv", [row(1)])
    for words in (("adapters", "check", path, table), ("ingest", table, "--adapter", path)):
        code, _, err = call(*map(str, words))
        assert (code, "line 11, cover" in err) == (3, True), err
