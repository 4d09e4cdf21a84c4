"""Terms of a directory's taxonomies, units and languages → codes of the hub: `hsds_codes.yaml`, read once."""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import yaml

from hub.adapters.crosswalk import Relation
from hub.adapters.spelling import fold
from hub.adapters.strict import Part
from hub.adapters.yaml_tree import LOADER
from hub.events.codes import Admission, OrganisationKind, PlacesUnit, Service, ServiceTier

CODES = Path(__file__).with_name("hsds_codes.yaml")
SHELTER = "SHELTER"
"""The service, and the kind of organisation, of which no place is told."""
Term = Mapping[str, Any]
"""`code`, `name` and `taxonomy` of a term, as the directory has them."""


class Meaning(Part):
    """What a term says of a service or an organisation, and how well that fits it."""

    services: tuple[Service, ...] = ()
    tier: ServiceTier | None = None
    admits: tuple[Admission, ...] = ()
    organisation_kind: OrganisationKind | None = None
    relation: Relation = "exact"
    because: str = ""

    def codes(self) -> tuple[str, ...]:
        """All that it says."""
        return (*self.services, *filter(None, (self.tier, self.organisation_kind)), *self.admits)


class Taxonomy(Part):
    """A taxonomy. `own`: its codes are the hub's, and need no line each."""

    known_by: tuple[str, ...]
    own: bool = False
    terms: dict[str, Meaning]


class CodesFile(Part):
    """The file."""

    taxonomies: dict[str, Taxonomy]
    units: dict[PlacesUnit, tuple[str, ...]]
    languages: dict[str, str]


class Codes(NamedTuple):
    """The file as it is asked: by folded names of taxonomies, folded terms, folded units; language → language."""

    taxonomies: Mapping[str, Taxonomy]
    terms: Mapping[str, Mapping[str, Meaning]]
    units: Mapping[str, str]
    languages: Mapping[str, str]


@cache
def codes() -> Codes:
    """The crosswalk of this installation."""
    raw = yaml.load(CODES.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - makes texts only
    read = CodesFile.model_validate(raw)
    return Codes(
        {text: taxonomy for taxonomy in read.taxonomies.values() for text in taxonomy.known_by},
        {
            text: {fold(term): meaning for term, meaning in taxonomy.terms.items()}
            for taxonomy in read.taxonomies.values()
            for text in taxonomy.known_by
        },
        {word: code for code, words in read.units.items() for word in words},
        read.languages,
    )


def meaning_of(term: Term, *, of_organisation: bool = False) -> Meaning | None:
    """What a term says; None for one that nobody has looked at. `of_organisation`: it is tied to an organisation."""
    return _meaning(_text(term, "taxonomy"), _text(term, "code"), _text(term, "name"), of_organisation)


@lru_cache(maxsize=4_096)
def _meaning(named: str, code: str, name: str, of_organisation: bool) -> Meaning | None:
    known = codes()
    named = fold(named)
    if (taxonomy := known.taxonomies.get(named)) is None:
        return None
    if taxonomy.own:
        return _own(code, of_organisation=of_organisation)
    return next((found for text in (code, name) if (found := known.terms[named].get(fold(text)))), None)


def kind_of(terms: Iterable[Term]) -> str:
    """The kind of an organisation by its terms: a shelter, if one of them speaks of shelter.

    Of several other kinds the first in the order of the code list is stated.
    """
    found = [meaning for term in terms if (meaning := meaning_of(term, of_organisation=True))]
    kinds = {meaning.organisation_kind for meaning in found}
    if any(SHELTER in meaning.services for meaning in found) or SHELTER in kinds:
        return SHELTER
    return next((kind for kind in get_args(OrganisationKind) if kind in kinds), "NR")


def tier_of(meanings: Iterable[Meaning]) -> str:
    """Generic or specialist: of several, a specialist tier, the first of them in the order of the code list."""
    tiers = {meaning.tier for meaning in meanings}
    order = sorted(get_args(ServiceTier), key=lambda tier: tier in ("GENERIC", "UNIVERSAL", "U", "NA", "NR"))
    return next((tier for tier in order if tier in tiers), "NR")


@lru_cache(maxsize=4_096)
def language_of(text: str) -> str | None:
    """ISO 639-1, or 639-3 where there is none, of `pt`, `por` or `pt-PT`; None for what is no such code."""
    code = text.strip().lower().replace("_", "-").partition("-")[0]
    if not (code.isascii() and code.isalpha() and 2 <= len(code) <= 3):
        return None
    return codes().languages.get(code, code)


def _own(code: str, *, of_organisation: bool) -> Meaning | None:
    if of_organisation:
        return Meaning(organisation_kind=code) if code in get_args(OrganisationKind) else None
    if code in get_args(Service):
        return Meaning(services=(code,))
    if code in get_args(ServiceTier):
        return Meaning(tier=code)
    return Meaning(admits=(code,)) if code in get_args(Admission) else None


def _text(term: Term, name: str) -> str:
    value = term.get(name)
    return value.strip() if isinstance(value, str) else ""
