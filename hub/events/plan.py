"""National frameworks and action plans: pillars, objectives, measures, milestones, targets. Nothing personal here.

A plan's parts are facts of one record, so that a moved due date stays visible: the new fact corrects the old one.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from hub.events.base import Code, Country, Event, Period, PublicText

Basis = Literal["PROJECT_FACT", "ILLUSTRATIVE"]
"""PROJECT_FACT: stands in a public project document. ILLUSTRATIVE: made up for the demonstration, and marked so."""


class PlanEvent(Event):
    """A part of a plan. `country` is where it applies, `basis` says whether it is real."""

    personal = False
    plan: Code
    basis: Basis


class PlanAdopted(PlanEvent):
    """A plan or programme came into force for a country."""

    name = "plan.adopted"
    programme: Code
    country: Country
    level: Literal["NATIONAL", "REGIONAL", "POLICE_ZONE", "PROJECT"]
    title: PublicText
    language: str = Field(pattern=r"^[a-z]{2}$")
    adopted_on: date
    starts_on: date
    ends_on: date


class PillarSet(PlanEvent):
    """A pillar of the plan, with its pillar of the Istanbul Convention."""

    name = "plan.pillarset"
    pillar: Code
    title: PublicText
    istanbul_pillar: Literal["PREVENT", "PROTECT", "PROSECUTE", "POLICIES"]


class ObjectiveSet(PlanEvent):
    """What a pillar is to achieve."""

    name = "plan.objectiveset"
    pillar: Code
    objective: Code
    title: PublicText


class MeasurePlanned(PlanEvent):
    """One measure: who leads, from when to when. A moved due date is a new fact that corrects this one."""

    name = "plan.measureplanned"
    objective: Code
    measure: Code
    title: PublicText
    kind: Literal["LEGAL", "SERVICE", "TRAINING", "AWARENESS", "DATA", "PROTOCOL", "INFRA", "RESEARCH"]
    lead_body: PublicText
    starts_on: date
    due_on: date | None = None
    """None: a continuous measure, judged by its indicator and never by a date."""
    due_confirmed: bool = True
    budget_eur: int | None = Field(default=None, ge=0)


class MilestonePlanned(PlanEvent):
    """A dated step of a measure."""

    name = "plan.milestoneplanned"
    measure: Code
    milestone: Code
    title: PublicText
    due_on: date
    weight: int = Field(default=1, ge=1, le=100)


class MilestoneReached(PlanEvent):
    """The step is done. Verified only when somebody else than the lead body has seen the evidence."""

    name = "plan.milestonereached"
    measure: Code
    milestone: Code
    done_on: date
    evidence: PublicText | None = None
    verified_by: PublicText | None = None


class TargetSet(PlanEvent):
    """A measure's indicator: where it stands, where it shall be, and when."""

    name = "plan.targetset"
    measure: Code
    indicator: Code
    kind: Literal["INPUT", "OUTPUT", "OUTCOME", "IMPACT"]
    unit: Code
    direction: Literal["UP", "DOWN", "KEEP"]
    baseline_value: float | None = None
    baseline_period: Period | None = None
    target_value: float
    target_period: Period


class TargetMeasured(PlanEvent):
    """A value of the measure's indicator for a period."""

    name = "plan.targetmeasured"
    measure: Code
    indicator: Code
    period: Period
    value: float


class StatusReported(PlanEvent):
    """What the lead body itself says about its measure."""

    name = "plan.statusreported"
    measure: Code
    period: Period
    reported_on: date
    status: Literal[
        "NOT_STARTED", "PREPARATION", "ONGOING", "COMPLETED", "COMPLETED_LATE", "SUSPENDED", "CANCELLED",
        "SUPERSEDED", "CONTINUOUS",
    ]  # fmt: skip
    progress_pct: int | None = Field(default=None, ge=0, le=100)
    rag_self: Literal["RED", "AMBER", "GREEN", "BLUE", "GREY"] = "GREY"
    spent_eur: int | None = Field(default=None, ge=0)
    obstacle: Literal["FUNDING", "STAFF", "LAW", "COORDINATION", "DATA", "POLITICAL", "OTHER", "NONE", "NR"] = "NR"
