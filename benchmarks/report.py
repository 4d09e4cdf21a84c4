"""What a campaign found: a table for people, and the same lines as JSON for programs."""

import json
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from benchmarks.clock import Timed

BUILD = Path("build")


class Finding(TypedDict):
    """One line. `figure` and `against` are in rows (events) per second, `ratio` is the one over the other.

    `met`: whether the target is met; "here": not as it stands, but for a machine as fast as this one.
    """

    name: str
    tries: int
    successes: int
    control: str
    figure: float
    against: float
    ratio: float
    target: str
    met: str


class Line(NamedTuple):
    """A section of the table, and what it stands beside: another section, or a `rate` on the reference machine.

    `at_least`: the ratio that is wanted.
    """

    section: str
    control: str = ""
    at_least: float | None = None
    rate: float | None = None


def wish(section: str, rate: float) -> Line:
    """A rate that is wanted on the reference machine."""
    return Line(section, "the wish", 1.0, rate)


def findings(lines: Iterable[Line], timed: dict[str, Timed], factor: float) -> list[Finding]:
    """The lines whose sections were measured. `factor`: how fast this machine is, beside the wishes' own."""
    return [_finding(line, timed, factor) for line in lines if line.section in timed]


def _finding(line: Line, timed: dict[str, Timed], factor: float) -> Finding:
    one, control, against = timed[line.section], line.control, line.rate or 0.0
    if control in timed:
        against = timed[control].rate
    elif line.rate is None:
        control = ""
    ratio = one.rate / against if against else 0.0
    target = met = ""
    if line.at_least is not None and against:
        absolute = line.rate is not None
        target = f"at least {line.at_least:g}" + (f", {factor:.2f} here" if absolute else "")
        met = "yes" if ratio >= line.at_least else "here" if absolute and ratio >= factor else "no"
    return Finding(
        name=line.section,
        tries=one.tries,
        successes=one.successes,
        control=control,
        figure=round(one.rate, 1),
        against=round(against, 1),
        ratio=round(ratio, 4),
        target=target,
        met=met,
    )


def show(title: str, found: Iterable[Finding]) -> None:
    """A table: each line's rate and price, what it stands beside, and whether its target is met."""
    found = list(found)
    wide = max((len(each["name"]) for each in found), default=0)
    print(f"\n{title:<{wide}}{'rows':>11}{'a second':>12}{'µs each':>11}{'against':>12}{'ratio':>9}  beside")
    for each in found:
        price = 1e6 / each["figure"] if each["figure"] else 0.0
        against = f"{each['against']:>12,.0f}{each['ratio']:>9.2f}  {each['control']}" if each["against"] else ""
        target = f"; {each['target']}: {VERDICT[each['met']]}" if each["met"] else ""
        lost = f"; {each['tries'] - each['successes']:,} not done" if each["successes"] != each["tries"] else ""
        print(
            f"{each['name']:<{wide}}{each['tries']:>11,}{each['figure']:>12,.0f}{price:>11.2f}{against}{target}{lost}"
        )


def show_tries(who: str, got: str, found: Sequence[Finding], control: str = "") -> None:
    """A table of tries: how many, how many `got` what, what stands beside them, and which line failed.

    `control`: how the control's figure is written (`,.0f`, `.0%`); without it the control has none.
    """
    wide = max(len(each["name"]) for each in found)
    heads = f"{'in control':>12}  control" if control else "  held against"
    print(f"\n{who:<{wide}}{'tries':>11}{got:>13}{heads}")
    for each in found:
        beside = f"{each['against']:>12{control}}" if control else ""
        lost = "" if each["met"] == "yes" else "  FAILED"
        print(f"{each['name']:<{wide}}{each['tries']:>11,}{each['successes']:>13,}{beside}  {each['control']}{lost}")


VERDICT = {"yes": "MET", "here": "met for this machine", "no": "NOT MET"}


def machine() -> dict[str, str]:
    """What was measured on."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = f"{len(names)} x {names[0]}"
    except (OSError, IndexError):
        pass
    return {"processor": processor, "system": platform.system(), "python": platform.python_version()}


def write(campaign: str, said: Any) -> Path:
    """Write `build/<campaign>.json`."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / f"{campaign}.json"
    path.write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    return path
