"""The partner's door: what adapters there are, and a file on its way in."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.answer import JsonFlag, answer, progress, table
from hub.settings import Settings

app = typer.Typer()
adapters = typer.Typer(no_args_is_help=True, help="The formats this installation reads.")
app.add_typer(adapters, name="adapters")
SHOWN = 20
"""Refused rows shown to a person; `--json` has them all."""


AdapterName = Annotated[str, typer.Option(help="An adapter's name, or a mapping file (*.yaml).")]
PartnerName = Annotated[str | None, typer.Option(help="Who delivers, when it is not the mapping's partner.")]
Complete = Annotated[
    bool, typer.Option("--complete/--partial", help="Complete: what its periods no longer state is retracted.")
]
Periods = Annotated[
    list[str] | None, typer.Option(help="What the file is about: covered even by no record, and no other.")
]
Link = Annotated[
    str | None, typer.Option(help="Name persons by the country's key, for this purpose: needs a recorded legal basis.")
]
AgreementName = Annotated[
    Path | None, typer.Option("--agreement", help="The sharing agreement that must allow all that would leave.")
]
Confirm = Annotated[
    bool, typer.Option("--confirm-retractions", help="Even if a complete file leaves out most records.")
]


@app.command(epilog="Example: hub ingest export-2025.csv --adapter pt_apav --complete")
def ingest(
    files: Annotated[list[Path], typer.Argument(help="The partner's files, in the order they were written.")],
    adapter: AdapterName,
    partner: PartnerName = None,
    complete: Complete = False,
    period: Periods = None,
    confirm_retractions: Confirm = False,
    link: Link = None,
    agreement: AgreementName = None,
    as_json: JsonFlag = False,
) -> None:
    """Read files, pseudonymise them, and append what is new to the log. The same file again says nothing new."""
    from hub.cli.ingest import ingest as ingest_file
    from hub.cli.installation import installation
    from hub.events.wire import COUNTS

    with installation(Settings.from_env()) as hub:
        done = [
            ingest_file(
                hub,
                path,
                adapter,
                partner=partner,
                complete=complete,
                confirmed=confirm_retractions,
                periods=tuple(period or ()),
                link=link,
                agreement=agreement,
                echo=progress,
            )
            for path in files
        ]
    result = {name: sum(each[name] for each in done) for name in COUNTS}
    result["delivery_id"] = done[-1]["delivery_id"]
    if as_json:
        answer({**result, "deliveries": done}, as_json=True)
        return
    answer(result, as_json=False)
    refusals = [(e["delivery_id"][:8], r["position"], r["rule"], r["place"]) for e in done for r in e["refusals"]]
    if refusals:
        print()
        table(["delivery", "position", "rule", "column"], refusals[:SHOWN])
        if len(refusals) > SHOWN:
            print(f"and {len(refusals) - SHOWN:,} more; --json lists them all")


@app.command(epilog="Example: hub push export-2025.csv --adapter pt_apav --complete --to outbox")
def push(
    file: Annotated[Path, typer.Argument(help="The partner's file.")],
    adapter: AdapterName,
    to: Annotated[Path, typer.Option(help="The folder for the sealed delivery: whoever carries it cannot read it.")],
    partner: PartnerName = None,
    complete: Complete = False,
    period: Periods = None,
    confirm_retractions: Confirm = False,
    link: Link = None,
    agreement: AgreementName = None,
    as_json: JsonFlag = False,
) -> None:
    """Seal a file into a delivery, and leave it in a folder. Nothing is received."""
    from hub.cli.ingest import make_task
    from hub.cli.ingest import push as push_file
    from hub.cli.installation import installation

    with installation(Settings.from_env()) as hub:
        task = make_task(
            hub,
            file,
            adapter,
            partner,
            complete=complete,
            confirmed=confirm_retractions,
            periods=tuple(period or ()),
            link=link,
            agreement=agreement,
        )
        sent = push_file(task, to, progress)
    answer({"delivery_id": sent.stem, "delivery": str(sent)}, as_json)


@adapters.command("preview", epilog="Example: hub adapters preview export-2025.csv --adapter pt_apav --rows 3")
def preview_file(
    file: Annotated[Path, typer.Argument(help="The partner's file.")],
    adapter: AdapterName,
    rows: Annotated[int, typer.Option(min=1, help="How many of its first rows.")] = 5,
    as_json: JsonFlag = False,
) -> None:
    """What would leave of a file: each column's way, and the first rows to the letter. Nothing is stored or sent."""
    from hub.cli.preview import preview

    result = preview(file, adapter, rows)
    if as_json:
        answer(result, as_json)
        return
    listed = result["allow_list"]
    print(f"allow-list {listed['version']} of {listed['decided']}, digest {listed['digest'][:16]}\n")
    table(["column", "leaves as"], list(result["columns"].items()))
    for row in result["rows"]:
        print(f"\n{row['position']}" + (f", {row['period']}" if row.get("period") else ""))
        for fact in row.get("facts", ()):
            print(f"  {fact['event']} {fact['data']}")
        for refused in row.get("refused", ()):
            print(f"  refused: {refused['rule']} at {refused['place']}")
    if result["unlinked"]:
        print(f"\n{result['unlinked']} of these rows name a person by an identifier that is not valid")


@adapters.command("codes", epilog="Example: hub adapters codes export.ndjson --adapter fhir --unmapped")
def count_codes(
    file: Annotated[Path, typer.Argument(help="A FHIR file.")],
    adapter: AdapterName,
    unmapped: Annotated[bool, typer.Option("--unmapped", help="Those alone that say nothing to the hub.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Which codes a FHIR file uses, how often, and how well each fits the hub's. Nothing is stored or sent."""
    from hub.cli.preview import codes

    found = [each for each in codes(file, adapter) if not unmapped or each["relation"] == "unmapped"]
    if as_json:
        answer({"codes": found}, as_json=True)
    else:
        table(["table", "system", "code", "relation", "times"], [tuple(each.values()) for each in found])


@adapters.command("list", epilog="Example: hub adapters list --json")
def list_adapters(as_json: JsonFlag = False) -> None:
    """The adapters that are installed: partners' mappings, then the Python ones."""
    from hub.adapters import every

    found = list(every())
    if as_json:
        answer({"adapters": [{"name": name, "kind": kind} for name, kind in found]}, as_json=True)
    else:
        table(["name", "kind"], found)
