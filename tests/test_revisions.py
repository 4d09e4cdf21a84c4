"""A closed figure does not move: what was known then can be built again, and what came later has a reason."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hub.cli.build import build
from hub.cli.known import position_of
from hub.errors import Reject
from hub.events.consent import ConsentRecorded, ConsentWithdrawn
from hub.events.contact import ContactHeld
from hub.events.delivery import ReleasePublished
from hub.log import own
from hub.log.deliveries import position_on
from hub.log.tables import deliveries
from hub.settings import Settings
from tests.pipe import Pipe, quiet, row
from tests.warehouse_rows import Telling

Q1, Q2 = date(2025, 2, 3), date(2025, 5, 6)
COUNTS = (
    *("closed_value", "late", "corrected_in", "corrected_out", "retracted", "consent_given", "consent_withdrawn"),
    *("known_value", "restated", "erasures_since"),
)


def held(day: date, channel: str = "PHONE") -> ContactHeld:
    return ContactHeld.model_validate({"occurred_on": day, "channel": channel})


def answered(kind: type[Any], day: date, **more: str) -> Any:
    said = {"occurred_on": day, "purpose": "REPORTING", "recipient": "ANY", "given_by": "SELF", **more}
    return kind.model_validate({name: value for name, value in said.items() if name in kind.model_fields})


def until_the_closing(telling: Telling) -> None:
    for name in ("stays", "restated", "moves out", "is taken back", "says no later", "says no"):
        telling.say(name, held(Q1), subject=name)
    telling.say("moves in", held(Q2), subject="moves in")
    telling.say("taken back before", held(Q1), subject="before")
    telling.take_back("taken back before", "contact.held")
    telling.say("answer 1", answered(ConsentRecorded, date(2025, 1, 1), answer="REFUSED"), subject="says no")
    closed = {"release": "r2025Q1", "period": "2025Q1", "position": telling.position, "digest": "0" * 64}
    telling.say("release", ReleasePublished.model_validate(closed), partner="hub")


def after_the_closing(telling: Telling) -> None:
    telling.say("restated", held(Q1, "EMAIL"), subject="restated")
    telling.say("moves out", held(Q2), subject="moves out")
    telling.say("moves in", held(Q1), subject="moves in")
    telling.take_back("is taken back", "contact.held")
    telling.say("comes late", held(Q1), subject="stays")
    telling.say("comes late, and goes", held(Q1), subject="stays")
    telling.take_back("comes late, and goes", "contact.held")
    telling.say("taken back before", held(Q1), subject="before")
    telling.say("answer 2", answered(ConsentWithdrawn, date(2025, 1, 15)), subject="says no later")
    telling.take_back("answer 1", "consent.recorded")


def built(settings: Settings, **known: int) -> dict[str, list[tuple[Any, ...]]]:
    """The figures of a build, row by row."""
    build(settings, select="path:models/staging +contacts_leaf +figure_revisions", echo=quiet, **known)
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        tables = ("cubes.contact_contributions", "cubes.contacts_leaf", "marts.figure_revisions")
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in tables}


def test_a_closed_figure_stands_beside_what_is_known_now_and_can_be_built_again(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        telling = Telling(connection)
        until_the_closing(telling)
        closing = telling.position
    before = built(settings)
    assert figures(settings) == [("PT", "2025Q1", "CONTACT", *counts(closed_value=5, known_value=5))]
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        telling = told_on(connection, telling)
        after_the_closing(telling)
    after = built(settings)
    changed = counts(
        closed_value=5,
        late=2,
        corrected_in=1,
        corrected_out=1,
        retracted=1,
        consent_given=1,
        consent_withdrawn=1,
        known_value=6,
        restated=1,
    )
    assert figures(settings) == [("PT", "2025Q1", "CONTACT", *changed)]
    assert all(before[table] != after[table] for table in before)
    assert built(settings, as_known_at=closing) == before
    assert built(settings) == after


def counts(**some: int) -> tuple[int, ...]:
    return tuple(some.get(name, 0) for name in COUNTS)


def figures(settings: Settings) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        asked = f"SELECT country, quarter, counting_unit, {', '.join(COUNTS)} FROM marts.figure_revisions"
        return connection.execute(asked).fetchall()


def told_on(connection: duckdb.DuckDBPyConnection, telling: Telling) -> Telling:
    """The same log, written to by another connection."""
    telling._connection = connection
    return telling


def test_a_day_is_the_position_that_the_log_ended_with_on_it(pipe: Pipe) -> None:
    def comes_on(day: date) -> int:
        """What came since is of that day."""
        at = datetime.combine(day, datetime.max.time(), UTC).isoformat()
        with pipe.hub.store.writing() as connection:
            connection.execute(deliveries.update().where(deliveries.c.received_at > "2026-02").values(received_at=at))
        return pipe.hub.store.position()

    pipe.take([row(n) for n in range(8)])
    first = comes_on(date(2026, 1, 10))
    pipe.take([row(n) for n in range(20)], complete=True)
    closed = {"release": "r2025Q1", "period": "2025Q1", "position": 1, "digest": "0" * 64}
    own.state(pipe.hub.receiver, "release|r2025Q1", ReleasePublished.model_validate(closed))
    second = comes_on(date(2026, 1, 12))
    pipe.take([row(n) for n in range(30)])
    days = {date(2026, 1, 9): 0, date(2026, 1, 10): first, date(2026, 1, 11): first, date(2026, 1, 12): second}
    assert {day: position_on(pipe.hub.store, day) for day in days} == days
    assert position_on(pipe.hub.store, datetime.now(UTC).date()) == pipe.hub.store.position() > second > first
    assert position_of(pipe.hub, "2026-01-11") == position_of(pipe.hub, str(first)) == first
    assert position_of(pipe.hub, None) is None


@pytest.mark.parametrize("said", ["", "yesterday", "2026-13-01", "1" * 20, "9999", "-1", "2026W02"])
def test_no_other_word_is_a_position_nor_is_one_that_is_not_reached(pipe: Pipe, said: str) -> None:
    with pytest.raises(Reject):
        position_of(pipe.hub, said)


def test_a_day_that_is_not_over_is_no_position(pipe: Pipe) -> None:
    for ahead in (0, 1):
        with pytest.raises(Reject, match="not over"):
            position_of(pipe.hub, (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat())
