"""How far a country meets a requirement of law or a standard, which gaps that leaves, and what is recommended."""

from datetime import date
from typing import Annotated

from pydantic import Field

from hub.events.base import Code, Country, Event, PublicText, Region
from hub.events.codes import (
    FrameworkDimension,
    FrameworkStatus,
    GapKind,
    GapStatus,
    LegalInstrument,
    RecommendationStatus,
    RecommendingBody,
    ServiceTier,
    TargetGroup,
    Urgency,
)
from hub.events.plan import Basis, PlanEvent

Measures = Annotated[tuple[Code, ...], Field(max_length=20)]
"""Measures of the same plan that answer a recommendation or close a gap."""


class FrameworkAssessed(Event):
    """One requirement, for one group, in law or in practice, in a country. `valid_from`: since when it has been so.

    `requirement` is article and paragraph as a code, `VRD-8.5`. `level` is of maturity, 0 absent to 5 improving, where
    a scorecard is kept.
    """

    name = "framework.assessed"
    personal = False
    country: Country
    basis: Basis
    programme: Code | None = None
    instrument: LegalInstrument
    requirement: Code
    dimension: FrameworkDimension
    target_group: TargetGroup = "ALL"
    status: FrameworkStatus
    level: int | None = Field(default=None, ge=0, le=5)
    assessed_on: date
    valid_from: date | None = None
    evidence: PublicText | None = None
    gap: Code | None = None


class FrameworkRecommended(PlanEvent):
    """A body recommends something to a country. `urgency` is in the body's own words, strongest first.

    `document`, `paragraph` and `requirement` say where it stands; `measures` of the plan answer it.
    """

    name = "framework.recommended"
    country: Country
    programme: Code | None = None
    recommendation: Code
    body: RecommendingBody
    document: PublicText
    paragraph: Code | None = None
    issued_on: date | None = None
    instrument: LegalInstrument = "OTHER"
    requirement: Code | None = None
    urgency: Urgency = "NR"
    target_group: TargetGroup = "ALL"
    title: PublicText
    status: RecommendationStatus = "NR"
    measures: Measures = ()


class GapFound(PlanEvent):
    """What is missing in a country, for whom and how badly, and which measures of the plan are to close it.

    `tier_from` and `tier_to`: between which kinds of services it gapes. `severity`: 1 (a nuisance) to 4 (danger).
    """

    name = "framework.gapfound"
    country: Country
    programme: Code | None = None
    gap: Code
    title: PublicText
    instrument: LegalInstrument = "OTHER"
    requirement: Code | None = None
    dimension: FrameworkDimension
    kind: GapKind
    tier_from: ServiceTier | None = None
    tier_to: ServiceTier | None = None
    target_group: TargetGroup = "ALL"
    region: Region | None = None
    severity: int = Field(ge=1, le=4)
    status: GapStatus = "OPEN"
    found_on: date | None = None
    evidence: PublicText | None = None
    measures: Measures = ()
