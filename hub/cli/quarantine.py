"""The door of the quarantine: what was refused and why, opened by its partner, and replayed after a fix."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.answer import JsonFlag, answer, progress, table
from hub.settings import Settings

app = typer.Typer()
quarantine = typer.Typer(no_args_is_help=True, help="Refused rows: listed, opened by their partner, replayed.")
app.add_typer(quarantine, name="quarantine")


@quarantine.command("list", epilog="Example: hub quarantine list --partner pt-apav")
def list_rows(
    partner: Annotated[str | None, typer.Option(help="Whose.")] = None,
    rule: Annotated[str | None, typer.Option(help="Which rule they broke.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Rows that wait, by rule; deliveries put aside as a whole; and what was replayed, with the versions on record."""
    from hub.adapters.rules import catalogue
    from hub.cli.installation import installation
    from hub.cli.replaying import put_aside
    from hub.log.quarantine import replays, waiting

    known = catalogue()
    with installation(Settings.from_env()) as hub:
        rows = [
            {**each._asdict(), "mend": known[each.rule].mend if each.rule in known else "data"}
            for each in waiting(hub.store)
            if partner in (None, each.partner) and rule in (None, each.rule)
        ]
        aside = put_aside(hub)
        done = [each._asdict() for each in replays(hub.store)]
    if as_json:
        answer({"waiting": rows, "put_aside": aside, "replays": done}, as_json)
        return
    for lines in (rows, aside, done):
        if lines:
            table(list(lines[0]), [tuple(str(value)[:32] for value in line.values()) for line in lines])
            print()


@quarantine.command("open", epilog="Example: hub quarantine open 3f2a… --to refused.xlsx")
def open_rows(
    delivery: Annotated[str, typer.Argument(help="The delivery's id.")],
    to: Annotated[Path, typer.Option(help="A workbook (*.xlsx). It holds the rows: it stays at the partner.")],
    language: Annotated[str, typer.Option(help="en nl fr pt bg hr fi it.")] = "en",
    as_json: JsonFlag = False,
) -> None:
    """At the partner: a delivery's refused rows, each broken cell marked, opened with the partner's own key."""
    from hub.adapters.rules import LANGUAGES
    from hub.cli.installation import installation
    from hub.cli.replaying import open_delivery

    if language not in LANGUAGES:
        raise typer.BadParameter(f"one of {' '.join(LANGUAGES)}", param_hint="--language")
    if to.suffix != ".xlsx":
        raise typer.BadParameter("a name that ends in .xlsx", param_hint="--to")
    with installation(Settings.from_env()) as hub:
        answer({"rows": open_delivery(hub, delivery, to, language), "workbook": str(to)}, as_json)


@quarantine.command("replay", epilog="Example: hub quarantine replay --adapter pt_apav --rule unknown-code")
def replay(
    adapter: Annotated[str, typer.Option(help="The mended adapter: its name, or the file (*.yaml, *.py:name).")],
    partner: Annotated[str | None, typer.Option(help="Whose rows, when the adapter does not say it.")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="Rows that broke this rule; may be repeated.")] = None,
    delivery: Annotated[list[str] | None, typer.Option(help="Rows of this delivery; may be repeated.")] = None,
    to: Annotated[Path | None, typer.Option(help="Only leave sealed deliveries in this folder.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """At the partner: read refused rows once more. What passes now is delivered; what does not stays where it is."""
    from hub.cli.installation import installation
    from hub.cli.partner import show_problems
    from hub.cli.replaying import replay_all

    with installation(Settings.from_env()) as hub:
        result = replay_all(hub, adapter, partner, {*(rule or ())}, {*(delivery or ())}, to, progress)
    if as_json:
        answer(result, as_json)
        return
    answer({name: result[name] for name in ("replayed", "refused_again", "not_by_mapping")}, as_json)
    show_problems(result["problems"], result["language"])


@quarantine.command("retry", epilog="Example: hub quarantine retry 3f2a…")
def retry(
    delivery: Annotated[str, typer.Argument(help="The delivery's id.")],
    as_json: JsonFlag = False,
) -> None:
    """At the hub: a delivery that was put aside as a whole goes back to the inbox, for the next `hub receive`."""
    from hub.cli.installation import installation
    from hub.cli.replaying import back

    with installation(Settings.from_env()) as hub:
        back(hub, delivery)
    answer({"delivery_id": delivery, "waits": "inbox"}, as_json)
