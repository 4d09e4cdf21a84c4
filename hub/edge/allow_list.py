"""What may leave a partner: `allow_list.yaml`, read once. Nothing is sent while it and the events differ."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from hub.adapters.base import Rejected
from hub.adapters.mapping_file import GENERALISED
from hub.adapters.strict import Part
from hub.adapters.yaml_tree import plain, read_tree
from hub.errors import Stop
from hub.events import NEWEST
from hub.events.base import District, Event, Region

FILE = Path(__file__).with_name("allow_list.yaml")
NOT_KNOWN = frozenset({"U", "NA", "NR", "REF"})
"""Four ways of not knowing, which every list about a person has."""
Coarseness = Literal["code", "band", "group", "day", "month", "place", "district", "number", "public", "rounded"]
Texts = tuple[str, ...]


class FieldNote(Part):
    """What a field says, for the lawyer. `made_of`: what the adapter states in its place, exactly."""

    says: str
    needed: str
    risk: str
    law: str = ""
    made_of: Texts = ()


class PlaceRule(Part):
    """Where a region may leave. `country_only`: conditions, of fields and codes that all hold, each with its reason."""

    k: int = Field(ge=1)
    sexes: dict[str, Annotated[float, Field(gt=0, le=1)]]
    hundredths: dict[str, Annotated[int, Field(gt=0, le=100)]]
    one_region: frozenset[str]
    country_only: tuple[dict[str, str | Texts], ...]

    def conditions(self) -> Iterator[dict[str, frozenset[str]]]:
        """Fields and the codes of each that make it the country, without the reasons."""
        for condition in self.country_only:
            yield {field: frozenset(codes) for field, codes in condition.items() if field != "because"}


class HighRisk(Part):
    """A class of fields that needs a rule of its own. `domains`: the fields of it that may leave, and their codes."""

    words: frozenset[str]
    why: str
    law: str
    never: bool = False
    no_region: bool = False
    domains: dict[str, frozenset[str]] = Field(default_factory=dict)


class AllowList(Part):
    """The file. `events`: how coarse each field of each event leaves; what does not stand there does not leave."""

    version: int
    decided: date
    fields: dict[str, FieldNote]
    bands: dict[str, Texts]
    highest: dict[str, int]
    places: PlaceRule
    high_risk: dict[str, HighRisk]
    events: dict[str, dict[str, Coarseness]]
    of_the_hub: Texts
    digest: str
    """SHA-256 of the file, in hex: not in it, but of it."""

    def fields_of(self, event: str) -> Mapping[str, Coarseness]:
        """How coarse the fields of an event leave. Empty for an event that may not be stated."""
        return self.events.get(event, _NOTHING)

    def band(self, field: str, number: int) -> str:
        """The band of a number. Raises ValueError for one that is in none."""
        if 0 <= number <= self.highest[field]:
            for band in self.bands[field]:
                if number <= upper(band, self.highest[field]):
                    return band
        raise ValueError


def upper(band: str, highest: int) -> int:
    """The last number of `12-13`, or `highest` for `75+`."""
    return highest if band.endswith("+") else int(band.partition("-")[2])


@cache
def allow_list() -> AllowList:
    """The list of this installation. Raises Stop, naming every line that does not fit the events."""
    return read_list(FILE)


def read_list(path: Path, events: Mapping[str, type[Event]] = NEWEST) -> AllowList:
    """A list from a file. Raises Stop for one that is wrong in itself or for these events."""
    try:
        data = path.read_bytes()
        stated = plain(read_tree(BytesIO(data)))
        found = AllowList.model_validate({**stated, "digest": hashlib.sha256(data).hexdigest()})
    except OSError as error:
        raise Stop(f"cannot read {path.name}: {error.strerror}") from None
    except Rejected as rejected:
        raise Stop(f"{path.name}: {rejected}") from None
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise Stop(f"{path.name}: {'; '.join(wrong)}") from None
    if wrong := [*problems(found, events)]:
        raise Stop(f"{path.name}: {'; '.join(wrong)}")
    return found


def problems(listed: AllowList, events: Mapping[str, type[Event]]) -> Iterator[str]:
    """Where the list and the events differ, a sentence each."""
    for name in events.keys() - listed.events.keys() - {*listed.of_the_hub}:
        yield f"{name} has no entry"
    for name in sorted({*listed.events, *listed.of_the_hub} - events.keys()):
        yield f"{name} is no event"
    for name in sorted(listed.events.keys() & {*listed.of_the_hub}):
        yield f"{name} is the hub's own"
    for name, fields in listed.events.items():
        if name in events:
            yield from _of_event(listed, events[name], fields)
    yield from _of_bands(listed)
    yield from _of_places(listed, events)
    made_of = {exact: field for field, note in listed.fields.items() for exact in note.made_of}
    if made_of != GENERALISED:
        yield "made_of is not what the edge makes of exact values"


def _of_event(listed: AllowList, event: type[Event], fields: Mapping[str, Coarseness]) -> Iterator[str]:
    known = event.model_fields
    for name in sorted(fields.keys() - known.keys()):
        yield f"{event.name} has no field {name}"
    for name, field in known.items():
        if name in fields:
            if not _fits(fields[name], name, field.annotation, field.metadata, event):
                yield f"{event.name}: {name} cannot be {fields[name]}"
            if fields[name] != "public" and name not in listed.fields:
                yield f"{name} is not explained"
        elif field.is_required():
            yield f"{event.name} is nothing without {name}"
        yield from _of_high_risk(listed, event, name)
    if fields.get("occurred_on") == "month" and "occurred_precision" not in fields:
        yield f"{event.name}: a month that does not say that it is one"


def _of_high_risk(listed: AllowList, event: type[Event], name: str) -> Iterator[str]:
    """What is wrong with one field of an event, if its name is of a class of high risk. Whether it leaves or not."""
    for title, risk in listed.high_risk.items():
        if risk.words.isdisjoint(name.split("_")):
            continue
        if risk.never:
            yield f"{event.name}: {name} never leaves ({title})"
        elif name not in risk.domains:
            yield f"{event.name}: {name} has no rule ({title})"
        elif (codes := _codes(event.model_fields[name].annotation)) is None or codes - NOT_KNOWN - risk.domains[name]:
            yield f"{event.name}: {name} can say more than its rule ({title})"
        if risk.no_region and "region" in event.model_fields:
            yield f"{event.name}: {name} beside a region ({title})"


def _fits(coarseness: Coarseness, name: str, kind: Any, metadata: list[Any], event: type[Event]) -> bool:
    """Whether a field of this type can be that coarse."""
    kinds = {each for each in get_args(kind) or (kind,) if each is not type(None)}
    if coarseness == "public":
        return not event.personal
    if coarseness in ("day", "month"):
        return kinds == {date}
    if coarseness == "rounded":
        return kinds == {int} and any(
            type(each).__name__ == "MultipleOf" and each.multiple_of == 5 for each in metadata
        )
    if coarseness == "number":
        bounds = {type(each).__name__ for each in metadata}
        return kinds == {int} and {"Ge", "Le"} <= bounds
    if coarseness == "place":
        return bool(kind == Region | None)
    if coarseness == "district":
        return not event.personal and kinds == {str} and bool(metadata == get_args(District)[1].metadata)
    return _codes(kind) is not None and (coarseness == "code" or name in GENERALISED.values())


def _codes(kind: Any) -> set[str] | None:
    """The codes that a field may hold, one or several; None where it may hold something else."""
    found: set[str] = set()
    for each in get_args(kind):
        if isinstance(each, str):
            found.add(each)
        elif each is not type(None) and each is not Ellipsis:
            if (inner := _codes(each)) is None:
                return None
            found |= inner
    return found or None


def _of_bands(listed: AllowList) -> Iterator[str]:
    """Bands that leave a gap or overlap, or that the events do not know."""
    for field, bands in listed.bands.items():
        first = 0
        for band in bands:
            if int(band.rstrip("+").partition("-")[0]) != first:
                yield f"{field}: {band} does not begin at {first}"
            first = upper(band, listed.highest.get(field, 0)) + 1
        if not bands or not bands[-1].endswith("+"):
            yield f"{field}: the last band is not open"
    if listed.bands.keys() != listed.highest.keys() or listed.bands.keys() != {"age_band", "duration_band"}:
        yield "bands and highest are of other fields"


def _of_places(listed: AllowList, events: Mapping[str, type[Event]]) -> Iterator[str]:
    """Codes that no event has: a condition that could never hold."""
    domains: dict[str, set[str]] = {}
    for event in events.values():
        for name, field in event.model_fields.items():
            domains.setdefault(name, set()).update(_codes(field.annotation) or ())
    conditions = [*listed.places.conditions(), {"sex": frozenset(listed.places.sexes)}]
    conditions += [{"age_band": frozenset({*listed.places.hundredths, *listed.bands.get("age_band", ())})}]
    conditions += [{"duration_band": frozenset(listed.bands.get("duration_band", ()))}]
    for condition in conditions:
        for name, codes in condition.items():
            for code in sorted(codes - domains.get(name, set())):
                yield f"places or bands: {name} is never {code}"


_NOTHING: Mapping[str, Coarseness] = MappingProxyType({})
