"""Real files of others, and the adapter that fits each: what went in, what came of it, what was refused and why."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hub.errors import Reject
from tests.pipe import ROOT, open_pipe


class Fit(NamedTuple):
    """Files below the folder of inputs, and the adapter for them: its name or a mapping file. `partner`: who sends.

    `written`: how this file is written, in the place of the first `format: csv, encoding: utf-8, separator: ","`.
    """

    files: str
    adapter: str
    partner: str | None = None
    written: str = ""


class Line(NamedTuple):
    """What became of one file. `refused`: rows by rule, or the rule for which it was refused as a whole."""

    file: str
    adapter: str
    rows: int
    events: int
    refused: str


AS_CSV = 'format: csv, encoding: utf-8, separator: ","'
HXL, EIGE, ITALY = "examples/adapters/hxl_targeted.yaml", "statistics_eige/report-", "statistics_it_ministry/"
FITS = (
    Fit("helpline_contacts_ar/linea144-2023.csv", "examples/adapters/ar_linea144.yaml"),
    Fit("hxl_io/input-valid.csv", HXL),
    Fit("hxl_io/input-valid-latin1.csv", HXL, written="format: csv, encoding: iso8859-1"),
    Fit("hxl_io/input-valid.tsv", HXL, written="format: tsv"),
    Fit("hxl_io/input-valid.xlsx", HXL, written="format: xlsx"),
    Fit("hxl_io/input-valid.json", HXL, written="format: json"),
    Fit("hxl_io/input-valid-objects.json", HXL, written="format: json"),
    Fit("hxl_io/input-untagged.csv", HXL),
    Fit(f"{ITALY}codice_rosso_commessi.csv", "examples/adapters/it_codice_rosso.yaml"),
    Fit(f"{ITALY}omicidi_dcpc.csv", "examples/adapters/it_omicidi.yaml"),
    Fit(f"{EIGE}513.json", "examples/adapters/eige_services.yaml"),
    Fit(f"{EIGE}517.json", "examples/adapters/eige_shelters.yaml"),
)
"""A line each: whoever brings an adapter that fits files of the inputs adds one."""


def page(inputs: Path) -> str:
    """docs/inputs.md."""
    return "\n".join(_page(inputs)) + "\n"


def _page(inputs: Path) -> Iterator[str]:
    yield "# Real files"
    yield ""
    yield "Files that nobody of this project wrote, each through the whole pipe into an empty log: rows in, events out,"
    yield "and what was refused by which [rule](rules.md). Made by `make inputs`; the files are not in the repository."
    yield ""
    yield "| file | adapter | rows in | events out | refused |"
    yield "|---|---|---|---|---|"
    for line in lines(inputs):
        yield f"| `{line.file}` | `{line.adapter}` | {line.rows:,} | {line.events:,} | {line.refused} |"
    yield ""
    yield "Damaged and endless files are tried by the same command: [security](security.md#damaged-and-endless-files)."


def lines(inputs: Path, fits: tuple[Fit, ...] = FITS) -> list[Line]:
    """Every file that fits, in an installation of its own."""
    return [_through(path, inputs, fit) for fit in fits for path in sorted(inputs.glob(fit.files))]


def _through(path: Path, inputs: Path, fit: Fit) -> Line:
    name, short = path.relative_to(inputs).as_posix(), Path(fit.adapter).stem
    with tempfile.TemporaryDirectory() as folder, open_pipe(Path(folder)) as pipe:
        adapter = written_otherwise(fit, Path(folder))
        try:
            done = pipe.take_file(path, adapter, partner=fit.partner)
        except Reject as refused:
            return Line(name, short, 0, 0, f"as a whole: {str(refused).partition(': ')[2]}")
        rules = Counter(each["rule"] for each in done["refusals"])
        said = ", ".join(f"{count:,} `{rule}`" for rule, count in rules.most_common())
        return Line(name, short, done["received"], done["events"], said or "none")


def written_otherwise(fit: Fit, folder: Path) -> str:
    """The adapter for a file: as it is named, or its mapping for a file that is written otherwise."""
    if not fit.adapter.endswith(".yaml"):
        return fit.adapter
    mapping = ROOT / fit.adapter
    if not fit.written:
        return str(mapping)
    other = folder / mapping.name
    other.write_text(mapping.read_text("utf-8").replace(AS_CSV, fit.written, 1), "utf-8")
    return str(other)
