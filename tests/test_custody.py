"""Any two of three custodians have the key, one has nothing, and what does not fit is refused by name."""

import json
import os
import secrets
from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from hub.errors import Reject, Stop
from hub.events.wire import public_key
from hub.vault.custody import Halves, joined, opened, split
from tests.pipe import open_pipe, row
from tests.typed import Call

NAMES = ("anna", "ben", "cara")
KEY = "vault/PT/wrapping"
Secrets = dict[str, bytes]


@pytest.fixture
def own() -> Secrets:
    return {name: secrets.token_bytes(32) for name in NAMES}


def readers(own: Secrets) -> dict[str, X25519PublicKey]:
    return {name: public_key(secret) for name, secret in own.items()}


def test_any_two_have_the_key_in_any_order(own: Secrets) -> None:
    key = secrets.token_bytes(32)
    shares = split(KEY, key, readers(own))
    for one, other in permutations(NAMES, 2):
        assert joined(opened(shares[one], own[one]), opened(shares[other], own[other])) == key


def test_one_alone_fits_every_key_alike(own: Secrets) -> None:
    key, another = secrets.token_bytes(32), secrets.token_bytes(32)
    anna = opened(split(KEY, key, readers(own))["anna"], own["anna"])
    assert key not in anna.halves.values()
    for other, half in anna.halves.items():
        fits = bytes(a ^ b for a, b in zip(half, another, strict=True))
        ben = Halves(KEY, other, anna.check, {"anna": fits})
        with pytest.raises(Stop, match="do not give the key"):  # nothing but the fingerprint tells which one it was
            joined(anna, ben)
    assert "halves" not in repr(anna)
    assert not any(half.hex() in repr(anna) for half in anna.halves.values())


def test_what_does_not_fit_is_refused(own: Secrets) -> None:
    shares = split(KEY, secrets.token_bytes(32), readers(own))
    again = split(KEY, secrets.token_bytes(32), readers(own))
    anna, ben = (opened(shares[name], own[name]) for name in ("anna", "ben"))
    with pytest.raises(Reject, match="another one is needed"):
        joined(anna, anna)
    with pytest.raises(Reject, match="different keys"):
        joined(anna, opened(again["ben"], own["ben"]))
    with pytest.raises(Reject, match="do not fit together"):
        joined(anna, Halves(KEY, "ben", anna.check, {}))
    with pytest.raises(Reject, match="share of anna does not open"):
        opened(shares["anna"], own["ben"])
    with pytest.raises(Reject, match="not a custodian's share"):
        opened(b"{}", own["anna"])
    renamed = msgspec.json.encode({**msgspec.json.decode(shares["anna"]), "custodian": "cara"})
    with pytest.raises(Reject, match="share of cara does not open"):
        opened(renamed, own["cara"])
    assert joined(anna, ben)


@pytest.mark.parametrize("names", [("anna", "ben"), ("anna", "ben", "cara", "dora"), ("anna", "ben", "../x")])
def test_three_custodians_with_names_and_keys_of_their_own(names: tuple[str, ...]) -> None:
    with pytest.raises(Reject):
        split(KEY, bytes(32), readers({name: secrets.token_bytes(32) for name in names}))
    with pytest.raises(Reject):
        split(KEY, bytes(32), readers(dict.fromkeys(NAMES, bytes(32))))


def test_a_hub_whose_key_is_away_stops_until_two_bring_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call
) -> None:
    with open_pipe(tmp_path) as pipe:
        pipe.take([row(1), row(2)])
        home = pipe.hub.settings.home
    monkeypatch.setenv("HUB_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    publics = []
    for name in NAMES:
        code, out, _ = call("custody", "new", f"{name}.key", "--json")
        assert code == 0
        publics += ["--to", f"{name}={json.loads(out)['public']}"]
    kept = (home / "keys" / KEY).read_bytes()
    assert call("custody", "split", KEY, *publics, "--remove")[0] == 0
    assert not (home / "keys" / KEY).exists()
    shares = sorted(os.listdir("shares"))
    assert shares == [f"vault-PT-wrapping.{name}.share" for name in NAMES]
    assert not any(kept in (tmp_path / "shares" / share).read_bytes() for share in shares)
    code, _, err = call("project")
    assert code == 5
    assert "wrapping" in err
    two = [f"shares/{share}" for share in shares[1:]]
    assert call("custody", "join", *two, "--key", "ben.key", "--key", "anna.key")[0] == 3
    assert call("custody", "join", *two, "--key", "ben.key", "--key", "cara.key")[0] == 0
    assert (home / "keys" / KEY).read_bytes() == kept
    assert call("project")[0] == 0
    assert call("custody", "join", *two, "--key", "ben.key", "--key", "cara.key")[0] == 5
    assert call("custody", "split", "../vault.sqlite", *publics)[0] == 3
    assert call("custody", "split", "vault/PT", *publics)[0] == 3
    assert call("custody", "split", KEY, *publics)[0] == 3, "shares that are there are not written over"
