"""The door of keys that change: a partner's token key by epochs, and a country's K2 when it may be known."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from hub import keyfiles
from hub.cli.answer import JsonFlag, answer, table
from hub.cli.asking import AskFlag, ask
from hub.errors import Reject
from hub.events.base import Code, Country, PartnerId
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.cli.installation import Installation
    from hub.log.acts import Asked
    from hub.vault.rotation import Window

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="Keys change, persons keep their subjects, and no event changes.")
app.add_typer(keys, name="keys")
Domain = Annotated[str, typer.Argument(help="Whose token key: a partner, or a country for a purpose (PT/evaluation).")]


@keys.command("rotate", epilog="Example: hub keys rotate pt-apav")
def rotate(domain: Domain, as_json: JsonFlag = False) -> None:
    """At the partner: make the key of the next epoch. Until the window is closed, deliveries hold tokens of both.

    A country's key is made at one of its partners; the others need a copy of it before the window is closed.
    """
    from hub.edge.epochs import rotate as begin
    from hub.edge.epochs import rotate_national
    from hub.vault.epochs import country_of

    folder, national = _folder(Settings.from_env(), domain)
    epoch = rotate_national(folder) if national else begin(folder, partner=domain, country=country_of(domain))
    answer({"domain": domain, "epoch": epoch}, as_json)


@keys.command("public", epilog="Example: hub keys public --to hub.public")
def public(
    to: Annotated[Path, typer.Option(help="The file, for partners: it holds nothing secret.")],
    as_json: JsonFlag = False,
) -> None:
    """At the hub: the keys that edges seal to and check receipts with. A home that holds the file is an edge."""
    from hub.cli.edge import public_of
    from hub.cli.installation import installation

    with installation(Settings.from_env()) as hub:
        to.write_bytes(public_of(hub))
    answer({"file": str(to), "sha256": sha256(to.read_bytes()).hexdigest()}, as_json)


@keys.command("close", epilog="Example: hub keys close pt-apav")
def close(
    domain: Domain,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Even if more than half of the persons were not seen in the window.")
    ] = False,
    ask_for: AskFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Close the window: destroy the vault's rows of the old epoch, then the old key; each where it is."""
    from hub.cli.installation import installation
    from hub.edge.epochs import destroy_old, epochs_in
    from hub.log import acts
    from hub.vault.rotation import close as close_window
    from hub.vault.rotation import windows

    settings = Settings.from_env()
    folder, national = _folder(settings, domain)
    held = epochs_in(folder)
    with installation(settings) as hub:
        here = next((window for window in windows(hub.vault) if window.domain == domain), None)
        if here is None and len(held) < 2:
            raise Reject(f"{domain} has no window open here")
        # A command that was killed after its commit left the key: the rows of its epoch are gone already.
        counts = {}
        if here is not None and not (len(held) > 1 and here.epoch > held[0]):
            asked = _closing(hub, here)
            if ask_for is not None:
                answer(ask(hub, asked, ask_for), as_json)
                return
            with acts.approved(hub.receiver, settings.acts_path, asked, acts.today()):
                closed = close_window(hub.vault, domain, confirmed=confirm)
            counts = {"epoch": closed.epoch + 1, "found": closed.seen, "unlinkable": closed.persons - closed.seen}
        # A vault that was put back may be epochs behind: then no key is old yet.
        old = here is None or here.epoch + bool(counts) > held[0] if held else False
        destroyed = destroy_old(folder, national=national) if old else None
    answer({"domain": domain, **counts, "key_destroyed": destroyed is not None}, as_json)


