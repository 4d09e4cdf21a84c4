"""The custodians' other door: who they are, and the acts that two of three have to approve."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub import keyfiles
from hub.cli.answer import JsonFlag, answer, table
from hub.cli.asking import ask, read, told, write
from hub.errors import Reject
from hub.settings import Settings

app = typer.Typer()
"""Commands of `hub custody`."""


@app.command("enrol", epilog="Example: hub custody enrol enrol.act --custodian 9f2c…:03ab… (three times)")
def enrol(
    file: Annotated[Path, typer.Argument(help="Where the act goes.")],
    custodian: Annotated[list[str], typer.Option(help="public:signs, as `hub custody new` tells them. Three of them.")],
    as_json: JsonFlag = False,
) -> None:
    """At the hub: ask that these three be the custodians. It holds once it is approved and on record."""
    from hub.cli.installation import installation
    from hub.log.acts import Asked
    from hub.vault.acts import Custodian, digest_about, enrolment

    keys = [Custodian(*each.partition(":")[::2]) for each in custodian]
    if not all(len(key) == 64 and set(key) <= set("0123456789abcdef") for pair in keys for key in pair):
        raise typer.BadParameter("two times 64 hex digits, apart by a colon", param_hint="--custodian")
    about = enrolment(keys)
    with installation(Settings.from_env()) as hub:
        answer(ask(hub, Asked("ENROL", about, digest_about(about)), file), as_json)


@app.command("ask", epilog="Example: hub custody ask var/deliveries/rejected/0f1e….delivery forget.act")
def ask_for(
    delivery: Annotated[Path, typer.Argument(help="A sealed request to forget more than fifty persons.")],
    file: Annotated[Path, typer.Argument(help="Where the act goes.")],
    as_json: JsonFlag = False,
) -> None:
    """At the hub: ask that a partner's request be carried out, which was put aside for its number of persons."""
    from hub.cli.installation import installation

    with installation(Settings.from_env()) as hub:
        asked, request = _request(hub, delivery)
        answer(ask(hub, asked, file, named=request), as_json)


@app.command("approve", epilog="Example: hub custody approve purge.act --key anna.key")
def approve(
    act: Annotated[Path, typer.Argument(help="What is asked.")],
    key: Annotated[Path | None, typer.Option(help="The custodian's secret key. Without it: only tell.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """At a custodian, without a hub: read what is asked, and sign it. The approval goes beside the act."""
    import msgspec

    from hub.vault.acts import approve as sign
    from hub.vault.acts import read_act

    asked = read_act(read(act))
    if key is None:
        answer(told(asked), as_json)
        return
    approval = sign(asked, keyfiles.secret(key, create=False))
    file = act.with_suffix(f".{approval.signer[:8]}.approval")
    write(file, msgspec.json.encode(approval, order="sorted"))
    answer({**told(asked), "approval": str(file)}, as_json)


@app.command("record", epilog="Example: hub custody record purge.9f2c1d3e.approval purge.03ab77d1.approval")
def record(
    approvals: Annotated[list[Path], typer.Argument(help="The approvals of one act.")], as_json: JsonFlag = False
) -> None:
    """At the hub: check approvals, and put them into the log. Then the act may be carried out, once."""
    from hub.cli.installation import installation
    from hub.log import acts
    from hub.vault.acts import read_approval

    settings = Settings.from_env()
    brought = [read_approval(read(each)) for each in approvals]
    with installation(settings) as hub:
        new = acts.record(hub.receiver, settings.acts_path, brought, acts.today())
        answer({**told(brought[0].act), "new": new, "position": hub.store.position()}, as_json)


@app.command("status", epilog="Example: hub custody status --json")
def status(as_json: JsonFlag = False) -> None:
    """The custodians by their signing keys, and every act on record: until when it holds, and whether it was used."""
    from hub.cli.installation import installation
    from hub.log import acts

    settings = Settings.from_env()
    with installation(settings) as hub:
        now = acts.custodians(hub.receiver)
    rows: list[dict[str, Any]] = [
        {"act": each.act.act, "kind": each.act.kind, "valid_until": str(each.act.valid_until), "used": each.used}
        for each in acts.every(settings.acts_path)
        if each.act.kind != "ENROL"
    ]
    if as_json:
        answer({"list": now.number, "custodians": [each.signer for each in now.those], "acts": rows}, as_json)
        return
    answer({"list": now.number, "custodians": [each.signer for each in now.those]}, as_json)
    table(list(rows[0]) if rows else [], [tuple(row.values()) for row in rows])


def _request(hub: Any, path: Path) -> tuple[Any, str]:
    """What a sealed request asks for, of which only the hub can tell how many persons it names."""
    from cryptography.exceptions import InvalidTag

    from hub.events.wire import ERASURE, Digest, End, open_closing
    from hub.log.acts import Asked
    from hub.transport import files

    try:
        with files.opened(path) as delivery:
            header, parts = delivery.header, list(delivery.parts)
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None
    if header.dataset != ERASURE or not parts or not isinstance(parts[-1], End):
        raise Reject(f"{path.name} is no request to forget")
    digest = Digest(header)
    for part in parts:
        digest.add(part)
    try:
        persons = open_closing(parts[-1].closing, hub.payload_secret, header).rows
    except (InvalidTag, ValueError):
        raise Reject(f"{path.name} does not open: it is not for this hub, or was changed") from None
    about = {"partner": header.partner, "request": header.delivery, "reason": str(header.erases)}
    return Asked("FORGET", {**about, "persons": str(persons)}, digest.hex()), header.delivery
