"""One measure from near: every due date it ever had, its milestones, its targets."""

from collections.abc import Sequence

import streamlit as st

from dashboards.frame import View, header, plain, table
from dashboards.records import Measure
from dashboards.words import Words


def due(v: View, one: Measure) -> str:
    """The due date, and, where it was moved, from when and by how much."""
    t = v.words
    if one.due_on is None:
        return t("continuous, no due date")
    day = t.day(one.due_on, "medium")
    if not one.due_moves or one.first_due_on is None:
        return day
    days = one.days_slipped or 0
    first = t.day(one.first_due_on, "medium")
    if days < 0:
        return t.n("{day}, first {first} ({n} day earlier)", "{day}, first {first} ({n} days earlier)", -days,
                   day=day, first=first)  # fmt: skip
    return t.n("{day}, first {first} ({n} day later)", "{day}, first {first} ({n} days later)", days,
               day=day, first=first)  # fmt: skip


def show(v: View, measures: Sequence[Measure]) -> None:
    """Let the reader choose a measure; without a choice, one whose due date was moved."""
    t = v.words
    header(t("One measure from near"))
    named = {f"{one.plan}.{one.measure}": one for one in measures}
    first = next((key for key, one in named.items() if one.due_moves), next(iter(named)))
    chosen = v.url["m"] if v.url["m"] in named else first
    titles = {key: f"{t.country(one.country)} · {one.measure} {one.title}" for key, one in named.items()}
    v.url.among(t("Measure"), "m", list(named), chosen, titles.__getitem__, t.lang)
    one = named[chosen]
    left, right = st.columns(2, gap="medium")
    with left:
        due_dates(v, one)
        targets(v, one)
    with right:
        milestones(v, one)


def due_dates(v: View, one: Measure) -> None:
    """Every due date that was ever stated, with what the move meant."""
    t = v.words
    header(t("Due date, as it was stated"), 3)
    lines = []
    before = None
    for stated in v.release.due_dates(one):
        moved = "–"
        if before and stated.due_on:
            days = (stated.due_on - before).days
            moved = t.n("{n} day later", "{n} days later", days) if days >= 0 else t.n(
                "{n} day earlier", "{n} days earlier", -days)  # fmt: skip
        lines.append({t("Known since"): t.month(stated.known_month), t("Due"): t.day(stated.due_on), t("Moved"): moved})
        before = stated.due_on
    listed(lines, t("Due date, as it was stated"), t("No due date: the measure is continuous."))


def milestones(v: View, one: Measure) -> None:
    """The steps, done or not, and who has seen the evidence."""
    t = v.words
    header(t("Milestones"), 3)
    lines = []
    for step in v.release.milestones(one):
        done = t("done {day}", day=t.day(step.done_on, "medium")) if step.done_on else t("open")
        checked = t("verified by {name}", name=step.verified_by) if step.verified_by else t("not verified")
        moved = step.first_due_on is not None and step.first_due_on != step.due_on
        first = " " + t("(first {day})", day=t.day(step.first_due_on, "medium")) if moved else ""
        lines.append(
            {
                t("Step"): step.title,
                t("Due"): t.day(step.due_on, "medium") + first,
                t("State"): f"{done}, {checked}" if step.done_on else done,
            }
        )
    listed(lines, t("Milestones"), t("No milestones were stated."))


def targets(v: View, one: Measure) -> None:
    """From the baseline to the target, and where the measure is."""
    t = v.words
    header(t("Targets"), 3)
    lines = [
        {
            t("Indicator"): f"{spelt(each.indicator)} ({v.label('kind', each.kind)})",
            t("Baseline"): at(t, each.baseline_value, each.baseline_period),
            t("Last value"): at(t, each.last_value, each.last_period),
            t("Target"): f"{at(t, each.target_value, each.target_period)} · {v.label('direction', each.direction)}",
            t("Unit"): spelt(each.unit),
        }
        for each in v.release.targets(one)
    ]
    listed(lines, t("Targets"), t("No targets were stated."))


def at(t: Words, value: float | None, period: str | None) -> str:
    """A value with its period."""
    if value is None:
        return "–"
    return f"{t.number(value)} ({period})" if period else t.number(value)


def spelt(code: str) -> str:
    """A code that has no label yet, readable."""
    return code.replace("_", " ")


def listed(lines: list[dict[str, str]], title: str, without: str) -> None:
    """A table, or a sentence where it would be empty."""
    if lines:
        table(lines, title)
    else:
        st.caption(plain(without))


def rule(t: Words) -> str:
    """How a rating comes about."""
    return t(
        "Not rated: nothing was reported for the current period, or nothing that can be measured. Done and verified: "
        "complete, and somebody else has seen the evidence. Late or off course: overdue, or more than 25 points behind "
        "the planned progress, or less than 60% of the way that the indicator should have gone. At risk: 10 to 25 "
        "points behind, or due within 60 days with less than 75% done, or 60% to 90% of the way. On track: everything "
        "else. A moved due date stays visible for ever."
    )
