"""Directories of services (HSDS 3.x) in every form: taken apart into tables, references that lead nowhere are named."""

import io
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.adapters.base import Rejected
from hub.adapters.hsds_references import REFERENCES, broken
from hub.adapters.hsds_tables import DEPTH_LIMIT, Directory, read_directory
from hub.events.wire import RowPosition
from tests.hsds_made import CANARY, packed, zipped

CSV = {
    "organizations.csv": b"id,name,description\no1,An organisation,x\n",
    "services.csv": b"id,organization_id,name,status\ns1,o1,A service,active\n",
}
SERVICE = {
    "id": "s1",
    "name": CANARY,
    "status": "active",
    "organization": {"id": "o1", "name": CANARY, "contacts": [{"id": "c1", "name": CANARY}]},
    "service_at_locations": [{"id": "sl1", "location": {"id": "l1", "location_type": "physical"}}],
}


def directory(data: bytes) -> Directory:
    return read_directory(io.BytesIO(data))


def lost(data: bytes) -> dict[str, list[str]]:
    """Fields whose reference leads nowhere, by the place of their row."""
    return {
        place.position: [f"{table}.{field}" for field in fields] for table, place, fields in broken(directory(data))
    }


def spoken(table: str) -> str:
    return table.replace("_", " ").removeprefix("organization ")


@pytest.fixture
def hsds(inputs: Path) -> Path:
    return inputs / "hsds_3_0"


BROKEN = {
    "locations": ["locations.organization_id"],
    "contacts": ["contacts.organization_id", "contacts.service_at_location_id"],
    "taxonomy_terms": ["taxonomy_terms.taxonomy_id"],
}


def test_the_three_rows_of_the_example_whose_references_lead_nowhere_are_found(hsds: Path) -> None:
    real = packed(hsds / "csv")
    assert lost(real) == {f"{spoken(table)}, line 2": fields for table, fields in BROKEN.items()}
    assert lost((hsds / "tabular.json").read_bytes()) == {
        f"{spoken(table)}, row 1": each for table, each in BROKEN.items()
    }


def test_every_broken_reference_of_every_table_is_found_and_no_other(hsds: Path) -> None:
    # The other way round: repair the three rows, then break each reference of the package, one after the other.
    whole = json.loads((hsds / "tabular.json").read_text("utf-8"))
    ids = {name.removesuffix(".csv"): rows[0]["id"] for name, rows in whole.items()}
    for table, fields in REFERENCES.items():
        for field, target in fields.items():
            if field in whole[f"{table}.csv"][0]:
                whole[f"{table}.csv"][0][field] = ids[target]
    assert lost(json.dumps(whole).encode()) == {}
    seen = 0
    for table, fields in REFERENCES.items():
        for field in fields.keys() & whole[f"{table}.csv"][0].keys():
            wrong = json.loads(json.dumps(whole))
            wrong[f"{table}.csv"][0][field] = CANARY
            assert lost(json.dumps(wrong).encode()) == {f"{spoken(table)}, row 1": [f"{table}.{field}"]}
            seen += 1
    assert seen >= 30


def test_the_references_are_those_of_the_data_zipped(hsds: Path) -> None:
    resources = json.loads((hsds / "csv" / "datapackage.json").read_text("utf-8"))["resources"]
    tables = {resource["name"]: resource["path"].removesuffix(".csv") for resource in resources}
    declared = {
        tables[resource["name"]]: {
            key["fields"]: tables[key["reference"]["resource"]] for key in resource["schema"].get("foreignKeys", [])
        }
        for resource in resources
    }
    assert {table: keys for table, keys in declared.items() if keys} == REFERENCES


def test_of_every_example_all_services_are_found_and_what_is_no_directory_is_named(hsds: Path) -> None:
    services, none = 0, []
    for path in sorted(hsds.rglob("*.json")):
        found = directory(path.read_bytes())
        services += len({place.row["id"] for place in found.tables.get("services", [])})
        none += [path.relative_to(hsds).as_posix() for _, wrong in found.damaged if wrong.rule == "not-a-directory"]
    assert services == 9
    assert none == ["base.json", "csv/datapackage.json", "mock_api/root.json"] + [
        f"schema/{name}.json"
        for name in ("location", "openapi", "organization", "schedule", "service", "service_at_location")
    ]