@keys.command("destroy", epilog="Example: hub keys destroy PT")
def destroy(
    country: Annotated[str, typer.Argument(help="A country of which the vault knows nobody any more.")],
    ask_for: AskFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Destroy a country's keys at the hub, when all of its records were purged. Only with custodians' approval."""
    from hub.cli.installation import in_use, installation
    from hub.log import acts

    country = _named(Country, country, "a country is two capital letters")
    settings = Settings.from_env()
    with installation(settings) as hub:
        if in_use(hub.store.database, hub.vault.database, f"vault/{country}/wrapping"):
            raise Reject(f"the vault knows persons of {country}: its keys are destroyed when their records are purged")
        asked, files = _destroying(settings.keys_dir / "vault" / country, country)
        if ask_for is not None:
            answer(ask(hub, asked, ask_for), as_json)
            return
        with acts.approved(hub.receiver, settings.acts_path, asked, acts.today()) as kept:
            if kept is None:
                raise Reject("a country's keys are destroyed by two custodians, and none are enrolled")
            for file in files:
                keyfiles.destroy(file)
    answer({"country": country, "destroyed": [file.name for file in files]}, as_json)


@keys.command("roll", epilog="Example: hub keys roll PT")
def roll(
    country: Annotated[str, typer.Argument(help="Whose K2 may be known to somebody.")], as_json: JsonFlag = False
) -> None:
    """At the hub: lay a new K2 over all tokens of a country at once. What was stolen before finds nobody in it."""
    from hub.cli.installation import installation
    from hub.vault.keys import layer_name
    from hub.vault.rotation import layers_of
    from hub.vault.rotation import roll as lay

    country = _named(Country, country, "a country is two capital letters")
    settings = Settings.from_env()
    with installation(settings) as hub:
        hub.vault.keys.subject_rows(country, layers_of(hub.vault, country))  # stops where a K2 is missing
        number = layers_of(hub.vault, country) + 1
        # The key first: killed in between, the next command that opens the vault finds it, and lays it.
        keyfiles.secret(settings.keys_dir / "vault" / country / layer_name(number))
        answer({"country": country, "key": layer_name(number), "persons": lay(hub.vault, country, number)}, as_json)


@keys.command("status", epilog="Example: hub keys status --json")
def status(as_json: JsonFlag = False) -> None:
    """Each domain's epoch: in the vault, and of the keys that are here; and who was seen while a window is open."""
    from hub.cli.installation import installation
    from hub.edge.epochs import epochs_in
    from hub.vault.epochs import country_of
    from hub.vault.rotation import layers_of, windows

    settings = Settings.from_env()
    with installation(settings) as hub:
        vault = {window.domain: window for window in windows(hub.vault)}
        edge = {folder.name: epochs_in(folder) for folder in (settings.keys_dir / "edge").glob("*")}
        shared = (settings.keys_dir / "national").glob("*/*")
        edge |= {f"{folder.parent.name}/{folder.name}": epochs_in(folder) for folder in shared}
        rows = [
            {
                "domain": name,
                "epoch": vault[name].epoch if name in vault else None,
                "keys": edge.get(name, []),
                "persons": vault[name].persons if name in vault else 0,
                "seen": vault[name].seen if name in vault else 0,
                "layers": layers_of(hub.vault, country_of(name)),
            }
            for name in sorted(vault.keys() | edge.keys())
        ]
    if as_json:
        answer({"domains": rows}, as_json)
    else:
        table(list(rows[0]) if rows else [], [tuple(row.values()) for row in rows])


def _folder(settings: Settings, domain: str) -> tuple[Path, bool]:
    """Where a domain's keys are, and whether they are a country's."""
    from hub.cli.installation import national

    country, shared, purpose = domain.partition("/")
    if shared:
        rule = "a country's key is like PT/evaluation"
        return settings.keys_dir / national(_named(Country, country, rule), _named(Code, purpose, rule)), True
    return settings.keys_dir / "edge" / _named(PartnerId, domain, "a partner's name is like pt-apav"), False


def _closing(hub: "Installation", window: "Window") -> "Asked":
    """What custodians approve: whom no token leads to from then on."""
    from hub.log.acts import Asked
    from hub.vault.rotation import unlinkable

    gone = unlinkable(hub.vault, window.domain)
    digest = sha256(",".join(map(str, gone)).encode()).hexdigest()
    about = {"domain": window.domain, "epoch": str(window.epoch), "unlinkable": str(len(gone))}
    return Asked("CLOSE_EPOCH", about, digest)


def _destroying(folder: Path, country: str) -> "tuple[Asked, list[Path]]":
    """What custodians approve, and the files. Killed half-way, those that are left are asked for anew."""
    from hub.log.acts import Asked
    from hub.vault.custody import fingerprint

    files = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise Reject(f"there is no key of {country} here")
    prints = [fingerprint(f"{country}/{file.name}", keyfiles.secret(file, create=False)) for file in files]
    digest = sha256(",".join(prints).encode()).hexdigest()
    return Asked("DESTROY_KEYS", {"country": country, "keys": str(len(files))}, digest), files


def _named(form: Any, text: str, rule: str) -> str:
    try:
        TypeAdapter(form).validate_python(text)
    except ValidationError:
        raise Reject(rule) from None
    return text
