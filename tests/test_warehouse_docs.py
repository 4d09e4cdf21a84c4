"""The warehouse's documentation as a page: complete without a network, without a machine's path and without a value."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from hub.cli import documented, picture
from tests import manifests
from tests.pipe import ROOT
from tests.test_browser import CHROMIUM, FLAGS

known, manifest = manifests.known, manifests.manifest


@pytest.fixture(scope="module")
def page(known: documented.Known) -> str:
    return documented.page(known)


def test_the_page_names_no_machine_and_no_moment(page: str, tmp_path: Path) -> None:
    words = {str(ROOT), str(Path.home()), str(tmp_path.parents[1]), "warehouse.duckdb", "generated_at", "invocation_id"}
    assert [word for word in words if word in page] == []


def test_the_page_holds_types_and_no_statistics_of_any_column(page: str) -> None:
    assert page.count('"stats":{}') > 60
    assert re.findall(r'"stats":\{[^}]', page) == []
    assert '"type":"varchar"' in page


def test_the_page_would_tell_nobody_who_reads_it(page: str) -> None:
    assert '"send_anonymous_usage_stats":false' in page
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?!data:)", page.split("<script defer")[0])


@contextmanager
def opened() -> Iterator[tuple[Page, set[str], list[str]]]:
    """A page of a browser, what it asks for, and what goes wrong in it."""
    assert CHROMIUM, "the browser tests need chromium: apt-get install chromium"
    asked: set[str] = set()
    wrong: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        shown = chromium.new_page()
        shown.on("request", lambda request: asked.add(request.url.split("#")[0]))
        shown.on("pageerror", lambda error: wrong.append(str(error)))
        shown.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        yield shown, asked, wrong
        chromium.close()


@pytest.mark.browser
def test_the_page_opens_in_a_browser_and_asks_for_nothing(page: str, tmp_path: Path) -> None:
    file = tmp_path / "warehouse.html"
    file.write_text(page, "utf-8")
    with opened() as (shown, asked, wrong):
        shown.goto(f"{file.as_uri()}#!/model/model.{documented.OWN}.measures")
        expect(shown.get_by_text("rag_computed").first).to_be_visible(timeout=20_000)
        expect(shown.get_by_text("varchar").first).to_be_visible()
        shown.goto(f"{file.as_uri()}#!/exposure/exposure.{documented.OWN}.plans_page")
        expect(shown.get_by_text("Are the action plans being put into practice?").first).to_be_visible(timeout=20_000)
    assert asked == {file.as_uri()}
    assert wrong == []


def test_the_picture_is_drawn_from_the_models_as_they_are(manifest: dict[str, Any]) -> None:
    kept = (ROOT / "docs" / "warehouse.svg").read_text("utf-8")
    assert kept == picture.picture(manifest), "make schemas draws it anew"


def test_every_model_stands_in_the_picture(manifest: dict[str, Any]) -> None:
    drawn = picture.picture(manifest)
    names = [node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    missing = [name for name in names if f">{name}<" not in drawn and name.removeprefix("stg_hub__") not in drawn]
    assert missing == []
    assert len(names) > 80
