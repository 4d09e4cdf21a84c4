"""What a complete delivery covers: one partner's dataset in one period. Known by number within the log."""

from collections.abc import Iterable

import sqlalchemy as sa

from hub.events.wire import EVERYTHING
from hub.log.tables import scopes


def number(connection: sa.Connection, partner: str, dataset: str, period: str) -> int:
    """The number of a scope, given on first sight."""
    named = {"partner": partner, "dataset": dataset, "period": period}
    asked = sa.select(scopes.c.scope).filter_by(**named)
    known = connection.execute(asked).scalar()
    if known is None:
        known = int(connection.scalar(sa.select(sa.func.max(scopes.c.scope))) or 0) + 1
        connection.execute(sa.insert(scopes).values(scope=known, complete=False, **named))
    return int(known)


def closed(connection: sa.Connection, scope: int, *, complete: bool) -> tuple[str, bool]:
    """A scope's period, and whether a complete delivery ever covered it. A partial one does not take that back."""
    this = scopes.c.scope == scope
    if complete:
        connection.execute(sa.update(scopes).where(this).values(complete=True))
    period, whole = connection.execute(sa.select(scopes.c.period, scopes.c.complete).where(this)).one()
    return str(period), bool(whole)


def covered(connection: sa.Connection, partner: str, dataset: str, covers: Iterable[str]) -> list[int]:
    """The scopes that a delivery's `covers` names."""
    names = set(covers)
    known = sa.select(scopes.c.scope, scopes.c.period).filter_by(partner=partner, dataset=dataset)
    return [
        row.scope for row in connection.execute(known) if row.period and (row.period in names or EVERYTHING in names)
    ]
