"""The mapping file's own shape: what a partner may write in it. Its JSON Schema is published in `schemas/`."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from hub.events import NEWEST
from hub.events.base import Code, Country, PartnerId
from hub.events.kinds import PersonKind

COVERS = Literal["all", "year", "quarter", "month"]
GENERALISED = {
    "age": "age_band",
    "birth_on": "age_band",
    "nationality": "nationality_group",
    "duration_minutes": "duration_band",
}
"""Exact field an adapter may state → field of the event that the edge makes of it."""

EXACT = {
    "age": "integer",
    "duration_minutes": "integer",
    "birth_on": "date",
    "occurred_on": "date",
    "recorded_on": "date",
}
"""How a column of these fields is read; anything else could only fail, row by row."""


class Part(BaseModel):
    """Base of the file's parts: an unknown key is an error, with its place."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Source(Part):
    """How the partner writes tables. `dates` are strptime formats; %d and %m may be absent (precision Y or M)."""

    format: Literal["csv"] = "csv"
    encoding: str = "utf-8"
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    dates: list[str] = ["%Y-%m-%d"]
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", " ", "'"] = ""
    empty: list[str] = [""]

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            "é".encode(encoding, "replace").decode(encoding)
        except (LookupError, UnicodeError):
            raise ValueError("no such text encoding") from None
        return encoding

    def empty_texts(self) -> frozenset[str]:
        """Cell texts that mean nothing was recorded; the empty cell always does."""
        return frozenset(self.empty) | {""}


class Condition(Part):
    """A test on one column. Exactly one of `filled`, `in`, `not_in`."""

    column: str
    filled: bool | None = None
    within: list[str] | None = Field(default=None, alias="in")
    not_in: list[str] | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        if sum(test is not None for test in (self.filled, self.within, self.not_in)) != 1:
            raise ValueError("give exactly one of filled, in, not_in")
        return self


class FieldRule(Part):
    """Where a field's value comes from: a constant, a column, or several yes/no columns."""

    value: Any = None
    column: str | None = None
    read_as: Literal["text", "date", "integer", "number"] | None = Field(default=None, alias="as")
    dates: list[str] | None = None
    codes: dict[str, str] | None = None
    otherwise: str | None = Field(default=None, alias="else")
    split: str | None = None
    flags: dict[str, str] | None = None
    yes: list[str] = []
    no: list[str] = []

    @model_validator(mode="after")
    def _one_source(self) -> "FieldRule":
        if sum(source is not None for source in (self.value, self.column, self.flags)) != 1:
            raise ValueError("give exactly one of value, column, flags")
        if self.flags is not None and not self.yes:
            raise ValueError("flags need the words for yes")
        if self.column is not None and (self.codes is None) == (self.read_as is None):
            raise ValueError("a column needs exactly one of as, codes")
        if self.codes is None and (self.otherwise is not None or self.split is not None):
            raise ValueError("else and split belong to codes")
        return self

    def possible_codes(self) -> set[str]:
        """Every code this field can give."""
        constants = self.value if isinstance(self.value, list) else [self.value]
        given = {*(self.codes or {}).values(), *(self.flags or {}).values()}
        given |= {constant for constant in constants if isinstance(constant, str)}
        return given | ({self.otherwise} if self.otherwise is not None else set())

    def is_list(self) -> bool:
        """Whether it gives several codes."""
        return self.flags is not None or self.split is not None or isinstance(self.value, list)

    def columns(self) -> set[str]:
        """Columns this field reads."""
        return ({self.column} if self.column else set()) | set(self.flags or ())


def _fits(annotation: Any, code: str, *, listed: bool) -> bool:
    """Whether an event's field takes the code."""
    try:
        TypeAdapter(annotation).validate_python((code,) if listed else code)
    except ValidationError:
        return False
    return True


class PartRule(Part):
    """What tells several facts of one event in a record apart: a column, or a code of the rule's own."""

    column: str | None = None
    value: Code | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "PartRule":
        if (self.column is None) == (self.value is None):
            raise ValueError("give exactly one of column, value")
        return self


