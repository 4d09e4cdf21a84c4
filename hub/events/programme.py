"""A programme: who takes part in it, and where it works. Nothing personal here."""

from hub.events.base import Code, Country, PublicText, Region
from hub.events.codes import OrganisationKind, PartnerRole, PlaceKind, PlaceRole
from hub.events.plan import PlanEvent


class PartnerJoined(PlanEvent):
    """An organisation takes part in a programme. `source`: the public page that says so."""

    name = "programme.partnerjoined"
    programme: Code
    organisation: Code
    title: PublicText
    country: Country
    organisation_kind: OrganisationKind = "NR"
    role: PartnerRole = "PARTNER"
    source: PublicText | None = None


class PlaceIncluded(PlanEvent):
    """A country, zone, municipality or city in which a programme works; `area` is the programme's own code of it."""

    name = "programme.placeincluded"
    programme: Code
    country: Country
    area: Code
    title: PublicText
    kind: PlaceKind
    role: PlaceRole = "IMPLEMENTING"
    region: Region | None = None
    source: PublicText | None = None
