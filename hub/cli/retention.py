"""The door of what was kept long enough: how old each country's records are, and the purge of those that are due."""

import secrets
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from hub.cli.answer import JsonFlag, answer, progress, table
from hub.cli.asking import AskFlag, ask
from hub.errors import Reject, Retry, Stop
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.cli.installation import Installation
    from hub.cli.periods import Periods
    from hub.log.acts import Asked
    from hub.log.purges import Order

app = typer.Typer()
retention = typer.Typer(no_args_is_help=True, help="How long records are kept, and the end of that.")
app.add_typer(retention, name="retention")
Row = dict[str, Any]


@retention.command("status", epilog="Example: hub retention status --json")
def status(as_json: JsonFlag = False) -> None:
    """Each country's records by the year in which the hub last learned of them; what is due, and what was purged; and
    whether sharing agreements allow what is kept. Exit 5 if one does not."""
    from hub.cli.agreed import beside_periods
    from hub.cli.installation import installation
    from hub.cli.periods import read_periods
    from hub.log import purges

    settings = Settings.from_env()
    periods = read_periods(settings.retention_path)
    with installation(settings) as hub:
        rows = _years(hub, periods, date.today())
        done = [
            {"country": each.country, "until": str(each.until), "position": each.position, "ended": each.swept}
            for each in purges.progress(hub.store)
            if each.position
        ]
        agreed = beside_periods(hub.store, periods)
    if as_json:
        answer({"years": rows, "purges": done, "agreements": agreed}, as_json)
    else:
        for lines in (rows, done, agreed):
            if lines:
                table(list(lines[0]), [tuple(line.values()) for line in lines])
    if not periods.years:
        progress(f"no periods are set: {settings.retention_path.name}, see docs/retention.md")
    if longer := [f"{each['partner']} {each['dataset']}" for each in agreed if each["state"] == "KEPT_LONGER"]:
        raise Stop(f"kept longer than agreed: {', '.join(longer)}. Shorten retention.yaml, or agree anew")


