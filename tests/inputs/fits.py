"""Real files of others, and the adapter that fits them: what went in, what came of it, what was refused and why."""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hub.errors import Reject
from tests.pipe import ROOT, Pipe, open_pipe

_RULE = re.compile(r"([a-z]+(?:-[a-z]+)+) at ")


class Fit(NamedTuple):
    """Files below the folder of inputs, by patterns, and the adapter for them: its name or a mapping file.
    A folder goes in as one file, zipped.

    `partner`: who sends. `alone`: a line for each of the files, not one for all of them. `written`: how this file is
    written, in the place of what its mapping says of that (AS_CSV).
    """

    files: str | Sequence[str]
    adapter: str
    partner: str | None = None
    alone: bool = False
    written: str = ""

    @property
    def patterns(self) -> tuple[str, ...]:
        """One or many."""
        return (self.files,) if isinstance(self.files, str) else tuple(self.files)


class Line(NamedTuple):
    """What became of files. `refused`: rows by rule; `whole`: files by the rule for which none of their rows came."""

    name: str
    adapter: str
    files: int
    rows: int
    events: int
    refused: Counter[str]
    whole: Counter[str]

    def told(self) -> str:
        """What was refused, for people."""
        said = [f"{count:,} `{rule}`" for rule, count in _sorted(self.refused)]
        said += [f"{count:,} {'file' if count == 1 else 'files'} as a whole: `{rule}`" for rule, count in
                 _sorted(self.whole)]  # fmt: skip
        return ", ".join(said) or "none"


AS_CSV = 'format: csv, encoding: utf-8, separator: ","'
HXL, EIGE, ITALY = "examples/adapters/hxl_targeted.yaml", "statistics_eige/report-", "statistics_it_ministry/"
MALFORMED = Fit(("fhir_malformed_basic/*.json", "fhir_malformed_basic/*.xml"), "fhir", "ie-inputs", alone=True)
"""Has a table of its own: beside each file lies what HL7's validator says of it."""
FITS: tuple[Fit, ...] = (
    Fit("fhir_r4_gravity_sdoh/*.json", "fhir", "us-inputs"),
    Fit("fhir_r4_hl7_spec_examples/*.json", "fhir", "us-inputs"),
    Fit("fhir_r4_nhs_bars_api/**/*.json", "fhir", "gb-inputs"),
    Fit("fhir_r4_synthea_bulk10/*.ndjson", "fhir", "us-inputs", alone=True),
    Fit(("fhir_r5_hl7_spec_examples/*.json", "fhir_r5_hl7_spec_examples/*.xml"), "fhir", "us-inputs"),
    Fit(("gbv_primero/api_v2_examples/*.json", "gbv_primero/api_v2_examples/*.txt"), "primero", "us-inputs"),
    Fit("action_plans/nap5.yaml", "plan_file"),
    Fit("helpline_contacts_ar/linea144-2023.csv", "examples/adapters/ar_linea144.yaml"),
    Fit("hsds_3_0/*.json", "hsds", "gb-inputs"),
    Fit("hsds_3_0/csv", "hsds", "gb-inputs"),
    Fit("hsds_3_0/mock_api/**/*.json", "hsds", "gb-inputs"),
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


def lines(inputs: Path, fits: Sequence[Fit] = FITS) -> list[Line]:
    """Every file that fits. Each fit has an installation of its own, whose log is empty."""
    return [line for fit in fits for line in _lines(inputs, fit)]


def found(inputs: Path, fit: Fit) -> list[Path]:
    """The files of a fit, in the order of their names."""
    return sorted({path for pattern in fit.patterns for path in inputs.glob(pattern) if _is_input(path)})


def _is_input(path: Path) -> bool:
    return path.name != "manifest.json"


def _lines(inputs: Path, fit: Fit) -> Iterator[Line]:
    paths = found(inputs, fit)
    if not paths:
        return
    with tempfile.TemporaryDirectory() as folder, open_pipe(Path(folder)) as pipe:
        taken = {path: taken_of(pipe, path, fit) for path in paths}
    if fit.alone:
        yield from (line._replace(name=path.relative_to(inputs).as_posix()) for path, line in taken.items())
    else:
        yield added(" ".join(fit.patterns), taken.values())


def added(name: str, each: Iterable[Line]) -> Line:
    """One line of many."""
    many = list(each)
    refused, whole = Counter[str](), Counter[str]()
    for line in many:
        refused.update(line.refused)
        whole.update(line.whole)
    return Line(
        name, many[0].adapter, len(many), sum(e.rows for e in many), sum(e.events for e in many), refused, whole
    )


def taken_of(pipe: Pipe, path: Path, fit: Fit) -> Line:
    """What the hub makes of one file."""
    adapter = written_otherwise(fit, pipe.folder)
    short = Path(fit.adapter).stem
    try:
        file = _zipped(path, pipe.folder) if path.is_dir() else path
        done = pipe.take_file(file, adapter, partner=fit.partner)
    except Reject as refused:
        rules = Counter(_RULE.findall(str(refused))[:1] or ["?"])
        return Line(path.name, short, 1, 0, 0, Counter(), rules)
    rules = Counter(rule for _, rule in {(each["position"], each["rule"]) for each in done["refusals"]})
    return Line(path.name, short, 1, done["received"], done["events"], rules, Counter())


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


def _zipped(path: Path, folder: Path) -> Path:
    """A folder's files as a zip in another folder."""
    return Path(shutil.make_archive(str(folder / path.name), "zip", path))


def _sorted(rules: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first; of the same number by name."""
    return sorted(rules.items(), key=lambda each: (-each[1], each[0]))
