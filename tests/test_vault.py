"""The vault on both engines: one person, one subject, whoever asks and how often; and nothing is shown."""

import hmac
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.cli.installation import installation
from hub.database import open_database
from hub.errors import Stop
from hub.events.wire import NOBODY, Header, seal
from hub.log import deliveries
from hub.settings import Settings
from hub.vault.keys import VaultKeys, key_files
from hub.vault.subjects import Handle, Subject, Vault
from hub.vault.tables import subjects
from tests.postgres import ENGINES, database_url, fresh_database

CONTEXT = "delivery|tokens|0"


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_url(request.param, tmp_path, "vault")


@pytest.fixture
def keys(tmp_path: Path) -> VaultKeys:
    return VaultKeys(key_files(tmp_path / "keys"))


@pytest.fixture
def vault(url: str, keys: VaultKeys) -> Iterator[Vault]:
    with opened(url, keys) as made:
        yield made


def opened(url: str, keys: VaultKeys) -> "closing[Vault]":
    return closing(Vault(open_database(url, "vault", secure_delete=True), keys))


def person(number: int) -> bytes:
    return b"%032d" % number


def record(number: int) -> bytes:
    return b"record%026d" % number


def asked(
    vault: Vault, keys: VaultKeys, persons: Sequence[bytes], *, partner: str = "pt-test", country: str = "PT"
) -> list[Handle]:
    """The handles of a chunk with one record each."""
    column = b"".join(record(number) + token for number, token in enumerate(persons))
    tokens = vault.open_tokens(seal(column, keys.reader, CONTEXT), CONTEXT)
    return vault.handles(tokens, partner=partner, dataset="cases", country=country)


def known(handles: Sequence[Handle]) -> list[Subject]:
    return [handle.subject for handle in handles if handle.subject]


def test_the_same_person_is_the_same_subject_and_another_one_is_not(vault: Vault, keys: VaultKeys):
    persons = [person(1), person(2), person(1), NOBODY]
    first = asked(vault, keys, persons)
    assert first == asked(vault, keys, persons)
    assert first[0].subject == first[2].subject != first[1].subject
    assert first[3].subject is None
    assert len({handle.record for handle in first}) == 4
    assert {(len(who.subject), len(who.data_key)) for who in known(first)} == {(16, 32)}
    assert [who.key for who in known(first)] == [1, 2, 1]


def test_an_empty_chunk_and_one_of_nobody_have_no_subjects(vault: Vault, keys: VaultKeys):
    assert asked(vault, keys, []) == []
    assert [handle.subject for handle in asked(vault, keys, [NOBODY, NOBODY])] == [None, None]


def test_a_person_of_two_countries_is_two_subjects_and_a_record_of_two_partners_two_records(
    vault: Vault, keys: VaultKeys
):
    here = asked(vault, keys, [person(1)])[0]
    there = asked(vault, keys, [person(1)], partner="fi-test", country="FI")[0]
    beside = asked(vault, keys, [person(1)], partner="pt-other")[0]
    assert len({here.record, there.record, beside.record}) == 3
    assert here.subject == beside.subject
    assert known([here])[0][:2] != known([there])[0][:2]
    assert vault.record_hash("pt-test", "cases", record(0)) == here.record
    assert vault.record_hash("pt-test", "other", record(0))[4:] != here.record[4:], "another dataset is another record"


def test_an_answer_never_tells_new_from_known(vault: Vault, keys: VaultKeys):
    """Half of the chunk is known: its handles have the form and size of the others, in the order that was asked."""
    before = asked(vault, keys, [person(number) for number in range(0, 100, 2)])
    after = asked(vault, keys, [person(number) for number in range(100)])
    assert [handle.subject for handle in after[::2]] == [handle.subject for handle in before]
    assert len({who.subject for who in known(after)}) == len({who.data_key for who in known(after)}) == 100
    forms = {tuple(len(value) for value in (handle.record, *handle.subject[::2])) for handle in after if handle.subject}
    assert forms == {(20, 16, 32)}


def test_data_keys_open_by_their_handles_and_a_destroyed_one_is_simply_not_there(
    vault: Vault, keys: VaultKeys, url: str
):
    people = known(asked(vault, keys, [person(number) for number in range(2_500)]))
    assert vault.open_keys(who.key for who in people) == {who.key: who.data_key for who in people}
    with closing(open_database(url, "vault")) as database, database.writing("subjects") as connection:
        connection.execute(sa.delete(subjects).where(subjects.c.key == people[7].key))
    left = vault.open_keys([people[7].key, people[8].key, 10**12])
    assert left == {people[8].key: people[8].data_key}
    assert vault.open_keys([]) == {}


def test_a_handle_is_never_given_twice_even_when_the_newest_is_forgotten(vault: Vault, keys: VaultKeys, url: str):
    """Events of the forgotten keep their handle: another person's key behind it would be taken for theirs."""
    old = known(asked(vault, keys, [person(1), person(2)]))
    with closing(open_database(url, "vault")) as database, database.writing("subjects") as connection:
        connection.execute(sa.delete(subjects))
    new = known(asked(vault, keys, [person(2), person(3)]))
    assert {who.key for who in new}.isdisjoint(who.key for who in old)
    assert {who.subject for who in new}.isdisjoint(who.subject for who in old)


