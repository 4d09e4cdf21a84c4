"""Counts through the whole pipe: rounded at the edge, corrected and retracted by cell, and the same in any format."""

import json
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from examples.counts import write
from hub.adapters import find
from hub.adapters.contract import contract
from hub.edge.conformance import conformance
from hub.edge.deliver import Sender
from hub.errors import Reject
from tests.counting import table, written
from tests.inputs.fits import FITS, Fit, lines, written_otherwise
from tests.pipe import ROOT, Pipe, open_pipe

PLACE = "period, offence, sex, counted, obs_status"


@pytest.fixture
def pipe(tmp_path: Path):
    with open_pipe(tmp_path) as opened:
        yield opened
        if not opened.broken:
            opened.hostile(7)


def deliver(pipe: Pipe, *rows: str, complete: bool = True, **options):
    path = pipe.folder / "counts.csv"
    path.write_bytes(table(*rows))
    return pipe.take_file(path, written(pipe.folder), complete=complete, **options)


def said(pipe: Pipe) -> list[tuple]:
    return pipe.current("aggregate_reported", PLACE)


def test_no_count_of_one_to_four_is_in_the_log_and_absence_keeps_its_name(pipe: Pipe) -> None:
    done = deliver(pipe, "2025Q1;threat;1;4;5;", "2025Q1;rape;<5;:;;", "2025Q1;other;7;-;7;", "2025Q2;other;2;;;")
    assert (done["received"], done["events"], done["quarantined"]) == (7, 7, 0)
    assert said(pipe) == [
        ("2025Q1", "02012", "F", 0, "A"),
        ("2025Q1", "02012", "M", 5, "A"),
        ("2025Q1", "03011", "F", None, "Q"),
        ("2025Q1", "03011", "M", None, "L"),
        ("2025Q1", "NR", "F", 5, "A"),
        ("2025Q1", "NR", "M", 0, "A"),
        ("2025Q2", "NR", "F", 0, "A"),
    ]


def test_the_same_table_twice_and_in_another_order_says_nothing_new(pipe: Pipe) -> None:
    rows = ["2025Q1;threat;10;40;50;", "2025Q1;rape;20;-;20;", "2025Q1;all;30;40;70;"]
    assert deliver(pipe, *rows)["accepted"] == 4
    for again in (rows, Random(3).sample(rows, 3)):
        done = deliver(pipe, *again)
        assert (done["accepted"], done["events"], done["unchanged"]) == (0, 0, 4)


def test_a_changed_cell_is_corrected_and_one_that_is_gone_from_a_complete_table_is_retracted(pipe: Pipe) -> None:
    deliver(pipe, "2025Q1;threat;10;40;50;", "2025Q1;rape;20;-;20;", "2025Q2;rape;20;-;20;")
    partial = deliver(pipe, "2025Q1;threat;25;40;65;", complete=False)
    assert (partial["accepted"], partial["unchanged"], partial["events"]) == (1, 1, 1)
    done = deliver(pipe, "2025Q1;threat;25;40;65;", "2025Q1;rape;20;;;")
    assert (done["accepted"], done["unchanged"]) == (0, 3)
    assert said(pipe) == [
        ("2025Q1", "02012", "F", 25, "A"),
        ("2025Q1", "02012", "M", 40, "A"),
        ("2025Q1", "03011", "F", 20, "A"),
        ("2025Q2", "03011", "F", 20, "A"),
        ("2025Q2", "03011", "M", 0, "A"),
    ]


def test_a_table_of_which_a_part_is_refused_takes_nothing_back(pipe: Pipe) -> None:
    deliver(pipe, "2025Q1;threat;10;40;50;", "2025Q1;rape;20;-;20;")
    done = deliver(pipe, "2025Q1;threat;10;40;51;")
    assert [(each["rule"], each["place"]) for each in done["refusals"]] == [
        ("total-differs", "women"), ("total-differs", "men"), ("total-differs", "both"),
    ]  # fmt: skip
    assert len(said(pipe)) == 4


def test_a_table_is_about_the_period_that_is_named(pipe: Pipe) -> None:
    done = deliver(pipe, "2025Q1;threat;10;40;50;", "2025Q2;threat;10;;;", periods=("2025Q1",))
    assert [(each["rule"]) for each in done["refusals"]] == ["outside-period"]
    assert len(said(pipe)) == 2


def test_a_region_of_a_count_leaves_only_where_enough_people_share_it(pipe: Pipe) -> None:
    text = written(pipe.folder).read_text("utf-8").replace(
        "dimensions:\n  offence:", 'dimensions:\n  region: {column: note, codes: {N: PT11, S: PT15}}\n  offence:'
    ).replace("ignore: {note: free text}\n", "").replace("sex: F", "sex: F, age_band: 18-24").replace(
        "sex: M", "sex: X, age_band: 18-24").replace("total: [sex]", "total: [sex, age_band]")  # fmt: skip
    path = pipe.folder / "counts.csv"
    path.write_bytes(table("2025Q1;threat;10;40;50;N"))
    pipe.take_file(path, written(pipe.folder, text), complete=True)
    assert pipe.current("aggregate_reported", "region, sex, counted") == [("PT", "X", 40), ("PT11", "F", 10)]


