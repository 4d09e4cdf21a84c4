"""What every page stands in: the release, the language, the choices, and the few things that all pages draw alike."""

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from html import escape

import streamlit as st

from dashboards.charts import Spec
from dashboards.data import Release
from dashboards.definitions import ALL, SMALLEST_BASE
from dashboards.labels import GLYPHS, LABELS, LISTS, RATING_GLYPHS
from dashboards.lattice import Option
from dashboards.urlstate import UrlState
from dashboards.words import Words

STYLE = """<style>
.stMainBlockContainer{padding-top:3.8rem;padding-bottom:2rem}
.stMainBlockContainer>.stVerticalBlock{gap:.7rem}
a:focus-visible,button:focus-visible,[role=tab]:focus-visible,input:focus-visible,summary:focus-visible
 {outline:3px solid #1f4e79!important;outline-offset:2px;border-radius:4px}
h1{font-size:1.8rem!important;padding:.2rem 0 .4rem!important}
h2{font-size:1.25rem!important;padding:.6rem 0 .2rem!important}
h3{font-size:1.05rem!important;padding:.4rem 0 .2rem!important}
[dir=rtl] h1,[dir=rtl] h2,[dir=rtl] h3{text-align:start}
[dir=rtl] [data-testid=stVegaLiteChart]{direction:ltr}
[data-testid=stMetricValue]{font-size:1.9rem}
.stMetric .stMarkdownEllipsis,.stMetric .stMarkdownEllipsis p{white-space:normal!important;overflow:visible!important}
[data-testid=stMetricDelta]{height:auto}
div:has(>[data-testid=stMetricDelta]){flex-direction:column;align-items:flex-start;gap:.2rem;overflow:visible}
.stMarkdownColoredBackground{display:inline-block}
.stMarkdown p{max-width:110ch}
.stTable td:last-child{min-width:10rem}
.vs-status{font-size:.95rem;line-height:1.5;border-inline-start:4px solid #1f4e79;padding:.1rem .7rem;margin:0}
@media(max-width:640px){.st-key-filters>div{flex:1 1 45%!important;min-width:45%;width:auto!important}
 .stTable td,.stTable th{padding:.25rem .3rem!important;font-size:.8rem}}
@media print{[data-testid=stHeader],[data-testid=stToolbar]{display:none}}
</style>"""
GROUNDS = {"RED": "orange", "AMBER": "yellow", "GREEN": "blue", "BLUE": "violet", "GREY": "gray"}
"""The theme's names for the grounds of the ratings; what they look like stands in `.streamlit/config.toml`."""
MARKDOWN = re.compile(r"([\\`*_\[\]<>#+\-.!|~$:])")


@dataclass(frozen=True)
class View:
    """One run of one page."""

    release: Release
    url: UrlState
    words: Words

    @cached_property
    def labels(self) -> dict[tuple[str, str], str]:
        """The release's labels in this language, in English where it has none."""
        return self.release.labels("en") | self.release.labels(self.words.lang)

    def label(self, name: str, code: str) -> str:
        """What a code of a list is called: by the pages, else by the release, else the code itself."""
        ours = LABELS.get(name, {}).get(code)
        return self.words(ours) if ours else self.labels.get((name, code), code)

    def option(self, dimension: str, one: Option) -> str:
        """What a filter's option is called."""
        label = self.label(LISTS[dimension], one.name)
        return self.words("{group} (wider group)", group=label) if one.level else label

    def state(self, code: str) -> str:
        """A state with its glyph."""
        return f"{GLYPHS[code]} {self.label('state', code)}"

    def rag(self, code: str | None) -> str:
        """A rating with its glyph."""
        known = code if code and code in RATING_GLYPHS else "GREY"
        return f"{RATING_GLYPHS[known]} {self.label('rag', known)}"

    def rating(self, code: str | None, more: str = "", *, own: bool = False) -> "Chip":
        """A rating with glyph and colour, and a word behind it. One's own rating never says that it was verified."""
        text = f"{RATING_GLYPHS['BLUE']} {self.label('rag_self', 'BLUE')}" if own and code == "BLUE" else self.rag(code)
        return Chip(text + more, GROUNDS.get(code or "GREY", "gray"))

    def partner(self, code: str) -> str:
        """A partner's name."""
        return self.labels.get(("partner", code)) or code.replace("-", " ").upper()

    def countries(self, codes: Sequence[str]) -> str:
        """Country names, sorted, in one line."""
        return self.words.listing(sorted(map(self.words.country, codes)))

    @property
    def chosen_countries(self) -> tuple[str, ...]:
        """The countries of the filter; none chosen means all."""
        return tuple(self.url["cc"] or self.url.spec["cc"].allowed)


