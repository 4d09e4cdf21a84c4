"""Real files of others, and the adapter that fits each: what went in, what came of it, what was refused and why."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hub.errors import Reject
from tests.pipe import ROOT, open_pipe


class Fit(NamedTuple):
    """Files below the folder of inputs, and the adapter for them: its name or a mapping file. `partner`: who sends.

    A folder goes in as one file, zipped.
    """

    files: str
    adapter: str
    partner: str | None = None


class Line(NamedTuple):
    """What became of one file. `refused`: rows by rule, or the rule for which it was refused as a whole."""

    file: str
    adapter: str
    rows: int
    events: int
    refused: str


FITS = (
    Fit("helpline_contacts_ar/linea144-2023.csv", "examples/adapters/ar_linea144.yaml"),
    Fit("hsds_3_0/*.json", "hsds", "gb-example"),
    Fit("hsds_3_0/csv", "hsds", "gb-example"),
    Fit("hsds_3_0/mock_api/**/*.json", "hsds", "gb-example"),
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
    adapter = str(ROOT / fit.adapter) if fit.adapter.endswith(".yaml") else fit.adapter
    with tempfile.TemporaryDirectory() as folder, open_pipe(Path(folder)) as pipe:
        try:
            file = _zipped(path, Path(folder)) if path.is_dir() else path
            done = pipe.take_file(file, adapter, partner=fit.partner)
        except Reject as refused:
            return Line(name, short, 0, 0, f"as a whole: {str(refused).partition(': ')[2]}")
        rules = Counter(each["rule"] for each in done["refusals"])
        said = ", ".join(f"{count:,} `{rule}`" for rule, count in rules.most_common())
        return Line(name, short, done["received"], done["events"], said or "none")


def _zipped(path: Path, folder: Path) -> Path:
    """A folder's files as a zip in another folder."""
    return Path(shutil.make_archive(str(folder / path.name), "zip", path))
