"""A release file as contract C describes it, with plausible rounded numbers: what the pages are tested on.

PT, NL and FI are published at the finest level, BG for wider groups, HR reports contacts only. FI did not deliver the
last quarter, one of NL's two partners did not deliver the one before, PT said once that there was nothing to say.
"""

import itertools
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import yaml

CODELISTS = Path(__file__).parents[1] / "hub" / "events" / "codelists"
QUARTERS = ("2025Q1", "2025Q2", "2025Q3", "2025Q4")
PARTNERS = {"pt-apav": "PT", "nl-shn": "NL", "nl-csg": "NL", "fi-riku": "FI", "bg-animus": "BG", "hr-zrtve": "HR"}
SILENT = {("fi-riku", "2025Q4"), ("nl-csg", "2025Q3")}
SIZES = {"PT": 5, "NL": 4, "FI": 2, "BG": 2, "HR": 1}

CONTEXTS = ("IPV", "DV", "SEX", "THB", "OTHER_VIOLENCE", "OTHER_CRIME", "NOT_CRIME", "U")
AGES = ("0-13", "14-17", "18-24", "25-44", "45-64", "65+", "U")
OUTCOMES = ("ENGAGED_30D", "ENGAGED_LATER", "ACCEPTED", "DECLINED", "FAILED", "CANCELLED", "WAITING")
FINE = {"context": CONTEXTS, "sex": ("F", "M", "X", "U"), "age_band": AGES, "outcome": OUTCOMES}
COARSE = {
    "context": ("IPV_DV", "OTHER_VIOLENCE", "OTHER", "U"),
    "sex": ("F", "M", "OTHER"),
    "age_band": ("child", "adult", "U"),
    "outcome": ("ENGAGED", "ACCEPTED", "NOT_TAKEN", "WAITING"),
}
COARSE_LEVELS = {"region": 1, "context": 1, "sex": 1, "age_band": 2, "channel": 1, "mode": 1, "outcome": 1}

SCHEMA = """
CREATE TABLE releases(release_id VARCHAR, period VARCHAR, published_on DATE, position BIGINT, base INTEGER,
  manifest VARCHAR);
CREATE TABLE contacts(release_id VARCHAR, quarter VARCHAR, country VARCHAR, region VARCHAR, context VARCHAR,
  sex VARCHAR, age_band VARCHAR, channel VARCHAR, contacts BIGINT);
CREATE TABLE referrals(release_id VARCHAR, quarter VARCHAR, country VARCHAR, region VARCHAR, context VARCHAR,
  sex VARCHAR, age_band VARCHAR, mode VARCHAR, outcome VARCHAR, referrals BIGINT);
CREATE TABLE levels(release_id VARCHAR, cube VARCHAR, country VARCHAR, quarter VARCHAR, dimension VARCHAR,
  level INTEGER);
CREATE TABLE delivery_status(partner VARCHAR, country VARCHAR, dataset VARCHAR, quarter VARCHAR, state VARCHAR);
CREATE TABLE codes(list VARCHAR, code VARCHAR, lang VARCHAR, label VARCHAR);
CREATE TABLE plans(plan VARCHAR, programme VARCHAR, country VARCHAR, level VARCHAR, title VARCHAR, language VARCHAR,
  adopted_on DATE, starts_on DATE, ends_on DATE, basis VARCHAR);
CREATE TABLE pillars(plan VARCHAR, pillar VARCHAR, title VARCHAR, istanbul_pillar VARCHAR);
CREATE TABLE objectives(plan VARCHAR, pillar VARCHAR, objective VARCHAR, title VARCHAR);
CREATE TABLE measures(plan VARCHAR, country VARCHAR, pillar VARCHAR, objective VARCHAR, measure VARCHAR, title VARCHAR,
  kind VARCHAR, lead_body VARCHAR, starts_on DATE, due_on DATE, first_due_on DATE, due_moves INTEGER,
  days_slipped INTEGER, budget_eur BIGINT, basis VARCHAR, self_status VARCHAR, rag_self VARCHAR,
  reported_period VARCHAR, reported_on DATE, progress_pct BIGINT, planned_pct DOUBLE, on_path DOUBLE,
  open_milestones BIGINT, overdue_days BIGINT, rag_computed VARCHAR, rag_reason VARCHAR);
CREATE TABLE milestones(plan VARCHAR, measure VARCHAR, milestone VARCHAR, title VARCHAR, due_on DATE,
  first_due_on DATE, weight BIGINT, done_on DATE, evidence VARCHAR, verified_by VARCHAR);
CREATE TABLE targets(plan VARCHAR, measure VARCHAR, indicator VARCHAR, kind VARCHAR, unit VARCHAR, direction VARCHAR,
  baseline_value DOUBLE, baseline_period VARCHAR, target_value DOUBLE, target_period VARCHAR, last_value DOUBLE,
  last_period VARCHAR, on_path DOUBLE);
CREATE TABLE statuses(plan VARCHAR, measure VARCHAR, period VARCHAR, reported_on DATE, status VARCHAR,
  progress_pct BIGINT, rag_self VARCHAR, spent_eur BIGINT, obstacle VARCHAR);
CREATE TABLE due_dates(plan VARCHAR, measure VARCHAR, version INTEGER, due_on DATE, known_month VARCHAR,
  position BIGINT);
"""


