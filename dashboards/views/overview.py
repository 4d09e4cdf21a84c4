"""Do people who are referred reach support? Four numbers, a tile map, and the same as a table."""

from functools import partial

import streamlit as st

from dashboards import charts, export, figures, sentences
from dashboards.definitions import ACCEPTED, ALL, ENGAGED, Definition
from dashboards.figures import Choice, Country
from dashboards.frame import View, definitions, draw, header, heading, plain, table, view
from dashboards.lattice import options

FILTERS = {"ctx": "context", "sex": "sex", "age": "age_band"}


def choice(v: View, quarter: str) -> Choice:
    """What the URL asks for, in a quarter."""
    return Choice(quarter, v.chosen_countries, {name: v.url[key] for key, name in FILTERS.items() if v.url[key]})


def cards(v: View, rows: list[Country], before: str | None) -> None:
    """The four numbers, each with its reach and its change."""
    t = v.words
    earlier = figures.countries(v.release, choice(v, before)) if before else []
    with st.grid(4):
        for one in ALL:
            total = figures.total(rows, one)
            change = figures.change(rows, earlier, one) if before else None
            text, arrow = sentences.trend(v, total, change, one, before)
            st.metric(
                plain(t(one.title)),
                sentences.number(v, total),
                delta=plain(text),
                delta_description=plain(sentences.reach(v, rows, total, change)),
                delta_color="off",
                delta_arrow=arrow,
                border=True,
                height="stretch",
            )


def mapped(rows: list[Country]) -> Definition:
    """What the map shows: the share whose support began, or, where nobody can tell, the share that was accepted."""
    told = any(row.values[ENGAGED.code].share is not None for row in rows)
    return ENGAGED if told or all(row.values[ACCEPTED.code].share is None for row in rows) else ACCEPTED


def tile_map(v: View, rows: list[Country], one: Definition) -> None:
    """A share, one tile a country."""
    t = v.words
    tiles = []
    for row in rows:
        value = row.values[one.code]
        text = sentences.cell(v, value)
        said = text if value.share is not None else v.label("state", value.state)
        tiles.append(charts.Tile(row.code, value.share, text, f"{t.country(row.code)}: {said}"))
    title = t("Tile map of Europe: {measure}. The table holds the same numbers.", measure=t(one.title))
    draw(charts.tiles(tuple(tiles), t.locale, t("not in this choice")), title)


def download(v: View, rows: list[Country]) -> bytes:
    """The table as CSV, one line per country and measure."""
    t, quarter = v.words, v.url["q"]
    fixed: dict[str, object] = {"release_id": v.release.quarters()[quarter], "period": quarter}
    for key, name in FILTERS.items():
        code = v.url[key]
        fixed[key if key != "ctx" else "context"] = code or "ALL"
        names = {one.code: v.option(name, one) for one in options(name)}
        fixed[f"{key if key != 'ctx' else 'context'}_label"] = names.get(code, t("All"))
    lines = []
    for row in rows:
        for one in ALL:
            value = row.values[one.code]
            shown = value.number if value.base is None else value.share
            hidden = value.base is None or value.share is None
            line = {
                "country": row.code,
                "country_label": t.country(row.code),
                "measure": one.code,
                "measure_label": t(one.title),
                "value": shown if shown is None else round(shown, 4),
                "numerator": None if hidden else value.number,
                "denominator": None if hidden else value.base,
                "state": value.state.value,
                "state_label": v.label("state", value.state),
            }
            lines.append(fixed | line)
    return export.text(lines, t.lang)


def page(v: View) -> None:
    """The whole page."""
    t, quarter = v.words, v.url["q"]
    quarters = list(v.release.quarters())
    before = quarters[quarters.index(quarter) + 1] if quarter != quarters[-1] else None
    rows = figures.countries(v.release, choice(v, quarter))
    rows.sort(key=lambda row: t.country(row.code))
    heading(t("Do people who are referred reach support?"), sentences.status(v, rows, quarter))
    if not any(value.number for row in rows for value in row.values.values()):
        nothing(v)
    cards(v, rows, before)
    gaps = sentences.left_out(v, rows, ALL)
    if gaps:
        st.caption(plain(gaps))
    left, right = st.columns([5, 6], gap="medium")
    with left:
        shown = mapped(rows)
        header(t("{measure}, {quarter}", measure=t(shown.title), quarter=t.quarter(quarter)))
        tile_map(v, rows, shown)
    with right:
        header(t("By country"))
        lines = [
            {t("Country"): t.country(row.code)}
            | {t(one.title): sentences.cell(v, row.values[one.code]) for one in ALL}
            | {t("State"): sentences.state(v, row)}
            for row in rows
        ]
        table(lines, t("By country"))
        name = f"vs_overview_{quarter}_{v.release.quarters()[quarter]}_{t.lang}.csv"
        made = partial(download, v, rows)
        st.download_button(t("Download as CSV"), made, name, "text/csv", f"csv-{t.lang}", on_click="ignore")
    definitions(v)


def nothing(v: View) -> None:
    """The filters leave nothing: say so, and offer the way back."""
    t = v.words
    st.info(t("Nothing is published for this choice. Small groups are protected; a wider choice shows more."))
    clear = {key: "" for key in FILTERS if v.url[key]}
    if clear or v.url["cc"]:
        st.button(t("Remove all filters"), on_click=partial(v.url.choose, cc=(), **clear))


page(view())
