"""The table of pages, the filters above them, and what is shown when there is no release to read."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboards import data, lattice, states
from dashboards.frame import STYLE, View, show
from dashboards.labels import RATING_GLYPHS
from dashboards.urlstate import Many, One, Spec, UrlState
from dashboards.words import PRODUCT, Words, direction, endonym, languages
from dashboards.words import marked as _


@dataclass(frozen=True)
class Page:
    """A page: its file in `views/` and its path, its name in the menu, and the choices that matter to it."""

    path: str
    name: str
    keys: tuple[str, ...]


PAGES = (
    Page("overview", _("Overview"), ("q", "cc", "ctx", "sex", "age")),
    Page("plans", _("Action plans"), ("cc", "rag", "m")),
    Page("data", _("About & data"), ()),
)
DIMENSIONS = {"ctx": "context", "sex": "sex", "age": "age_band"}


def browser_language() -> str:
    """The first language, of those the browser asks for, that we speak."""
    asked = (st.context.locale or "en").split("-")[0].lower()
    return asked if asked in languages() else "en"


def choices(release: data.Release | None) -> Spec:
    """Everything that may stand in a URL, and the codes it may hold."""
    quarters = list(release.quarters()) if release else []
    measures = [f"{one.plan}.{one.measure}" for one in release.measures()] if release else []
    filters = {key: ["", *(one.code for one in lattice.options(name))] for key, name in DIMENSIONS.items()}
    return {
        "lang": One(browser_language(), languages()),
        "q": One(quarters[0] if quarters else "", quarters),
        "cc": Many(release.countries() if release else []),
        **{key: One("", codes) for key, codes in filters.items()},
        "rag": Many(tuple(RATING_GLYPHS)),
        "m": One("", ["", *measures]),
    }


def filters(view: View, keys: tuple[str, ...]) -> None:
    """The page's filters in one row, the language last."""
    t, url, lang = view.words, view.url, view.words.lang
    names = {"ctx": t("Kind of violence"), "sex": t("Sex"), "age": t("Age")}
    widths = {"ctx": 230, "sex": 155, "age": 145}
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        for key in keys:
            if key == "q":
                url.one(t("Period"), key, t.quarter, lang, width=160)
            elif key == "cc":
                url.many(t("Countries"), key, t.country, lang, placeholder=t("All countries"), width=220)
            elif key == "rag":
                url.many(t("Computed rating"), key, view.rag, lang, placeholder=t("All ratings"), width=240)
            elif key in DIMENSIONS:
                url.one(names[key], key, option_names(view, DIMENSIONS[key]), lang, width=widths[key])
        url.one(t("Language"), "lang", endonym, lang, width=140)


def option_names(view: View, dimension: str) -> Callable[[str], str]:
    """What a filter's options are called. Said now: Streamlit asks for the names outside the run, too."""
    names = {"": view.words("All")} | {one.code: view.option(dimension, one) for one in lattice.options(dimension)}
    return names.__getitem__


def tell_browser(lang: str) -> None:
    """Set the language and direction of the HTML page when they change without a reload."""
    script = """export default function({data}) {
        document.documentElement.lang = data.lang; document.documentElement.dir = data.dir
    }"""
    tell = st.components.v2.component("vs_language", html="<span></span>", js=script)
    tell(data={"lang": lang, "dir": direction(lang)}, key="vs_language")


def main() -> None:
    """One run: find the release, choose the page, draw its filters, run it."""
    problem = None
    release = None
    try:
        release = data.current()
        spec = choices(release)
        problem = None if release.quarters() else states.no_release
    except data.NoReleaseError:
        problem, spec = states.no_release, choices(None)
    except data.UnreadableError:
        problem, spec = states.unreadable, choices(None)
    url = UrlState(spec, always=("lang", "q"))
    t = Words(url.peek("lang"))
    table = [st.Page(f"views/{one.path}.py", title=t(one.name), default=one is PAGES[0]) for one in PAGES]
    shown = st.navigation(table, position="top")
    keys = next((one.keys for one in PAGES if one.path == shown.url_path), PAGES[0].keys)  # the first is at /
    st.set_page_config(page_title=f"{shown.title} – {PRODUCT}", layout="wide")
    st.html(STYLE)
    url.load(("lang", *(() if problem else keys)))
    tell_browser(t.lang)
    if problem or release is None:
        (problem or states.no_release)(t, shown.title)
        return
    view = View(release, url, t)
    show(view)
    filters(view, keys)
    try:
        shown.run()
    except data.UnreadableError:
        states.unreadable(t, shown.title)


main()