def empty(path: Path) -> Path:
    """A release file in which nothing was released yet."""
    with duckdb.connect(str(path)) as db:
        db.execute(SCHEMA)
    return path


def full(path: Path, seed: int = 20251231) -> Path:
    """The whole release."""
    empty(path)
    chance = random.Random(seed)
    with duckdb.connect(str(path)) as db:
        for table, rows in tables(chance).items():
            if rows:
                columns = [list(column) for column in zip(*rows, strict=True)]  # row by row takes a minute
                marks = ", ".join(f"unnest(${place})" for place in range(1, len(columns) + 1))
                db.execute(f"INSERT INTO {table} SELECT {marks}", columns)
    return path


def tables(chance: random.Random) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    return {
        "releases": [released(number, quarter) for number, quarter in enumerate(QUARTERS)],
        "referrals": list(cube(chance, "referrals")),
        "contacts": list(cube(chance, "contacts")),
        "levels": list(levels()),
        "delivery_status": list(delivered()),
        "codes": list(codes()),
        **plans(),
    }


def released(number: int, quarter: str) -> tuple[object, ...]:
    """The release of a quarter, about 45 days after its end."""
    on = date(2025, 5, 15) + timedelta(days=92 * number)
    manifest = {"release_id": f"r{quarter}", "period": quarter, "base": 5, "dimensions": [*FINE, "region"]}
    return (f"r{quarter}", quarter, on, 10_000 * (number + 1), 5, json.dumps(manifest))


def present(country: str, quarter: str, name: str) -> bool:
    """Whether the country has numbers of this kind for the quarter."""
    partners = [partner for partner, where in PARTNERS.items() if where == country]
    said_nothing = (country, quarter, name) == ("PT", "2025Q1", "contacts")
    only_contacts = (country, name) == ("HR", "referrals")
    return not said_nothing and not only_contacts and any((partner, quarter) not in SILENT for partner in partners)


def cube(chance: random.Random, name: str) -> Iterator[tuple[object, ...]]:
    """Sparse leaves: multiples of 5, and none that is 0."""
    for quarter, country in itertools.product(QUARTERS, SIZES):
        if not present(country, quarter, name):
            continue
        codes = COARSE if country == "BG" else FINE
        ways = ("F2F", "REMOTE") if country == "BG" else ("HELPLINE", "F2F_OFFICE", "EMAIL")
        if name == "referrals":
            ways = ("ANY",) if country == "BG" else ("WARM_HANDOVER", "TRANSFER_CONSENT")
        outcomes = codes["outcome"] if name == "referrals" else ("",)
        for context, sex, age, way, outcome in itertools.product(
            codes["context"], codes["sex"], codes["age_band"], ways, outcomes
        ):
            weight = SIZES[country] * (3 if sex == "F" else 1) * (3 if outcome.startswith("ENG") else 1)
            weight *= {"IPV": 4, "IPV_DV": 4, "THB": 0.2, "NOT_CRIME": 0.3}.get(context, 1)
            weight *= {"X": 0.05, "OTHER": 0.3}.get(sex, 1) * (0.2 if country == "BG" and age == "child" else 1)
            value = 5 * int(chance.random() ** 4 * weight * 0.6)
            if value:
                place = (f"r{quarter}", quarter, country, country, context, sex, age, way)
                yield (*place, outcome, value) if outcome else (*place, value)


def levels() -> Iterator[tuple[object, ...]]:
    """BG is coarser. A country without a number is as coarse as can be, as a release makes it."""
    for quarter, country, name in itertools.product(QUARTERS, SIZES, ("contacts", "referrals")):
        own = ("channel",) if name == "contacts" else ("mode", "outcome")
        for dimension in ("region", "context", "sex", "age_band", *own):
            level = COARSE_LEVELS[dimension] if country == "BG" else 0
            yield (f"r{quarter}", name, country, quarter, dimension, level if present(country, quarter, name) else 3)


