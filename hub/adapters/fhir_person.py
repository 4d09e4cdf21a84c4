"""The Patient → who a record is about: an identifier, sex, and birth date in full. Of names and addresses nothing."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from hub.adapters.base import Identifier, Rejected
from hub.adapters.fhir_codes import Codes, Coding
from hub.adapters.fhir_values import identified, target

GENDER = "http://hl7.org/fhir/administrative-gender"
ENDED = frozenset({"old", "temp"})
"""Uses of an identifier that is not, or not for long, the person's (Identifier.use modifies it)."""


def subject_of(
    reference: Any, patient: Mapping[str, Any] | None, by_url: Mapping[str, str], schemes: Mapping[str, str], place: str
) -> Identifier | None:
    """The identifier of the person, or None where nobody is named. Raises Rejected where it is about no person."""
    if reference is None:
        return None
    name = target(reference, by_url)
    kind = name.rpartition("/")[0] if name and not name.startswith(("urn:", "#")) and "?" not in name else ""
    if kind not in ("", "Patient"):
        raise Rejected("not-about-a-person", place)
    if schemes:
        return _in_scheme([*_pairs(patient), identified(reference)], schemes, place)
    if name and not name.startswith("#"):
        return Identifier("local", name)
    if (said := identified(reference)) is not None:
        return Identifier("local", "|".join(said))
    return None


def _pairs(patient: Mapping[str, Any] | None) -> Iterable[tuple[str, str] | None]:
    said = (patient or {}).get("identifier", ())
    return (identified({"identifier": each}) for each in said if each.get("use") not in ENDED)


def _in_scheme(pairs: Iterable[tuple[str, str] | None], schemes: Mapping[str, str], place: str) -> Identifier:
    found = {Identifier(schemes[pair[0]], pair[1]) for pair in pairs if pair and pair[0] in schemes}
    for scheme in schemes.values():  # in the order in which the partner prefers them
        named = [each for each in found if each.scheme == scheme]
        if len(named) > 1:
            raise Rejected("several-identifiers", place)
        if named:
            return named[0]
    raise Rejected("no-identifier", place)


def demographics(patient: Mapping[str, Any] | None, codes: Codes) -> dict[str, Any]:
    """`sex`, and `birth_on` where the whole date is known: of a year alone no age follows."""
    said: dict[str, Any] = {}
    if patient is None:
        return said
    if any(link.get("type") == "replaced-by" for link in patient.get("link", ())):
        raise Rejected("replaced-patient", "Patient.link")
    if "gender" in patient:
        gender = Coding(GENDER, patient["gender"])
        sex = codes.one("sex", {"system": gender.system, "code": gender.code}, "Patient.gender")
        if sex is None:
            raise Rejected("unknown-code", "Patient.gender")
        said["sex"] = sex
    if len(born := patient.get("birthDate", "")) == 10:
        try:
            said["birth_on"] = date.fromisoformat(born)
        except ValueError:
            raise Rejected("not-a-date", "Patient.birthDate") from None
    return said
