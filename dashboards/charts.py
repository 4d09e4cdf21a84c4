"""Charts: figures in, Vega-Lite out. No Streamlit and no SQL. Own colours, and a missing value is a layer of its own.

Altair checks a chart against its schema, which takes longer than all the rest of a page: each chart is made once.
"""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import altair as alt
from babel import Locale

INK = "#1f2328"
PALE = "#f3f3f3"
FADED = "#6e6e6e"
NO_VALUE = "#dcdcdc"
BLUES = ("#eff3ff", "#bdd7e7", "#6baed6", "#2171b5", "#08306b")
BREAKS = (0.2, 0.4, 0.6, 0.8)
RATING_COLOURS = {"RED": "#a8400b", "AMBER": "#f0b354", "GREEN": "#a9cfe6", "BLUE": "#1f4e79", "GREY": "#dcdcdc"}
"""From brown to blue, the dark ones far apart: told apart without red and green, and in print by lightness."""

GRID = {
    **{"IS": (0, 0), "NO": (4, 0), "SE": (5, 0), "FI": (6, 0), "EE": (6, 1), "IE": (0, 3), "GB": (1, 3)},
    **{"DK": (4, 2), "LV": (6, 2), "LT": (6, 3), "NL": (3, 3), "DE": (4, 3), "PL": (5, 3), "UA": (7, 4)},
    **{"BE": (2, 4), "LU": (3, 4), "CZ": (4, 4), "SK": (5, 4), "FR": (2, 5), "CH": (3, 5), "AT": (4, 5)},
    **{"HU": (5, 5), "RO": (6, 5), "MD": (7, 5), "PT": (0, 6), "ES": (1, 6), "IT": (3, 6), "SI": (4, 6)},
    **{"HR": (5, 6), "RS": (6, 6), "BG": (7, 6), "MT": (3, 7), "ME": (5, 7), "MK": (6, 7), "GR": (7, 7), "CY": (8, 7)},
}
"""One equal tile per country (column, row): Malta is as visible as France, and no border is drawn."""


@dataclass(frozen=True)
class Tile:
    """A country's tile: a share that is coloured and printed, or a glyph; `words` says it to everybody."""

    country: str
    share: float | None
    text: str
    words: str


@dataclass(frozen=True)
class Piece:
    """A piece of a country's bar: how many measures have a rating."""

    country: str
    rating: str
    label: str
    measures: int
    text: str
    words: str


Spec = dict[str, Any]
"""A chart as Vega-Lite. It is shared between readers: nobody may change it."""


@lru_cache(maxsize=256)
def tiles(values: tuple[Tile, ...], locale: Locale, outside: str) -> Spec:
    """The tile map. All other countries are pale, and say `outside`; those off the grid stand below it."""
    given = {tile.country: tile for tile in values}
    elsewhere = {code: (column, 8) for column, code in enumerate(code for code in given if code not in GRID)}
    rows: list[dict[str, Any]] = []
    for code, (x, y) in (GRID | elsewhere).items():
        tile = given.get(code) or Tile(code, None, "", f"{locale.territories.get(code, code)}: {outside}")
        kind = "out" if code not in given else "none" if tile.share is None else "share"
        rows.append({"x": x, "y": y, "kind": kind} | asdict(tile))
    scale = alt.Scale(paddingInner=0.06, paddingOuter=0)
    base = alt.Chart().encode(
        x=alt.X("x:O", axis=None, scale=scale),
        y=alt.Y("y:O", axis=None, scale=scale),
        tooltip=alt.Tooltip("words:N", title=" "),
    )
    legend = alt.Legend(title=None, format=".0%", orient="bottom", direction="horizontal", symbolSize=220)
    threshold = alt.Scale(type="threshold", domain=list(BREAKS), range=list(BLUES))
    colour = alt.Color("share:Q", scale=threshold, legend=legend)
    white = f"datum.kind === 'share' && datum.share >= {BREAKS[2]}"
    ink = alt.condition(white, alt.value("white"), alt.value(INK))
    out, none, share = (base.transform_filter(f"datum.kind === '{kind}'") for kind in ("out", "none", "share"))
    named = base.transform_filter("datum.kind !== 'out'").encode(color=ink)
    rect: dict[str, Any] = {"aria": False, "cornerRadius": 3}
    layers = [
        out.mark_rect(fill=PALE, **rect),
        none.mark_rect(fill=NO_VALUE, stroke=FADED, strokeDash=[3, 2], **rect),
        share.mark_rect(stroke="#9aa5b1", strokeWidth=0.5, **rect).encode(color=colour),
        out.mark_text(aria=False, fontSize=11, fill=FADED).encode(text="country:N"),
        named.mark_text(aria=False, dy=-8, fontSize=11, fontWeight="bold").encode(text="country:N"),
        named.mark_text(dy=8, fontSize=13).encode(text="text:N", description="words:N"),
    ]
    return _drawn(alt.layer(*layers), rows, 350, locale)