def delivered() -> Iterator[tuple[object, ...]]:
    """Every partner and quarter, but for the silent ones."""
    for (partner, country), quarter in itertools.product(PARTNERS.items(), QUARTERS):
        if (partner, quarter) not in SILENT:
            yield (partner, country, partner.replace("-", "_"), quarter, "REPORTED")


def codes() -> Iterator[tuple[object, ...]]:
    """The hub's own labels, as a release carries them."""
    for file in sorted(CODELISTS.glob("*.yaml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for code, facts in data["codes"].items():
            for lang, label in facts["labels"].items():
                yield (data["name"], str(code), lang, label)


def plans() -> dict[str, list[tuple[object, ...]]]:
    """INVICTUS in two countries; in each, one measure's due date was moved."""
    rows: dict[str, list[tuple[object, ...]]] = {
        name: [] for name in ("plans", "pillars", "objectives", "measures", "milestones", "targets", "due_dates")
    }
    titles = {
        "PT": ("Encaminhar vítimas para apoio especializado", "pt", "CIG"),
        "NL": ("Doorverwijzing naar slachtofferhulp", "nl", "Ministerie van JenV"),
    }
    for country, (title, language, lead) in titles.items():
        plan = f"invictus-{country.lower()}"
        spans = (date(2024, 11, 1), date(2025, 1, 1), date(2026, 12, 31))
        rows["plans"].append((plan, "INVICTUS", country, "PROJECT", title, language, *spans, "PROJECT_FACT"))
        rows["pillars"].append((plan, "P1", "Protect and support", "PROTECT"))
        rows["objectives"].append((plan, "P1", "O1", "Every victim is offered a referral"))
        for measure in measures(plan, country, lead):
            rows["measures"].append(measure)
        code = "M1" if country == "PT" else "M2"
        first, second, third = date(2025, 6, 30), date(2025, 10, 31), date(2026, 2, 28)
        rows["due_dates"] += [
            (plan, code, 1, first, "2025-01", 100),
            (plan, code, 2, second, "2025-06", 4200),
            *([(plan, code, 3, third, "2025-10", 9300)] if country == "PT" else []),
            (plan, "M3", 1, date(2025, 12, 31), "2025-01", 101),
        ]
        rows["milestones"] += [
            (plan, code, "S1", "Working group set up", date(2025, 3, 31), date(2025, 3, 31), 1, date(2025, 3, 20),
             "minutes", "APAV" if country == "PT" else None),
            (plan, code, "S2", "Protocol signed by police and services", second, first, 2, None, None, None),
        ]  # fmt: skip
        way = (40.0, "2024", 75.0, "2026", 52.5, "2025Q3", 0.71)
        rows["targets"].append((plan, code, "referrals_with_consent", "OUTCOME", "percent", "UP", *way))
    return rows


def measures(plan: str, country: str, lead: str) -> Iterator[tuple[object, ...]]:
    """Five measures, every rating once; two rate themselves better than the rule does."""
    start, due = date(2025, 1, 1), date(2025, 12, 31)
    late, later = date(2025, 10, 31), date(2026, 2, 28)
    moved = (later, date(2025, 6, 30), 2, 243) if country == "PT" else (late, date(2025, 6, 30), 1, 123)
    still, never = (due, due, 0, 0), (None, None, 0, None)
    one, two = (moved, still) if country == "PT" else (still, moved)
    titles = (
        "Protocol between police and support services",
        "Training of first responders",
        "Referral form with recorded consent",
        "Leaflet in 12 languages",
        "Helpline 116 006, day and night",
    )
    rows = (
        ("PROTOCOL", one, "PROJECT_FACT", "ONGOING", "GREEN", 45, 80.0, "RED", "BEHIND_PLAN"),
        ("TRAINING", two, "ILLUSTRATIVE", "ONGOING", "GREEN", 70, 85.0, "AMBER", "BEHIND_PLAN"),
        ("SERVICE", still, "ILLUSTRATIVE", "ONGOING", "GREEN", 80, 82.0, "GREEN", "ON_TRACK"),
        ("AWARENESS", still, "ILLUSTRATIVE", "COMPLETED", "BLUE", 100, 100.0, "BLUE", "VERIFIED"),
        ("SERVICE", never, "ILLUSTRATIVE", None, None, None, None, "GREY", "NO_REPORT"),
    )
    for number, (title, (kind, dates, basis, status, own, progress, planned, *computed)) in enumerate(
        zip(titles, rows, strict=True), 1
    ):
        place = (plan, country, "P1", "O1", f"M{number}", title, kind, lead, start)
        report = ("2025Q3", date(2025, 10, 10)) if status else (None, None)
        yield (*place, *dates, 50_000, basis, status, own, *report, progress, planned, 0.7, 1, 0, *computed)


if __name__ == "__main__":
    import sys

    full(Path(sys.argv[1]))
