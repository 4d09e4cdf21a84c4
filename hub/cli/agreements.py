"""The door of sharing agreements: check one, and let the hub know it."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.answer import JsonFlag, answer
from hub.errors import Stop
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.adapters.agreement_file import Agreement
    from hub.cli.installation import Installation

app = typer.Typer()
agreements = typer.Typer(no_args_is_help=True, help="By what right partners share: files that are enforced.")
app.add_typer(agreements, name="agreements")
AgreementFile = Annotated[Path, typer.Argument(help="The agreement (*.yaml).")]


@agreements.command("check", epilog="Example: hub agreements check pt_apav.agreement.yaml --adapter pt_apav")
def check(
    file: AgreementFile,
    adapter: Annotated[
        str | None, typer.Option(help="An adapter's name or a mapping file: may it send what it would?")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read an agreement and say its digest, which approvals name, and whether it holds today. Exit 5 if it does not."""
    from hub.adapters import find
    from hub.adapters.agreement import enforce, load_agreement, not_in_force
    from hub.adapters.mapping import MappingAdapter

    agreement = load_agreement(file)
    why = not_in_force(agreement, date.today())
    answer({**_named(agreement), "in_force": not why, "missing": why}, as_json)
    if why:
        raise Stop(f"{file.name} is not in force: {'; '.join(why)}")
    if adapter is not None:
        found = find(adapter)
        partner = found.mapping.partner if isinstance(found, MappingAdapter) else agreement.partner
        enforce(agreement, found, partner, date.today())


@agreements.command("record", epilog="Example: hub agreements record pt_apav.agreement.yaml --json")
def record(file: AgreementFile, as_json: JsonFlag = False) -> None:
    """Let the hub know an approved agreement, in its log for ever. What it does not cover is then not released."""
    from hub.adapters.agreement import load_agreement
    from hub.cli.agreed import kept_longer
    from hub.cli.installation import installation
    from hub.cli.periods import read_periods

    agreement, settings = load_agreement(file), Settings.from_env()
    if why := kept_longer(read_periods(settings.retention_path), agreement.partner, agreement.retention_months):
        raise Stop(f"this agreement is not recorded: {why}")
    with installation(settings) as hub:
        new = record_agreement(hub, agreement, today=date.today())
        answer({**_named(agreement), "new": new, "position": hub.store.position()}, as_json)


def record_agreement(hub: "Installation", agreement: "Agreement", *, today: date) -> bool:
    """Append `agreement.recorded`, once. Whether it was new. Raises Stop for one that is not approved, or that says
    something else than the same version did before: what was approved is not changed, it gets a new version."""
    from hub.adapters.agreement import not_approved
    from hub.events.agreement import AgreementRecorded
    from hub.log import own
    from hub.projections import history

    # One that begins later may be known today; one that has ended still says by what right things came.
    if why := not_approved(agreement, today):
        raise Stop(f"this agreement is not recorded: {'; '.join(why)}")
    name = f"agreement|{agreement.partner}|{agreement.dataset}|{agreement.version}"
    event = AgreementRecorded(
        partner=agreement.partner,
        dataset=agreement.dataset,
        agreement_version=agreement.version,
        digest=agreement.digest(),
        purposes=tuple(agreement.purposes),
        recipients=tuple(agreement.recipients),
        lawful_basis=tuple(agreement.lawful_basis),
        retention_months=agreement.retention_months,
        valid_from=agreement.valid_from,
        valid_until=agreement.valid_until,
    )
    stream = history.stream_of(hub.store, hub.vault, own.TENANT, own.DATASET, name.encode())
    if stream is not None:
        first = next(history.said(hub.store, hub.vault, stream))
        if first.changed["digest"][1] != event.digest:
            raise Stop(f"version {agreement.version} is known with another digest: give the changed one a new version")
        return False
    return own.state(hub.receiver, name, event)


def _named(agreement: "Agreement") -> dict[str, Any]:
    return {
        "partner": agreement.partner,
        "dataset": agreement.dataset,
        "version": agreement.version,
        "digest": agreement.digest(),
    }
