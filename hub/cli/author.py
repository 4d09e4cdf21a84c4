"""The door of who writes an adapter: a draft from a sample, the kit that tries it, and the certificate."""

from pathlib import Path
from typing import Annotated

import typer

from hub import keyfiles
from hub.cli.answer import JsonFlag, answer, progress, table
from hub.errors import Reject, Stop
from hub.settings import Settings

commands = typer.Typer()
LANGUAGE_OF = {"BE": "nl", "AT": "de", "CY": "el", "GR": "el", "IE": "en", "LU": "fr", "DK": "da", "SE": "sv",
               "CZ": "cs", "EE": "et", "SI": "sl", "GB": "en"}  # fmt: skip
"""Where the country's code is not that of its language."""
PartnerName = Annotated[str | None, typer.Option(help="Who delivers: the country, a hyphen, a name: pt-casa-rosa.")]


@commands.command("new", epilog="Example: hub adapters new --sample export-2025.csv --partner pt-casa-rosa")
def new(
    sample: Annotated[Path, typer.Option(help="A file of the partner, with its header: some hundred rows.")],
    partner: Annotated[str, typer.Option(help="Who delivers: the country, a hyphen, a name: pt-casa-rosa.")],
    country: Annotated[str | None, typer.Option(help="ISO 3166-1, if it is not that of the partner's name.")] = None,
    language: Annotated[str | None, typer.Option(help="Of the words in it, two letters; else the country's.")] = None,
    to: Annotated[Path | None, typer.Option(help="The draft's file; else the partner's name, here.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Draft a mapping file from a sample: columns, dates, codes; TODO where a person must decide.

    No text of a column that may name anybody is shown or written.
    """
    from hub.cli.drafting import drafted

    land = country or partner[:2].upper()
    result = drafted(sample, partner, land, language or LANGUAGE_OF.get(land, land.lower()), to)
    if as_json:
        answer(result, as_json)
        return
    table(["column", "looks like", "becomes"], [tuple(each.values()) for each in result["columns"]])
    print(f"\n{result['mapping']}: {len(result['open'])} things to decide before `hub adapters check` passes\n")
    table(["line", "key", "what"], [tuple(each.values()) for each in result["open"]])


@commands.command("check", epilog="Example: hub adapters check pt_casa_rosa.yaml export-2025.csv --to certificate.txt")
def check(
    adapter: Annotated[str, typer.Argument(help="An adapter's name, or a mapping file (*.yaml).")],
    file: Annotated[Path | None, typer.Argument(help="A good file of it.")] = None,
    partner: PartnerName = None,
    golden: Annotated[
        Path | None, typer.Option(help="What should leave of the file; written where it is missing.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The signed certificate, if all checks pass.")] = None,
    seed: Annotated[int, typer.Option(help="Of the damage: another one tries other damage.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Try an adapter on a good file: taken whole, the same twice, damage refused, nothing marked leaves. Ends with 3
    where a check failed.
    """
    from hub.cli import certificate as certificates
    from hub.cli.conformance import check as check_adapter

    checks, measured, certified = check_adapter(adapter, file, partner=partner, golden=golden, seed=seed, echo=progress)
    key = None
    if certified and to:
        by = certificates.partner_signer(_secret(certified.partner), certified.partner)
        key = str(by.verifier)
        to.write_text(certificates.write(certified, by), "utf-8")
    if as_json:
        said = [each._asdict() for each in checks]
        answer({"checks": said, **measured, "certificate": str(to) if key else None, "key": key}, as_json)
    else:
        table(["check", "", "found"], [(each.name, each.state, (each.found or (each.says,))[0]) for each in checks])
        for each in checks:
            for more in each.found[1:]:
                print(f"  {each.name}: {more}")
        if measured:
            print(f"\n{measured['records']:,} records, {measured['records_per_second']:,} a second read and translated")
        if key:
            print(f"certificate: {to}\nkey to check it with: {key}")
    if any(each.state == "failed" for each in checks):
        raise typer.Exit(3)


@commands.command("certificate", epilog="Example: hub adapters certificate --verify certificate.txt --key casa.key")
def certificate(
    verify: Annotated[Path, typer.Option(help="The certificate.")],
    key: Annotated[str, typer.Option(metavar="KEY|FILE", help="The partner's public key, or a file with it.")],
    adapter: Annotated[
        str | None, typer.Option(help="An adapter's name or mapping file: is it the one that was certified?")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Check the certificate of an adapter, offline. Ends with 5 where it is forged, or of something else."""
    from hub.adapters import find
    from hub.cli.certificate import outdated, read
    from hub.log.notes import read_key

    given = _text(Path(key)) if "+" not in key or Path(key).is_file() else key
    said = read(_text(verify), read_key(given))
    why = outdated(said, find(adapter) if adapter else None)
    answer({**said._asdict(), "holds": not why}, as_json)
    if why:
        raise Stop(f"the certificate does not speak for what is here: {'; '.join(why)}")


def _secret(partner: str) -> bytes:
    return keyfiles.secret(Settings.from_env().keys_dir / "certificates" / partner)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Reject(f"{path.name} is not text") from None
