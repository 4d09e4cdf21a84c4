"""A person by names and birth date: written alike she is one person; what is missing or made up names nobody."""

import csv
import unicodedata
from pathlib import Path

import pytest

from hub.adapters.mapping import load_mapping
from hub.adapters.names import JOINT
from hub.edge.canonical import canonical
from hub.errors import Stop
from tests.delivered import left
from tests.forgetting import readable
from tests.pipe import MAPPING, Pipe, write_mapping

GOLDEN = Path(__file__).parent / "golden" / "names.csv"
COLUMNS = ("no", "given", "family", "born", "date", "sex", "age", "phy", "psy")
BY_NAME = MAPPING.replace(
    "subject: {columns: [case]}", "subject: {scheme: name-birth, columns: [given, family, born]}"
).replace("ignore: [name]\n", "")
WAYS = {
    "capitals": str.upper,
    "small letters": str.lower,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "spaces around and inside": lambda text: f"  {text}\u00a0",
    "an invisible mark": lambda text: f"\u200b{text}\ufeff",
    "wide letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
}


def golden() -> list[dict[str, str]]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def form(given: str, family: str, born: str) -> str | None:
    return canonical("name-birth", JOINT.join((given, family, born)))


@pytest.mark.parametrize("said", golden(), ids=lambda said: "|".join(list(said.values())[:3]))
def test_forms_are_what_they_always_were(said: dict[str, str]) -> None:
    assert form(said["given"], said["family"], said["born"]) == (said["canonical"] or None)


@pytest.mark.parametrize("way", WAYS)
def test_however_names_are_written_they_are_one_person(way: str) -> None:
    for said in golden():
        if said["canonical"]:
            assert form(WAYS[way](said["given"]), WAYS[way](said["family"]), said["born"]) == said["canonical"]


@pytest.mark.parametrize(
    "other",
    [("Anne", "Müller", "1985-03-07"), ("Anna", "Muster", "1985-03-07"), ("Anna", "Müller", "1985-03-08"),
     ("Müller", "Anna", "1985-03-07")],
)  # fmt: skip
def test_one_that_differs_is_another_person(other: tuple[str, str, str]) -> None:
    assert form(*other) not in (form("Anna", "Müller", "1985-03-07"), None)


def test_a_mapping_names_three_columns(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="given names, family names and birth date"):
        load_mapping(write_mapping(tmp_path, BY_NAME.replace("[given, family, born]", "[given, family]")))


def rows(*persons: tuple[str, str, str]) -> list[dict[str, str]]:
    made = dict.fromkeys(COLUMNS, "n") | {"date": "02-02-2025", "sex": "f", "age": "30"}
    return [
        made | {"no": f"R{number}", "given": given, "family": family, "born": born}
        for number, (given, family, born) in enumerate(persons)
    ]


def test_whoever_is_written_in_two_ways_is_one_subject_and_nobody_is_merged(pipe: Pipe) -> None:
    said = rows(
        ("Anna", "Müller", "1985-03-07"), ("ANNA", "Mueller", "7.3.1985"),
        ("Anna", "Müller", "01-01-1985"), ("Anna", "Müller", "01-01-1985"),
        ("", "Müller", "1985-03-07"), ("", "Müller", "1985-03-07"),
    )  # fmt: skip
    path = pipe.folder / "names.csv"
    text = "\n".join([";".join(COLUMNS), *(";".join(each.values()) for each in said)]) + "\n"
    path.write_text(text, "utf-8")
    result = pipe.take_file(path, write_mapping(pipe.folder, BY_NAME))
    assert (result["accepted"], result["quarantined"], result["unlinked"]) == (6, 0, 4)
    assert sorted(map(len, readable(pipe.hub).values())) == [1, 1, 1, 1, 2]


def test_a_cell_that_stands_for_nothing_is_no_name(tmp_path: Path) -> None:
    """`n/d` would else be the name of everybody whose name is not known."""
    text = BY_NAME.replace("source: {", 'source: {empty: ["", "n/d"], ')
    lines = [";".join(COLUMNS), *(";".join(each.values()) for each in rows(*[("n/d", "Silva", "1985-03-07")] * 2))]
    adapter = load_mapping(write_mapping(tmp_path, text))
    told = left(adapter, ("\n".join(lines) + "\n").encode())
    assert (told.closing.rows, told.closing.unlinked) == (2, 2)
    assert len({tokens[32:] for tokens, _, _ in told.rows}) == 2
