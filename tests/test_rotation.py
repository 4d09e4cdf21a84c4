"""Keys change, persons keep their subjects: in the vault, by the commands, in any order, and killed on the way."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from msgspec import UNSET

from hub.cli.ingest import drain
from hub.cli.installation import installation
from hub.database import open_database
from hub.edge.epochs import destroy_old, epochs_in
from hub.errors import Reject
from hub.events.wire import NOBODY, Header
from hub.log.verify import verify_log
from hub.settings import Settings
from hub.vault import rotation
from hub.vault.epochs import Epochs
from hub.vault.keys import VaultKeys, key_files
from hub.vault.subjects import Vault
from tests.forgetting import forget, readable
from tests.pipe import Pipe, open_pipe
from tests.postgres import ENGINES, roomy
from tests.rotating import COUNTRY, PARTNER, ROWS, begin, close, folder_of, roll, stored
from tests.typed import Call


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as opened:
        yield opened


def test_after_a_rotation_the_same_file_says_nothing_new_and_the_log_did_not_move(both: Pipe):
    hub = both.hub
    both.take(ROWS, complete=True)
    before, end, tokens = readable(hub), hub.store.position(), stored(hub, "token")
    assert begin(hub) == 2
    wide = both.take(ROWS[:10], complete=False)
    assert (wide["unchanged"], wide["events"]) == (10, 0)
    assert close(hub) == rotation.Window(PARTNER, 1, 6, 5)
    assert hub.store.position() == end
    assert both.take(ROWS[:10])["events"] == 0
    assert readable(hub) == before
    assert stored(hub, "token").isdisjoint(tokens)
    assert epochs_in(folder_of(hub)) == [2]
    assert verify_log(hub.store, hub.signer.verifier).findings == []


def test_whoever_was_not_seen_in_the_window_is_somebody_new(both: Pipe):
    both.take(ROWS, complete=True)
    before = set(readable(both.hub))
    begin(both.hub)
    both.take(ROWS[:10])
    close(both.hub)
    again = both.take(ROWS[10:])
    assert again["accepted"] == 2, "stated again, of a person the hub does not know"
    after = set(readable(both.hub))
    assert len(after - before) == 1


def test_a_window_with_somebody_new_in_it_and_three_rotations(both: Pipe):
    both.take(ROWS[:6])
    for number in range(3):
        begin(both.hub)
        both.take(ROWS[: 6 + 2 * number])
        if number == 1:
            roll(both.hub)
        both.take(ROWS[: 6 + 2 * number])
        close(both.hub)
    assert both.take(ROWS[:10])["events"] == 0
    assert len(readable(both.hub)) == 5
    assert rotation.windows(both.hub.vault) == [rotation.Window(PARTNER, 4, 5, 0)]


def test_a_country_is_rolled_and_its_people_are_found(both: Pipe):
    both.take(ROWS, complete=True)
    before, tokens = readable(both.hub), stored(both.hub, "token")
    assert (roll(both.hub), roll(both.hub)) == (6, 6)
    assert rotation.roll(both.hub.vault, COUNTRY, 3) == 0, "the same again lays nothing"
    assert stored(both.hub, "token").isdisjoint(tokens)
    assert both.take(ROWS)["events"] == 0
    forget(both, ["C1"])
    assert set(readable(both.hub)) < set(before)
    assert both.take(ROWS)["events"] == 0, "a backfill of the forgotten is not believed"


def test_the_forgotten_stay_forgotten_through_rotations(both: Pipe):
    both.take(ROWS, complete=True)
    forget(both, ["C0"])
    begin(both.hub)
    both.take(ROWS)
    forget(both, ["C1"])
    close(both.hub)
    forget(both, ["C2"])
    assert both.take(ROWS, complete=True)["events"] == 0
    assert len(readable(both.hub)) == 3


def test_deliveries_of_another_epoch_alone_are_put_aside(pipe: Pipe, tmp_path: Path):
    """Before the hub closes, and after it did: by name, and nothing of them is in the log."""
    hub, told = pipe.hub, []
    pipe.take(ROWS)
    late = pipe.drop(ROWS[:4])
    waiting = tmp_path / late.name
    late.rename(waiting)
    begin(hub)
    pipe.take(ROWS)
    key = (folder_of(hub) / "tokens").read_bytes()
    destroy_old(folder_of(hub))
    pipe.drop(ROWS[:4])
    drain(hub, told.append)
    assert "epoch 1 here, close it first" in told[-1]
    rotation.close(hub.vault, PARTNER, confirmed=False)
    shutil.copy(waiting, late)
    drain(hub, told.append)
    assert "pt-test is at epoch 2, and the rows before are destroyed" in told[-1]
    assert len(readable(hub)) == 6
    assert key not in b"".join(path.read_bytes() for path in folder_of(hub).iterdir())


def test_a_window_closes_late_for_a_delivery_that_was_on_its_way(pipe: Pipe):
    pipe.take(ROWS)
    begin(pipe.hub)
    pipe.take(ROWS)
    pipe.drop(ROWS)
    close(pipe.hub)
    (proven,) = pipe.receive()
    assert (proven.receipt.unchanged, proven.receipt.events) == (12, 0)


def test_a_closing_that_would_lose_most_asks_first(pipe: Pipe):
    pipe.take(ROWS)
    begin(pipe.hub)
    with pytest.raises(Reject, match="no person of pt-test was seen"):
        close(pipe.hub)
    pipe.take(ROWS[:2])
    with pytest.raises(Reject, match="5 of 6 persons"):
        close(pipe.hub)
    with pytest.raises(Reject, match="rotating already"):
        begin(pipe.hub)
    assert close(pipe.hub, confirmed=True).seen == 1


@pytest.mark.parametrize("epochs", [(), (0,), (1,), (2, 1), (1, 3), (1, 2, 3), (0, 1), (10_000,)])
def test_a_header_names_no_other_epochs(epochs: tuple[int, ...]):
    said = ("1" * 32, PARTNER, COUNTRY, "xx", "0", False)
    assert Header(*said).epochs is UNSET
    assert Header(*said, epochs=(2,))
    assert Header(*said, epochs=(1, 2))
    with pytest.raises(ValueError, match="epochs"):
        Header(*said, epochs=epochs)


def token(epoch: int, person: int) -> bytes:
    return b"%d|%030d" % (epoch, person)


def stated(vault: Vault, persons: Sequence[int], epochs: tuple[int, ...]) -> list[bytes]:
    """The subjects of a chunk."""
    column = b"".join(b"record%026d" % person + b"".join(token(each, person) for each in epochs) for person in persons)
    told = Epochs(PARTNER, epochs)
    said = vault.handles(column, partner=PARTNER, dataset="cases", country=COUNTRY, epochs=told)
    return [handle.subject.subject for handle in said if handle.subject]


PEOPLE = st.lists(st.integers(0, 6), min_size=1, max_size=5)
BEFORE = st.lists(st.tuples(st.sampled_from([(1,), (1, 2)]), PEOPLE), max_size=6)
AFTER = st.lists(st.tuples(st.sampled_from([(1, 2), (2,), (2, 3)]), PEOPLE), max_size=6)


@examples(max_examples=30)
@given(BEFORE, AFTER)
def test_any_order_of_deliveries_in_and_out_of_the_window_ends_in_the_same_subjects(
    before: list[tuple[tuple[int, ...], list[int]]], after: list[tuple[tuple[int, ...], list[int]]]
):
    """Whoever was seen in the window has one subject for ever; whoever was not has one before it and one after."""
    with TemporaryDirectory(dir=roomy()) as folder, closing(vault_in(Path(folder))) as vault:
        first: dict[int, bytes] = {}
        for epochs, persons in before:
            for person, subject in zip(persons, stated(vault, persons, epochs), strict=True):
                assert first.setdefault(person, subject) == subject
        seen = {person for epochs, persons in before if epochs == (1, 2) for person in persons}
        assert [window.seen for window in rotation.windows(vault)] == [len(seen)] * bool(first)
        rotation.close(vault, PARTNER, confirmed=True)
        second = {person: first[person] for person in seen}
        for epochs, persons in after:
            for person, subject in zip(persons, stated(vault, persons, epochs), strict=True):
                assert second.setdefault(person, subject) == subject
        assert {second[person] for person in second.keys() - seen}.isdisjoint(first.values())


def vault_in(folder: Path) -> Vault:
    return Vault(open_database(f"sqlite:///{folder / 'vault.sqlite'}", "vault"), VaultKeys(key_files(folder / "keys")))


@pytest.mark.parametrize(("this", "following"), [(NOBODY, b"x" * 32), (b"x" * 32, NOBODY)])
def test_nobody_in_one_epoch_is_nobody_in_the_other(this: bytes, following: bytes, pipe: Pipe):
    vault = pipe.hub.vault
    column = b"r" * 32 + this + following
    with pytest.raises(ValueError, match="nobody in the other"):
        vault.handles(column, partner=PARTNER, dataset="d", country=COUNTRY, epochs=Epochs(PARTNER, (1, 2)))


def test_a_column_of_two_tokens_is_not_read_as_one_of_one(pipe: Pipe):
    vault = pipe.hub.vault
    with pytest.raises(ValueError, match="another length"):
        vault.handles(b"r" * 96, partner=PARTNER, dataset="d", country=COUNTRY)


def test_the_commands_walk_through_a_rotation_and_a_roll(hub_home: Path, tmp_path: Path, call: Call):
    settings = Settings(hub_home)
    assert call("keys", "rotate", PARTNER)[0] == 3, "no key yet"
    with installation(settings) as hub:
        Pipe(hub, tmp_path).take(ROWS)
    assert json_of(call("keys", "rotate", PARTNER, "--json")) == {"domain": PARTNER, "epoch": 2}
    assert call("keys", "close", PARTNER)[0] == 3
    with installation(settings) as hub:
        Pipe(hub, tmp_path).take(ROWS)
    said = {"domain": PARTNER, "epoch": 1, "keys": [1, 2], "persons": 6, "seen": 6, "layers": 1}
    assert json_of(call("keys", "status", "--json")) == {"domains": [said]}
    closed = json_of(call("keys", "close", PARTNER, "--json"))
    assert closed == {"domain": PARTNER, "epoch": 2, "found": 6, "unlinkable": 0, "key_destroyed": True}
    assert call("keys", "close", PARTNER)[0] == 3, "closed already"
    assert json_of(call("keys", "roll", COUNTRY, "--json")) == {"country": COUNTRY, "key": "k2-2", "persons": 6}
    assert "pt-test" in call("keys", "status")[1]
    assert call("keys", "rotate", "PT/evaluation")[0] == 3, "no such key yet"
    assert call("linkage", "key", "PT", "evaluation")[0] == 0
    assert json_of(call("keys", "rotate", "PT/evaluation", "--json")) == {"domain": "PT/evaluation", "epoch": 2}
    assert json_of(call("keys", "close", "PT/evaluation", "--json")) == {
        "domain": "PT/evaluation", "key_destroyed": True
    }  # fmt: skip
    assert json_of(call("keys", "status", "--json"))["domains"][0]["keys"] == [2]
    for wrong in (("rotate", "../pt"), ("close", "PT"), ("close", "PT/../x"), ("roll", "pt-test")):
        assert call("keys", *wrong)[0] == 3
    with installation(settings) as hub:
        assert Pipe(hub, tmp_path).take(ROWS)["events"] == 0


def json_of(said: tuple[int, str, str]) -> dict[str, Any]:
    return json.loads(said[1])
