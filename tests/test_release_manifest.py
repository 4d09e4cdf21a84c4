"""A manifest proves every byte of its release, and the keys behind it are refused when others can read them."""

import json
import shutil

import duckdb
import pytest

from hub.errors import Stop
from hub.keyfiles import secret
from hub.release.coarsen import read_lattice
from hub.release.manifest import verify
from hub.release.signing import release_keys
from tests.release_warehouse import people, run, settings_in, warehouse


@pytest.fixture(scope="module")
def one_release(tmp_path_factory):
    settings = settings_in(tmp_path_factory.mktemp("released"))
    warehouse(settings, people(2000), people(1500, cube="referrals"))
    run(settings)
    return settings


@pytest.fixture
def released(one_release, tmp_path):
    """A copy of its own: tests spoil it."""
    shutil.copytree(one_release.home, tmp_path / "home")
    return settings_in(tmp_path / "home")


def signed(settings, release="r2025Q1"):
    folder = settings.home / "releases" / release
    signature = bytes.fromhex((folder / "manifest.sig").read_text())
    return (folder / "manifest.json").read_bytes(), signature, release_keys(settings.keys_dir).public


def test_a_manifest_verifies_and_says_how_the_numbers_were_made(released):
    manifest, signature, public = signed(released)
    verify(manifest, signature, public, released.release_path)
    said = json.loads(manifest)
    assert (said["release"], said["period"], said["position"], said["as_of"]) == ("r2025Q1", "2025Q1", 7, "2025-12-01")
    assert (said["base"], said["eps"], said["m"]) == (5, 0.1, 3)
    assert said["bands"]["contacts"]["when_shown"] == 8
    assert set(said["levels"]["contacts"]["PT"]) == set(read_lattice().cubes["contacts"].coarsened)
    secret = (released.keys_dir / "release" / "rounding.secret").read_bytes()
    assert secret.hex() not in manifest.decode()


TAMPERINGS = [
    "UPDATE contacts SET contacts = contacts + 5 WHERE rowid = 0",
    "DELETE FROM contacts WHERE rowid = 0",
    "INSERT INTO contacts SELECT * FROM contacts LIMIT 1",
    "UPDATE referrals SET outcome = 'x' WHERE rowid = 0",
    "UPDATE levels SET level = 0",
    "UPDATE releases SET position = 8",
    "UPDATE releases SET published_on = '2025-12-02'",
    "UPDATE releases SET manifest = replace(manifest, '0.1', '0.2')",
    "DELETE FROM releases",
]


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_any_tampering_with_the_release_file_is_seen(released, tampering):
    with duckdb.connect(str(released.release_path)) as connection:
        connection.execute(tampering)
    with pytest.raises(Stop):
        verify(*signed(released), released.release_path)


def test_another_manifest_signature_or_key_does_not_verify(released, tmp_path):
    manifest, signature, public = signed(released)
    other = release_keys(tmp_path / "other").public
    for forged in (
        (manifest.replace(b'"base":5', b'"base":3'), signature, public),
        (manifest, bytes(64), public),
        (manifest, signature, other),
        (manifest, signature, b"short"),
    ):
        with pytest.raises(Stop, match="signature"):
            verify(*forged, released.release_path)


def test_the_order_of_rows_means_nothing_to_a_manifest(released):
    with duckdb.connect(str(released.release_path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT * FROM contacts ORDER BY random()")
        connection.execute("DELETE FROM contacts")
        connection.execute("INSERT INTO contacts SELECT * FROM t")
        connection.execute("DROP TABLE t")
    verify(*signed(released), released.release_path)


def test_release_keys_that_others_can_read_are_refused(tmp_path):
    keys = release_keys(tmp_path / "keys")
    folder = tmp_path / "keys" / "release"
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}
    assert keys.secret.hex() not in repr(keys)
    assert release_keys(tmp_path / "keys").secret == keys.secret
    (folder / "rounding.secret").chmod(0o640)
    with pytest.raises(Stop, match=r"rounding\.secret"):
        release_keys(tmp_path / "keys")
    (folder / "rounding.secret").chmod(0o600)
    folder.chmod(0o750)
    with pytest.raises(Stop):
        release_keys(tmp_path / "keys")


def test_a_torn_key_file_is_refused(tmp_path):
    (tmp_path / "torn").write_bytes(b"short")
    (tmp_path / "torn").chmod(0o600)
    with pytest.raises(Stop, match="torn"):
        secret(tmp_path / "torn")
