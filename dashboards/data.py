"""The only door to data: the release file named by HUB_RELEASE, read-only, with everything else locked out.

Publishing swaps the file (`os.replace`), so a file is known by its identity, not its name. Each identity is attached to
a database of its own in memory: a second plain `duckdb.connect` of the same path would still show the first file.
"""

import os
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import duckdb

from dashboards.records import Delivery, DueDate, Measure, Milestone, Plan, Published, Target

TABLES = {
    *("releases", "contacts", "referrals", "levels", "delivery_status", "codes"),
    *("plans", "pillars", "objectives", "measures", "milestones", "targets", "statuses", "due_dates"),
}
QUARTERS = """
    SELECT quarter, arg_max(release_id, position)
    FROM (
        SELECT release_id, quarter FROM release.main.contacts
        UNION SELECT release_id, quarter FROM release.main.referrals
        UNION SELECT release_id, quarter FROM release.main.levels
        UNION SELECT release_id, period FROM release.main.releases
    )
    JOIN release.main.releases USING (release_id)
    WHERE regexp_full_match(quarter, '[0-9]{4}Q[1-4]')
    GROUP BY quarter ORDER BY quarter DESC"""
COUNTRIES = """
    SELECT country FROM release.main.contacts UNION SELECT country FROM release.main.referrals
    UNION SELECT country FROM release.main.levels UNION SELECT country FROM release.main.delivery_status
    ORDER BY country"""
COLLECTED = """
    SELECT 'contacts' AS cube, country FROM release.main.contacts
    UNION SELECT 'referrals', country FROM release.main.referrals"""
LEVELS = """
    SELECT country, dimension, level FROM release.main.levels
    WHERE release_id = $release AND cube = $cube AND quarter = $quarter"""
NARROWED = """
    WHERE release_id = $release AND quarter = $quarter
    AND ($context::VARCHAR[] IS NULL OR list_contains($context, country || '/' || context))
    AND ($sex::VARCHAR[] IS NULL OR list_contains($sex, country || '/' || sex))
    AND ($age_band::VARCHAR[] IS NULL OR list_contains($age_band, country || '/' || age_band))
    GROUP BY ALL"""
COUNTS = {
    "contacts": "SELECT country, 'ALL', sum(contacts)::BIGINT FROM release.main.contacts",
    "referrals": "SELECT country, outcome, sum(referrals)::BIGINT FROM release.main.referrals",
}

Row = TypeVar("Row", bound=NamedTuple)
Identity = tuple[str, int, int, int]


class NoReleaseError(Exception):
    """There is no release file yet."""


class UnreadableError(Exception):
    """The file is there but is not a release, or is damaged."""


class Release:
    """One release file. Every question is one SQL statement with parameters."""

    def __init__(self, path: str) -> None:
        self._connection = duckdb.connect(":memory:")
        self._answer = lru_cache(maxsize=1000)(self._execute)  # what is released does not change
        quoted = path.replace("'", "''")
        try:
            self._connection.execute(f"ATTACH '{quoted}' AS release (READ_ONLY)")
            self._connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        except duckdb.Error as error:
            raise UnreadableError from error
        there = self._ask("SELECT table_name FROM information_schema.tables WHERE table_catalog = 'release'")
        if TABLES - {name for (name,) in there}:
            raise UnreadableError

    def published(self) -> list[Published]:
        """All releases, the newest first."""
        return self._read(Published, "releases", "ORDER BY period DESC, position DESC")

    def quarters(self) -> dict[str, str]:
        """Each quarter, the newest first, and the release that speaks for it: the last one that holds it."""
        return dict(self._ask(QUARTERS))

    def countries(self) -> list[str]:
        """Every country that a release says anything about."""
        return [country for (country,) in self._ask(COUNTRIES)]

    def collected(self, cube: str) -> set[str]:
        """The countries that ever published a number of this cube. Levels prove nothing: each country has them."""
        return {country for name, country in self._ask(COLLECTED) if name == cube}

    def levels(self, cube: str, quarter: str) -> dict[str, dict[str, int]]:
        """Per country, how far each dimension was coarsened; what is absent is at its finest."""
        found: dict[str, dict[str, int]] = {}
        asked = {"release": self.quarters().get(quarter), "cube": cube, "quarter": quarter}
        for country, dimension, level in self._ask(LEVELS, asked):
            found.setdefault(country, {})[dimension] = level
        return found

    def counts(
        self, cube: str, quarter: str, admitted: Mapping[str, Collection[tuple[str, str]]]
    ) -> dict[str, dict[str, int]]:
        """Published numbers: country → outcome → sum. `admitted` narrows a dimension to pairs of country and code."""
        found: dict[str, dict[str, int]] = {}
        asked: dict[str, Any] = {"release": self.quarters().get(quarter), "quarter": quarter}
        for dimension in ("context", "sex", "age_band"):
            pairs = admitted.get(dimension)
            asked[dimension] = None if pairs is None else tuple(sorted(f"{country}/{code}" for country, code in pairs))
        for country, outcome, number in self._ask(COUNTS[cube] + NARROWED, asked):
            found.setdefault(country, {})[outcome] = number
        return found

    def deliveries(self) -> list[Delivery]:
        """Who delivered what, for every quarter."""
        return self._read(Delivery, "delivery_status", "ORDER BY ALL")

    def labels(self, lang: str) -> dict[tuple[str, str], str]:
        """The release's own labels in a language: (list, code) → label."""
        rows = self._ask("SELECT list, code, label FROM release.main.codes WHERE lang = $lang", {"lang": lang})
        return {(name, code): label for name, code, label in rows}

    def plans(self) -> list[Plan]:
        """All plans, by country."""
        return self._read(Plan, "plans", "ORDER BY country, plan")

    def measures(self) -> list[Measure]:
        """All measures, in the order of their plans."""
        return self._read(Measure, "measures", "ORDER BY plan, pillar, objective, measure")

    def milestones(self, one: Measure) -> list[Milestone]:
        """A measure's steps, by date."""
        return self._of(one, Milestone, "milestones", "due_on, milestone")

    def targets(self, one: Measure) -> list[Target]:
        """A measure's indicators."""
        return self._of(one, Target, "targets", "indicator")

    def due_dates(self, one: Measure) -> list[DueDate]:
        """Every due date that a measure ever had, the first first."""
        return self._of(one, DueDate, "due_dates", "version, position")

    def _of(self, one: Measure, shape: type[Row], table: str, order: str) -> list[Row]:
        where = f"WHERE plan = $plan AND measure = $measure ORDER BY {order}"
        return self._read(shape, table, where, {"plan": one.plan, "measure": one.measure})

    def _read(self, shape: type[Row], table: str, rest: str, values: Mapping[str, Any] | None = None) -> list[Row]:
        columns = ", ".join(shape._fields)
        question = f"SELECT {columns} FROM release.main.{table} {rest}"  # noqa: S608  all names are ours
        return [shape(*row) for row in self._ask(question, values)]

    def _ask(self, question: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self._answer(question, tuple((values or {}).items()))

    def _execute(self, question: str, values: tuple[tuple[str, Any], ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.cursor().execute(question, dict(values)).fetchall()
        except duckdb.Error as error:
            raise UnreadableError from error


def current() -> Release:
    """The release that readers see now."""
    path = Path(os.environ.get("HUB_RELEASE", ""))
    if not path.is_file():
        raise NoReleaseError
    seen = path.stat()
    return _opened((str(path.absolute()), seen.st_mtime_ns, seen.st_ino, seen.st_size))


@lru_cache(maxsize=2)
def _opened(identity: Identity) -> Release:
    return Release(identity[0])
