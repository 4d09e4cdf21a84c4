"""What a mapping of one kind of record is given, and what it gives: between `fhir` and the files of each kind."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hub.adapters.base import Fact
from hub.adapters.fhir_codes import Codes
from hub.adapters.fhir_definitions import Release
from hub.adapters.fhir_profile import FhirProfile


class Said(NamedTuple):
    """One version of a resource, checked. `sent`: when the bundle that it came in says it was sent."""

    kind: str
    release: Release
    data: dict[str, Any]
    sent: str | None


class Reading(NamedTuple):
    """What holds for all versions: the partner's file, its codes, and what is known of the person."""

    profile: FhirProfile
    codes: Codes
    person: dict[str, Any]
    by_url: Mapping[str, str]


class Stated(NamedTuple):
    """The facts of a record. `whole`: these, and nothing that was said before (something was an error)."""

    facts: tuple[Fact, ...]
    whole: bool = False