class FactRule(Part):
    """One event that a row may state, when all conditions hold."""

    event: str
    when: list[Condition] = []
    part: PartRule | None = None
    fields: dict[str, FieldRule]

    @model_validator(mode="after")
    def _personal_event(self) -> "FactRule":
        """A table is about people: what stands in clear in the log is not for a mapping to say."""
        if self.event in NEWEST and not NEWEST[self.event].personal:
            raise ValueError("a mapping states events about people only")
        coarse = [GENERALISED.get(name, name) for name in self.fields]
        if twice := sorted({name for name in coarse if coarse.count(name) > 1}):
            raise ValueError(f"two sources for {', '.join(twice)}")
        for name, kind in EXACT.items():
            if name in self.fields and self.fields[name].column and self.fields[name].read_as != kind:
                raise ValueError(f"{name} is read as {kind}")
        return self

    @model_validator(mode="after")
    def _known_codes(self) -> "FactRule":
        """A crosswalk that leads to a code no list has would refuse every row it touches: refuse it here, by name."""
        if self.event in NEWEST:
            for name, field in self.fields.items():
                if name in EXACT:  # a day or a number, not a code
                    continue
                wanted = NEWEST[self.event].model_fields.get(name)
                for code in field.possible_codes():
                    if wanted is not None and not _fits(wanted.annotation, code, listed=field.is_list()):
                        raise ValueError(f"{name}: the event has no code {code}")
        return self

    @model_validator(mode="after")
    def _known_event(self) -> "FactRule":
        if self.event not in NEWEST:
            raise ValueError("no such event")
        known = set(NEWEST[self.event].model_fields) | set(GENERALISED)
        if unknown := sorted(set(self.fields) - known):
            raise ValueError(f"the event has no field {', '.join(unknown)}")
        if "occurred_on" in NEWEST[self.event].model_fields and "occurred_on" not in self.fields:
            raise ValueError("occurred_on is needed")
        return self

    def columns(self) -> set[str]:
        """Columns this fact reads."""
        tested = {condition.column for condition in self.when} | (
            {self.part.column} if self.part and self.part.column else set()
        )
        return tested.union(*(field.columns() for field in self.fields.values()))


NAME_BIRTH = "name-birth"
"""The scheme of a person named by given names, family names and birth date. One of them may be missing: she is then
known by that record alone, which is for the edge to say."""


class SubjectRule(Part):
    """The columns that name the person. `local` is the partner's own number; other schemes are national, or names."""

    scheme: Code = "local"
    columns: list[str] = Field(min_length=1)

    @model_validator(mode="after")
    def _three(self) -> "SubjectRule":
        if self.by_name and len(self.columns) != 3:
            raise ValueError("given names, family names and birth date are needed, in this order")
        return self

    @property
    def by_name(self) -> bool:
        """Whether names and a birth date name the person."""
        return self.scheme == NAME_BIRTH


class Mapping(Part):
    """A mapping file. See `docs/adapters.md`."""

    mapping: Literal["1"]
    name: Code
    partner: PartnerId
    country: Country
    language: str = Field(pattern=r"^[a-z]{2}$")
    source: Source = Source()
    record: PersonKind
    key: list[str] | Literal["content"]
    subject: SubjectRule | Literal["record"]
    covers: COVERS = "quarter"
    ignore: list[str] = []
    facts: list[FactRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _facts_apart(self) -> "Mapping":
        """Two rules that always state one event of one row need a part each: they would correct each other for ever."""
        fixed = [fact for fact in self.facts if not fact.when and not (fact.part and fact.part.column)]
        places = [(fact.event, fact.part and fact.part.value) for fact in fixed]
        if twice := sorted({event for event, part in places if places.count((event, part)) > 1}):
            raise ValueError(f"two rules without a part of their own state {', '.join(twice)}")
        return self

    def columns(self) -> frozenset[str]:
        """Every column the file must have: those read and those looked at and left out."""
        named = set(self.key) if isinstance(self.key, list) else set()
        if self.subject != "record":
            named |= set(self.subject.columns)
        return frozenset(named.union(self.ignore, *(fact.columns() for fact in self.facts)))


def mapping_schema() -> dict[str, str]:
    """The file's JSON Schema, by its path below `schemas/`: an editor that knows it completes keys as one types."""
    schema = Mapping.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "vs.mapping.v1"}
    return {"adapters/mapping.v1.json": json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"}
