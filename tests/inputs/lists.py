"""The words of GBVIMS and Primero: the recorder's headings in each language, and every code of every list."""

import csv
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

from hub.adapters.gbvims_codes import CODES, columns, crosswalks
from hub.adapters.spelling import fold
from hub.adapters.yaml_tree import LOADER
from tests.inputs.fits import Fit, Line, taken_of
from tests.pipe import ROOT, open_pipe

MADE = ROOT / "examples" / "formats" / "gbvims.csv"
GBVIMS = Fit("gbv_primero/incident_recorder_columns.csv", "gbvims", "us-inputs")


def recorders(inputs: Path) -> Iterator[Line]:
    """The example's incidents below the headings of each language, each into an empty log."""
    with MADE.open(encoding="utf-8", newline="") as file:
        incidents = list(csv.DictReader(file))
    with (inputs / GBVIMS.patterns[0]).open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    for language in [name for name in listed[0] if name not in ("position", "field")]:
        with tempfile.TemporaryDirectory() as folder, open_pipe(Path(folder)) as pipe:
            path = Path(folder) / f"{language}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                made = csv.writer(file)
                made.writerow(row[language] for row in listed)
                made.writerows([each.get(row["field"], "") for row in listed] for each in incidents)
            known = sum(fold(row[language]) in columns() for row in listed)
            yield taken_of(pipe, path, GBVIMS)._replace(name=language, files=known)


class Coded(NamedTuple):
    """Codes: what becomes of them, or why nobody reads them; of how many lists they are, and how many."""

    what: str
    lists: int
    codes: int


def coded(inputs: Path) -> list[Coded]:
    """Every code of every list of Primero's GBV configuration."""
    raw = yaml.load(CODES.read_text("utf-8"), Loader=LOADER)
    why = {name: reason for reason, names in raw["unread"].items() for name in names}
    reading = {
        name: [crosswalks()[each].codes for each, rule in raw["crosswalks"].items() if rule["of"] == of]
        for of, rule in raw["lists"].items()
        for name in rule["of"]
    }
    lists, codes = defaultdict[str, set[str]](set), Counter[str]()
    for name, values in primero_lists(inputs / "gbv_primero" / "translations", "en").items():
        for code in map(str, values):
            what = why.get(name) or _what(reading.get(name, []), fold(code))
            lists[what].add(name)
            codes[what] += 1
    return [Coded(what, len(lists[what]), count) for what, count in codes.most_common()]


def _what(reading: list[Mapping[str, str | None]], code: str) -> str:
    """Whether a code stands in every crosswalk that reads its list, and one of them has a code of the hub for it."""
    if not reading or not all(code in each for each in reading):
        return "NOT KNOWN"
    return "a code of the hub" if any(each[code] for each in reading) else "no code says it: left out, and counted"


def primero_lists(folder: Path, language: str) -> dict[str, dict[str, str]]:
    """Every code list of the configuration, lookups and those of forms: codes and labels."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((folder / language).glob("*.yml")):
        for form, body in yaml.safe_load(path.read_text("utf-8"))[language].items():
            if "lookup_values" in body:
                found[form] = body["lookup_values"]
            for field, rule in (body.get("fields") or {}).items():
                if "option_strings_text" in rule:
                    found[f"{form}.{field}"] = rule["option_strings_text"]
    return found
