"""Acts that custodians approve, as commands ask for them: a file for those who sign, and nothing is done."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.errors import Reject

if TYPE_CHECKING:
    from hub.cli.installation import Installation
    from hub.log.acts import Asked

AskFlag = Annotated[
    Path | None, typer.Option("--ask", help="Do nothing: write the act that two custodians have to approve.")
]


def ask(hub: "Installation", asked: "Asked", file: Path, *, named: str | None = None) -> dict[str, Any]:
    """Write an act, and tell what it says. `named`: its id, where what it is about has one."""
    from hub.log import acts
    from hub.vault.acts import DAYS, Act, document

    number = acts.custodians(hub.receiver).number
    if not number and asked.kind != "ENROL":
        raise Reject("no custodians are enrolled: there is nobody to ask (hub custody enrol)")
    act = Act(
        act=named or secrets.token_hex(16),
        kind=asked.kind,
        log=acts.log_of(hub.receiver),
        custodians=number,
        about=dict(asked.about),
        digest=asked.digest,
        valid_until=acts.today() + timedelta(days=DAYS),
    )
    write(file, document(act))
    return {**told(act), "file": str(file)}


def told(act: Any) -> dict[str, Any]:
    """What an act says, for those who are to judge it."""
    return {
        "act": act.act,
        "kind": act.kind,
        **act.about,
        "digest": act.digest,
        "log": act.log,
        "list_of_custodians": act.custodians,
        "valid_until": str(act.valid_until),
    }


def write(file: Path, content: bytes) -> None:
    """A new file. Raises Reject where there is one: it may be what somebody signs at this moment."""
    try:
        with file.open("xb") as new:
            new.write(content)
    except FileExistsError:
        raise Reject(f"{file.name} is there already") from None


def read(file: Path) -> bytes:
    """A file that somebody brought."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Reject(f"{file.name} cannot be read: {error.strerror}") from None
