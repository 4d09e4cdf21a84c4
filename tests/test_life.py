"""One record from row to destroyed key: the page says what the pipe does, and only the first stage identifies."""

from pathlib import Path

import pytest

from examples.life import Stage, stages, told
from tests.test_docs import ROOT

PAGE = ROOT / "docs" / "life-of-a-record.md"


def test_the_page_shows_what_happens() -> None:
    printed = PAGE.read_text("utf-8").split("```life\n")[1].split("\n```")[0]
    assert printed == told()


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> list[Stage]:
    return list(stages(tmp_path_factory.mktemp("life")))


def test_what_identifies_stands_at_the_partner_alone(life: list[Stage]) -> None:
    own, *further = ["\n".join(stage.lines) for stage in life]
    assert "CANARY-Name" in own
    assert not [text for text in further if "CANARY" in text or "2025/000001" in text or "Lisboa" in text]


def test_nothing_opens_when_she_is_forgotten(life: list[Stage]) -> None:
    before = {stage.where: stage.lines for stage in life}
    assert before["forgotten; in the vault"] == before["forgotten; in the enclave's warehouse"] == ["no row"]
    assert before["in the log"][0] == before["forgotten; in the log"][0]
    assert "nobody can open" in before["forgotten; in the log"][1]


def test_nothing_stands_in_the_log_when_its_time_is_over(life: list[Stage]) -> None:
    assert life[-1].where == "its time over; in the log"
    assert life[-1].lines == ["purged.4, version 1 of stream (32 digits): no content"]


def test_nothing_of_the_life_is_left_on_the_disk(tmp_path: Path) -> None:
    list(stages(tmp_path))
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or b"CANARY" not in path.read_bytes(), path.name
