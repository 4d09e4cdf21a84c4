"""The custodians' door: a country's key leaves the machine in three shares, and two of them bring it back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hub import keyfiles
from hub.cli import acts
from hub.cli.answer import JsonFlag, answer
from hub.cli.asking import read
from hub.errors import Reject
from hub.settings import Settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

app = typer.Typer()
custody = typer.Typer(no_args_is_help=True, help="Keys in the hands of three custodians, of whom any two are enough.")
custody.registered_commands += acts.app.registered_commands
app.add_typer(custody, name="custody")


@custody.command("new", epilog="Example: hub custody new anna.key")
def new(
    file: Annotated[Path, typer.Argument(help="Where the custodian's own secret key goes: to keep apart.")],
    as_json: JsonFlag = False,
) -> None:
    """At a custodian: a key of one's own, and its public halves: to seal to, and of what it signs."""
    from hub.events.wire import public_key
    from hub.vault.acts import public_signer

    secret = keyfiles.secret(file)
    public = public_key(secret).public_bytes_raw().hex()
    answer({"public": public, "signs": public_signer(secret), "file": str(file)}, as_json)


@custody.command(
    "split", epilog="Example: hub custody split vault/PT/wrapping --to anna=9f2c… --to ben=03ab… --to cara=77d1…"
)
def split(
    key: Annotated[str, typer.Argument(help="A key's name: its path below the keys' folder.")],
    to: Annotated[list[str], typer.Option(help="A custodian: name=public key. Three of them.")],
    into: Annotated[Path, typer.Option(help="A folder for the three shares.")] = Path("shares"),
    remove: Annotated[bool, typer.Option("--remove", help="Take the key from this machine.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Split a key among three custodians, each share sealed to its custodian."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    from hub.vault.custody import split as split_among

    path = _path(key)
    try:
        readers = {
            name: X25519PublicKey.from_public_bytes(bytes.fromhex(public))
            for name, _, public in (each.partition("=") for each in to)
        }
    except ValueError:
        raise typer.BadParameter("name=64 hex digits", param_hint="--to") from None
    kept = keyfiles.secret(path, create=False)
    _only_to_custodians(readers)
    shares = split_among(key, kept, readers)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {}
    for name, share in shares.items():
        file = into / f"{key.replace('/', '-')}.{name}.share"
        if file.exists():
            raise Reject(f"{file.name} is there already: it may be of a key that is in use")
        file.write_bytes(share)
        file.chmod(0o600)
        files[name] = str(file)
    if remove:
        path.unlink()
    answer({"key": key, **files, "removed": remove}, as_json)


@custody.command("join", epilog="Example: hub custody join a.share b.share --key anna.key --key ben.key")
def join(
    shares: Annotated[list[Path], typer.Argument(help="Two custodians' shares.")],
    key: Annotated[list[Path], typer.Option(help="Their secret keys, in the same order.")],
    as_json: JsonFlag = False,
) -> None:
    """Two custodians bring a key back to this machine."""
    from hub.vault.custody import joined, opened

    if len(shares) != 2 or len(key) != 2:
        raise typer.BadParameter("two shares, and the key of each")
    one, other = (
        opened(read(share), keyfiles.secret(secret, create=False)) for share, secret in zip(shares, key, strict=True)
    )
    found = joined(one, other)
    keyfiles.put(_path(one.key), found)
    answer({"key": one.key, "custodians": [one.custodian, other.custodian]}, as_json)


def _only_to_custodians(readers: "dict[str, X25519PublicKey]") -> None:
    """Raises Reject where custodians are enrolled and these are others: a key would leave all three of them."""
    from hub.cli.installation import installation
    from hub.log.acts import custodians

    with installation(Settings.from_env()) as hub:
        those = custodians(hub.receiver).those
    if those and {each.reader for each in those} != {each.public_bytes_raw().hex() for each in readers.values()}:
        raise Reject("a key is split among the custodians that are enrolled, and nobody else")


def _path(name: str) -> Path:
    folder = Settings.from_env().keys_dir
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()) or path.is_dir():
        raise Reject("that is no name of a key")
    return path
