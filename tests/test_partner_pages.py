"""A partner's page says what its mapping file says: it is made of it, and nothing of it is missing."""

import pytest

from hub.adapters import find, mappings
from hub.adapters.page import main, pages
from tests.pipe import ROOT

FOLDER = ROOT / "docs" / "partners"


def test_the_pages_are_those_of_the_mapping_files() -> None:
    written = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run `make schemas`"


@pytest.mark.parametrize("name", [path.stem for path in mappings()])
def test_a_page_names_every_column_and_word_and_why_a_column_is_not_read(name: str) -> None:
    mapping, page = find(name).mapping, pages()[f"{name}.md"]
    assert mapping.organisation
    assert mapping.unit
    assert all(mapping.ignored().values())
    for column in mapping.columns():
        assert f"`{column}`" in page
    for fact in mapping.facts:
        assert f"### [`{fact.event}`]" in page
        for field in fact.fields.values():
            for word, entry in field.crosswalk().items():
                assert (f"`{word}`" if word else "an empty cell").replace("|", "\\|") in page
                assert entry.because in page


def test_writing_takes_away_the_page_of_a_partner_that_is_gone(tmp_path, monkeypatch) -> None:
    (tmp_path / "xx_gone.md").write_text("gone", "utf-8")
    monkeypatch.setattr("sys.argv", ["page", str(tmp_path)])
    main()
    assert {path.name for path in tmp_path.iterdir()} == set(pages())
