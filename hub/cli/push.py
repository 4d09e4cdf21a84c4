"""The edge's door: files sealed into deliveries, in a folder or on their way to a broker, and where each of them is."""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.answer import JsonFlag, answer, progress, table
from hub.cli.partner import AgreementName, Complete, Confirm, Link, PartnerName, Periods
from hub.errors import Retry, Stop
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.cli.beside import Task
    from hub.cli.outbox import Outbox

app = typer.Typer()
EVERY = 60.0
"""Seconds between two looks at a folder: what lies in it then is sent together."""


@app.command(epilog="Example: hub push export-2025.csv --adapter pt_apav --complete --to outbox")
def push(
    file: Annotated[
        Path | None, typer.Argument(help="The partner's file; without one, what was sealed before is sent.")
    ] = None,
    adapter: Annotated[
        str | None, typer.Option(help="An adapter's name, a mapping file (*.yaml), or path.py:name.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="A folder, or a broker: kafka://host:port. Whoever carries it cannot read it.")
    ] = None,
    watch: Annotated[
        Path | None, typer.Option(help="A folder: whatever file appears in it is sealed, sent and archived.")
    ] = None,
    every: Annotated[float, typer.Option(min=0.2, max=86_400, help="With --watch: seconds between two looks.")] = EVERY,
    wait: Annotated[
        float, typer.Option(min=0, max=86_400, help="To a broker: seconds to wait for the hub's receipt.")
    ] = 0,
    status: Annotated[bool, typer.Option("--status", help="Only tell where every delivery is.")] = False,
    partner: PartnerName = None,
    complete: Complete = False,
    period: Periods = None,
    confirm_retractions: Confirm = False,
    link: Link = None,
    agreement: AgreementName = None,
    as_json: JsonFlag = False,
) -> None:
    """Seal a file into a delivery, and send it. It is on this disk until the hub's receipt is proven."""
    from hub.cli.edge import Sealing, sealing
    from hub.cli.interrupted import until_interrupted
    from hub.cli.outbox import Outbox
    from hub.cli.tasks import make_task
    from hub.cli.tasks import push as push_file

    settings = Settings.from_env()
    outbox = Outbox(settings.home / "outbox")
    if status:
        _show(outbox, as_json)
        return
    if to is None or (file is None and watch is None and not _is_broker(to)):
        raise typer.BadParameter("a file and --to, or --watch and --to a broker, or --status")
    if (file is not None or watch is not None) and adapter is None:
        raise typer.BadParameter("--adapter is needed")
    if watch is not None and (file is not None or not _is_broker(to)):
        raise typer.BadParameter("--watch takes no file, and sends to a broker")

    def task_of(edge: Sealing, path: Path) -> "Task":
        return make_task(
            edge,
            path,
            adapter or "",
            partner,
            complete=complete,
            confirmed=confirm_retractions,
            periods=tuple(period or ()),
            link=link,
            agreement=agreement,
        )

    with sealing(settings) as edge:
        if not _is_broker(to):
            sent = push_file(task_of(edge, file or Path()), Path(to), progress)
            answer({"delivery_id": sent.stem, "delivery": str(sent)}, as_json)
            return
        shipping = _shipping()
        way = shipping.way(edge, outbox, to, progress)
        if watch is not None:
            from hub.cli.watching import watch as watch_folder

            with until_interrupted() as stopping:
                result = watch_folder(way, watch, lambda path: task_of(edge, path), every=every, stopping=stopping)
            answer(result, as_json)
            return
        delivery = shipping.seal(outbox, task_of(edge, file), progress) if file is not None else None
        try:
            result = way.go(wait=wait)
        except Retry as error:
            raise Retry(f"{error}. Sealed and kept: `hub push --to {to}` sends it") from None
    answer({**({"delivery_id": delivery} if delivery else {}), **result}, as_json)


def _shipping() -> ModuleType:
    """The broker's part, which only those need who send to one."""
    try:
        from hub.cli import shipping
    except ModuleNotFoundError:
        raise Stop('a broker needs one more package: pip install "victim-support-hub[edge]"') from None
    return shipping


def _is_broker(to: str) -> bool:
    return to.startswith("kafka://")


def _show(outbox: "Outbox", as_json: bool) -> None:
    rows = [_row(entry) for entry in outbox.entries()]
    if as_json:
        answer({"deliveries": rows}, as_json=True)
    else:
        table(list(rows[0]) if rows else [], [tuple(row.values()) for row in rows])


def _row(entry: Any) -> dict[str, Any]:
    from hub.events.wire import COUNTS

    receipt = entry.receipt.receipt if entry.receipt else None
    counts = {name: getattr(receipt, name) if receipt else None for name in COUNTS}
    said = (
        {"file": entry.origin.file, "dataset": entry.origin.dataset}
        if entry.origin
        else {"file": None, "dataset": None}
    )
    return {"delivery": entry.delivery, "state": entry.state, **said, **counts, "rule": entry.rule}