def test_receivers_at_once_never_make_two_subjects_of_one_token(url: str, keys: VaultKeys):
    receivers = 4
    barrier = threading.Barrier(receivers)

    def receive(number: int) -> list[list[Handle]]:
        with opened(url, keys) as vault:
            barrier.wait(60)
            return [asked(vault, keys, chunk[number:] + chunk[:number]) for chunk in chunks]

    chunks = [[person(start + number) for number in range(60)] for start in range(0, 300, 30)]
    with ThreadPoolExecutor(receivers) as threads:
        answers = list(threads.map(receive, range(receivers)))
    subjects_of: dict[bytes, set[Subject]] = {}
    for number, answer in enumerate(answers):
        for chunk, handles in zip(chunks, answer, strict=True):
            for token, who in zip(chunk[number:] + chunk[:number], known(handles), strict=True):
                subjects_of.setdefault(token, set()).add(who)
    assert len(subjects_of) == 330
    assert {len(each) for each in subjects_of.values()} == {1}
    assert sorted(who.key for each in subjects_of.values() for who in each) == list(range(1, 331))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_key_that_is_lost_is_never_made_anew(engine: str, tmp_path: Path):
    """Under a new key nobody would be found again, and nothing would open: a person must put the old one back."""
    settings = Settings(tmp_path / "home", fresh_database() if engine == "postgresql" else None)
    names = ("vault/PT/k2", "vault/PT/wrapping", "edge/pt-test/tokens", "hub/rows")
    with installation(settings) as hub:
        assert [len(hub.secrets(name)) for name in names] == [32] * 4  # nothing was made with them yet
        asked(hub.vault, hub.vault_keys, [person(1)])
        with hub.store.writing() as connection:
            deliveries.enter(connection, Header("1" * 32, "pt-test", "PT", "xx", "0", False), datetime.now(UTC))
        for name in names:
            (settings.keys_dir / name).unlink()
            with pytest.raises(Stop, match="missing"):
                hub.secrets(name)
        for other in ("vault/FI/k2", "edge/fi-test/tokens"):
            assert len(hub.secrets(other)) == 32
    assert (tmp_path / "home" / "log.sqlite").exists() == (engine == "sqlite")


def test_keys_do_not_open_with_another_wrapping_key(vault: Vault, keys: VaultKeys, url: str, tmp_path: Path):
    handle = known(asked(vault, keys, [person(1)]))[0].key
    (tmp_path / "keys" / "vault" / "PT" / "wrapping").write_bytes(secrets.token_bytes(32))
    with opened(url, VaultKeys(key_files(tmp_path / "keys"))) as other:
        with pytest.raises(Stop, match="wrapping key of PT"):
            other.open_keys([handle])
        with pytest.raises(Stop, match="wrapping key of PT"):
            asked(other, keys, [person(1)])


@pytest.mark.parametrize("column", ["wrapped", "subject"])
def test_a_row_that_was_given_anothers_key_or_name_does_not_open(column: str, vault: Vault, keys: VaultKeys, url: str):
    one, two = (who.key for who in known(asked(vault, keys, [person(1), person(2)])))
    other = sa.select(subjects.c[column]).where(subjects.c.key == two).scalar_subquery()
    with closing(open_database(url, "vault")) as database, database.writing("subjects") as connection:
        connection.execute(sa.update(subjects).where(subjects.c.key == one).values({column: other}))
    with pytest.raises(Stop):
        vault.open_keys([one])
    assert set(vault.open_keys([two])) == {two}


def test_the_vault_holds_no_token_that_it_was_given_and_no_key_in_clear(vault: Vault, keys: VaultKeys, url: str):
    people = known(asked(vault, keys, [person(number) for number in range(5)]))
    with closing(open_database(url, "vault")) as database, database.reading() as connection:
        held = b"|".join(
            value for row in connection.execute(sa.select(subjects)) for value in row if type(value) is bytes
        )
    assert all(who.subject in held for who in people)
    assert not any(person(number) in held or who.data_key in held for number, who in enumerate(people))


def test_nothing_of_the_keys_is_printed(vault: Vault, keys: VaultKeys, tmp_path: Path):
    who = known(asked(vault, keys, [person(1)]))[0]
    shown = repr(keys) + str(vars(keys)) + repr(vault) + str(vars(vault))
    files = [path for path in (tmp_path / "keys").rglob("*") if path.is_file()]
    assert len(files) == 4
    for secret in (who.data_key, *(path.read_bytes() for path in files)):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown


def test_a_column_of_another_length_is_refused(vault: Vault, keys: VaultKeys):
    with pytest.raises(ValueError, match="length"):
        vault.handles(bytes(65), partner="pt-test", dataset="cases", country="PT")


def test_hashes_are_hmac_sha256_of_what_they_always_were(keys: VaultKeys):
    """The place of every record in every log: it may not move."""
    source: Callable[[str], bytes] = cache(lambda name: name.encode().ljust(32, b"."))
    made = VaultKeys(source)
    for token in (b"", b"x", bytes(200)):
        k2, records = (source(name) for name in ("vault/PT/k2", "vault/records"))
        assert made.subject_rows("PT")([token, token]) == [hmac.digest(k2, token, "sha256")] * 2
        begun = b"pt-a\0cases\0"
        place = hmac.digest(records, begun, "sha256")[:4] + hmac.digest(records, begun + token, "sha256")[:16]
        assert made.record_hashes("pt-a", "cases")([token]) == [place]
