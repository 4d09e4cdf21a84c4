"""The warehouse as a picture: what is made of what, layer by layer, drawn from what dbt knows of it.

Events of one kind are one box; every other model is its own. Lines from what nearly every model reads are left out, and
said in words.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from hub.cli.documented import read

Edges = frozenset[tuple[str, str]]
COLUMNS: tuple[tuple[str, ...], ...] = (
    ("staging",),
    ("intermediate",),
    ("facts", "dimensions"),
    ("indicators", "returns", "cubes", "marts"),
    ("exposures",),
)
TITLES = {
    "staging": "staging: one view an event",
    "intermediate": "intermediate: one rule a model",
    "facts": "facts: one row a record",
    "dimensions": "dimensions: about nobody",
    "indicators": "indicators: exact",
    "returns": "returns: exact",
    "cubes": "cubes: exact, for the release",
    "marts": "marts: public, copied",
    "exposures": "who reads it",
}
COLOURS = {
    "staging": "#5b6770", "intermediate": "#7a4a9e", "facts": "#9a3d00", "dimensions": "#00695c",
    "indicators": "#1f4e79", "returns": "#6b5200", "cubes": "#a3004f", "marts": "#2e6b1f", "exposures": "#222222",
}  # fmt: skip
ROW, BOX, GAP, TOP, TITLE = 19, 210, 130, 60, 30
OFTEN = 12
"""How many models may read one before its lines hide the others."""


def picture(known: dict[str, Any]) -> str:
    """An SVG of the whole warehouse: the same for the same models."""
    boxes, pairs = _boxes(known), _pairs(known)
    often = {name for name, n in Counter(start for start, _ in pairs).items() if n > OFTEN}
    drawn = _edges(known, [pair for pair in pairs if pair[0] not in often])
    places = _places(_ordered(boxes, drawn))
    width = max(x for x, _ in places.values()) + BOX + GAP // 2
    height = max(y for _, y in places.values()) + ROW + 60
    lines = [_line(places[start], places[end], COLOURS[boxes[start][0]]) for start, end in sorted(drawn)]
    marks = [_box(name, *boxes[name], places[name]) for name in sorted(boxes)]
    hidden = ", ".join(sorted(name.split(".")[-1] for name in often))
    note = f"More than {OFTEN} models read each of these, and those lines are left out: {hidden}."
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="11" role="img">',
        "<title>The warehouse, from events to those who read it</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *_titles(boxes, places),
        *lines,
        *marks,
        *([f'<text x="20" y="{height - 20}" fill="#222">{escape(note)}</text>'] if often else []),
        "</svg>\n",
    ))  # fmt: skip


def _layer(name: str, known: dict[str, Any]) -> str:
    return str(known["nodes"][name]["path"]).split("/")[0]


def _name(node: str, known: dict[str, Any]) -> str | None:
    """The box that a model stands in; None of what is not drawn."""
    if node.startswith("exposure."):
        return node.split(".")[-1]
    if not node.startswith("model."):
        return None
    path = str(known["nodes"][node]["path"]).split("/")
    return f"{path[1]} events" if path[0] == "staging" else path[-1].removesuffix(".sql")


def _boxes(known: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Name → layer, and what is said of it."""
    found: dict[str, tuple[str, str]] = {}
    events: defaultdict[str, list[str]] = defaultdict(list)
    for node, facts in sorted({**known["nodes"], **known["exposures"]}.items()):
        if (name := _name(node, known)) is None:
            continue
        layer = "exposures" if node.startswith("exposure.") else _layer(node, known)
        if layer == "staging":
            events[name].append(facts["name"].removeprefix("stg_hub__"))
        found[name] = layer, ", ".join(events[name]) if layer == "staging" else " ".join(facts["description"].split())
    return found


def _pairs(known: dict[str, Any]) -> list[tuple[str, str]]:
    """What is read, and who reads it."""
    readers = {**known["nodes"], **known["exposures"]}
    drawn = {name: facts for name, facts in readers.items() if facts["resource_type"] in ("model", "exposure")}
    return [(start, end) for end, facts in drawn.items() for start in facts["depends_on"]["nodes"]]


def _edges(known: dict[str, Any], pairs: Iterable[tuple[str, str]]) -> Edges:
    """The same between boxes."""
    named = ((_name(start, known), _name(end, known)) for start, end in pairs)
    return frozenset((start, end) for start, end in named if start and end and start != end)


def _ordered(boxes: Mapping[str, tuple[str, str]], edges: Edges) -> dict[str, list[str]]:
    """Each layer's boxes from top to bottom, near to what they are made of and to what is made of them."""
    order = {layer: sorted(name for name, (of, _) in boxes.items() if of == layer) for layer in TITLES}
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for start, end in sorted(edges):
        beside[start].append(end)
        beside[end].append(start)
    for _ in range(12):
        heights = _heights(order)
        for layer, names in order.items():
            order[layer] = sorted(names, key=lambda name: (_mean(heights, [name, *beside[name]]), name))
    return order


def _heights(order: Mapping[str, list[str]]) -> dict[str, float]:
    """How far down each box stands in its column, from 0 to 1."""
    found: dict[str, float] = {}
    for column in COLUMNS:
        names = [name for layer in column for name in order[layer]]
        found |= {name: (n + 0.5) / len(names) for n, name in enumerate(names)}
    return found


def _mean(heights: Mapping[str, float], names: Iterable[str]) -> float:
    known = [heights[name] for name in names]
    return round(sum(known) / len(known), 9)


def _places(order: Mapping[str, list[str]]) -> dict[str, tuple[int, int]]:
    """Where the upper left corner of each box is. Shorter columns stand in the middle of the longest."""
    columns = [column for column in COLUMNS if any(order[layer] for layer in column)]
    heights = [sum(len(order[layer]) * ROW + TITLE for layer in column if order[layer]) for column in columns]
    places = {}
    for n, column in enumerate(columns):
        y = TOP + (max(heights) - heights[n]) // 2
        for layer in (layer for layer in column if order[layer]):
            for name in order[layer]:
                places[name] = 20 + n * (BOX + GAP), y
                y += ROW
            y += TITLE
    return places


def _titles(boxes: Mapping[str, tuple[str, str]], places: Mapping[str, tuple[int, int]]) -> list[str]:
    found = []
    for layer, title in TITLES.items():
        corners = [places[name] for name, (of, _) in boxes.items() if of == layer]
        if corners:
            x, y = min(corners)
            found.append(f'<text x="{x}" y="{y - 8}" font-weight="bold" fill="{COLOURS[layer]}">{title}</text>')
    return found


def _line(start: tuple[int, int], end: tuple[int, int], colour: str) -> str:
    """From the right side of one to the left side of the other; within a column around the right side."""
    (x1, y1), (x2, y2) = (start[0] + BOX, start[1] + 8), (end[0], end[1] + 8)
    bend = within = GAP // 2
    if x2 < x1:
        x2, within = x2 + BOX, -bend
    path = f"M{x1} {y1}C{x1 + bend} {y1} {x2 - within} {y2} {x2} {y2}"
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-opacity="0.45"/>'


def _box(name: str, layer: str, said: str, place: tuple[int, int]) -> str:
    x, y = place
    return (
        f'<g><title>{escape(said)}</title><rect x="{x}" y="{y}" width="{BOX}" height="{ROW - 3}" rx="3" fill="#fff" '
        f'stroke="{COLOURS[layer]}"/><text x="{x + 6}" y="{y + 12}" fill="#111">{escape(name)}</text></g>'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(read().manifest), "utf-8")
