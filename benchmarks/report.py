"""What a campaign found: a table for people, and the same rows as JSON for programs."""

import json
from pathlib import Path
from typing import TypedDict


class Finding(TypedDict):
    """One line. `figure` and `against` are in rows per second, `ratio` is the one over the other."""

    name: str
    tries: int
    successes: int
    control: str
    figure: float
    against: float
    ratio: float
    target: str


def finding(name: str, tries: int, figure: float, control: str, against: float, target: str = "none yet") -> Finding:
    """A line of a benchmark: `tries` rows went through, at `figure` rows/s; `control` did the like at `against`."""
    ratio = round(figure / against, 3) if against else 0.0
    return Finding(
        name=name,
        tries=tries,
        successes=tries,
        control=control,
        figure=figure,
        against=against,
        ratio=ratio,
        target=target,
    )


def report(campaign: str, findings: list[Finding], folder: Path = Path("build")) -> None:
    """Print the table and write `build/<campaign>.json`."""
    print(f"{'section':<46}{'rows':>9}{'rows/s':>11}{'against':>11}{'ratio':>8}  beside")
    for f in findings:
        figures = f"{f['figure']:>11,.0f}{f['against']:>11,.0f}{f['ratio']:>8.2f}"
        print(f"{f['name']:<46}{f['tries']:>9,}{figures}  {f['control']}")
    folder.mkdir(exist_ok=True)
    (folder / f"{campaign}.json").write_text(json.dumps(findings, indent=1) + "\n", "utf-8")
