"""FHIR R4, R4B and R5 → statements: referrals, contacts, cases, consents, assessments and needs (`docs/fhir.md`).

Any name, address, remark or narrative is looked past: only the elements named in the files of each kind are read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import import_module
from typing import Any, BinaryIO

import msgspec

from hub.adapters.base import Record, Rejected, Statement
from hub.adapters.fhir_assessment import assessment
from hub.adapters.fhir_codes import Codes, codes_with
from hub.adapters.fhir_consent import consent
from hub.adapters.fhir_contact import case, contact
from hub.adapters.fhir_definitions import Release, check, release_of
from hub.adapters.fhir_flag import flag
from hub.adapters.fhir_gather import Gathered, Unread, Version, gather
from hub.adapters.fhir_generate import VERSIONS
from hub.adapters.fhir_person import demographics, subject_of
from hub.adapters.fhir_profile import FhirProfile
from hub.adapters.fhir_read import read_resources
from hub.adapters.fhir_referral import referral
from hub.adapters.fhir_stated import Reading, Said, Stated
from hub.adapters.fhir_text import parse
from hub.adapters.fhir_values import target
from hub.adapters.table import Damaged
from hub.errors import Stop

OF_KIND: dict[str, Callable[[list[Said], Reading], Stated]] = {
    "referral": referral,
    "contact": contact,
    "case": case,
    "consent": consent,
    "assessment": assessment,
    "need": flag,
}
Person = tuple[dict[str, Any] | None, dict[str, Any]]
"""The Patient, and her sex and birth date as facts have them."""
SUBJECT = {"Task": "for", "EpisodeOfCare": "patient"}
"""Where a type names its person, if not as `subject`. An R4 Consent has a patient, too."""


@dataclass(frozen=True)
class FhirAdapter:
    """FHIR from one partner. Satisfies `Adapter` and `Reopening`."""

    profile: FhirProfile

    @property
    def name(self) -> str:
        """The dataset it reads."""
        return self.profile.name

    @cached_property
    def codes(self) -> Codes:
        """The tables of codes, with the partner's lines."""
        return codes_with(self.profile.codes)

    def sender(self, partner: str | None) -> tuple[str, str]:
        """The partner and its country: by the profile, or else by `partner`. Raises Stop where there is neither."""
        named = self.profile.partner or partner
        if named is None:
            raise Stop("a FHIR file does not say who delivers it: name --partner, or write a profile (docs/fhir.md)")
        return named, self.profile.country or named[:2].upper()

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The records of a file, each at its first resource, and each resource that is part of none."""
        return gather(read_resources(source))

    def reopened(self, kept: Any) -> Gathered | None:
        """A record of what JSON holds of it. None for a resource of which nothing but its type was kept."""
        try:
            return msgspec.convert(kept, Gathered)
        except msgspec.ValidationError:
            return None

    def translate(self, record: Record) -> Statement:
        """What the record states. Raises Rejected and nothing else."""
        data = record.data
        if isinstance(data, Damaged):
            raise Rejected(data.rule, data.text if data.rule == "fhir-version" else record.position)
        if isinstance(data, Unread):
            raise Rejected(data.rule, data.kind or record.position)
        gathered: Gathered = data
        if gathered.key is None:
            raise Rejected("missing-key", record.position)
        if gathered.deleted:
            return Statement(gathered.kind, gathered.key, None, (), whole=True)
        said = [self._checked(each) for each in gathered.versions]
        newest = next((each for each in reversed(said) if each.kind != "Task"), said[-1])
        patient, person = self._person(gathered, newest)
        place = SUBJECT.get(newest.kind, "patient" if "patient" in newest.data else "subject")
        schemes = self.profile.identifiers
        subject = subject_of(newest.data.get(place), patient, gathered.by_url, schemes, f"{newest.kind}.{place}")
        reading = Reading(self.profile, self.codes, person, gathered.by_url)
        facts, whole = OF_KIND[gathered.kind](said, reading)
        return Statement(gathered.kind, gathered.key, subject, facts, whole)

    def _checked(self, version: Version) -> Said:
        data = parse(version.text, version.kind)
        release = release_of(data, version.kind)
        refuse_modifiers(data, version.kind, version.text)
        if self.profile.check == "full":
            check_fully(data, version.kind, release)
        return Said(version.kind, release, data, version.sent)

    def _person(self, gathered: Gathered, newest: Said) -> Person:
        """The Patient that stands in the file, or within the resource; or nothing."""
        if gathered.patient is not None:
            return self._read_patient(gathered.patient)
        for place in ("subject", "patient", "for"):
            name = target(newest.data.get(place), gathered.by_url) or ""
            for each in newest.data.get("contained", ()) if name.startswith("#") else ():
                if each.get("id") == name[1:] and each.get("resourceType") == "Patient":
                    check(each, "Patient", newest.release)
                    return each, demographics(each, self.codes)
        return None, {}

    @cached_property
    def _read_patient(self) -> Callable[[str], Person]:
        """A Patient's text → what it says, worked out once for all her records."""

        def read(text: str) -> Person:
            data = parse(text, "Patient")
            release_of(data, "Patient")
            refuse_modifiers(data, "Patient", text)
            return data, demographics(data, self.codes)

        return lru_cache(maxsize=1_024)(read)


def refuse_modifiers(data: dict[str, Any], kind: str, text: str) -> None:
    """What changes the meaning of a resource in a way that nobody here knows. `text`: spares most a look at all."""
    if "implicitRules" in data:
        raise Rejected("implicit-rules", f"{kind}.implicitRules")
    if ("modifierExtension" in text or "\\u" in text) and _has_key(data, "modifierExtension"):
        raise Rejected("modifier-extension", kind)
    if ("implicitRules" in text or "\\u" in text) and _has_key(data, "implicitRules"):
        raise Rejected("implicit-rules", kind)


def _has_key(data: Any, key: str) -> bool:
    waiting = [data]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            if key in each:
                return True
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False


def check_fully(data: dict[str, Any], kind: str, release: Release) -> None:
    """By `fhir.resources`: all that its models check. Raises Rejected, and of the library's errors keeps the place."""
    try:
        model: Any = import_module(VERSIONS[release]).get_fhir_model_class(kind)
    except ModuleNotFoundError:
        raise Stop('a full check needs the extra: pip install "victim-support-hub[fhir]"') from None
    try:
        model.model_validate(data)
    except Exception:  # noqa: BLE001 - KeyError, TypeError and others with values in them, on hostile input
        raise Rejected("fhir-resources", kind) from None


adapter = FhirAdapter(FhirProfile())
