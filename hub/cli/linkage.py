"""The door to linking persons across a country's partners: closed, until a legal basis is recorded."""

from datetime import date
from typing import Annotated, Any, get_args

import typer
from pydantic import ValidationError

from hub import keyfiles
from hub.cli.answer import JsonFlag, answer
from hub.errors import Reject
from hub.settings import Settings

app = typer.Typer()
linkage = typer.Typer(no_args_is_help=True, help="One person, one subject across a country's partners: only by law.")
app.add_typer(linkage, name="linkage")
Country = Annotated[str, typer.Argument(help="Two capital letters.")]


@linkage.command(
    "authorise",
    epilog="Example: hub linkage authorise PT --basis PUBLIC_TASK --article L130-2015.24 --purpose evaluation "
    "--valid-from 2026-01-01",
)
def authorise(
    country: Country,
    basis: Annotated[str, typer.Option(help="GDPR art. 6(1): CONSENT, LEGAL_OBLIGATION or PUBLIC_TASK.")],
    article: Annotated[str, typer.Option(help="The provision of national law, as a short code.")],
    purpose: Annotated[list[str], typer.Option(help="What persons are linked for, as a short code; up to five.")],
    valid_from: Annotated[str, typer.Option(help="The day it begins: 2026-01-01.")],
    as_json: JsonFlag = False,
) -> None:
    """At the hub: state in the log on what basis a country's partners may link their records of one person."""
    from hub.events.codes import LinkageBasis
    from hub.events.linkage import LinkageAuthorised

    if basis not in get_args(LinkageBasis):
        raise typer.BadParameter("one of the three", param_hint="--basis")
    said = {"country": country, "basis": basis, "article": article, "purposes": purpose, "valid_from": valid_from}
    answer({**said, "new": _state(LinkageAuthorised, said)}, as_json)


@linkage.command("end", epilog="Example: hub linkage end PT")
def end(country: Country, as_json: JsonFlag = False) -> None:
    """At the hub: the basis fell away. Nothing of the country is linked from here on."""
    from hub.events.linkage import LinkageEnded

    said = {"country": country, "ended_on": date.today().isoformat()}
    answer({**said, "new": _state(LinkageEnded, said)}, as_json)


@linkage.command("key", epilog="Example: hub linkage key PT evaluation")
def key(
    country: Country,
    purpose: Annotated[str, typer.Argument(help="What persons are linked for.")],
    as_json: JsonFlag = False,
) -> None:
    """At one partner: make the country's key for a purpose. Its other partners get a copy, the hub never."""
    from pydantic import TypeAdapter

    from hub.cli.installation import national
    from hub.edge.epochs import epochs_in, name_of
    from hub.events.base import Code
    from hub.events.base import Country as CountryCode
    from hub.vault.epochs import FIRST

    try:
        TypeAdapter(tuple[CountryCode, Code]).validate_python((country, purpose))
    except ValidationError:
        raise Reject("a country is two capital letters, and a purpose a short code") from None
    name = national(country, purpose)
    folder = Settings.from_env().keys_dir / name
    if epochs_in(folder):
        raise Reject(f"the key {name} is there already")
    path = folder / name_of(FIRST)
    keyfiles.secret(path)
    answer({"key": name, "file": str(path)}, as_json)


def _state(event: Any, said: dict[str, Any]) -> bool:
    from hub.cli.installation import installation
    from hub.log import own
    from hub.log.linkage import stream_name

    try:
        stated = event(**said)
    except ValidationError as error:
        fields = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
        raise Reject(f"{fields}: another form than docs/commands.md says") from None
    with installation(Settings.from_env()) as hub:
        return own.state(hub.receiver, stream_name(said["country"]), stated)
