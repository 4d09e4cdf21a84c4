"""How far a country meets a requirement of law or a standard: one cell of a mapping, and of a scorecard."""

from datetime import date

from pydantic import Field

from hub.events.base import Code, Country, Event, PublicText
from hub.events.codes import FrameworkDimension, FrameworkStatus, LegalInstrument, TargetGroup
from hub.events.plan import Basis


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
