"""An assessment of what a victim needs, or of the danger she is in. Its three kinds are never counted as one."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Happened
from hub.events.codes import (
    AssessmentExtent,
    AssessmentInstrument,
    AssessmentKind,
    AssessmentStage,
    Assessor,
    Need,
    ReviewTrigger,
    RiskLevel,
    YesNo,
)
from hub.events.victim import AboutVictim

Needs = Annotated[tuple[Need, ...], Field(max_length=17)]
Edition = Annotated[int | None, Field(ge=1, le=99)]
"""Version of an instrument, its first number: 2 of RVD-2L."""


class AssessmentCompleted(AboutVictim):
    """A victim's needs, or the danger she is in, were assessed (Directive 2012/29/EU art. 22)."""

    name = "assessment.completed"
    sealed_bytes = 1024
    kind: AssessmentKind
    instrument: AssessmentInstrument = "NR"
    instrument_version: Edition = None
    stage: AssessmentStage = "NR"
    extent: AssessmentExtent = "NR"
    result_level: RiskLevel = "NR"
    specific_needs: YesNo = "NR"
    """Whether the victim needs measures of arts. 23 and 24 of the Directive."""
    needs: Needs = ()
    assessor: Assessor = "NR"
    victim_involved: YesNo = "NR"


class AssessmentRefused(AboutVictim):
    """The victim did not want to be assessed. Counted, as who was assessed is."""

    name = "assessment.refused"
    kind: AssessmentKind
    instrument: AssessmentInstrument = "NR"
    stage: AssessmentStage = "NR"


class AssessmentReviewed(Happened):
    """What was assessed has changed: this takes the place of what the record said before (art. 22(7))."""

    name = "assessment.reviewed"
    sealed_bytes = 1024
    kind: AssessmentKind
    instrument: AssessmentInstrument = "NR"
    instrument_version: Edition = None
    stage: AssessmentStage = "NR"
    trigger: ReviewTrigger = "NR"
    result_level: RiskLevel = "NR"
    specific_needs: YesNo = "NR"
    needs: Needs = ()
    assessor: Assessor = "NR"
    victim_involved: YesNo = "NR"
