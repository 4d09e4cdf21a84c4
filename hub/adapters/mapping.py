"""A mapping file (YAML) → an adapter. Compiled once: afterwards a row costs a few dictionary look-ups."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from pydantic import ValidationError

from hub.adapters.base import Fact, Identifier, Record, Rejected, Statement
from hub.adapters.fields import MISSING, Dated, Problems, Row, compile_field
from hub.adapters.mapping_file import GENERALISED, Condition, FactRule
from hub.adapters.mapping_file import Mapping as MappingFile
from hub.adapters.table import Damaged, Dialect, read_table
from hub.errors import Stop

Test = Callable[[Row], bool]
Names = Callable[[Row, Problems], str]


@dataclass(frozen=True)
class MappingAdapter:
    """A partner's table, read by its mapping file. Satisfies `Adapter`."""

    name: str
    mapping: MappingFile
    _translate: Callable[[Row], Statement]
    _key: Names | None

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The rows of the file. Raises Rejected when the columns are not the mapping's."""
        dialect = Dialect(self.mapping.source.encoding, self.mapping.source.separator)
        return read_table(source, dialect, self.mapping.columns())

    def translate(self, record: Record) -> Statement:
        """What the row states. Raises Rejected, naming all its problems."""
        if isinstance(record.data, Damaged):
            raise Rejected(record.data.rule, record.position)
        return self._translate(record.data)

    def key_of(self, record: Record) -> str | None:
        """The key of a row, even of one that `translate` refuses. None where the row names no record."""
        if isinstance(record.data, Damaged) or self._key is None:
            return None
        problems: Problems = []
        key = self._key(record.data, problems)
        return None if problems else key

    def place(self, event: str, field: str) -> str:
        """The column that states a field of an event, for messages; the field's name where there is no one column."""
        rules = next((fact.fields for fact in self.mapping.facts if fact.event == event), {})
        exact = [field, *(name for name, coarse in GENERALISED.items() if coarse == field)]
        return next((column for name in exact if name in rules and (column := rules[name].column)), field)


def load_mapping(path: Path) -> MappingAdapter:
    """The adapter a mapping file describes. Raises Stop, naming line or key, when the file is wrong."""
    try:
        # Every scalar is the text as written: in a code table `No` is a word and `01` is a code.
        raw = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - makes texts only
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
    key = _compile_names(mapping.key, "key", empty) if isinstance(mapping.key, list) else None
    return MappingAdapter(mapping.name, mapping, _compile_row(mapping, key), key)


def _compile_row(mapping: MappingFile, key: Names | None) -> Callable[[Row], Statement]:
    """One function from a row to its statement."""
    facts = [_compile_fact(rule, mapping) for rule in mapping.facts]
    empty = mapping.source.empty_texts()
    person = _compile_names(mapping.subject.columns, "subject", empty) if mapping.subject != "record" else None
    scheme = mapping.subject.scheme if mapping.subject != "record" else ""

    def translate(row: Row) -> Statement:
        problems: Problems = []
        record_key = key(row, problems) if key else None
        subject = Identifier(scheme, person(row, problems)) if person else None
        stated = tuple(fact for compiled in facts if (fact := compiled(row, problems)) is not None)
        if not stated and not problems:
            problems.append(("no-fact", "row"))
        if problems:
            raise Rejected.all_of(list(dict.fromkeys(problems)))
        return Statement(mapping.record, record_key, subject, stated)

    return translate


def _compile_names(columns: list[str], what: str, empty: frozenset[str]) -> Names:
    """The cells that name a record or a person. Joined with a character that no cell of a text file holds."""

    def names(row: Row, problems: Problems) -> str:
        parts = [row[column].strip() for column in columns]
        for column, part in zip(columns, parts, strict=True):
            if part in empty:
                problems.append((f"missing-{what}", column))
            elif not part.isascii() and any("\ud800" <= c <= "\udfff" for c in part):
                problems.append(("not-text", column))
        return "\x1f".join(parts)

    return names


def _compile_fact(rule: FactRule, mapping: MappingFile) -> Callable[[Row, Problems], Fact | None]:
    tests = [_compile_condition(condition, mapping.source.empty_texts()) for condition in rule.when]
    fields = [(name, compile_field(field, mapping.source)) for name, field in rule.fields.items()]
    part = rule.part.column if rule.part else None

    def fact(row: Row, problems: Problems) -> Fact | None:
        for test in tests:
            if not test(row):
                return None
        data: dict[str, Any] = {}
        for name, field in fields:
            value = field(row, problems)
            if value is MISSING:
                continue
            if type(value) is Dated:
                if name == "occurred_on" and value.precision != "D":
                    data["occurred_precision"] = value.precision
                value = value.day
            data[name] = value
        return Fact(rule.event, data, row[part].strip() if part else "")

    return fact


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
