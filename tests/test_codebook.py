"""The codebook: everything of a release is explained, in every language, in each of its forms."""

import ast
import csv
import io
import re
from pathlib import Path

import duckdb
import pytest
import yaml
from babel.messages.pofile import read_po

from hub.errors import Reject
from hub.release import codebook_pages, described, zone
from hub.release.codebook import Item, codebook, public_tables
from tests import recounted
from tests.pipe import ROOT
from tests.warehouse_rows import Told

told = recounted.told
LANGUAGES = described.languages()
ROOM = ROOT / "hub" / "release"


@pytest.fixture(scope="module")
def released(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release file as it is made of a warehouse that was built, before any quarter is out."""
    path = tmp_path_factory.mktemp("released") / "release.duckdb"
    assert zone.replace_release(path, told.settings.warehouse_path, [])
    return path


def public_texts() -> list[str]:
    tables = [described.released(name) for name in public_tables()]
    texts = [text for table in tables for text in (table.description, *(each.description for each in table.columns))]
    return list(dict.fromkeys(texts))


def own_words() -> set[str]:
    """What the pages say beside the texts of the warehouse: every literal that is passed to `said`, and the lists."""
    found = {*codebook_pages.RULES, codebook_pages.ABOUT, codebook_pages.ENCLAVE}
    for name in ("codebook.py", "codebook_pages.py"):
        for node in ast.walk(ast.parse((ROOM / name).read_text("utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.match(r"[A-Za-z][a-z]+\b", node.value)
            ):
                found.add(node.value)
    return found


def untranslated(lang: str) -> list[str]:
    known = described.translations(lang)
    return [text for text in public_texts() if lang != "en" and text not in known]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_public_is_said_in_every_language(lang: str) -> None:
    assert untranslated(lang) == []
    assert len(LANGUAGES) >= 2


def test_a_text_that_was_changed_has_no_translation_until_somebody_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = dict(described.tables())
    plans = tables["plans"]
    tables["plans"] = described.Table("plans", "plans", plans.folder, "One row a plan, changed.", plans.columns)
    monkeypatch.setattr(described, "tables", lambda: tables)
    assert untranslated("pt") == ["One row a plan, changed."]


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_a_translation_translates_something_that_is_still_said(lang: str) -> None:
    with (described.CODEBOOK / f"{lang}.po").open("rb") as source:
        messages = [each for each in read_po(source) if each.id]
    texts = {*public_texts(), *own_words(), *(item.text for item in codebook("en", whole=True))}
    assert [each.id for each in messages if each.id not in texts] == []
    assert [each.id for each in messages if not each.string or each.fuzzy] == []
    braces = re.compile(r"\{\w+\}|[A-Z]{2,}_[A-Z_]+")
    assert [each.id for each in messages if set(braces.findall(each.id)) - set(braces.findall(each.string))] == []


def test_a_release_explains_each_of_its_columns_and_no_other(released: Path) -> None:
    with duckdb.connect(str(released), read_only=True) as connection:
        there = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        asked = (
            "SELECT table_name, column_name, upper(data_type) FROM columns WHERE lang = ? AND column_name IS NOT NULL"
        )
        for lang in LANGUAGES:
            said = connection.execute(asked, [lang]).fetchall()
            assert sorted((t, c, kind.replace(" PRECISION", "")) for t, c, kind in said) == sorted(there)
        lists = "SELECT list FROM columns WHERE list IS NOT NULL EXCEPT SELECT list FROM codes"
        assert connection.execute(lists).fetchall() == []
        tables = connection.execute("SELECT count(*) FROM columns WHERE column_name IS NULL AND lang = 'pt'").fetchall()
    assert tables == [(len(public_tables()),)]


def test_a_code_of_a_list_that_a_column_is_of_is_one(released: Path) -> None:
    """Told's plan has codes in it: each stands in the list that the codebook names for its column."""
    with duckdb.connect(str(released), read_only=True) as connection:
        asked = "SELECT table_name, column_name, list FROM columns WHERE lang = 'en' AND list IS NOT NULL"
        checked = 0
        for table, column, name in connection.execute(asked).fetchall():
            one = f"unnest(string_split({column}, ' '))" if table == "sharing_agreements" else column
            found = connection.execute(
                f"SELECT code FROM (SELECT {one} AS code FROM {table}) WHERE code IS NOT NULL "
                "EXCEPT SELECT code FROM codes WHERE list = ?",
                [name],
            ).fetchall()
            assert found == [], f"{table}.{column} is not of {name}"
            checked += 1
    assert checked > 15


def test_the_same_release_again_explains_the_same(released: Path, told: Told) -> None:
    assert not zone.replace_release(released, told.settings.warehouse_path, [])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_label(lang: str) -> None:
    codes = [item for item in codebook(lang) if item.kind == "code"]
    assert len(codes) > 800
    assert [item for item in codes if not item.text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", codebook_pages.FORMS)
def test_each_form_says_all_of_it(form: str, lang: str, tmp_path: Path) -> None:
    path = tmp_path / f"codebook{form}"
    lines = codebook_pages.write(path, lang)
    text = path.read_text("utf-8")
    items = list(codebook(lang))
    assert lines == len(items)
    if form == ".csv":
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        assert [Item(*row) for row in rows[1:]] == items
        assert [row for row in rows if any(cell.startswith(("=", "+", "-", "@")) for cell in row)] == []
    else:
        plain = text.replace("\\|", "|").replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
        plain = plain.replace("&lt;", "<").replace("&gt;", ">")
        assert [item for item in items if item.text not in plain or item.name not in plain] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_nobody_and_every_link_leads_somewhere(lang: str, tmp_path: Path) -> None:
    codebook_pages.write(tmp_path / "codebook.html", lang, whole=True)
    page = (tmp_path / "codebook.html").read_text("utf-8")
    assert f'<html lang="{lang}">' in page
    assert re.findall(r"<script|src=|@import|url\(|href=\"(?!#|data:)", page) == []
    anchors = re.findall(r' id="([^"]+)"', page)
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r'href="#([^"]+)"', page)) - set(anchors) == set()


def test_the_whole_codebook_holds_every_table_of_the_warehouse() -> None:
    models = [
        model["name"]
        for path in (ROOT / "warehouse" / "models").rglob("_*.yml")
        for model in yaml.safe_load(path.read_text("utf-8")).get("models") or ()
    ]
    tables = [item.name for item in codebook("en", whole=True) if item.kind == "table"]
    made = [table.name for table in described.tables().values() if table.folder == "release"]
    aliased = {described.released(name).model: name for name in public_tables()}
    assert sorted(tables) == sorted([*(aliased.get(name, name) for name in models), *made])
    assert len(models) > 90


def test_what_is_exact_is_told_apart_from_what_is_released() -> None:
    assert "contact_contributions" not in {item.name for item in codebook("en")}
    within = {item.name: item.of for item in codebook("en", whole=True) if item.kind == "table"}
    assert within["contact_contributions"] == "cubes"
    assert within["contacts"] == "release"


def test_a_language_or_a_form_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Reject, match="en, pt"):
        codebook_pages.write(tmp_path / "codebook.html", "xx")
    with pytest.raises(Reject, match=r"\.html, \.md, \.csv"):
        codebook_pages.write(tmp_path / "codebook.docx", "en")
    assert list(tmp_path.iterdir()) == []
