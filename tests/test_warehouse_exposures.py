"""Who reads the warehouse: what each exposure says, against what the pages and the exports really ask for."""

import re
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboards import data
from dashboards.data import Release
from hub.release import measure_report, zone
from hub.release.coarsen import read_lattice
from tests import manifests, pages
from tests.pages import APP, Open
from tests.pipe import ROOT

release, opened, no_search_for_components = pages.release, pages.opened, pages.no_search_for_components
known, manifest = manifests.known, manifests.manifest
PAGES = sorted(path.stem for path in (APP.parent / "views").glob("*.py") if path.stem != "__init__")
OWN = {"releases", "levels", "codes", "columns"}
"""Tables that the release makes itself: its ledger, how far it coarsened, its code lists, its codebook."""
SOURCES = {name: cube.source for name, cube in read_lattice().cubes.items()}
"""Each cube of a release, and the table of the enclave that it is made of."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The tables of the release that the pages ask for while a test runs."""
    found: set[str] = set()
    execute = Release._execute

    def told(self: Release, question: str, values: tuple[tuple[str, Any], ...]) -> list[tuple[Any, ...]]:
        found.update(re.findall(r"\brelease\.main\.(\w+)", question))
        return execute(self, question, values)

    monkeypatch.setattr(Release, "_execute", told)
    data._opened.cache_clear()  # a release that another test opened would answer from what it remembers
    return found


def models_of(tables: set[str]) -> set[str]:
    """The models that tables of the release are made of: its cubes are protected, the others copied."""
    return {SOURCES.get(table, f"public_zone.{table}").split(".")[1] for table in tables - OWN}


def said_of(manifest: dict[str, Any], exposure: str) -> set[str]:
    found = next(each for each in manifest["exposures"].values() if each["name"] == exposure)
    return {node.split(".", 2)[2] for node in found["depends_on"]["nodes"]}


def aliased(manifest: dict[str, Any], table: str, schema: str) -> str:
    """The model whose table is called so."""
    nodes = (node for node in manifest["nodes"].values() if node["resource_type"] == "model")
    return next(node["name"] for node in nodes if (node["alias"], node["schema"]) == (table, schema))


def a_measure(release: Path) -> str:
    one = Release(str(release)).measures()[0]
    return f"{one.plan}/{one.measure}"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_reads_what_its_exposure_says(
    opened: Open, release: Path, asked: set[str], manifest: dict[str, Any], page: str
) -> None:
    opened(page=f"views/{page}.py", m=a_measure(release), rag="", lang="pt")
    assert models_of(asked) == said_of(manifest, f"{page}_page")


def test_the_download_is_made_of_what_its_exposure_says(
    opened: Open, asked: set[str], manifest: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(st, "download_button", lambda label, content, *rest, **more: made.append(content()))
    opened(page="views/overview.py")
    assert made
    assert models_of(asked) == said_of(manifest, "overview_csv")


def test_the_release_is_made_of_what_its_exposure_says(manifest: dict[str, Any]) -> None:
    room = (ROOT / "hub" / "release").glob("*.py")
    asked = r"(?:FROM |AS SELECT .* FROM (?:enclave\.)?|\")(cubes|public_zone|indicators|dimensions|raw)\.(\w+)"
    named = re.findall(asked, "\n".join(map(read, room)))
    read_by_sql = {f"raw.{table}" if schema == "raw" else table for schema, table in named}
    copied = {aliased(manifest, table, schema) for table, schema in zone.COPIED.items()}
    cubes = {source.split(".")[1] for source in SOURCES.values()}
    assert read_by_sql | cubes | copied == said_of(manifest, "release_file")


def test_the_measure_reports_are_made_of_what_their_exposure_says(manifest: dict[str, Any]) -> None:
    assert models_of(set(measure_report.CUBES)) == said_of(manifest, "fhir_measure_reports")


def test_every_page_and_every_reader_has_one_exposure(manifest: dict[str, Any]) -> None:
    readers = {f"{page}_page" for page in PAGES}
    readers |= {"overview_csv", "release_file", "fhir_measure_reports", "enclave_checks"}
    assert {each["name"] for each in manifest["exposures"].values()} == readers


def read(path: Path) -> str:
    return path.read_text("utf-8")
