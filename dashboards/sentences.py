"""Figures in words: the status line, the four numbers with their change, the cells and states of the table."""

from collections.abc import Sequence
from typing import Literal

from dashboards import figures
from dashboards.definitions import ALL, Definition
from dashboards.figures import Change, Country, State, Total, Value
from dashboards.frame import View
from dashboards.labels import GLYPHS, LABELS

Arrow = Literal["up", "down", "off"]


def status(v: View, rows: Sequence[Country], quarter: str) -> list[str]:
    """What the numbers rest on: release, deliveries, gaps, protection."""
    t, release_id = v.words, v.release.quarters()[quarter]
    release = next(one for one in v.release.published() if one.release_id == release_id)
    delivered = {partner for row in rows for partner in row.delivered}
    missing = sorted({partner for row in rows for partner in row.missing})
    expected, told = len(delivered) + len(missing), {"k": t.number(len(delivered)), "quarter": t.quarter(quarter)}
    facts = [
        t("Data as of {day}", day=t.day(release.published_on)),
        t("release {id}", id=release.release_id),
        t.n(
            "{k} of {n} partner delivered for {quarter}",
            "{k} of {n} partners delivered for {quarter}",
            expected,
            **told,
        ),
    ]
    if missing:
        facts.append(t("✕ missing: {names}", names=t.listing([v.partner(one) for one in missing])))
    wider = coarsened(v, quarter)
    if wider:
        facts.append(t("▦ only wider groups: {names}", names="; ".join(wider)))
    return [*facts, t("all numbers are multiples of {n}; small numbers are protected", n=t.number(release.base))]


def coarsened(v: View, quarter: str) -> list[str]:
    """Which chosen countries publish which of the page's dimensions only for wider groups."""
    found: dict[str, set[str]] = {}
    for cube in ("referrals", "contacts"):
        published = v.release.counts(cube, quarter, {})
        for country, levels in v.release.levels(cube, quarter).items():
            if country in published:
                wider = {name for name, level in levels.items() if level and name in LABELS["dimension"]}
                found.setdefault(country, set()).update(wider)
    by_names: dict[str, list[str]] = {}
    for code in v.chosen_countries:
        if found.get(code):
            names = v.words.listing(sorted(v.label("dimension", name) for name in found[code]))
            by_names.setdefault(names, []).append(code)
    return [f"{v.countries(codes)} ({names})" for names, codes in by_names.items()]


def number(v: View, total: Total) -> str:
    """A total: a count, a share, or the glyph of why there is none."""
    if not total.countries:
        return GLYPHS[reason(total)]
    return cell(v, total.value)


def reason(total: Total) -> State:
    """Why a total has no country. First the reason that a wider choice may take away."""
    order = (State.COARSER, State.MISSING, State.NOT_COLLECTED)
    return min(total.left_out.values(), key=order.index, default=State.NOT_COLLECTED)


def cell(v: View, value: Value) -> str:
    """One country's value, or the glyph of why there is none."""
    if value.number is None:
        return GLYPHS[value.state]
    if value.base is None:
        return v.words.number(value.number)
    if value.share is None:
        return GLYPHS[State.ZERO if value.state is State.ZERO else State.SMALL]
    return v.words.percent(value.share) + (f" {GLYPHS[State.DIFFERS]}" if value.state is State.DIFFERS else "")


def trend(
    v: View, total: Total, change: Change | None, definition: Definition, before: str | None
) -> tuple[str, Arrow]:
    """The change against the quarter before in words, and the direction of its arrow."""
    t = v.words
    if not total.countries:
        return v.label("state", reason(total)), "off"
    if definition.is_share and total.value.share is None:
        return v.label("state", State.SMALL), "off"
    if before is None:
        return t("the first quarter"), "off"
    if change is None:
        return t("no earlier quarter to compare with"), "off"
    quarter = t.quarter(before)
    difference = moved(change)
    if not difference:
        text = t("no change since {quarter}", quarter=quarter)
    elif definition.is_share and difference > 0:
        text = t.n("{n} point more than in {quarter}", "{n} points more than in {quarter}", difference, quarter=quarter)
    elif definition.is_share:
        text = t.n(
            "{n} point less than in {quarter}", "{n} points less than in {quarter}", -difference, quarter=quarter
        )
    elif difference > 0:
        text = t("{n} more than in {quarter}", n=t.number(difference), quarter=quarter)
    else:
        text = t("{n} fewer than in {quarter}", n=t.number(-difference), quarter=quarter)
    return text, "off" if not difference else "up" if difference > 0 else "down"


def reach(v: View, rows: Sequence[Country], total: Total, change: Change | None) -> str:
    """How many countries stand in a total, and in its change where those are fewer."""
    t, counted = v.words, len(total.countries)
    text = t.n("{k} of {n} country", "{k} of {n} countries", len(rows), k=t.number(counted))
    if change is None or len(change.countries) == counted:
        return text
    return t("{reach}, {n} compared", reach=text, n=t.number(len(change.countries)))


def moved(change: Change) -> int:
    """How much more: whole points of a share, as printed, or the count itself."""
    if change.now.base is None or change.before.base is None:
        return (change.now.number or 0) - (change.before.number or 0)
    return round(100 * (change.now.share or 0)) - round(100 * (change.before.share or 0))


def left_out(v: View, rows: Sequence[Country], definitions: Sequence[Definition]) -> str:
    """Which countries are not in every total, each with its sign, and what a sign in a total means."""
    t = v.words
    totals = [figures.total(rows, one) for one in definitions]
    signs: dict[str, dict[State, None]] = {}
    for total in totals:
        for code, why in total.left_out.items():
            signs.setdefault(code, {})[why] = None
    names = [f"{t.country(code)} {''.join(GLYPHS[one] for one in signs[code])}" for code in signs]
    said = (
        [t("Not in every total: {countries}. The table says why.", countries=t.listing(sorted(names)))] if names else []
    )
    if any(total.value.state is State.DIFFERS for total in totals):
        said.append(v.state(State.DIFFERS) + ".")
    return " ".join(said)


def state(v: View, row: Country) -> str:
    """Every state a country's row holds, and for which numbers; none of it where the row is whole."""
    held: dict[State, list[str]] = {}
    for one in ALL:
        held.setdefault(row.values[one.code].state, []).append(v.words(one.title))
    said = [
        v.state(one) if len(titles) == len(ALL) else f"{v.state(one)}: {', '.join(titles)}"
        for one, titles in held.items()
        if one is not State.OK
    ]
    return " · ".join(said) or v.state(State.OK)
