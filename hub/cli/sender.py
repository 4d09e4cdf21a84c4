"""Who delivers a file."""

from pathlib import Path

from hub.adapters.base import Adapter, OwnSender, Rejected
from hub.adapters.count_table import CountAdapter
from hub.adapters.fhir import FhirAdapter
from hub.adapters.mapping import MappingAdapter
from hub.edge.deliver import Sender
from hub.errors import Stop


def sender_of(adapter: Adapter, partner: str | None, path: Path | None = None) -> Sender:
    """Who delivers: the mapping or the file says so; `--partner` says otherwise, within the same country.

    A format of many partners (`gbvims`) says nothing of it, nor does a file that is not there: then only `--partner`.
    """
    if isinstance(adapter, MappingAdapter | CountAdapter):
        named, country = adapter.mapping.partner, adapter.mapping.country
    elif isinstance(adapter, FhirAdapter):
        named, country = adapter.sender(partner)
    elif isinstance(adapter, OwnSender) and path is not None:
        with path.open("rb") as source:
            first = next(iter(adapter.read(source)), None)
        if first is None:
            raise Rejected("empty-file", "line 1")
        named, country = adapter.sender(first)
    elif partner:
        named, country = partner, partner[:2].upper()
    else:
        raise Stop(f"--partner is needed: a file of {adapter.name} does not say who delivers it")
    if partner and not partner.startswith(f"{country.lower()}-"):
        raise Stop(f"--partner must begin with {country.lower()}-, the country of this adapter")
    return Sender(partner or named, country)
