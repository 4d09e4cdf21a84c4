"""Instruments with which victims' needs, or organisations, are assessed: their versions. Nothing personal here."""

from datetime import date

from hub.events.base import Code, Language, PublicText
from hub.events.codes import InstrumentKind
from hub.events.plan import PlanEvent


class InstrumentVersioned(PlanEvent):
    """A version of an instrument. What was scored with one version is not compared with what another scored.

    `instrument` and `instrument_version` are those of `assessment.completed` and `organisation.selfassessed`.
    """

    name = "instrument.versioned"
    programme: Code
    instrument: Code
    instrument_version: Code
    kind: InstrumentKind
    title: PublicText
    language: Language | None = None
    issued_on: date | None = None
    replaces: Code | None = None
    """The version before it."""
    source: PublicText | None = None
