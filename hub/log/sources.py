"""Where the log is in what a broker holds, and what is still to be answered: both in the delivery's own transaction.

The broker's own note of how far we are is a hint for people; only this is believed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from hub.log.store import LogStore
from hub.log.tables import answers, sources


class Answer(NamedTuple):
    """What a partner is to be told of a delivery. `rule`: by which it was refused; empty where it was received."""

    delivery: str
    partner: str
    answer_to: bytes
    rule: str


def where(store: LogStore, topic: str, partition: int) -> int | None:
    """The first offset of a place that is not in the log; None for a place that was never read."""
    with store.reading() as connection:
        found = connection.scalar(sa.select(sources.c.next).filter_by(topic=topic, partition=partition))
    return None if found is None else int(found)


def move(connection: sa.Connection, topic: str, partition: int, after: int) -> None:
    """All before an offset is in the log now. Never back: who says less was overtaken by another receiver."""
    here = sa.and_(sources.c.topic == topic, sources.c.partition == partition)
    known = connection.scalar(sa.select(sources.c.next).where(here))
    if known is None:
        connection.execute(sa.insert(sources).values(topic=topic, partition=partition, next=after))
    elif known < after:
        connection.execute(sa.update(sources).where(here).values(next=after))


def begin_again(store: LogStore, topic: str, partition: int, first: int) -> None:
    """The place begins at another offset than the log thought: what was in between is not there any more."""
    with store.writing() as connection:
        here = sa.and_(sources.c.topic == topic, sources.c.partition == partition)
        connection.execute(sa.delete(sources).where(here))
        connection.execute(sa.insert(sources).values(topic=topic, partition=partition, next=first))


def owe(connection: sa.Connection, answer: Answer) -> None:
    """The partner is to be told; a newer answer to the same delivery takes the older one's place."""
    connection.execute(sa.delete(answers).where(answers.c.delivery == answer.delivery))
    connection.execute(sa.insert(answers).values(answer._asdict()))


def owed(store: LogStore) -> list[Answer]:
    """All that partners have not been told."""
    with store.reading() as connection:
        return [Answer._make(row) for row in connection.execute(sa.select(answers).order_by(answers.c.delivery))]


def paid(store: LogStore, told: Sequence[Answer]) -> None:
    """They were told."""
    with store.writing() as connection:
        for each in told:
            same = sa.and_(answers.c.delivery == each.delivery, answers.c.rule == each.rule)
            connection.execute(sa.delete(answers).where(same))