@retention.command("purge", epilog="Example: hub retention purge --country PT --dry-run")
def purge(
    country: Annotated[str, typer.Option(help="Whose records: PT.")],
    until: Annotated[
        int | None, typer.Option(min=1900, max=2999, help="A year; the last one that is due, if none is named.")
    ] = None,
    reason: Annotated[str, typer.Option(help="PERIOD_ENDED, MANDATE_ENDED or LEGAL_OBLIGATION.")] = "PERIOD_ENDED",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be purged.")] = False,
    ask_for: AskFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Purge a country's records that are due: nothing of them is left, and every proof still verifies."""
    from hub.cli.installation import installation
    from hub.cli.periods import read_periods
    from hub.events.codes import PurgeReason
    from hub.log import acts
    from hub.log.purges import Order
    from hub.vault.acts import digest_of

    if reason not in get_args(PurgeReason):
        raise typer.BadParameter("one of the three", param_hint="--reason")
    settings, today = Settings.from_env(), date.today()
    periods = read_periods(settings.retention_path)
    order = Order(secrets.token_hex(16), country, _until(periods, country, until, today), reason)
    before = max(f"{order.until + 1}", periods.refused_before(today) or "")
    with installation(settings) as hub:
        found, root = _due(hub, order, before)
        if dry_run:
            answer({**found, "purged": False}, as_json)
            return
        asked = _asked(order, found, root)
        if ask_for is not None:
            answer(ask(hub, asked, ask_for), as_json)
            return
        with acts.approved(hub.receiver, settings.acts_path, asked, acts.today()) as kept:
            if kept is not None:
                # An order is carried out once by its id, whatever is killed or put back.
                order = Order(kept.act.act, country, order.until, reason, tuple(map(digest_of, kept.approvals)))
            _carried_out(hub, order, before, found)
        answer({**found, "purged": True, **_ended(hub, order)}, as_json)


def _until(periods: "Periods", country: str, asked: int | None, today: date) -> int:
    """The last year to purge. Raises Stop without a period, Reject for a year that is kept still."""
    due = periods.due(country, today)
    if due is None:
        raise Stop("no period is set for that country (retention.yaml): nothing is purged without one")
    if asked is not None and asked > due:
        raise Reject(f"{asked} is kept still: {country}'s records are due until {due}")
    return due if asked is None else asked


def _years(hub: "Installation", periods: "Periods", today: date) -> list[Row]:
    import sqlalchemy as sa

    from hub.log.due import Sealed, read
    from hub.log.tables import deliveries

    with hub.store.reading() as connection:
        found: Sequence[str] = connection.scalars(sa.select(deliveries.c.country).distinct()).all()
    sealed = {country: Sealed() for country in sorted({*found, *periods.years} - {"EU"})}
    read(hub.store, sealed, 0, hub.store.position(), progress)
    return [
        {"country": country, "year": str(year), "records": counts[0], "events": counts[1]}
        | _kept(periods, country, year, today)
        for country, each in sealed.items()
        for year, counts in each.by_year().items()
    ]


def _kept(periods: "Periods", country: str, year: int, today: date) -> Row:
    due = periods.due(country, today)
    if due is None:
        return {"kept_until": None, "due": False}
    return {"kept_until": str(year + periods.years[country]), "due": year <= due}


def _asked(order: "Order", found: Row, root: str) -> "Asked":
    """What custodians approve. From then on less may be due, and never more: who is spoken of again is kept."""
    from hub.log.acts import Asked

    counts = {name: str(found[name]) for name in ("country", "until", "refused_before", "records", "events")}
    return Asked("PURGE", {**counts, "reason": order.reason}, root)


def _due(hub: "Installation", order: "Order", before: str) -> tuple[Row, str]:
    """What would go, counted; and the root of its leaves."""
    from hub.log import purging
    from hub.log.due import Sealed, read

    sealed = Sealed()
    read(hub.store, {order.country: sealed}, 0, hub.store.position(), progress)
    due = sealed.due(order.until)
    root = purging.root_due(hub.store, due)
    counts = {
        "country": order.country,
        "until": str(order.until),
        "records": len(due.streams),
        "events": len(due.positions),
        "refused_before": before,
        "put_aside": len(_put_aside(hub, order.country, before)),
    }
    return counts, root


def _carried_out(hub: "Installation", order: "Order", before: str, found: Row) -> None:
    """Refused rows and put-aside deliveries; then, where records are due, the order, which survives a kill."""
    from hub.log import purges, purging, quarantine

    with purging.at_work(hub.settings.purges_path) as alone:
        if not alone:
            raise Retry("another purge is at work: try again when it is done")
        with hub.store.writing() as connection:
            found["refused"] = quarantine.drop(connection, order.country, before)
        for path in _put_aside(hub, order.country, before):
            path.unlink(missing_ok=True)
        if found["records"]:
            purges.give(hub.settings.purges_path, order)
            purging.carry_out(hub.receiver, hub.settings.purges_path, progress)
        elif found["refused"]:
            purging.sweep_log(hub.store, progress)


def _ended(hub: "Installation", order: "Order") -> Row:
    from hub.cli.anew import made_anew
    from hub.log import purges

    done = next((each for each in purges.progress(hub.store) if each.purge == order.purge), None)
    if done is None:
        return {"position": None}
    if not done.swept:
        progress("somebody reads the log: its files still hold what was purged, until the next command")
    return {"position": done.position, "ended": done.swept, **made_anew(hub)}


def _put_aside(hub: "Installation", country: str, before: str) -> list[Path]:
    """Deliveries that were put aside before a month, of a country; and torn ones, which may be anybody's."""
    from hub.transport import files

    found = []
    for path in files.pending(hub.settings.deliveries_dir / "rejected"):
        month = f"{date.fromtimestamp(path.stat().st_mtime):%Y-%m}"
        if month < before:
            try:
                with files.opened(path) as delivery:
                    theirs = delivery.header.country
            except Reject:
                theirs = country
            found += [path] if theirs == country else []
    return found
