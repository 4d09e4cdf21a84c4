"""A FHIR partner's own file (YAML): who delivers, how its persons are named, and its own codes.

fhir: 1
name: pt_hospital
partner: pt-hospital
country: PT
identifiers: {"http://interop.example/nif": pt.nif}   # identifier.system → scheme; none: the Patient's own id
codes: {to_tier: {"http://example.org/services": {shelter: {to: SPECIALIST_GBV, relation: broader}}}}
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hub.adapters.base import Rejected
from hub.adapters.fhir_codes import Table, tables
from hub.adapters.yaml_tree import plain, read_tree, told
from hub.errors import Mend, Stop
from hub.events.base import Code, Country, PartnerId
from hub.events.codes import ReferralMode, ReferralSource, ServiceTier


class FhirProfile(BaseModel):
    """What a partner's resources do not say themselves. The defaults are those of the adapter `fhir`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    fhir: Literal["1"] = "1"
    name: Code = "fhir"
    partner: PartnerId | None = None
    country: Country | None = None
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    organisation: str = ""
    unit: str = ""
    notes: list[str] = []
    """For the partner's page, as in a mapping file."""
    identifiers: dict[str, Code] = {}
    """`identifier.system` → the scheme that its values name persons in; with none, a person is her Patient's id.

    With some, a record whose person has none of these is refused: one person must not be two, file by file.
    """
    direction: Literal["IN", "OUT"] = "OUT"
    """Whether the partner sends the referrals or gets them."""
    source: ReferralSource = "NR"
    mode: ReferralMode = "NR"
    from_tier: ServiceTier = "NR"
    to_tier: ServiceTier = "NR"
    """Where no code says it."""
    undated_tasks: Literal["refuse", "authored"] = "refuse"
    """Of a Task that does not say when it was changed. `authored`: what it says happened on the day on which it was
    written, or else its bundle was sent: no later than it did.
    """
    codes: dict[str, Table] = {}
    """Lines before those of `fhir_codes.yaml`, and in its form."""
    check: Literal["elements", "full"] = "elements"
    """`full`: by `fhir.resources` as well (extra `fhir`), five times slower."""

    @field_validator("codes")
    @classmethod
    def _known_tables(cls, codes: dict[str, Table]) -> dict[str, Table]:
        if unknown := sorted(set(codes) - set(tables())):
            raise ValueError(f"no table {', '.join(unknown)}; there are {', '.join(tables())}")
        return codes


def load_profile(path: Path) -> FhirProfile:
    """The profile in a file. Raises Mend, naming line or key, when the file is wrong."""
    try:
        with path.open("rb") as source:
            tree = read_tree(source, aliases=True)
    except OSError as error:
        raise Stop(f"cannot read the profile {path.name}: {error.strerror}") from None
    except Rejected as rejected:
        raise Mend(f"{path.name}: {rejected}") from None
    try:
        profile = FhirProfile.model_validate(plain(tree))
    except ValidationError as error:
        found = told(tree, [(tuple(each["loc"]), each["msg"]) for each in error.errors()])
        raise Mend(f"{path.name}: {found}") from None
    if profile.partner is None or profile.country is None:
        raise Mend(f"{path.name}: partner and country are missing")
    return profile
