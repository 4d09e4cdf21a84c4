"""Training of professionals: who attends is at work, and no victim."""

from datetime import date

from pydantic import Field

from hub.events.base import Code, Event, Language, Region
from hub.events.codes import Profession, TrainingLevel, YesNo


class TrainingHeld(Event):
    """A training for one profession (Directive 2012/29/EU art. 25, Directive (EU) 2024/1385 art. 36)."""

    name = "training.held"
    personal = False
    held_on: date
    programme: Code | None = None
    pillar: Code | None = None
    region: Region | None = None
    language: Language | None = None
    profession: Profession = "NR"
    level: TrainingLevel = "NR"
    mandatory: YesNo = "NR"
    hours: float | None = Field(default=None, gt=0, le=1_000)
    participants: int = Field(ge=0, le=100_000)
    participants_women: int | None = Field(default=None, ge=0, le=100_000)
    participants_men: int | None = Field(default=None, ge=0, le=100_000)
    score_before: float | None = Field(default=None, ge=0, le=100)
    score_after: float | None = Field(default=None, ge=0, le=100)
