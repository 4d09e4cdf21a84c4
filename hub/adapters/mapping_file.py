"""The mapping file's own shape: what a partner may write in it. Its JSON Schema is published in `schemas/`."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from hub.adapters.conditions import Condition
from hub.adapters.crosswalk import Codes, CrosswalkFile, Entry, Relation, Target, entry
from hub.adapters.dates import QUARTER
from hub.adapters.source import PartnerFile
from hub.adapters.strict import Part as Part
from hub.adapters.yaml_tree import Place
from hub.events.base import Code
from hub.events.kinds import ABOUT_NOBODY, NobodyKind, PersonKind

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


class FieldRule(Part):
    """Where a field's value comes from: a constant, a column, numbered columns, or several yes/no columns.

    `include`: crosswalk files beside the mapping. `labels`: the hub's own words for its codes, in this language. Both
    are part of `codes`, where the mapping's own entries come first. `merge`: what holds where several rows of a record
    state the field. `bands`: codes that are ranges (`3`, `8-30`, `181+`), of which one holds the number. `as` month,
    quarter or year: the period around the date that the column gives.
    """

    value: Any = None
    column: str | None = None
    numbered: list[str] | None = Field(default=None, alias="columns", min_length=1)
    read_as: Literal["text", "date", "integer", "number", "month", "quarter", "year"] | None = Field(
        default=None, alias="as"
    )
    dates: list[str] | None = None
    codes: Codes | None = None
    relation: Relation = "exact"
    include: list[str] = []
    labels: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    otherwise: Target | None = Field(default=None, alias="else")
    split: str | None = Field(default=None, min_length=1)
    bands: list[Annotated[str, Field(pattern=r"^[0-9]{1,4}(-[0-9]{1,4}|\+)?$")]] = []
    flags: dict[str, str] | None = None
    yes: list[str] = []
    no: list[str] = []
    merge: Literal["same", "least", "most", "sum"] = "same"

    @model_validator(mode="after")
    def _one_source(self) -> "FieldRule":
        sources = (self.value, self.column, self.numbered, self.flags)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("give exactly one of value, column, columns, flags")
        if self.flags is not None and not self.yes:
            raise ValueError("flags need the words for yes")
        if self.column is not None and (self.codes is None) == (self.read_as is None):
            raise ValueError("a column needs exactly one of as, codes")
        if self.numbered is not None and (self.codes is None or self.read_as is not None):
            raise ValueError("columns need codes")
        if self.codes is None and (self.otherwise is not None or self.split is not None):
            raise ValueError("else and split belong to codes")
        if quarters := [each for each in self.dates or () if QUARTER in each]:
            if self.read_as not in ("quarter", "year"):
                raise ValueError("a quarter is no day: read it as quarter or year")
            if any((each.count("%Y"), each.count("%")) != (1, 2) for each in quarters):
                raise ValueError("beside %q stands %Y, and nothing else")
        if self.bands and self.read_as != "integer":
            raise ValueError("bands hold integers")
        if self.merge == "sum" and self.read_as not in ("integer", "number"):
            raise ValueError("only integers and numbers have a sum")
        return self

    def crosswalk(self) -> dict[str, Entry]:
        """The words that the mapping knows, and what each becomes."""
        return {word: entry(target, self.relation) for word, target in (self.codes or {}).items()}

    def rest(self) -> Entry | None:
        """What all other words become; None where they are refused."""
        return None if self.otherwise is None else entry(self.otherwise, self.relation)

    def possible_codes(self) -> list[tuple[Place, str]]:
        """Every code this field can give, with the place below the field where it is written."""
        constants = self.value if isinstance(self.value, list) else [self.value]
        found: list[tuple[Place, Any]] = [(("value",), constant) for constant in constants]
        found += [(("codes", word), each.code) for word, each in self.crosswalk().items()]
        found += [(("flags", column), code) for column, code in (self.flags or {}).items()]
        found += [(("bands", number), code) for number, code in enumerate(self.bands)]
        if rest := self.rest():
            found.append((("else",), rest.code))
        return [(place, code) for place, code in found if isinstance(code, str)]

    def is_list(self) -> bool:
        """Whether it gives several codes."""
        several = (self.flags, self.split, self.numbered)
        return any(each is not None for each in several) or isinstance(self.value, list)

    def columns(self) -> set[str]:
        """Columns this field reads."""
        return ({self.column} if self.column else set()) | set(self.numbered or ()) | set(self.flags or ())


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
    """One event that a row may state, when all conditions hold. A row states several by `each` or by `repeat`.

    `each`: a field of codes; the row states one fact for each of them, and the code is its part. `repeat`: groups of
    columns, such as those of the first and of the second offender; the rule is written with the names on the left and
    holds for each group, whose number is the part where the rule gives none.
    """

    event: str
    when: list[Condition] = []
    part: PartRule | None = None
    each: str | None = None
    repeat: list[dict[str, str]] = []
    fields: dict[str, FieldRule]

    @model_validator(mode="after")
    def _several(self) -> "FactRule":
        if self.each is not None and (self.part or self.repeat):
            raise ValueError("each needs no part, and no repeat beside it")
        if self.each is not None and (self.each not in self.fields or not self.fields[self.each].possible_codes()):
            raise ValueError("each is a field of codes")
        if len({frozenset(group) for group in self.repeat}) > 1 or {} in self.repeat:
            raise ValueError("every group of repeat names the same columns")
        return self

    def is_several(self) -> bool:
        """Whether facts of this rule are told apart by what the row says."""
        return self.each is not None or bool(self.part and self.part.column)

    def columns(self) -> set[str]:
        """Columns this fact reads, by the names that the rule gives them."""
        tested = {self.part.column} if self.part and self.part.column else set()
        conditions = (condition.columns() for condition in self.when)
        return tested.union(*conditions, *(field.columns() for field in self.fields.values()))


NAME_BIRTH = "name-birth"
"""The scheme of a person named by given names, family names and birth date. One of them may be missing: she is then
known by that record alone, which is for the edge to say."""


class SubjectRule(Part):
    """The columns that name the person. `local` is the partner's own number; other schemes are national, or names.

    `linked_when`: who agreed to be one person across partners. All conditions hold, or she is not linked.
    """

    scheme: Code = "local"
    columns: list[str] = Field(min_length=1)
    linked_when: list[Condition] = []

    @model_validator(mode="after")
    def _three(self) -> "SubjectRule":
        if self.by_name and len(self.columns) != 3:
            raise ValueError("given names, family names and birth date are needed, in this order")
        return self

    @property
    def by_name(self) -> bool:
        """Whether names and a birth date name the person."""
        return self.scheme == NAME_BIRTH


class Mapping(PartnerFile):
    """A mapping file. See `docs/adapters.md`.

    `unit` (what one row is, and what is counted) is for the partner's page. `ignore`: columns that are never read, each
    with the reason.
    """

    mapping: Literal["1"]
    unit: str = ""
    record: PersonKind | NobodyKind
    key: Annotated[list[str], Field(min_length=1)] | Literal["content"]
    rows: Literal["one", "several"] = "one"
    subject: SubjectRule | Literal["record", "nobody"]
    covers: COVERS = "quarter"
    ignore: list[str] | dict[str, str] = []
    facts: list[FactRule] = Field(min_length=1)

    @model_validator(mode="after")
    def _joined_by_key(self) -> "Mapping":
        if self.rows == "several" and self.key == "content":
            raise ValueError("several rows of a record are found by its key: content is none")
        return self

    @model_validator(mode="after")
    def _about_somebody(self) -> "Mapping":
        if (self.subject == "nobody") is not self.about_nobody:
            about = "nobody" if self.about_nobody else "a person"
            raise ValueError(f"a {self.record} is about {about}: subject says otherwise")
        return self

    @property
    def about_nobody(self) -> bool:
        """Whether its records are figures of houses, activities or organisations: no person is in them."""
        return self.record in ABOUT_NOBODY

    @property
    def who(self) -> SubjectRule | None:
        """The columns that name the person; None where no person is named."""
        return None if isinstance(self.subject, str) else self.subject

    def ignored(self) -> dict[str, str]:
        """Columns that are never read, and why; no reason where the file gives none."""
        return self.ignore if isinstance(self.ignore, dict) else dict.fromkeys(self.ignore, "")

    def rules(self) -> list[FactRule]:
        """The rules that rows are read by: those with `repeat` stand once for each of its groups."""
        return [rule for fact in self.facts for rule in repeated(fact)]

    def columns(self) -> frozenset[str]:
        """Every column the file must have: those read and those looked at and left out."""
        return self.read_columns().union(self.ignore)

    def read_columns(self) -> frozenset[str]:
        """The columns that are read."""
        named = set(self.key) if isinstance(self.key, list) else set()
        if self.who:
            named |= {*self.who.columns}.union(*(each.columns() for each in self.who.linked_when))
        return frozenset(named.union(*(rule.columns() for rule in self.rules())))


def repeated(fact: FactRule) -> list[FactRule]:
    """A rule for each group of `repeat`, with the columns of the group; the rule itself where it has none."""
    if not fact.repeat:
        return [fact]
    said = fact.model_dump(by_alias=True, exclude_unset=True, exclude={"repeat"})
    made = []
    for number, names in enumerate(fact.repeat, 1):
        own: dict[str, Any] = {"part": {"value": str(number)}} if fact.part is None else {}
        made.append(FactRule.model_validate(_renamed(said, names) | own))
    return made


def _renamed(said: Any, names: dict[str, str]) -> Any:
    """The same with other columns. Words of crosswalks are none."""
    if isinstance(said, list):
        return [_renamed(each, names) for each in said]
    if not isinstance(said, dict):
        return said
    made = {key: value if key == "codes" else _renamed(value, names) for key, value in said.items()}
    if isinstance(said.get("column"), str):
        made["column"] = names.get(said["column"], said["column"])
    if "columns" in said:
        made["columns"] = [names.get(column, column) for column in said["columns"]]
    if "flags" in said:
        made["flags"] = {names.get(column, column): code for column, code in said["flags"].items()}
    return made


def mapping_schema() -> dict[str, str]:
    """The files' JSON Schemas, by path below `schemas/`: an editor that knows them completes keys as one types."""
    return schema_file("mapping", Mapping) | schema_file("crosswalk", CrosswalkFile)


def schema_file(name: str, model: type[BaseModel]) -> dict[str, str]:
    """The JSON Schema of a file that people write, by its path below `schemas/`."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"vs.{name}.v1"}
    text = json.dumps({**head, **model.model_json_schema()}, indent=2, ensure_ascii=False)
    return {f"adapters/{name}.v1.json": text + "\n"}
