"""Sheets of the GBVIMS Incident Recorder made for tests, with canaries where a name or a remark stands."""

import csv
import io
from typing import Any

import pytest
import yaml

from hub.adapters.base import Rejected, Statement
from hub.adapters.gbvims import adapter
from hub.adapters.gbvims_codes import CODES, COLUMNS
from hub.adapters.yaml_tree import LOADER

CANARY = "CANARY-Maria-Silva"
LANGUAGES = ["en", "fr", "es", "pt", "pl", "ro", "hu", "sk", "uk", "tr", "ar"]
INCIDENT = {
    "incident_id": "I-1",
    "survivor_code": "S-1",
    "date_of_interview": "05-Mar-2025",
    "date_of_incident": "28-Feb-2025",
    "date_of_birth": "15-Jun-1990",
    "sex": "F",
    "country_of_origin": "France",
    "displacement_status": "Resident",
    "location": "Client's Home",
    "gbv_type": "Rape",
    "harmful_traditional_practice": "No",
    "goods_money_exchanged": "No",
    "abduction_type": "None",
    "previously_reported": "No",
    "number_primary_perpetrators": "2",
    "perpetrator.sex": "M",
    "perpetrator.former": "No",
    "perpetrator.age_group": "Age 18 - 25",
    "perpetrator.relationship": "Intimate Partner / Former Partner",
    "service.referred_from": "Health / Medical Services",
    "service.safehouse_referral": "No referral, Service unavailable",
    "service.medical_referral": "Referred & No referral, Service unavailable",
    "service.psycho_referral": "Service provided by your agency",
    "service.legal_referral": "No, Referral declined by survivor",
    "service.police_referral": "No referral, Service not applicable",
    "service.livelihoods_referral": "",
    "service.protection_referral": "",
    "consent": "Yes",
}
NOT_EXPORTED = {"case_worker_code", "camp", "perpetrator.age_type"}
"""Fields that have words, but no column beside the others."""
LISTED = {
    language: {field: word for field, word in words.items() if field not in NOT_EXPORTED}
    for language, words in yaml.load(COLUMNS.read_text("utf-8"), Loader=LOADER)["columns"].items()
}
RAW = yaml.load(CODES.read_text("utf-8"), Loader=LOADER)


def sheet(*rows: dict[str, str], language: str = "en", separator: str = ",", headings: Any = None) -> bytes:
    """A sheet with every column of the recorder; what no row fills holds a canary."""
    headings = headings or LISTED[language]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(headings.values())
    for row in rows:
        writer.writerow(row.get(field, CANARY) for field in headings)
    return out.getvalue().encode()


def read(data: bytes) -> list[Statement]:
    return [adapter.translate(record) for record in list(adapter.read(io.BytesIO(data)))]


def state(**changed: str) -> Statement:
    (statement,) = read(sheet(INCIDENT | {name.replace("__", "."): text for name, text in changed.items()}))
    return statement


def fact(event: str, part: str = "", **changed: str) -> dict[str, Any]:
    return next(dict(fact.data) for fact in state(**changed).facts if (fact.event, fact.part) == (event, part))


def refused(**changed: str) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        state(**changed)
    return {tuple(problem) for problem in rejected.value.problems}


def file_refused(data: bytes) -> set[tuple[str, str]]:
    with pytest.raises(Rejected) as rejected:
        read(data)
    return {tuple(problem) for problem in rejected.value.problems}
