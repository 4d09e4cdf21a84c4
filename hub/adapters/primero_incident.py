"""An incident of Primero → the fields of the Incident Recorder, and what they state."""

from typing import Any

from hub.adapters.base import Identifier, Rejected, Statement
from hub.adapters.fields import Problems
from hub.adapters.gbvims_incident import SEVERAL, incident_facts
from hub.adapters.primero_values import day_of, rows_of, text_of

FIELDS = {
    "date_of_birth": "date_of_birth", "age": "age", "sex": "sex", "country_of_origin": "country_of_origin",
    "displacement_status": "displacement_status", "location": "incident_location_type",
    "gbv_type": "gbv_sexual_violence_type", "harmful_traditional_practice": "harmful_traditional_practice",
    "goods_money_exchanged": "goods_money_exchanged", "abduction_type": "abduction_status_time_of_incident",
    "previously_reported": "gbv_reported_elsewhere", "service.referred_from": "service_referred_from",
    "service.safehouse_referral": "service_safehouse_referral", "consent": "consent_reporting",
}  # fmt: skip
"""Field of the recorder → field of the form. Names as in the GBV configuration (db/translations/gbv)."""
DAYS = {"date_of_interview": "date_of_first_report", "date_of_incident": "incident_date"}
SUBFORMS = {
    "service.medical_referral": ("health_medical_referral_subform_section", "service_medical_referral"),
    "service.psycho_referral": ("psychosocial_counseling_services_subform_section", "service_psycho_referral"),
    "service.legal_referral": ("legal_assistance_services_subform_section", "service_legal_referral"),
    "service.police_referral":
        ("police_or_other_type_of_security_services_subform_section", "service_police_referral"),
    "service.livelihoods_referral": ("livelihoods_services_subform_section", "service_livelihoods_referral"),
    "service.protection_referral": ("child_protection_services_subform_section", "service_protection_referral"),
}  # fmt: skip
"""Sector → its subform and the answer in each of its rows."""
PERPETRATOR = {
    "perpetrator.sex": "perpetrator_sex", "perpetrator.former": "former_perpetrator",
    "perpetrator.age_group": "age_group", "perpetrator.relationship": "perpetrator_relationship",
}  # fmt: skip
PLACE = FIELDS | DAYS | {name: field for name, (_, field) in SUBFORMS.items()} | PERPETRATOR


def incident_statement(key: str, data: dict[str, Any]) -> Statement:
    """What an incident states. Its person is the case it hangs on; alone, it is of an unknown person."""
    problems: Problems = []
    fields = {name: text_of(data, field, problems) for name, field in FIELDS.items()}
    for name, field in DAYS.items():
        day = day_of(data, field, problems)
        fields[name] = day.isoformat() if day else ""
    for name, (subform, field) in SUBFORMS.items():
        answers = (text_of(row, field, problems) for row in rows_of(data, subform, problems))
        fields[name] = SEVERAL.join(dict.fromkeys(filter(None, answers)))
    fields |= _perpetrators(data, problems)
    case = text_of(data, "incident_case_id", problems)
    if problems:
        raise Rejected.all_of(list(dict.fromkeys(problems)))
    return Statement("offence", key, Identifier("local", case) if case else None, incident_facts(fields, PLACE))


def _perpetrators(data: dict[str, Any], problems: Problems) -> dict[str, str]:
    """The first primary perpetrator's attributes, as the recorder has them, and how many primary ones there are."""
    found = rows_of(data, "alleged_perpetrator", problems)
    primary = [row for row in found if text_of(row, "primary_perpetrator", problems) == "primary"]
    if not primary:
        return {}
    read = {name: text_of(primary[0], field, problems) for name, field in PERPETRATOR.items()}
    return {**read, "number_primary_perpetrators": str(len(primary))}
