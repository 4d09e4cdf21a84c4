"""The levels of a plan file: which event an entry of each states, what names it, and what stands below it."""

from typing import NamedTuple


class Level(NamedTuple):
    """One level of the file: the event an entry states, the fields that name it, and the lists it holds."""

    event: str
    names: tuple[str, ...]
    below: "dict[str, Level]"
    refers_to: str = ""
    order: tuple[str, str] = ("", "")
    links: tuple[tuple[str, str], ...] = ()
    """Fields that name other things of the plan, each with the event of such a thing."""


REPORTS = {
    "statuses": Level("plan.statusreported", ("measure", "period"), {}, "plan.measureplanned"),
    "values": Level("plan.targetmeasured", ("measure", "indicator", "period"), {}, "plan.targetset"),
    "reached": Level("plan.milestonereached", ("measure", "milestone"), {}, "plan.milestoneplanned"),
}
_MEASURE_PARTS = {
    "milestones": Level("plan.milestoneplanned", ("measure", "milestone"), {}),
    "targets": Level("plan.targetset", ("measure", "indicator"), {}),
}
_MEASURE = Level("plan.measureplanned", ("measure",), _MEASURE_PARTS, order=("starts_on", "due_on"))
_OBJECTIVE = Level("plan.objectiveset", ("objective",), {"measures": _MEASURE})
_PILLAR = Level("plan.pillarset", ("pillar",), {"objectives": _OBJECTIVE})
_BY_MEASURES = (("measures", "plan.measureplanned"),)
_CELL = ("country", "requirement", "dimension", "target_group")
_OF_THE_PLAN = {
    "pillars": _PILLAR,
    "partners": Level("programme.partnerjoined", ("organisation",), {}),
    "places": Level("programme.placeincluded", ("area",), {}),
    "instruments": Level("instrument.versioned", ("instrument", "instrument_version"), {}),
    "gaps": Level("framework.gapfound", ("gap",), {}, links=_BY_MEASURES),
    "recommendations": Level("framework.recommended", ("recommendation",), {}, links=_BY_MEASURES),
    "cells": Level("framework.assessed", _CELL, {}, links=(("gap", "framework.gapfound"),)),
}
"""In the order in which they are read: what is pointed at stands before what points."""
PLAN = Level("plan.adopted", (), _OF_THE_PLAN, order=("starts_on", "ends_on"))
REFERRED = {"plan.measureplanned": 1, "plan.targetset": 2, "plan.milestoneplanned": 2}
"""Event that a report points at → how many of the report's names are the pointer."""
