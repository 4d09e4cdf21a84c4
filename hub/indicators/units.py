"""What a row of each fact is counted as. Two units are two things: they are never added, and never share a share."""

from typing import Literal

CountingUnit = Literal[
    "PERSON", "CASE", "REGISTRATION", "OFFENCE", "CONTACT", "ATTEMPT", "SERVICE_ACT", "REFERRAL", "SECTOR_ANSWER",
    "ASSESSMENT", "TRIGGER", "NEED", "ORDER", "REQUEST", "STAY", "PLACE", "PLACE_DAY", "CALL", "ATTENDANCE",
    "PROFESSIONAL", "AREA", "MEASURE", "MILESTONE", "DELIVERY", "INHABITANT",
]  # fmt: skip
"""After the event vocabulary's own list, and what facts have besides."""

PERSONAL: dict[str, frozenset[CountingUnit]] = {
    "fct_referrals": frozenset({"REFERRAL", "PERSON"}),
    "fct_sector_answers": frozenset({"SECTOR_ANSWER", "PERSON"}),
    "fct_cases": frozenset({"CASE", "REGISTRATION", "PERSON"}),
    "fct_contacts": frozenset({"CONTACT", "PERSON"}),
    "fct_contact_attempts": frozenset({"ATTEMPT", "PERSON"}),
    "fct_services": frozenset({"SERVICE_ACT", "PERSON"}),
    "fct_assessments": frozenset({"ASSESSMENT", "PERSON"}),
    "fct_triggers": frozenset({"TRIGGER", "PERSON"}),
    "fct_needs": frozenset({"NEED", "PERSON"}),
    "fct_offences": frozenset({"OFFENCE", "PERSON"}),
    "fct_protections": frozenset({"ORDER", "PERSON"}),
    "fct_shelter_requests": frozenset({"REQUEST", "PERSON"}),
    "fct_shelter_stays": frozenset({"STAY", "PERSON"}),
    "fct_justice_stages": frozenset({"CASE", "PERSON"}),
    "indicator_justice_paths": frozenset({"CASE"}),
}
"""Facts with a subject. A registration is a case as it enters; persons are distinct subjects."""

ABOUT_NOBODY: dict[str, frozenset[CountingUnit]] = {
    "fct_shelter_periods": frozenset({"PLACE", "PLACE_DAY"}),
    "fct_helpline_periods": frozenset({"CALL"}),
    "fct_activities": frozenset({"ATTENDANCE", "PERSON"}),
    "fct_trainings": frozenset({"PROFESSIONAL"}),
    "fct_milestones": frozenset({"MILESTONE"}),
    "fct_indicator_values": frozenset({"PERSON", "OFFENCE", "ORDER", "PROFESSIONAL", "CALL"}),
    "dim_populations": frozenset({"INHABITANT"}),
    "int_deliveries_expected": frozenset({"DELIVERY"}),
    "indicator_area_coverage": frozenset({"AREA"}),
    "indicator_measures_judged": frozenset({"MEASURE"}),
}
UNITS: dict[str, frozenset[CountingUnit]] = {**PERSONAL, **ABOUT_NOBODY}

SHELTER_PLACES = frozenset(f"places_unit = '{unit}'" for unit in ("BED", "FAMILY_PLACE", "ROOM"))
"""A bed, a room and a place for a family are three units; one of these conditions stands where they are added."""
WITHOUT_PARTNER = frozenset({"indicator_measures_judged", "indicator_area_coverage"})
"""What no partner states alone: there is no figure of one partner."""
STATED_TWICE = frozenset({"fct_shelter_periods", "fct_helpline_periods"})
"""What a partner may state for a year and for its quarters besides: a row says in which period it counts."""
