"""A mapping file (YAML) → an adapter. Compiled once: afterwards a row costs a few dictionary look-ups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import yaml
from pydantic import ValidationError

from hub.adapters.base import Fact, Identifier, Record, Rejected, Statement
from hub.adapters.fields import MISSING, Dated, Field, Problems, Row, compile_field
from hub.adapters.mapping_file import GENERALISED, Condition, FactRule
from hub.adapters.mapping_file import Mapping as MappingFile
from hub.adapters.names import Named, Names, compile_names, contents, named
from hub.adapters.table import Block, Damaged, Dialect, read_blocks
from hub.adapters.yaml_tree import LOADER
from hub.errors import Stop
from hub.events.periods import Grain

Test = Callable[[Row], bool]


class CompiledField(NamedTuple):
    """One field of a fact: what it reads, and the function from a row to its exact value."""

    name: str
    columns: tuple[str, ...]
    read: Field


class CompiledFact(NamedTuple):
    """One rule for a fact: when it is stated (each test reads one column), the column of its part, and its fields.

    `own_part`: the part where no column tells it.
    """

    event: str
    tests: tuple[tuple[str, Test], ...]
    part: str | None
    fields: tuple[CompiledField, ...]
    own_part: str = ""

    def state(self, row: Row, problems: Problems) -> Fact | None:
        """The fact that a row states by this rule, or None where it states none."""
        for _, test in self.tests:
            if not test(row):
                return None
        part = row[self.part].strip() if self.part else self.own_part
        return Fact(self.event, exact_values(self.fields, row, problems), part)


@dataclass(frozen=True)
class MappingAdapter:
    """A partner's table, read by its mapping file. Satisfies `Adapter`."""

    name: str
    mapping: MappingFile
    facts: tuple[CompiledFact, ...]
    _key: Names | None
    _person: Names | None
    _agreed: tuple[Test, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the table says who agreed to be linked."""
        return bool(self._agreed)

    @property
    def grain(self) -> Grain:
        """How long the periods are in which records are delivered."""
        return "quarter" if self.mapping.covers == "all" else self.mapping.covers

    def blocks(self, source: BinaryIO, *, names_only: bool = False) -> Iterator[Block]:
        """The rows of the file, some at a time. Raises Rejected when the columns are not the mapping's.

        `names_only`: cells after those that name the record may stand together as one, which is quicker.
        """
        dialect = Dialect(self.mapping.source.encoding, self.mapping.source.separator)
        key = self.mapping.key
        return read_blocks(
            source, dialect, self.mapping.columns(), key if names_only and isinstance(key, list) else None
        )

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The rows of the file. Raises Rejected when the columns are not the mapping's."""
        for block in self.blocks(source):
            yield from block.records()

    def translate(self, record: Record) -> Statement:
        """What the row states. Raises Rejected, naming all its problems."""
        if isinstance(record.data, Damaged):
            raise Rejected(record.data.rule, record.position)
        row: Row = record.data
        problems: Problems = []
        key = self._key(row, problems) if self._key else None
        scheme = self.mapping.subject.scheme if self.mapping.subject != "record" else ""
        subject = (
            Identifier(scheme, self._person(row, problems), all(test(row) for test in self._agreed))
            if self._person
            else None
        )
        stated = tuple(fact for rule in self.facts if (fact := rule.state(row, problems)) is not None)
        if not stated and not problems:
            problems.append(("no-fact", "row"))
        if problems:
            raise Rejected.all_of(list(dict.fromkeys(problems)))
        return Statement(self.mapping.record, key, subject, stated)

    def key_of(self, record: Record) -> str | None:
        """The key of a row, even of one that `translate` refuses. None where the row names no record."""
        if isinstance(record.data, Damaged) or self._key is None:
            return None
        problems: Problems = []
        key = self._key(record.data, problems)
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
        subject = self.mapping.subject
        if subject == "record":
            return None
        return named(block, subject.columns, self.mapping.source.empty_texts(), blank=subject.by_name)

    def kept_apart(self, block: Block) -> set[int]:
        """Rows of a block whose person did not agree to be linked."""
        if not self._agreed:
            return set()
        rows = (dict(zip(block.header, row, strict=True)) for row in block.rows)
        return {at for at, row in enumerate(rows) if not all(test(row) for test in self._agreed)}

    def place(self, event: str, field: str) -> str:
        """The column that states a field of an event, for messages; the field's name where there is no one column."""
        rules = next((fact.fields for fact in self.mapping.facts if fact.event == event), {})
        exact = [field, *(name for name, coarse in GENERALISED.items() if coarse == field)]
        return next((column for name in exact if name in rules and (column := rules[name].column)), field)


def exact_values(fields: tuple[CompiledField, ...], row: Row, problems: Problems) -> dict[str, Any]:
    """What the fields read in a row, in the partner's exactness; a wrong cell goes to `problems`."""
    data: dict[str, Any] = {}
    for name, _, read in fields:
        value = read(row, problems)
        if value is MISSING:
            continue
        if type(value) is Dated:
            if name == "occurred_on" and value.precision != "D":
                data["occurred_precision"] = value.precision
            value = value.day
        data[name] = value
    return data


def load_mapping(path: Path) -> MappingAdapter:
    """The adapter a mapping file describes. Raises Stop, naming line or key, when the file is wrong."""
    try:
        # Every scalar is the text as written: in a code table `No` is a word and `01` is a code.
        raw = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - makes texts only
        mapping = MappingFile.model_validate(raw)
    except OSError as error:
        raise Stop(f"cannot read the mapping file {path.name}: {error.strerror}") from None
    except (UnicodeDecodeError, RecursionError):
        raise Stop(f"{path.name}: not a YAML text in UTF-8") from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise Stop(f"{path.name}, line {line}: not YAML") from None
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors())
        raise Stop(f"{path.name}: {problems}") from None
    empty = mapping.source.empty_texts()
    key = compile_names(mapping.key, "key", empty) if isinstance(mapping.key, list) else None
    who = mapping.subject
    person = None if who == "record" else compile_names(who.columns, "subject", empty, blank=who.by_name)
    try:
        facts = tuple(_compile_fact(rule, mapping) for rule in mapping.facts)
    except ValueError as error:
        raise Stop(f"{path.name}: {error}") from None
    agreed = () if who == "record" else tuple(_compile_condition(each, empty) for each in who.linked_when)
    return MappingAdapter(mapping.name, mapping, facts, key, person, agreed)


def _compile_fact(rule: FactRule, mapping: MappingFile) -> CompiledFact:
    empty = mapping.source.empty_texts()
    return CompiledFact(
        rule.event,
        tuple((condition.column, _compile_condition(condition, empty)) for condition in rule.when),
        rule.part.column if rule.part else None,
        tuple(
            CompiledField(name, tuple(sorted(field.columns())), compile_field(field, mapping.source, name))
            for name, field in rule.fields.items()
        ),
        (rule.part and rule.part.value) or "",
    )


def _compile_condition(condition: Condition, empty: frozenset[str]) -> Test:
    column = condition.column
    if condition.filled is not None:
        wanted = condition.filled
        return lambda row: (row[column].strip() not in empty) is wanted
    if condition.within is not None:
        allowed = frozenset(condition.within)
        return lambda row: row[column].strip() in allowed
    refused = frozenset(condition.not_in or ())
    return lambda row: row[column].strip() not in refused
