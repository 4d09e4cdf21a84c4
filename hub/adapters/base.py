"""What an adapter is: bytes → records → statements, and nothing else. No store, no network, no clock."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, Protocol, runtime_checkable

from hub.events.periods import Grain


class Record(NamedTuple):
    """One unit of the partner's input. `position` names its place ("line 7"), never its content."""

    position: str
    data: Any


class Fact(NamedTuple):
    """One thing the source states, in the partner's exactness; the edge generalises it before it leaves.

    `event` is an event's name (`contact.held`), `part` tells several facts of one event in a record apart.
    """

    event: str
    data: Mapping[str, Any]
    part: str = ""


class Identifier(NamedTuple):
    """A person's identifier in a named scheme; `local` is the partner's own case number.

    `linkable`: whether she may be named by her country's key, where one links. Who may not is known in such a delivery
    by this record alone.
    """

    scheme: str
    value: str
    linkable: bool = True


class Statement(NamedTuple):
    """All that the source now states about one of its records.

    `kind` is the aggregate (referral, case, contact, plan). `key` is the partner's own key of the record, or None for
    a source without keys. `subject` is the person, or None where each record is its own, unknown person.

    `whole`: these facts and no others, whatever was said before; with none, the source takes all of it back.
    """

    kind: str
    key: str | None
    subject: Identifier | None
    facts: tuple[Fact, ...]
    whole: bool = False


class Problem(NamedTuple):
    """A broken rule and the place (a column, a field) where it is broken. Never a value."""

    rule: str
    place: str


class Rejected(Exception):
    """The only exception an adapter raises: this record cannot be taken. Names every problem, quotes no input."""

    def __init__(self, rule: str, place: str, *more: tuple[str, str]) -> None:
        self.problems: tuple[Problem, ...] = (Problem(rule, place), *(Problem(*problem) for problem in more))
        super().__init__(", ".join(f"{rule} at {place}" for rule, place in self.problems))

    @classmethod
    def all_of(cls, problems: list[tuple[str, str]]) -> "Rejected":
        """One rejection for every problem of a record. `problems` is not empty."""
        (rule, place), *more = problems
        return cls(rule, place, *more)


class Adapter(Protocol):
    """Turns one partner's format into statements. `read` may raise Rejected for a file as a whole."""

    @property
    def name(self) -> str:
        """The dataset it reads."""
        ...

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """The records of a file, in its order, damaged ones too: `translate` refuses those."""
        ...

    def translate(self, record: Record) -> Statement:
        """What the record states. Raises Rejected and nothing else."""
        ...


@runtime_checkable
class Periodic(Protocol):
    """An adapter whose records belong to periods, for which a complete delivery speaks."""

    @property
    def grain(self) -> Grain:
        """How long the periods are."""
        ...


@runtime_checkable
class OwnSender(Protocol):
    """An adapter that knows whose files it reads."""

    def sender(self, record: Record) -> tuple[str, str]:
        """Partner and country, such as `be-secova` and `BE`, of the file whose first record this is."""
        ...


@runtime_checkable
class Reopening(Protocol):
    """An adapter whose records are more than texts, numbers, lists and dicts, but can be made of these again."""

    def reopened(self, kept: Any) -> Any | None:
        """The `data` of a record, of what JSON holds of it; None where that is not enough."""
        ...