@lru_cache(maxsize=256)
def ratings(pieces: tuple[Piece, ...], locale: Locale) -> Spec:
    """One bar a country, one piece a rating, in the order in which they are given."""
    rows: list[dict[str, Any]] = []
    ends: dict[str, int] = {}
    for piece in pieces:
        start = ends.get(piece.country, 0)
        ends[piece.country] = start + piece.measures
        rows.append(asdict(piece) | {"start": start, "end": ends[piece.country], "middle": start + piece.measures / 2})
    base = alt.Chart().encode(
        y=alt.Y("country:N", sort=list(ends), title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8)),
        tooltip=alt.Tooltip("words:N", title=" "),
    )
    found = {piece.rating: piece.label for piece in pieces}
    shown = [code for code in RATING_COLOURS if code in found]
    colours = alt.Scale(domain=[found[code] for code in shown], range=[RATING_COLOURS[code] for code in shown])
    legend = alt.Legend(
        title=None, orient="bottom", direction="horizontal", symbolType="square", labelLimit=300, columns=2
    )
    bars = base.mark_bar(aria=False, height=28, stroke="white").encode(
        x=alt.X("start:Q", axis=None), x2="end:Q", color=alt.Color("label:N", scale=colours, legend=legend)
    )
    dark = "datum.rating === 'BLUE' || datum.rating === 'RED'"
    text = base.mark_text(fontSize=13).encode(
        x="middle:Q",
        text="text:N",
        color=alt.condition(dark, alt.value("white"), alt.value(INK)),
        description="words:N",
    )
    return _drawn(alt.layer(bars, text), rows, 40 * len(ends) + 90, locale)


def _drawn(chart: Any, rows: list[dict[str, Any]], height: int, locale: Locale) -> Spec:
    """The chart over these rows, in our look. The rows hold what is drawn and nothing else: readers can list them."""
    drawn = chart.properties(data=alt.InlineData(values=rows), height=height).configure(**_look(locale))
    spec: Spec = drawn.to_dict()
    return spec


def _look(locale: Locale) -> dict[str, Any]:
    """Our look, dark enough to read (Streamlit's own chart labels miss WCAG AA), and the language's numbers."""
    symbols = locale.number_symbols.get("latn") or {}
    number = {
        "decimal": symbols.get("decimal", "."),
        "thousands": symbols.get("group", ","),
        "grouping": [3],
        "currency": ["", "\u00a0€"],
        "percent": "\u00a0%" if "\u00a0%" in locale.percent_formats[None].pattern else "%",
    }
    label = {"labelColor": INK, "labelFontSize": 13, "titleColor": INK}
    return {
        "background": "transparent",
        "font": "Source Sans, sans-serif",
        "view": {"stroke": None},
        "axis": {**label, "labelLimit": 200},
        "legend": label,
        "locale": {"number": number},
    }
