"""Facts as a test needs them: a row says what matters, the rest is as most records have it."""

from datetime import date
from typing import Any

Row = dict[str, Any]
ANYBODY = {
    "partner": "pt-apav", "country": "PT", "dataset": "test", "subject": "p1", "victim_role": "DIRECT", "sex": "F",
    "age_band": "25-34", "age_group": "ADULT", "nationality_group": "NATIONAL", "region": "PT17", "offence": "0201",
    "relationship": "01", "context": "IPV", "contexts": ["IPV"], "is_agreed": True,
}  # fmt: skip


def dated(verb: str, day: date, precision: str = "D") -> Row:
    """A fact's day, and the periods that it falls into."""
    quarter = None if precision == "Y" else f"{day.year}Q{(day.month + 2) // 3}"
    return {f"{verb}_on": day, f"{verb}_precision": precision, "year": day.year, "quarter": quarter}


def referral(day: date = date(2025, 5, 5), precision: str = "D", **more: Any) -> Row:
    usual = {"mode": "TRANSFER_CONSENT", "source": "POLICE", "is_accepted": False, "priority": "ROUTINE"}
    return {**ANYBODY, **dated("sent", day, precision), **usual, **more}


def case(day: date = date(2025, 5, 5), precision: str = "D", **more: Any) -> Row:
    return {**ANYBODY, **dated("opened", day, precision), "entry_source": "SELF", "tier": "GENERIC", **more}


def offence(day: date = date(2025, 5, 5), **more: Any) -> Row:
    return {**ANYBODY, **dated("disclosed", day), "reported_to_police": "Y", "is_counted_elsewhere": False, **more}


def reported(period: str, **more: Any) -> Row:
    """What a partner states for a period, about nobody."""
    year, quarter = int(period[:4]), period if "Q" in period else None
    ends = date(year, 3 * int(period[5]), 28) if quarter else date(year, 12, 31)
    usual = {"partner": "pt-apav", "country": "PT", "dataset": "test", "position": 1, "part": "", "period": period}
    return {**usual, "year": year, "quarter": quarter, "ends_on": ends, **more}


def counting(period: str, **more: Any) -> Row:
    """The same, of what may be stated for a year and its quarters besides: it counts in both."""
    return reported(period, **{"counts_in_year": True, "counts_in_quarter": "Q" in period, **more})
