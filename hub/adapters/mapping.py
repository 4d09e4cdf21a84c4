"""A mapping file (YAML) → an adapter. Compiled once: afterwards a row costs a few dictionary look-ups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Fact, Identifier, Record, Rejected, Statement
from hub.adapters.choosing import Test, compile_condition
from hub.adapters.dates import Dated
from hub.adapters.fields import Field, Problems, Row, compile_field
from hub.adapters.joining import RULE, Said, distinct, gathered, merged
from hub.adapters.mapping_check import takes_several
from hub.adapters.mapping_file import GENERALISED, FactRule
from hub.adapters.mapping_file import Mapping as MappingFile
from hub.adapters.mapping_yaml import read_mapping
from hub.adapters.names import Named, Names, compile_names, contents, named
from hub.adapters.part_numbers import is_numbering
from hub.adapters.reading import read_blocks
from hub.adapters.readings import MISSING
from hub.adapters.table import Block, Damaged
from hub.events import NEWEST
from hub.events.periods import Grain


class CompiledField(NamedTuple):
    """One field of a fact: what it reads, and the function from a row to its exact value."""

    name: str
    columns: tuple[str, ...]
    read: Field


class CompiledFact(NamedTuple):
    """One rule for a fact: when it is stated, the column of its part, and its fields.

    `own_part`: the part where no column tells it.
    """

    event: str
    tests: tuple[Test, ...]
    part: str | None
    fields: tuple[CompiledField, ...]
    own_part: str = ""

    def part_in(self, row: Row, problems: Problems) -> str | None:
        """Which part a row states by this rule, or None where it states none."""
        for _, holds in self.tests:
            if not holds(row, problems):
                return None
        if not self.part:
            return self.own_part
        part = row[self.part].strip()
        if not is_numbering(part):
            problems.append(("bad-part", self.part))
        return part

    def state(self, row: Row, problems: Problems) -> Fact | None:
        """The fact that a row states by this rule, or None where it states none."""
        part = self.part_in(row, problems)
        return None if part is None else Fact(self.event, exact_values(self.fields, row, problems), part)


@dataclass(frozen=True)
class MappingAdapter:
    """A partner's table, read by its mapping file. Satisfies `Adapter`."""

    name: str
    mapping: MappingFile
    rules: tuple[FactRule, ...]
    facts: tuple[CompiledFact, ...]
    origin: tuple[int, ...]
    """For each of `facts`, which of `rules` it comes from."""
    _key: Names | None
    _person: Names | None
    _agreed: tuple[Test, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the table says who agreed to be linked."""
        return bool(self._agreed)

    @property
    def grain(self) -> Grain:
        """How long the periods are in which records are delivered. Figures may be of a whole year."""
        covers = self.mapping.covers
        return ("year" if self.mapping.about_nobody else "quarter") if covers == "all" else covers

    def blocks(self, source: BinaryIO, *, names_only: bool = False) -> Iterator[Block]:
        """The rows of the file, some at a time. Raises Rejected when the columns are not the mapping's.

        `names_only`: cells after those that name the record may stand together as one, which is quicker.
        """
        key, read = self.mapping.key, self.mapping.read_columns()
        return read_blocks(
            source,
            self.mapping.source,
            self.mapping.columns(),
            ignored=self.mapping.columns() - read,
            only=key if names_only and isinstance(key, list) else None,
        )

    @property
    def joins(self) -> bool:
        """Whether several rows may state one record."""
        return self.mapping.rows == "several"

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The records of the file. Raises Rejected when the columns are not the mapping's."""
        return self.in_blocks(self.blocks(source))

    def in_blocks(self, blocks: Iterable[Block]) -> Iterator[Record]:
        """The records of rows that were read already."""
        rows = (record for block in blocks for record in block.records())
        return gathered(rows, self.key_of) if self.joins else rows

    def translate(self, record: Record) -> Statement:
        """What the row states, or the rows of one record do. Raises Rejected, naming all problems."""
        if isinstance(record.data, Damaged):
            raise Rejected(record.data.rule, record.data.place or record.position)
        problems: Problems = []
        if isinstance(record.data, list):
            (key, subject), stated = self._names_of_all(record.data, problems), self._together(record.data, problems)
        else:
            (key, subject), stated = self._names(record.data, problems), self._one(record.data, problems)
        if not stated and not problems:
            problems.append(("no-fact", "row"))
        if problems:
            raise Rejected.all_of(list(dict.fromkeys(problems)))
        return Statement(self.mapping.record, key, subject, stated)

    def _names(self, row: Row, problems: Problems) -> tuple[str | None, Identifier | None]:
        key = self._key(row, problems) if self._key else None
        scheme = self.mapping.who.scheme if self.mapping.who else ""
        return key, Identifier(scheme, self._person(row, problems), self._agrees(row)) if self._person else None

    def _names_of_all(self, rows: list[Row], problems: Problems) -> tuple[str | None, Identifier | None]:
        """The names that the rows of one record agree on."""
        named = [self._names(row, problems) for row in rows]
        key, person = named[0]
        if len({(one, who and who.value) for one, who in named}) > 1 and not problems and self.mapping.who:
            problems += [(RULE, column) for column in self.mapping.who.columns]
        return key, person and person._replace(linkable=all(who.linkable for _, who in named if who))

    def _agrees(self, row: Row) -> bool:
        """Whether her row says that she may be linked. One that cannot be read does not."""
        problems: Problems = []
        return all(test.holds(row, problems) for test in self._agreed) and not problems

    def _one(self, row: Row, problems: Problems) -> tuple[Fact, ...]:
        return tuple(fact for rule in self.facts if (fact := rule.state(row, problems)) is not None)

    def _together(self, rows: list[Row], problems: Problems) -> tuple[Fact, ...]:
        said = [
            [
                Said(rule.event, part, number, read_values(rule.fields, row, problems))
                for number, rule in enumerate(self.facts)
                if (part := rule.part_in(row, problems)) is not None
            ]
            for row in distinct(rows)
        ]
        return tuple(
            Fact(each.event, settled(each.values), each.part) for each in merged(said, self._merging, problems)
        )

    def _merging(self, fact: int, field: str) -> tuple[str, str]:
        rule = self.rules[self.origin[fact]].fields[field]
        return rule.column or field, rule.merge

    def key_of(self, record: Record) -> str | None:
        """The key of a record, even of one that `translate` refuses. None where its row names none."""
        if isinstance(record.data, Damaged) or self._key is None:
            return None
        problems: Problems = []
        key = self._key(record.data[0] if isinstance(record.data, list) else record.data, problems)
        return None if problems else key

    def records(self, block: Block) -> Named:
        """What tells the records of a block apart, one text a row: the key, or the content."""
        key = self.mapping.key
        return (
            named(block, key, self.mapping.source.empty_texts())
            if isinstance(key, list)
            else Named(contents(block), set())
        )

    def persons(self, block: Block) -> Named | None:
        """What names the persons of a block's rows; None where each record is its own, unknown person."""
        subject = self.mapping.who
        if subject is None:
            return None
        return named(block, subject.columns, self.mapping.source.empty_texts(), blank=subject.by_name)

    def kept_apart(self, block: Block) -> set[int]:
        """Rows of a block whose person did not agree to be linked."""
        if not self._agreed:
            return set()
        rows = (dict(zip(block.header, row, strict=True)) for row in block.rows)
        return {at for at, row in enumerate(rows) if not self._agrees(row)}

    def place(self, event: str, field: str) -> str:
        """The column that states a field of an event, for messages; the field's name where there is no one column."""
        rules = next((rule.fields for rule in self.rules if rule.event == event), {})
        exact = [field, *(name for name, coarse in GENERALISED.items() if coarse == field)]
        return next((column for name in exact if name in rules and (column := rules[name].column)), field)


def read_values(fields: tuple[CompiledField, ...], row: Row, problems: Problems) -> dict[str, Any]:
    """What the fields read in a row; a wrong cell goes to `problems`."""
    found = ((name, read(row, problems)) for name, _, read in fields)
    return {name: value for name, value in found if value is not MISSING}


def settled(values: dict[str, Any]) -> dict[str, Any]:
    """What was read, in the partner's exactness: dates as days, with the precision of the fact's own."""
    data: dict[str, Any] = {}
    for name, value in values.items():
        if type(value) is Dated:
            _put_date(data, name, value)
        else:
            data[name] = value
    return data


def exact_values(fields: tuple[CompiledField, ...], row: Row, problems: Problems) -> dict[str, Any]:
    """What the fields say in a row, in the partner's exactness; a wrong cell goes to `problems`."""
    data: dict[str, Any] = {}
    for name, _, read in fields:
        value = read(row, problems)
        if type(value) is Dated:
            _put_date(data, name, value)
        elif value is not MISSING:
            data[name] = value
    return data


def _put_date(data: dict[str, Any], name: str, value: Dated) -> None:
    if name == "occurred_on" and value.precision != "D":
        data["occurred_precision"] = value.precision
    data[name] = value.day


def load_mapping(path: Path) -> MappingAdapter:
    """The adapter a mapping file describes. Raises Stop, naming every mistake by line and key, when it is wrong."""
    mapping = read_mapping(path)
    rules = tuple(mapping.rules())
    compiled = [(number, fact) for number, rule in enumerate(rules) for fact in _compile_fact(rule, mapping)]
    empty = mapping.source.empty_texts()
    key = compile_names(mapping.key, "key", empty) if isinstance(mapping.key, list) else None
    who = mapping.who
    person = None if who is None else compile_names(who.columns, "subject", empty, blank=who.by_name)
    origin, facts = zip(*compiled, strict=True)
    agreed = () if who is None else tuple(compile_condition(each, mapping.source) for each in who.linked_when)
    return MappingAdapter(mapping.name, mapping, rules, facts, origin, key, person, agreed)


def _compile_fact(rule: FactRule, mapping: MappingFile) -> list[CompiledFact]:
    """The rule, or with `each` a rule for each code of that field."""
    event = NEWEST[rule.event]
    tests = tuple(compile_condition(condition, mapping.source) for condition in rule.when)
    fields = tuple(
        CompiledField(
            name,
            tuple(sorted(field.columns())),
            compile_field(field, mapping.source, name, listed=name == rule.each or takes_several(event, name)),
        )
        for name, field in rule.fields.items()
    )
    if rule.each is None:
        own = (rule.part and rule.part.value) or ""
        return [CompiledFact(rule.event, tests, rule.part.column if rule.part else None, fields, own)]
    return [
        _of_code(CompiledFact(rule.event, tests, None, fields), rule.each, code)
        for code in sorted({code for _, code in rule.fields[rule.each].possible_codes()})
    ]


def _of_code(fact: CompiledFact, each: str, code: str) -> CompiledFact:
    """The same for one code of the field `each`: stated where the field gives it, and the code is its part."""
    field = next(field for field in fact.fields if field.name == each)

    def given(row: Row, problems: Problems) -> bool:
        codes = field.read(row, problems)
        return codes is not MISSING and code in codes

    fields = tuple(
        CompiledField(each, (), lambda _row, _problems: code) if one is field else one for one in fact.fields
    )
    return fact._replace(tests=(*fact.tests, Test(field.columns, given)), fields=fields, own_part=code)
