"""Are the action plans being put into practice? What the lead bodies say beside what the rule says."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from dashboards import charts, closeup
from dashboards.frame import View, draw, header, heading, plain, table, view
from dashboards.labels import RATING_GLYPHS
from dashboards.records import Measure, Plan


def status(v: View, measures: Sequence[Measure]) -> list[str]:
    """As of when, how many measures, and how much of it is made up."""
    t = v.words
    newest = v.release.published()[0]
    made_up = sum(one.basis == "ILLUSTRATIVE" for one in measures)
    moved = sum(bool(one.due_moves) for one in measures)
    differ = sum(disagrees(one) for one in measures)
    facts = [
        t("Data as of {day}", day=t.day(newest.published_on)),
        t("release {id}", id=newest.release_id),
        t.n("{n} measure", "{n} measures", len(measures)),
        t.n("{n} with a moved due date", "{n} with a moved due date", moved),
        t.n("≠ {n} rated otherwise by the rule", "≠ {n} rated otherwise by the rule", differ),
    ]
    if made_up:
        facts.append(
            t("◇ {n} of {all} entries are ILLUSTRATIVE: made up for the demonstration, not facts of the project",
              n=t.number(made_up), all=t.number(len(measures)))
        )  # fmt: skip
    return facts


def disagrees(one: Measure) -> bool:
    """Whether both rate the measure, and not alike. Not rated is no rating."""
    return not {one.rag_self, one.rag_computed} & {None, "GREY"} and one.rag_self != one.rag_computed


def counts(v: View, measures: Sequence[Measure]) -> None:
    """How many measures stand where, per country: a bar, and the same as a table."""
    t, title = v.words, v.words("Where the measures stand, by the rule")
    header(title)
    pieces, lines = [], []
    for country in sorted({one.country for one in measures}, key=t.country):
        numbers = Counter(one.rag_computed for one in measures if one.country == country)
        name = t.country(country)
        lines.append({t("Country"): name} | {v.rag(code): t.number(numbers[code]) for code in RATING_GLYPHS})
        for code, glyph in RATING_GLYPHS.items():
            label, number = v.rag(code), t.number(numbers[code])
            if numbers[code]:
                said = f"{name}: {label}: {number}"
                pieces.append(charts.Piece(name, code, label, numbers[code], f"{glyph} {number}", said))
    left, right = st.columns([6, 5], gap="medium")
    with left:
        said = t("Measures per country by computed rating. The table holds the same.")
        draw(charts.ratings(tuple(pieces), t.locale), said)
    with right:
        table(lines, title)


def plan(v: View, one: Plan, measures: Sequence[Measure]) -> None:
    """A plan's measures, both ratings side by side."""
    t = v.words
    header(f"{t.country(one.country)}: {one.title}")
    made_up = " · ◇ " + t("illustrative") if one.basis == "ILLUSTRATIVE" else ""
    span = t("{start} to {end}", start=t.day(one.starts_on), end=t.day(one.ends_on))
    adopted = t("adopted {day}", day=t.day(one.adopted_on))
    st.caption(plain(f"{one.programme} · {span} · {adopted}{made_up}"))
    table([line(v, each) for each in measures], one.title)


def line(v: View, one: Measure) -> dict[str, str]:
    """One measure as a row of the table."""
    t = v.words
    marks = " ◇" if one.basis == "ILLUSTRATIVE" else ""
    progress = "–" if one.progress_pct is None else t.percent(one.progress_pct / 100)
    if one.planned_pct is not None:
        progress = t("{done} of {planned} planned", done=progress, planned=t.percent(one.planned_pct / 100))
    status_of = f", {v.label('MeasureStatus', one.self_status).lower()}" if one.self_status else ""
    return {
        t("Measure"): f"{one.measure} {one.title}{marks}",
        t("Lead body"): one.lead_body,
        t("Says of itself"): v.rating(one.rag_self, status_of, own=True),
        t("By the rule"): v.rating(one.rag_computed, " ≠" if disagrees(one) else ""),
        t("Why"): v.label("rag_reason", one.rag_reason) if one.rag_reason else "–",
        t("Progress"): progress,
        t("Due"): closeup.due(v, one),
    }


def page(v: View) -> None:
    """The whole page."""
    t = v.words
    here = [one for one in v.release.measures() if one.country in v.chosen_countries]
    wanted = [one for one in here if not v.url["rag"] or one.rag_computed in v.url["rag"]]
    heading(t("Are the action plans being put into practice?"), status(v, here))
    if not here:
        st.info(t("No action plan is published for this choice."))
        return
    counts(v, here)
    if not wanted:
        st.info(t("No measure has this rating. Choose another rating, or none."))
        return
    for one in v.release.plans():
        measures = [each for each in wanted if each.plan == one.plan]
        if measures:
            plan(v, one, measures)
    closeup.show(v, wanted)
    with st.expander(t("How the rule rates a measure")):
        st.markdown(plain(closeup.rule(t)))


page(view())
