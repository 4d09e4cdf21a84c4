"""The rows of a release, as the pages see them. Field names are the columns that are read."""

from datetime import date
from typing import NamedTuple


class Published(NamedTuple):
    """A release: a period, protected and frozen."""

    release_id: str
    period: str
    published_on: date
    position: int
    base: int
    manifest: str


class Delivery(NamedTuple):
    """A partner delivered something for a quarter; ZERO means that it said there was nothing."""

    partner: str
    country: str
    dataset: str
    quarter: str
    state: str


class Plan(NamedTuple):
    """A national framework or action plan."""

    plan: str
    programme: str
    country: str
    title: str
    language: str
    adopted_on: date
    starts_on: date
    ends_on: date
    basis: str


class Measure(NamedTuple):
    """A measure with its two ratings: what the lead body says, and what the rule says."""

    plan: str
    country: str
    measure: str
    title: str
    lead_body: str
    due_on: date | None
    first_due_on: date | None
    due_moves: int | None
    days_slipped: int | None
    basis: str
    self_status: str | None
    rag_self: str | None
    progress_pct: float | None
    planned_pct: float | None
    rag_computed: str
    rag_reason: str | None


class Milestone(NamedTuple):
    """A dated step of a measure."""

    title: str
    due_on: date
    first_due_on: date | None
    done_on: date | None
    verified_by: str | None


class Target(NamedTuple):
    """A measure's indicator: from where, to where, and where it stands."""

    indicator: str
    kind: str
    unit: str
    direction: str
    baseline_value: float | None
    baseline_period: str | None
    target_value: float
    target_period: str
    last_value: float | None
    last_period: str | None


class DueDate(NamedTuple):
    """A due date as it was once stated."""

    due_on: date | None
    known_month: str
