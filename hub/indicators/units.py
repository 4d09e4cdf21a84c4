"""What a row of each fact is counted as. Two units are two things: they are never added, and never share a share."""

from typing import Literal

CountingUnit = Literal[
    "PERSON", "CASE", "REGISTRATION", "OFFENCE", "CONTACT", "ATTEMPT", "SERVICE_ACT", "REFERRAL", "SECTOR_ANSWER",
    "ASSESSMENT", "TRIGGER", "NEED", "ORDER", "REQUEST", "STAY", "PLACE", "PLACE_DAY", "CALL", "ATTENDANCE",
    "PROFESSIONAL", "AREA", "MEASURE", "MILESTONE", "DELIVERY", "INHABITANT", "PUBLISHED",
]  # fmt: skip
"""INHABITANT: of a population. PUBLISHED: a figure of another source, in the unit that it says itself."""

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
    "fct_justice_stages": frozenset({"OFFENCE", "PERSON"}),
}
"""Facts with a subject. A registration is a case as it enters; persons are distinct subjects."""

ABOUT_NOBODY: dict[str, frozenset[CountingUnit]] = {
    "fct_shelter_periods": frozenset({"PLACE", "PLACE_DAY"}),
    "fct_helpline_periods": frozenset({"CALL"}),
    "fct_activities": frozenset({"ATTENDANCE", "PERSON"}),
    "fct_trainings": frozenset({"PROFESSIONAL"}),
    "fct_indicator_values": frozenset({"PUBLISHED", "PERSON", "OFFENCE", "ORDER", "PROFESSIONAL", "CALL"}),
    "fct_deliveries": frozenset({"DELIVERY"}),
    "dim_populations": frozenset({"INHABITANT"}),
    "int_deliveries_expected": frozenset({"DELIVERY"}),
    "int_region_coverage": frozenset({"AREA"}),
    "measures": frozenset({"MEASURE"}),
    "int_milestones_overdue": frozenset({"MILESTONE"}),
}
UNITS: dict[str, frozenset[CountingUnit]] = {**PERSONAL, **ABOUT_NOBODY}

SHELTER_PLACES = frozenset(f"places_unit = '{unit}'" for unit in ("BED", "FAMILY_PLACE", "ROOM"))
"""A bed, a room and a place for a family are three units; one of these conditions stands where places are added."""

WITHOUT_PARTNER = frozenset({"measures", "int_milestones_overdue", "int_region_coverage"})
"""What no partner states alone: there is no figure of one partner."""