GOLDEN = Path(__file__).parent / "golden" / "partners" / "it-dire.jsonl"
SENDER = Sender("it-dire", "IT")


def statements(folder: Path) -> list[str]:
    """The first statements of the partner that sends no rows, and one of each state, as JSON lines."""
    adapter = find("it_dire")
    with write(folder, scale=0.4, seed=11).open("rb") as source:
        stated = [adapter.translate(record) for record in adapter.read(source)]
    states = {each.facts[0].data.get("obs_status"): each for each in stated}
    return [
        json.dumps([each.kind, each.key.replace("\x1f", " "), each.facts[0].data], ensure_ascii=False)
        for each in [*stated[:6], *(states[state] for state in sorted(filter(None, states)))]
    ]


def test_the_partner_that_sends_no_rows_states_what_is_written_down(tmp_path: Path) -> None:
    assert statements(tmp_path) == GOLDEN.read_text("utf-8").splitlines()


def test_the_partner_that_sends_no_rows_passes_the_kit(tmp_path: Path) -> None:
    data = b"".join(write(tmp_path).read_bytes().splitlines(keepends=True)[:36])  # five regions, one quarter
    checks = contract(lambda: find("it_dire"), data) + conformance(find("it_dire"), SENDER, data, None)
    assert [(each.name, each.found) for each in checks if each.state != "passed"] == [
        ("golden", ("no golden file: --golden",))
    ]
    assert len(checks) == 11


def test_a_count_that_the_generator_changed_in_one_cell_puts_its_totals_and_their_cells_aside(tmp_path: Path) -> None:
    good = write(tmp_path, scale=3).read_bytes()
    adapter = find("it_dire")
    whole = list(adapter.read(BytesIO(good)))
    lines = good.decode("cp1252").splitlines(keepends=True)
    cells = lines[1].split(";")
    cells[3] = str(int(cells[3]) + 1)
    broken = list(adapter.read(BytesIO("".join([lines[0], ";".join(cells), *lines[2:]]).encode("cp1252"))))
    differing = [each for each in broken if getattr(each.data, "rule", "") == "total-differs"]
    first = {each.position.partition(",")[0] for each in differing}
    assert "line 2" in first
    assert 0 < len(differing) < len(whole) / 2  # of the first quarter alone
    assert all(int(position.split()[1]) <= 1 + (len(lines) - 1) / 4 for position in first)


def test_one_hxl_table_in_five_formats_says_nothing_new_after_the_first(inputs: Path, tmp_path: Path) -> None:
    fits = [fit for fit in FITS if fit.patterns[0].startswith("hxl_io/input-valid")]
    assert len(fits) == 6
    with open_pipe(tmp_path) as pipe:
        done = [
            pipe.take_file(inputs / fit.patterns[0], written_otherwise(fit, tmp_path), complete=True)["events"]
            for fit in (fits * 2)
        ]
        told = pipe.current("indicator_valuereported", "area, value")
    assert done == [6, *[0] * 11]
    assert told == [("CO", 250.0), ("CO", 300.0), ("PA", 100.0), ("PA", 100.0), ("VE", 80.0), ("VE", 95.0)]


REAL = {
    "statistics_it_ministry/codice_rosso_commessi.csv": (480, 0, "none"),
    "statistics_it_ministry/omicidi_dcpc.csv": (24, 6, "6 `contradicts-row`"),
    "statistics_eige/report-513.json": (83, 0, "none"),
    "statistics_eige/report-517.json": (26, 0, "none"),
}


def test_public_statistics_go_in_or_are_refused_for_the_right_reason(inputs: Path) -> None:
    fits = tuple(fit for fit in FITS if fit.patterns[0] in REAL)
    assert len(fits) == len(REAL)
    for line in lines(inputs, fits):
        rows, refused, why = REAL[line.name]
        assert (line.rows, line.events, line.told()) == (rows, rows - refused, why)


def test_the_regions_of_italy_add_up_to_what_a_plain_recount_finds(inputs: Path) -> None:
    import csv

    path = inputs / "statistics_it_ministry" / "codice_rosso_commessi.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        recount = sum(int(row["valore"]) for row in csv.DictReader(file))
    adapter = find(str(ROOT / "examples" / "adapters" / "it_codice_rosso.yaml"))
    with path.open("rb") as file:
        found = sum(adapter.translate(record).facts[0].data["counted"] for record in adapter.read(file))
    assert found == recount


def test_an_untagged_table_is_refused_as_a_whole(inputs: Path, tmp_path: Path) -> None:
    hxl = Fit("hxl_io/input-untagged.csv", "examples/adapters/hxl_targeted.yaml")
    with open_pipe(tmp_path) as pipe, pytest.raises(Reject, match="tags-missing"):
        pipe.take_file(inputs / hxl.patterns[0], ROOT / hxl.adapter)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made_in:
        GOLDEN.write_text("".join(f"{line}\n" for line in statements(Path(made_in))), "utf-8")
