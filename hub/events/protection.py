"""A measure that protects a victim, in proceedings or from the offender: asked for, decided, breached."""

from datetime import date

from hub.events.base import Happened
from hub.events.codes import BreachResponse, ProtectionActor, ProtectionBasis, ProtectionMeasure, ProtectionOutcome
from hub.events.victim import AboutVictim


class ProtectionRequested(AboutVictim):
    """A measure was asked for (Directive 2012/29/EU arts. 23, 24; Istanbul Convention 52, 53): one event each."""

    name = "protection.requested"
    measure: ProtectionMeasure
    legal_basis: ProtectionBasis = "NR"
    requested_by: ProtectionActor = "NR"


class ProtectionDecided(Happened):
    """It was granted, refused, varied, lifted, or its time ran out. `part` tells several decisions apart."""

    name = "protection.decided"
    measure: ProtectionMeasure
    outcome: ProtectionOutcome
    decided_by: ProtectionActor = "NR"
    in_force_until: date | None = None


class ProtectionBreached(Happened):
    """Somebody whom the measure binds did not keep to it."""

    name = "protection.breached"
    measure: ProtectionMeasure
    response: BreachResponse = "NR"
