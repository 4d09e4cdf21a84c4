"""The curves of growth: time an event, memory and size over the number of events, as SVG and PNG."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt

TIMES = {"append_us": "append", "verify_us": "verify", "project_us": "project"}
PEAKS = {"append_peak": "append", "verify_peak": "verify", "project_peak": "project"}
FILES = {"log": "log", "vault": "vault", "warehouse": "warehouse"}
MIB = 1 << 20
WIDTH, HEIGHT = 300, 220
ENGINES = ["SQLite", "PostgreSQL"]
COLOURS = {
    "append": "#0072b2", "verify": "#d55e00", "project": "#009e73", "one delivery": "#56b4e9",
    "log": "#0072b2", "vault": "#cc79a7", "warehouse": "#009e73",
}  # fmt: skip
"""Okabe and Ito's, which colour-blind people tell apart."""


def draw(points: Sequence[dict[str, Any]], singles: Sequence[dict[str, Any]], folder: Path) -> None:
    """Write `growth.svg` and `growth.png`."""
    folder.mkdir(exist_ok=True)
    alone = [
        {"engine": one["engine"], "events": one["rows"], "what": "one delivery", "n": one["peak"] / MIB}
        for one in singles
    ]
    panels = [
        _panel("Time an event", "µs", _rows(points, TIMES, 1)),
        _panel("Memory at the height", "MiB", _rows(points, PEAKS, MIB) + alone),
        _panel("Size on disk", "MiB", _rows(points, FILES, MIB)),
    ]
    chart = (
        alt.hconcat(*panels)
        .resolve_scale(color="independent", strokeDash="independent", shape="independent")
        .configure_view(stroke=None)
    )
    chart.save(str(folder / "growth.svg"))
    chart.save(str(folder / "growth.png"), scale_factor=2)


def _rows(points: Sequence[dict[str, Any]], keys: dict[str, str], unit: float) -> list[dict[str, Any]]:
    return [
        {"engine": point["engine"], "events": point["events"], "what": what, "n": point[key] / unit}
        for point in points
        for key, what in keys.items()
    ]


def _panel(title: str, unit: str, rows: list[dict[str, Any]]) -> Any:
    marks = sorted({row["events"] for row in rows})
    shown = [what for what in COLOURS if any(row["what"] == what for row in rows)]
    below: dict[str, Any] = {"orient": "bottom", "symbolType": "stroke", "symbolStrokeWidth": 2}
    return (
        alt.Chart(alt.Data(values=rows), title=title, width=WIDTH, height=HEIGHT)
        .mark_line(point={"size": 60})
        .encode(
            x=alt.X(
                "events:Q",
                title="events",
                scale=alt.Scale(type="log", nice=False),
                axis=alt.Axis(format="~s", values=marks),
            ),
            y=alt.Y("n:Q", title=unit, scale=alt.Scale(zero=True)),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=shown, range=[COLOURS[what] for what in shown]),
                legend=alt.Legend(**below),
            ),
            strokeDash=alt.StrokeDash("engine:N", title=None, sort=ENGINES, legend=None),
            shape=alt.Shape(
                "engine:N",
                title=None,
                scale=alt.Scale(domain=ENGINES, range=["circle", "square"]),
                legend=alt.Legend(orient="bottom", symbolSize=60, symbolFillColor="#333", symbolStrokeColor="#333"),
            ),
        )
    )
