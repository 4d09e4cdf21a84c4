"""Records of Primero's API made for tests: nobody's, with canaries where a name or a remark stands."""

import io
import json
from typing import Any

import pytest

from hub.adapters.base import Rejected, Statement
from hub.adapters.primero import adapter

CANARY = "CANARY-Maria-Silva"
CASE = {
    "id": "b3222e84-a5d7-4692-a643-1ab3d41f17d6",
    "name": CANARY,
    "case_id_display": CANARY,
    "owned_by": CANARY,
    "notes": CANARY,
    "address_current": CANARY,
    "module_id": "primeromodule-gbv",
    "status": "closed",
    "age": 31,
    "sex": "female",
    "country_of_origin": "portugal",
    "gbv_displacement_status": "resident",
    "registration_date": "2025-01-10",
    "date_closure": "2025-06-30",
    "closure_needs_met": "true",
    "closure_survivor_left_area": True,
    "closure_needs_met_explain": CANARY,
    "consent_reporting": True,
    "consent_for_services": True,
    "consent_to_share_info_by_health": "true",
    "consent_to_share_info_by_security": "false",
    "consent_to_share_health_organization": CANARY,
    "reopened_logs": [{"reopened_date": "2025-03-01T10:00:00.000Z", "reopened_user": CANARY}],
    "gbv_follow_up_subform_section": [
        {
            "unique_id": CANARY,
            "followup_date": "2025-02-01",
            "service_type_provided": ["psychosocial_service", "legal_assistance_service"],
        },
        {"followup_date": "2025-02-01", "service_type_provided": "food_service", "follow_up_comments": CANARY},
    ],
}
INCIDENT = {
    "id": "11d8ef93-1b48-4469-9dce-ab173f6c90f2",
    "incident_case_id": CASE["id"],
    "survivor_code": CANARY,
    "incident_description": CANARY,
    "incident_location": CANARY,
    "incident_camp_town": CANARY,
    "date_of_first_report": "2025-03-05",
    "incident_date": "2025-03-01",
    "date_of_birth": "1990-01-01",
    "sex": "female",
    "gbv_sexual_violence_type": "rape",
    "incident_location_type": "client_s_home",
    "incident_timeofday": "morning_sunrise_to_noon",
    "goods_money_exchanged": True,
    "abduction_status_time_of_incident": "none",
    "harmful_traditional_practice": "no",
    "gbv_reported_elsewhere": "gbvims-org",
    "consent_reporting": "true",
    "alleged_perpetrator": [
        {"primary_perpetrator": "secondary", "perpetrator_sex": "female", "age_group": "0_11"},
        {
            "primary_perpetrator": "primary",
            "perpetrator_sex": "male",
            "age_group": "26_40",
            "perpetrator_relationship": "intimate_partner_former_partner",
            "perpetrator_occupation": CANARY,
            "perpetrator_ethnicity": CANARY,
            "former_perpetrator": "true",
        },
    ],
    "service_referred_from": ["police_other_security_actor"],
    "service_safehouse_referral": "service_unavailable",
    "service_safehouse_provider": CANARY,
    "health_medical_referral_subform_section": [
        {"service_medical_referral": "service_unavailable", "service_medical_location": CANARY},
        {"service_medical_referral": "referred", "service_medical_referral_notes": CANARY},
    ],
}
REFERRAL = {
    "id": "8165ff68-e406-4258-bb77-004b1f148290",
    "type": "Referral",
    "record_id": CASE["id"],
    "record_type": "Child",
    "status": "accepted",
    "transitioned_to": CANARY,
    "transitioned_by": CANARY,
    "notes": CANARY,
    "created_at": "2025-02-03T18:37:16.078Z",
    "responded_at": "2025-02-05T08:00:00.000Z",
}


def state(data: Any) -> Statement:
    (record,) = adapter.read(io.BytesIO(json.dumps({"data": data}).encode()))
    return adapter.translate(record)


def facts(data: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(fact.event, fact.part): dict(fact.data) for fact in state(data).facts}


def refused(data: Any) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        state(data)
    return {tuple(problem) for problem in rejected.value.problems}


def events(data: Any) -> list[str]:
    return [fact.event for fact in state(data).facts]


ALL = [CASE, INCIDENT, REFERRAL]
PAGE = {"data": ALL, "metadata": {"total": 3, "per": 20, "page": 1}}


def lines(*documents: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in documents)
