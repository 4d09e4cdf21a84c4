"""A warehouse as dbt builds it, with made-up people: what the release room reads."""

from datetime import date

import duckdb
import numpy as np

from hub.release import zone
from hub.release.publish import publish
from hub.settings import Settings

TODAY = date(2025, 12, 1)
FROZEN = ("releases", "contacts", "referrals", "courses", "levels", "marks")
PUBLIC = {
    "delivery_status": "partner VARCHAR, country VARCHAR, dataset VARCHAR, quarter VARCHAR, state VARCHAR",
    "sharing_agreements": "partner VARCHAR, dataset VARCHAR, version INTEGER, state VARCHAR",
    "plans": "plan VARCHAR, title VARCHAR",
    "pillars": "plan VARCHAR, pillar VARCHAR",
    "objectives": "plan VARCHAR, objective VARCHAR",
    "measures": "plan VARCHAR, measure VARCHAR, due_on DATE",
    "milestones": "plan VARCHAR, milestone VARCHAR",
    "targets": "plan VARCHAR, indicator VARCHAR",
    "statuses": "plan VARCHAR, status VARCHAR",
    "due_dates": "plan VARCHAR, measure VARCHAR, version INTEGER, due_on DATE",
    "recommendations": "plan VARCHAR, recommendation VARCHAR",
    "gaps": "plan VARCHAR, gap VARCHAR",
    "measure_answers": "plan VARCHAR, answers VARCHAR",
    "programme_partners": "plan VARCHAR, organisation VARCHAR",
    "programme_places": "plan VARCHAR, area VARCHAR",
    "instrument_versions": "plan VARCHAR, instrument VARCHAR",
    "framework_cells": "partner VARCHAR, programme VARCHAR",
    "programme_reach": "partner VARCHAR, country VARCHAR",
    "programme_languages": "partner VARCHAR, country VARCHAR",
    "legal_return_items": "pack VARCHAR, item VARCHAR",
    "legal_returns": "pack VARCHAR, country VARCHAR",
    "indicators": "indicator VARCHAR, measure VARCHAR",
    "indicator_values": "indicator VARCHAR, country VARCHAR",
}
DIMENSIONS = {
    "dim_areas": "nuts_version VARCHAR, area VARCHAR",
    "dim_populations": "area VARCHAR, year INTEGER",
    "dim_services": "partner VARCHAR, service_id VARCHAR",
    "dim_service_regions": "partner VARCHAR, service_id VARCHAR, area VARCHAR",
}
ABOUT = (
    "subject VARCHAR, partner VARCHAR, country VARCHAR, quarter VARCHAR, region VARCHAR, context VARCHAR, sex VARCHAR"
)
CONTACTS = f"{ABOUT}, age_band VARCHAR, channel VARCHAR, contacts BIGINT"
REFERRALS = f"{ABOUT}, age_band VARCHAR, mode VARCHAR, outcome VARCHAR, referrals BIGINT"
COURSES = (
    "subject VARCHAR, partner VARCHAR, country VARCHAR, year VARCHAR, fact VARCHAR, sex VARCHAR, age_group VARCHAR, "
    "course VARCHAR, records BIGINT"
)
MARKED = (
    "fact VARCHAR, place INTEGER, indicator VARCHAR, version INTEGER, measure VARCHAR, kind VARCHAR, "
    "counting_unit VARCHAR"
)
MARKS = [
    ("fct_cases", 1, "I05", 1, "share", "SHARE", "CASE"),
    ("fct_cases", 2, "I10", 1, "protection", "SHARE", "CASE"),
    ("fct_cases", 3, "I10", 1, "support", "SHARE", "CASE"),
    ("fct_needs", 1, "I13", 1, "met", "SHARE", "NEED"),
    ("fct_needs", 2, "I13", 1, "partly", "SHARE", "NEED"),
    ("fct_offences", 1, "I15", 1, "share", "SHARE", "OFFENCE"),
    ("fct_protections", 1, "I20", 1, "granted", "SHARE", "ORDER"),
]
SHARES = {
    "region": {"1": 0.5, "2": 0.3, "3": 0.2},
    "context": {"IPV": 0.45, "DV": 0.2, "SEX": 0.08, "OTHER_VIOLENCE": 0.12, "OTHER_CRIME": 0.08, "U": 0.07},
    "sex": {"F": 0.75, "M": 0.2, "U": 0.05},
    "age_band": {"0-13": 0.06, "14-17": 0.06, "18-24": 0.1, "25-44": 0.35, "45-64": 0.2, "65+": 0.1, "U": 0.13},
    "channel": {"HELPLINE": 0.3, "PHONE": 0.3, "F2F_OFFICE": 0.2, "EMAIL": 0.15, "NR": 0.05},
    "mode": {"INFO_ONLY": 0.3, "TRANSFER_CONSENT": 0.6, "NR": 0.1},
    "outcome": {"ENGAGED_30D": 0.3, "ENGAGED_LATER": 0.2, "ACCEPTED": 0.1, "DECLINED": 0.2, "WAITING": 0.2},
}
PERSONAL = ("region", "context", "sex", "age_band")


