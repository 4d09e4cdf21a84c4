"""5,296 real contacts of a national helpline through the whole pipe: none lost, none twice, every number recounted."""

import csv
import random
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest
import yaml

from hub.cli.build import build
from hub.cli.releasing import release_period
from tests.pipe import ROOT, Pipe, open_pipe

ROWS = 5296
LATTICE = yaml.safe_load((ROOT / "hub" / "release" / "lattice.yaml").read_text("utf-8"))["dimensions"]
ADAPTER = ROOT / "examples" / "adapters" / "ar_linea144.yaml"
QUIET = {"echo": lambda _line: None}


@pytest.fixture
def helpline(inputs: Path) -> Path:
    return inputs / "helpline_contacts_ar" / "linea144-2023.csv"


def lines(path: Path) -> tuple[str, list[str]]:
    header, *rows = path.read_text("utf-8").splitlines()
    return header, rows


def write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def test_the_file_goes_in_once_and_says_nothing_new_again_nor_in_another_order(pipe: Pipe, helpline: Path) -> None:
    first = pipe.take_file(helpline, ADAPTER)
    assert (first["received"], first["accepted"], first["unchanged"], first["quarantined"]) == (ROWS, ROWS, 0, 0)
    assert first["events"] == ROWS
    position = pipe.hub.store.position()

    header, rows = lines(helpline)
    random.Random(7).shuffle(rows)
    for again in (helpline, write(pipe.folder / "shuffled.csv", header, rows)):
        result = pipe.take_file(again, ADAPTER)
        assert (result["accepted"], result["unchanged"], result["events"]) == (0, ROWS, 0)
    assert pipe.hub.store.position() == position


def test_ten_rows_changed_and_five_removed_give_exactly_those_differences(pipe: Pipe, helpline: Path) -> None:
    pipe.take_file(helpline, ADAPTER, complete=True)
    header, rows = lines(helpline)
    before = Counter(rows)
    picked = random.Random(3).sample(range(ROWS), 15)
    changed = list(rows)
    for at in picked[:10]:
        # An age nobody in the file has with this date and these answers: certainly other content.
        cells = changed[at].split(",")
        cells[3] = "119.0"
        changed[at] = ",".join(cells)
    kept = [row for at, row in enumerate(changed) if at not in picked[10:]]
    after = Counter(kept)
    result = pipe.take_file(write(pipe.folder / "changed.csv", header, kept), ADAPTER, complete=True)
    new, gone = (after - before).total(), (before - after).total()
    assert (new, gone) == (10, 15)
    assert (result["received"], result["accepted"], result["unchanged"]) == (ROWS - 5, new, ROWS - 5 - new)
    assert result["events"] == new + gone
    assert len(pipe.current()) == ROWS - 5


AGES = ((13, "0-13"), (17, "14-17"), (24, "18-24"), (44, "25-44"), (64, "45-64"), (200, "65+"))


def recount(path: Path) -> Counter[tuple[str, ...]]:
    """The leaf cube by the csv module alone: no adapter, no event, no SQL of ours."""
    cube: Counter[tuple[str, ...]] = Counter()
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        gender, bond = row["genero_persona_en_situacion_de_violencia"], row["vinculo_con_la_persona_agresora"]
        sex = "F" if gender.startswith("Mujer") else "M" if gender.startswith("Varon") else "U"
        sex = "X" if gender in ("No Binarie", "Otro") else sex
        text = row["edad_persona_en_situacion_de_violencia"]
        age = next(band for limit, band in AGES if float(text) <= limit) if text else "U"
        hurt = any(row[f"tipo_de_violencia_{f}"] == "Si" for f in ("fisica", "psicologica", "economica_y_patrimonial"))
        sexual = row["tipo_de_violencia_sexual"] == "Si"
        if bond in ("Pareja", "Ex pareja") and (hurt or sexual):
            context = "IPV"
        elif bond in ("Padre o tutor", "Madre o tutor", "Otro familiar") and (hurt or sexual):
            context = "DV"
        elif sexual:
            context = "SEX"
        else:
            context = "OTHER_VIOLENCE" if hurt else "U"
        quarter = f"{row['fecha'][:4]}Q{(int(row['fecha'][5:7]) + 2) // 3}"
        cube["AR", "AR", quarter, context, sex, age, "HELPLINE"] += 1
    return cube


def test_a_recount_of_the_file_equals_the_enclave_cube_and_the_release_within_its_band(
    tmp_path: Path, helpline: Path
) -> None:
    with open_pipe(tmp_path) as pipe:
        pipe.take_file(helpline, ADAPTER, complete=True)
        pipe.project()
        settings = pipe.hub.settings
        build(settings, **QUIET)
        expected = recount(helpline)
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            cube = connection.execute(
                "SELECT country, region, quarter, context, sex, age_band, channel, contacts FROM cubes.contacts_leaf"
            ).fetchall()
        assert {tuple(row[:-1]): row[-1] for row in cube} == dict(expected)
        assert sum(expected.values()) == ROWS

        release_period(pipe.hub, "2023Q1", today=date(2026, 11, 22), **QUIET)
    with duckdb.connect(str(settings.release_path), read_only=True) as connection:
        released = connection.execute("SELECT context, sex, age_band, channel, contacts FROM contacts").fetchall()
        levels = dict(connection.execute("SELECT dimension, level FROM levels WHERE cube = 'contacts'").fetchall())
    assert released, "a quarter of 5,296 contacts publishes something"
    assert all(n >= 5 and n % 5 == 0 for *_, n in released)
    coarse: Counter[tuple[str, ...]] = Counter()
    for (_, _, _, context, sex, age, channel), n in expected.items():
        coarse[climbed("context", context, levels), climbed("sex", sex, levels), climbed("age_band", age, levels),
               climbed("channel", channel, levels)] += n  # fmt: skip
    published = {tuple(row[:-1]): row[-1] for row in released}
    for leaf in coarse.keys() | published.keys():
        # A 5 never proves a person: one empty cell in fifty shows it (the band that hub/release/protect.py documents).
        band = 4 if coarse[leaf] else 5
        assert abs(published.get(leaf, 0) - coarse[leaf]) <= band, leaf


def climbed(dimension: str, code: str, levels: dict[str, int]) -> str:
    """A code at the level at which its dimension was published, by the lattice's data file read once more here."""
    for rung in LATTICE[dimension][1 : levels[dimension] + 1]:
        code = next(wide for wide, narrow in rung.items() if narrow == "*" or code in narrow)
    return code
