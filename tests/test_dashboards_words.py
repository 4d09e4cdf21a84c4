"""The pages' door to data, and their words: only the release is read, and all of it is said in every language."""

import ast
import re
from pathlib import Path

import pytest
import yaml
from babel.messages.pofile import read_po

from dashboards import data, lattice, words
from dashboards.labels import LISTS
from tests import pages

ROOT = Path(__file__).parents[1]
APP = ROOT / "dashboards" / "app.py"
LANGUAGES = words.languages()


release = pages.release


def test_a_reader_cannot_reach_anything_but_the_release(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_RELEASE", str(release))
    here = data.current()
    for forbidden in (
        "DELETE FROM release.main.releases",
        "SELECT * FROM read_text('/etc/hostname')",
        "ATTACH 'elsewhere.duckdb'",
        "SET enable_external_access = true",
        "COPY (SELECT 1) TO 'out.csv'",
    ):
        with pytest.raises(data.UnreadableError):
            here._ask(forbidden)


def test_the_lattice_is_the_releases_own() -> None:
    ladders = yaml.safe_load((ROOT / "hub" / "release" / "lattice.yaml").read_text(encoding="utf-8"))["dimensions"]
    for dimension, levels in lattice.LEVELS.items():
        first, *wider = ladders[dimension]
        finest = {code: frozenset({code}) for code in first}
        assert levels[0] == finest
        for ours, groups in zip(levels[1:], wider, strict=True):
            parts = {name: finest if codes == "*" else codes for name, codes in groups.items()}
            finest = {name: frozenset().union(*(finest[code] for code in codes)) for name, codes in parts.items()}
            assert ours == finest


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_filter_option_has_a_label(release: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("HUB_RELEASE", str(release))
    labels = data.current().labels(lang)
    for dimension, name in LISTS.items():
        assert {one.name for one in lattice.options(dimension)} <= {code for known, code in labels if known == name}


def written() -> set[str | tuple[str, str]]:
    """Every text that the code hands to the catalogue."""
    found: set[str | tuple[str, str]] = set()
    for path in (ROOT / "dashboards").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                given = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if name in {"t", "_", "words", "self"} and given:
                    found.add(given[0])
                elif name == "n" and len(given) >= 2:
                    found.add((given[0], given[1]))
    return found


@pytest.mark.parametrize("lang", [one for one in LANGUAGES if one != "en"])
def test_every_text_is_translated_with_the_same_values_in_it(lang: str) -> None:
    with (words.FOLDER / lang / "LC_MESSAGES" / "vs.po").open("rb") as source:
        messages = {message.id: message for message in read_po(source) if message.id}
    assert set(messages) == written()
    for key, message in messages.items():
        assert not message.fuzzy
        forms = (key, message.string) if isinstance(key, str) else (key[1], *message.string)
        placeholders = {frozenset(re.findall(r"\{\w*\}", str(form))) for form in forms}
        assert all(forms), key
        assert len(placeholders) == 1, key


def test_numbers_and_dates_follow_the_language() -> None:
    portuguese = words.Words("pt")
    assert portuguese.number(12345.6) == "12\u00a0345,6"
    assert portuguese.quarter("2025Q3") == "3.º trim. 2025"
    assert portuguese.n("{n} day later", "{n} days later", 1) == "1 dia mais tarde"
    assert words.Words("en").number(12345.6) == "12,345.6"