def test_a_document_is_taken_apart_into_rows_that_name_each_other() -> None:
    tables = directory(json.dumps(SERVICE).encode()).tables
    assert [place.row["organization_id"] for place in tables["services"]] == ["o1"]
    assert [(place.row["service_id"], place.row["location_id"]) for place in tables["service_at_location"]] == [
        ("s1", "l1")
    ]
    assert [place.position for place in tables["contacts"]] == ["item 1, contacts 1"]


def test_a_row_of_another_shape_is_put_aside_alone() -> None:
    found = directory(zipped(CSV | {"services.csv": b"\xef\xbb\xbf" + CSV["services.csv"] + b"s2,o1\n"}, ""))
    assert [(place, wrong.rule) for place, wrong in found.damaged] == [("services, line 3", "row-shape")]
    assert [place.position for place in found.tables["services"]] == ["services, line 2"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("not-json", "file")),
        (b"PK\x03\x04 no zip", ("not-a-package", "file")),
        (zipped(CSV)[:-30], ("not-a-package", "file")),
        (zipped({"datapackage.json": b'{"version": "2.0.1"}'}), ("unknown-version", "datapackage.json")),
        (zipped({"service_taxonomy.csv": b"id\n"}), ("unknown-version", "service_taxonomy.csv")),
        (zipped({"services.csv": b'id,name\n"s1,x\n'}), ("row-shape", "services.csv, line 2")),
        (zipped({"services.csv": b"id,name\ns1,\xff\n"}), ("not-text", "services.csv, line 2")),
        (zipped({f"{n}.csv": b"" for n in range(201)}), ("too-large", "file")),
        (b'{"version": "2.0", "openapi_url": "x"}', ("unknown-version", "version")),
        (b'{"services.csv": {}}', ("not-a-list", "services.csv")),
        (b'{"id":"x","status":"a","organization":' * (DEPTH_LIMIT + 1) + b"{}" + b"}" * (DEPTH_LIMIT + 1),
         ("too-deep", "file")),
        (b"[" * 100_000, ("too-deep", "file")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_file_that_is_no_directory_is_refused_by_rule(data: bytes, expected: tuple[str, str]) -> None:
    with pytest.raises(Rejected) as rejected:
        directory(data)
    assert tuple(rejected.value.problems[0]) == expected


def test_a_zip_that_unpacks_to_more_than_the_limit_is_refused_without_unpacking_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hub.adapters.hsds_tables.SIZE_LIMIT", 1024 * 1024)
    bomb = zipped({"services.csv": b"0" * (1024 * 1024 + 1)})
    assert len(bomb) < 10_000
    with pytest.raises(Rejected, match="too-large at file"):
        directory(bomb)


@settings(max_examples=60)
@given(st.sampled_from([zipped(CSV), json.dumps(SERVICE).encode()]), st.data())
def test_any_damage_is_a_directory_or_a_rejection_that_quotes_nothing(whole: bytes, data: st.DataObject) -> None:
    found = bytearray(whole)
    at = data.draw(st.integers(0, len(found) - 1))
    found[at : at + data.draw(st.integers(0, 9))] = data.draw(
        st.binary(max_size=6) | st.sampled_from([b'"', b"{", b"["])
    )
    try:
        list(broken(directory(bytes(found))))
    except Rejected as rejected:
        told = str(rejected)
    else:
        told = ""
    assert CANARY not in told


def test_every_place_is_one_that_a_delivery_may_tell_and_none_is_told_twice(hsds: Path) -> None:
    tell = re.compile(get_args(RowPosition)[1].pattern).fullmatch
    files = [path.read_bytes() for path in (hsds / "organization_full.json", hsds / "tabular.json")]
    for data in (*files, packed(hsds / "csv"), json.dumps([SERVICE, SERVICE]).encode()):
        found = [place.position for places in directory(data).tables.values() for place in places]
        assert len(found) > 5
        assert [position for position in found if not tell(position)] == []
        assert len({*found}) == len(found)
