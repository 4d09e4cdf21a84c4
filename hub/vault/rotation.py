"""Keys are changed under the vault's rows: persons keep their subjects, and a destroyed key finds nobody.

Closing an epoch puts each subject's next token in the place of this one; whoever has none is found by no token any
more. A roll lays a further K2 over every token of a country. No event changes.
"""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.errors import Reject, Stop
from hub.events.wire import TOKEN_BYTES
from hub.vault.epochs import country_of, standing
from hub.vault.forget import sweep
from hub.vault.keys import layer_name
from hub.vault.subjects import Vault
from hub.vault.tables import aliases, domains, layers, made, subjects, unswept

MOST = 0.5
"""A closing that would make more than this share of a domain's persons unlinkable asks to be confirmed."""


class Window(NamedTuple):
    """A domain in the vault: the epoch of its rows, its persons, and those of them seen with a token of the next."""

    domain: str
    epoch: int
    persons: int
    seen: int


def windows(vault: Vault) -> list[Window]:
    """Every domain that the vault has persons of."""
    with vault.database.reading() as connection:
        names: Sequence[str] = connection.scalars(sa.select(made.c.domain).distinct().order_by(made.c.domain)).all()
        return [_window(connection, name) for name in names]


def close(vault: Vault, domain: str, *, confirmed: bool) -> Window:
    """Destroy the rows of a domain's epoch; the next one begins. The window as it was.

    Raises Reject where few were seen with a token of the next epoch, or nobody, and that is not confirmed.
    """
    with vault.database.writing(subjects.name) as connection:
        window = _window(connection, domain)
        _check(connection, window, confirmed=confirmed)
        taken = sa.select(subjects.c.key).where(subjects.c.token == aliases.c.token)  # by an edge that is not honest
        next_of = sa.select(aliases.c.key, aliases.c.token).where(aliases.c.key.in_(_keys(domain)), ~taken.exists())
        following = {row.key: bytes(row.token) for row in connection.execute(next_of.order_by(aliases.c.token.desc()))}
        keys: Sequence[int] = connection.scalars(_keys(domain)).all()
        _place(connection, [(key, following.get(key) or secrets.token_bytes(TOKEN_BYTES)) for key in keys])
        connection.execute(sa.delete(aliases).where(aliases.c.key.in_(_keys(domain))))
        connection.execute(sa.delete(domains).where(domains.c.domain == domain))
        connection.execute(sa.insert(domains).values(domain=domain, epoch=window.epoch + 1))
        _mark(connection, f"{domain} {window.epoch}")
    sweep(vault)
    return window


def unlinkable(vault: Vault, domain: str) -> list[int]:
    """The handles of those whom no token would lead to any more, were the window closed now; in order."""
    with vault.database.reading() as connection:
        seen = sa.select(aliases.c.key)
        return list(connection.scalars(_keys(domain).where(subjects.c.key.not_in(seen)).order_by(subjects.c.key)))


def layers_of(vault: Vault, country: str) -> int:
    """How many keys K2 lie over a country's tokens."""
    with vault.database.reading() as connection:
        return standing(connection, "", country).layers


def roll(vault: Vault, country: str, number: int) -> int:
    """Lay the K2 of this number over all tokens of a country, and how many. Again: none. Raises Stop for a gap."""
    with vault.database.writing(subjects.name) as connection:
        present = standing(connection, "", country).layers
        if present >= number:
            return 0
        if present + 1 != number:
            raise Stop(
                f"{country}: {layer_name(number)} follows {layer_name(number - 1)}, which lies over no token yet"
            )
        key, token = subjects.c.key, subjects.c.token
        mine = sa.select(key, token).where(subjects.c.country == country)
        rows = connection.execute(mine).all()
        over = vault.keys.layer(country, number)
        _place(connection, list(zip((row.key for row in rows), over(bytes(row.token) for row in rows), strict=True)))
        theirs = sa.select(aliases.c.key, aliases.c.token).where(aliases.c.key.in_(mine.with_only_columns(key)))
        waiting = connection.execute(theirs).all()
        if waiting:
            connection.execute(sa.delete(aliases).where(aliases.c.key.in_(mine.with_only_columns(key))))
            laid = zip(over(bytes(row.token) for row in waiting), waiting, strict=True)
            connection.execute(sa.insert(aliases), [{"token": made_of, "key": row.key} for made_of, row in laid])
        connection.execute(sa.delete(layers).where(layers.c.country == country))
        connection.execute(sa.insert(layers).values(country=country, layers=number))
        _mark(connection, f"{country} k2 {number}")
    sweep(vault)
    return len(rows)


def finish(vault: Vault, folder: Path) -> None:
    """Lay every K2 of the keys' folder over the tokens: of a roll that was killed, or in a vault that was put back."""
    for country in sorted({path.parent.name for path in folder.glob(f"vault/*/{layer_name(2)}")}):
        while (folder / "vault" / country / layer_name(number := layers_of(vault, country) + 1)).exists():
            roll(vault, country, number)


def _keys(domain: str) -> "sa.Select[Any]":
    """The handles of a domain's subjects."""
    within = subjects.c.key.between(made.c.first, made.c.last)
    return sa.select(subjects.c.key).join(made, within).where(made.c.domain == domain)


def _window(connection: sa.Connection, domain: str) -> Window:
    epoch = standing(connection, domain, country_of(domain)).epoch
    persons = connection.scalar(sa.select(sa.func.count()).select_from(_keys(domain).subquery()))
    seen = sa.select(sa.func.count(sa.distinct(aliases.c.key))).where(aliases.c.key.in_(_keys(domain)))
    return Window(domain, epoch, persons or 0, connection.scalar(seen) or 0)


def _check(connection: sa.Connection, window: Window, *, confirmed: bool) -> None:
    domain, country = window.domain, country_of(window.domain)
    all_of = sa.select(sa.func.count()).where(subjects.c.country == country)
    whose = all_of.where(subjects.c.key.between(made.c.first, made.c.last))
    if connection.scalar(all_of) != connection.scalar(whose):
        raise Stop(f"this vault has persons of {country} and does not know of which partner: they cannot be rotated")
    if window.persons and not window.seen and not confirmed:
        raise Reject(f"no person of {domain} was seen with a token of epoch {window.epoch + 1}: nobody would be found")
    left = window.persons - window.seen
    if left > window.persons * MOST and not confirmed:
        raise Reject(f"{left:,} of {window.persons:,} persons were not seen in the window: if that is so, confirm it")


def _place(connection: sa.Connection, rows: list[tuple[int, bytes]]) -> None:
    """Put subjects in other places."""
    if rows:
        moved = sa.update(subjects).where(subjects.c.key == sa.bindparam("of"))
        connection.execute(moved.values(token=sa.bindparam("to")), [{"of": key, "to": token} for key, token in rows])


def _mark(connection: sa.Connection, what: str) -> None:
    connection.execute(sa.delete(unswept).where(unswept.c.what == what))
    connection.execute(sa.insert(unswept).values(what=what))