def settings_in(folder) -> Settings:
    return Settings(folder)


def people(number: int, *, country: str = "PT", quarter: str = "2025Q1", cube: str = "contacts", seed: int = 1) -> list:
    """Contribution rows: one person a row, most come once, a few come often."""
    rng = np.random.default_rng([seed, len(country + cube), sum(map(ord, country + quarter + cube))])
    dimensions = [*PERSONAL, *(["channel"] if cube == "contacts" else ["mode", "outcome"])]
    columns = [rng.choice(list(SHARES[d]), number, p=list(SHARES[d].values())).tolist() for d in dimensions]
    often = rng.geometric(0.6, number).tolist()
    return [
        (f"{quarter}{country}{cube}{i}", f"{country.lower()}-one", country, quarter, country + region, *rest)
        for i, (region, *rest) in enumerate(zip(*columns, often, strict=True))
    ]


COURSE_SHARES = {
    "fct_cases": {"111": 0.3, "010": 0.2, "001": 0.15, "000": 0.2, "-1-": 0.1, "---": 0.05},
    "fct_needs": {"10": 0.5, "01": 0.2, "00": 0.2, "--": 0.1},
    "fct_offences": {"1": 0.3, "0": 0.4, "-": 0.3},
    "fct_protections": {"1": 0.6, "0": 0.4},
}
GROUPS = {"0-13": "CHILD", "14-17": "CHILD", "U": "U"}


def same_people(number: int, *, country: str = "PT", year: int = 2025, seed: int = 1) -> tuple[list, list, list]:
    """Contacts, referrals and courses of a country whose every row is one contact, one referral and one record of each
    fact of the same person: what an attacker would wish for."""
    rng = np.random.default_rng([seed, number])

    def drawn(shares):
        return rng.choice(list(shares), number, p=list(shares.values())).tolist()

    about = list(zip(rng.integers(1, 5, number).tolist(), *(drawn(SHARES[d]) for d in PERSONAL), strict=True))
    rows: tuple[list, list, list] = ([], [], [])
    own = [drawn(SHARES[name]) for name in ("channel", "mode", "outcome")]
    courses = {fact: drawn(shares) for fact, shares in COURSE_SHARES.items()}
    for i, (quarter, region, context, sex, band) in enumerate(about):
        who = (f"{country}{i}", f"{country.lower()}-one", country)
        head = (*who, f"{year}Q{quarter}", country + region, context, sex, band)
        rows[0].append((*head, own[0][i], 1))
        rows[1].append((*head, own[1][i], own[2][i], 1))
        rows[2].extend(
            (*who, str(year), fact, sex, GROUPS.get(band, "ADULT"), course[i], 1) for fact, course in courses.items()
        )
    return rows


def warehouse(
    settings: Settings,
    contacts: list,
    referrals: list = (),
    courses: list = (),
    *,
    position: int = 7,
    due: str = "2026-01-01",
):
    """Writes warehouse.duckdb anew."""
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.warehouse_path.unlink(missing_ok=True)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        for schema in ("built", "cubes", "public_zone", "dimensions"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute("CREATE TABLE built.builds AS SELECT NULL::BIGINT AS as_known_at, ? AS position", [position])
        for table, columns, rows in (
            ("contact_contributions", CONTACTS, contacts),
            ("referral_contributions", REFERRALS, referrals),
            ("course_contributions", COURSES, courses),
            ("course_marks", MARKED, MARKS),
        ):
            connection.execute(f"CREATE TABLE cubes.{table} ({columns})")
            if rows:
                marks = ", ".join(f"unnest(${i + 1})" for i in range(len(rows[0])))
                lists = [list(column) for column in zip(*rows, strict=True)]
                connection.execute(f"INSERT INTO cubes.{table} SELECT {marks}", lists)
        for table in zone.PUBLIC:  # one that no test here reads is there all the same
            connection.execute(f"CREATE TABLE public_zone.{table} ({PUBLIC.get(table, 'code VARCHAR')})")
        for table, columns in DIMENSIONS.items():
            connection.execute(f"CREATE TABLE dimensions.{table} ({columns})")
        connection.execute(
            "INSERT INTO public_zone.delivery_status VALUES ('pt-one', 'PT', 'one', '2025Q1', 'REPORTED')"
        )
        connection.execute("INSERT INTO public_zone.measures VALUES ('plan', 'm1', ?::DATE)", [due])


def run(settings, period="2025Q1", **more):
    return publish(settings, period, **{"today": TODAY, "echo": lambda line: None, **more})


def frozen_rows(settings, release="r2025Q1"):
    with duckdb.connect(str(settings.release_path), read_only=True) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} WHERE release_id = ? ORDER BY ALL", [release]).fetchall()
            for table in FROZEN
        }
