"""The door of those who must be forgotten: a partner names them, and the hub has no way back to anybody."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from hub.cli.answer import JsonFlag, answer, progress
from hub.errors import Reject, Stop
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.cli.installation import Installation
    from hub.events.wire import Delivery

app = typer.Typer()


@app.command(epilog="Example: hub forget - --adapter pt_apav --reason CONSENT_WITHDRAWN < cases.txt")
def forget(
    file: Annotated[Path, typer.Argument(help="Whom: one a line, cells apart by tabs; - reads standard input.")],
    adapter: Annotated[str, typer.Option(help="An adapter's name, or a mapping file (*.yaml): whose persons.")],
    reason: Annotated[
        str,
        typer.Option(
            help="GDPR art. 17(1): NOT_NECESSARY, CONSENT_WITHDRAWN, OBJECTION, UNLAWFUL or LEGAL_OBLIGATION."
        ),
    ],
    partner: Annotated[str | None, typer.Option(help="Who asks, when it is not the mapping's partner.")] = None,
    records: Annotated[
        bool, typer.Option("--records", help="Lines are keys of records: of persons without a valid identifier.")
    ] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="Even if there are more than fifty.")] = False,
    link: Annotated[str | None, typer.Option(help="Persons named by the country's key, for this purpose.")] = None,
    to: Annotated[Path | None, typer.Option(help="A folder for the sealed request: nothing is forgotten here.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Forget persons: destroy their data keys, say so in the log, and make anew what was derived from it."""
    from hub.cli.installation import installation
    from hub.events.codes import ErasureReason
    from hub.transport import files

    if reason not in get_args(ErasureReason):
        raise typer.BadParameter("one of the five", param_hint="--reason")
    names = _names(file)
    with installation(Settings.from_env()) as hub:
        delivery, invalid = _request(
            hub, names, adapter, partner, reason, by_record=records, confirmed=confirm, link=link
        )
        if invalid:
            progress(f"{invalid} of {len(names)} identifiers are not valid: ask for these persons with --records")
        if to is None:
            answer({**_forgotten(hub, delivery), "invalid": invalid}, as_json)
        else:
            path = files.send(delivery, to)
            answer({"delivery_id": delivery.header.delivery, "file": str(path), "invalid": invalid}, as_json)


def _names(file: Path) -> list[str]:
    """What the cells of each line come to as a name. Never an argument: those stand in the list of processes."""
    from hub.adapters.names import JOINT

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Reject(f"{file.name} is not a text in UTF-8") from None
    except OSError as error:
        raise Reject(f"{file.name} cannot be read: {error.strerror}") from None
    lines = [line for line in text.splitlines() if line.strip()]
    return [JOINT.join(cell.strip() for cell in line.split("\t")) for line in lines]


def _request(
    hub: "Installation",
    names: list[str],
    adapter: str,
    partner: str | None,
    reason: str,
    *,
    by_record: bool,
    confirmed: bool,
    link: str | None,
) -> "tuple[Delivery, int]":
    from hub.adapters import find
    from hub.adapters.mapping import MappingAdapter
    from hub.cli.sender import sender_of
    from hub.edge.erase import erasure, tokens_of

    found = find(adapter)
    if not isinstance(found, MappingAdapter) or found.mapping.about_nobody:
        raise Stop("this adapter's records are about nobody: there are no persons to forget")
    sender = sender_of(found, partner, Path())
    tokens, readers = hub.tokens(*sender, link), hub.readers(sender.partner)
    named, invalid = tokens_of(found, names, tokens, by_record=by_record)
    request = erasure(
        sender, named, readers, reason=reason, confirmed=confirmed, epochs=tokens.epochs, links=tokens.links
    )
    return request, invalid


def _forgotten(hub: "Installation", delivery: "Delivery") -> dict[str, Any]:
    """Keys and log first: from there on nothing opens. Then what was derived from it."""
    from hub.cli.anew import made_anew
    from hub.cli.ingest import acknowledge
    from hub.log.receive import receive

    proven = receive(hub.receiver, delivery)
    certificate = acknowledge(hub, proven)
    return {
        "delivery_id": proven.receipt.delivery,
        "named": proven.receipt.received,
        "position": proven.receipt.position,
        "certificate": str(certificate),
        **made_anew(hub),
    }