def show(view: View) -> None:
    """Make this the view of the run."""
    st.session_state["_view"] = view


def view() -> View:
    """The view of the run: what a page begins with."""
    shown: View = st.session_state["_view"]
    return shown


def heading(question: str, facts: Sequence[str]) -> None:
    """The page's question, and under it the line that says what the numbers rest on."""
    st.title(plain(question), anchor=False)
    line = " · ".join(f"<span>{escape(fact)}</span>" for fact in facts)
    st.html(f"<p class='vs-status'>{line}</p>")


def header(text: str, level: int = 2) -> None:
    """A heading below the question."""
    (st.header if level == 2 else st.subheader)(plain(text), anchor=False)


def draw(chart: Spec, words: str) -> None:
    """A chart in our own look, with what it shows said in words."""
    st.vega_lite_chart(None, deepcopy(chart), theme=None, alt=words)


class Chip(str):
    """A text on a coloured ground, in a table."""

    ground: str

    def __new__(cls, text: str, ground: str) -> "Chip":
        """`ground`: a colour of the theme."""
        chip = super().__new__(cls, text)
        chip.ground = ground
        return chip


def table(rows: Sequence[dict[str, str]], title: str) -> None:
    """A real HTML table of texts and chips. Nothing in a text is markdown."""
    texts = [{plain(name): _cell(text) for name, text in row.items()} for row in rows]
    st.table(texts, hide_index=True, hide_header=False, border="horizontal", alt=title)


def _cell(text: str) -> str:
    return f":{text.ground}-background[{plain(text)}]" if isinstance(text, Chip) else plain(text)


def plain(text: str) -> str:
    """A text that Streamlit shows as it is: no markdown, no :material: and no LaTeX in it."""
    return MARKDOWN.sub(r"\\\1", text)


def definitions(v: View) -> None:
    """What the numbers mean, folded away."""
    with st.expander(v.words("What the numbers mean")):
        define(v)


def define(v: View) -> None:
    """Every definition, and how small numbers are protected, with an example."""
    t = v.words
    for one in ALL:
        _paragraph(t(one.title), t(one.meaning))
    base = min((one.base for one in v.release.published()), default=5)
    parts = {"n": t.number(base), "low": t.number(base), "high": t.number(2 * base), "count": t.number(base + 2)}
    protected = t(
        "Every published number is a multiple of {n}, so that no number can point at a person. If {count} people were "
        "counted, {low} or {high} is published, never {count}; a group of fewer than {n} is published as 0 or {n}. "
        "Totals are sums of published numbers, so they always add up.",
        **parts,
    )
    shares = t(
        "Shares are computed from published numbers and hidden below {n} referrals. Countries are never ranked: they "
        "collect and refer in different ways.",
        n=t.number(SMALLEST_BASE),
    )
    _paragraph(t("Protection"), f"{protected} {shares}")
    _paragraph(t("Signs"), " · ".join(v.state(code) for code in GLYPHS))


def _paragraph(title: str, text: str) -> None:
    st.markdown(f"**{plain(title)}.** {plain(text)}")
