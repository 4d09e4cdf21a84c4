"""The roles of deploy/roles.sql on a real server: nobody reads what is not theirs, and a superuser does."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
import sqlalchemy as sa

from hub.cli.feed import catch_up_warehouse
from hub.cli.installation import installation
from hub.errors import HubError
from hub.settings import Settings
from tests.pipe import ROOT, Pipe, drop_databases, quiet, row
from tests.postgres import named, server

ROLES = ("log", "vault", "projection", "reader")
STORES = ("log", "vault")
ROWS = [row(n) for n in range(12)]


class Team(NamedTuple):
    """An installation in two databases of two owners; `prefix` stands where the file says `hub`."""

    home: Path
    prefix: str

    def url(self, role: str, store: str) -> str:
        """A role's way to a store; "" is the superuser's. Of no store: what HUB_DATABASE is."""
        url = named(server().url, f"{self.prefix}_{store}" if store else self.prefix)
        there = sa.make_url(url).set(username=f"{self.prefix}_{role}", password=self.prefix)
        return there.render_as_string(hide_password=False) if role else url

    def settings(self, log: str, vault: str) -> Settings:
        """The settings of a process that has these two roles."""
        return Settings(self.home, self.url(log, ""), vault_database=self.url(vault, "vault"))


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    made = Team(tmp_path_factory.mktemp("team"), f"t{secrets.token_hex(6)}")
    text = re.sub("--.*", "", (ROOT / "deploy" / "roles.sql").read_text("utf-8")).replace("hub_", f"{made.prefix}_")
    parts = re.split(r"\\connect (\w+)", "\\connect postgres\n" + text)[1:]
    try:
        for database, statements in zip(parts[::2], parts[1::2], strict=True):
            with psycopg.connect(named(server().url, database), autocommit=True) as superuser:
                for statement in filter(str.strip, statements.split(";")):
                    superuser.execute(statement)
        with psycopg.connect(server().url, autocommit=True) as superuser:
            for role in ROLES:
                superuser.execute(f"ALTER ROLE {made.prefix}_{role} PASSWORD '{made.prefix}'")
        with installation(made.settings("log", "vault")) as hub:
            pipe = Pipe(hub, made.home)
            assert pipe.take(ROWS)["accepted"] == len(ROWS)
        yield made
    finally:
        drop_databases([f"{made.prefix}_{store}" for store in STORES])
        with psycopg.connect(server().url, autocommit=True) as superuser:
            for role in ROLES:
                superuser.execute(f"DROP ROLE IF EXISTS {made.prefix}_{role}")


def tables(team: Team, store: str) -> list[str]:
    """A store's tables, as the superuser sees them."""
    with psycopg.connect(team.url("", store)) as superuser:
        names = superuser.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [name for (name,) in names]


def can(team: Team, role: str, store: str, statement: str) -> bool:
    """Whether a role may do this. Nothing of it is kept."""
    try:
        with psycopg.connect(team.url(role, store)) as connection:
            connection.execute(statement)
            connection.rollback()
    except (psycopg.errors.InsufficientPrivilege, psycopg.OperationalError) as error:
        return "permission denied" not in str(error)
    return True


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("role", ["", *ROLES])
def test_each_role_reads_its_own_tables_and_no_others(team: Team, role: str, store: str) -> None:
    there = tables(team, store)
    assert len(there) >= 5
    read = {can(team, role, store, f'SELECT * FROM "{name}"') for name in there}
    assert read == {role in ("", store, "projection")}


@pytest.mark.parametrize("store", STORES)
def test_the_projection_changes_nothing_that_the_owner_may_change(team: Team, store: str) -> None:
    for name in tables(team, store):
        for words in (f'DELETE FROM "{name}"', f'TRUNCATE "{name}"', f'DROP TABLE "{name}"'):
            assert can(team, store, store, words + (" CASCADE" if "DROP" in words else ""))
            assert not can(team, "projection", store, words.replace("DROP TABLE", "LOCK TABLE"))
    assert not can(team, "projection", store, "CREATE TABLE more (x int)")


def test_the_projection_opens_events_and_can_receive_nothing(team: Team) -> None:
    with installation(team.settings("projection", "projection")) as hub:
        assert catch_up_warehouse(hub, rebuild=True, echo=quiet)["events"] >= len(ROWS)
        assert len(set(Pipe(hub, team.home).current(columns="subject"))) == 6
        with pytest.raises(HubError):
            Pipe(hub, team.home).take([row(99)])
    with installation(team.settings("log", "vault")) as hub:
        assert Pipe(hub, team.home).take([row(99)])["accepted"] == 1, "the control: the receiver can"


@pytest.mark.parametrize("roles", [("log", "log"), ("vault", "vault"), ("reader", "vault"), ("log", "reader")])
def test_a_process_with_one_role_too_few_does_not_start(team: Team, roles: tuple[str, str]) -> None:
    with pytest.raises(HubError, match="permission denied"), installation(team.settings(*roles)):
        pass
