"""The partner's door: what adapters there are, and a file on its way in."""

from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli import author
from hub.cli.answer import JsonFlag, answer, progress, table
from hub.settings import Settings

app = typer.Typer()
adapters = typer.Typer(no_args_is_help=True, help="The formats this installation reads.")
app.add_typer(adapters, name="adapters")
adapters.registered_commands += author.commands.registered_commands
SHOWN = 20
"""Refused rows, or words, that are shown to a person; `--json` has them all."""


AdapterName = Annotated[str, typer.Option(help="An adapter's name, a mapping file (*.yaml), or path.py:name.")]
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
    for each in done:
        show_problems(each["problems"], each["language"])


@adapters.command("preview", epilog="Example: hub adapters preview export-2025.csv --adapter pt_apav --rows 3")
def preview_file(
    file: Annotated[Path, typer.Argument(help="The partner's file.")],
    adapter: AdapterName,
    rows: Annotated[int, typer.Option(min=1, help="How many of its first rows.")] = 5,
    partner: PartnerName = None,
    as_json: JsonFlag = False,
) -> None:
    """What would leave of a file: each column's way, and the first rows to the letter. Nothing is stored or sent."""
    from hub.cli.preview import preview

    result = preview(file, adapter, rows, partner)
    if as_json:
        answer(result, as_json)
        return
    listed = result["allow_list"]
    print(f"allow-list {listed['version']} of {listed['decided']}, digest {listed['digest'][:16]}\n")
    table(["column", "leaves as"], list(result["columns"].items()))
    for row in result["rows"]:
        about = [each for each in (row.get("record"), row.get("period")) if each]
        print(", ".join([f"\n{row['position']}", *about]))
        for fact in row.get("states", ()):
            print(f"  states {fact['event']}: {', '.join(fact['fields'])}")
        for fact in row.get("facts", ()):
            print(f"  leaves {fact['event']} {fact['data']}")
        for refused in row.get("refused", ()):
            print(f"  refused: {refused['rule']} at {refused['place']}")
    if result["figures"]:
        print("\nwhat these events go into\n")
        table(["event", "figures"], [(event, ", ".join(into)) for event, into in result["figures"].items()])
    _tell_words(result["words"])
    if result["unlinked"]:
        print(f"\n{result['unlinked']} of these rows name a person by an identifier that is not valid")


@adapters.command("report", epilog="Example: hub adapters report export-2025.csv --adapter pt_apav --to report.xlsx")
def report_file(
    file: Annotated[Path, typer.Argument(help="The partner's file.")],
    adapter: AdapterName,
    to: Annotated[
        Path | None, typer.Option(help="Also a workbook (*.xlsx) of the partner's own rows, each broken cell marked.")
    ] = None,
    partner: Annotated[str | None, typer.Option(help="Who delivers, when neither adapter nor file says so.")] = None,
    language: Annotated[
        str | None, typer.Option(help="en nl fr pt bg hr fi it; the mapping's own, if none is named.")
    ] = None,
    period: Periods = None,
    as_json: JsonFlag = False,
) -> None:
    """Everything that is wrong with a file, in one go and in the partner's language. Nothing is stored or sent."""
    from hub.adapters.rules import LANGUAGES
    from hub.cli.report import report

    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"one of {' '.join(LANGUAGES)}", param_hint="--language")
    if to is not None and to.suffix != ".xlsx":
        raise typer.BadParameter("a name that ends in .xlsx", param_hint="--to")
    result = report(
        *(file, adapter), partner=partner, periods=tuple(period or ()), language=language, to=to, echo=progress
    )
    if as_json:
        answer(result, as_json)
    else:
        counts = ("adapter", "rows", "refused", "unlinked", "workbook")
        answer({name: result[name] for name in counts if result[name] is not None}, as_json)
        show_problems(result["problems"], result["language"])
    if result["problems"]:
        raise typer.Exit(3)


def show_problems(problems: list[dict[str, Any]], language: str) -> None:
    """What is wrong, a paragraph each: the rule, where, how often; then what it means and what to do."""
    from hub.cli.marked import HEADINGS
    from hub.edge.positions import position_in

    said = HEADINGS[language]
    for each in problems:
        texts = f", {said.texts}: {each['texts']:,}" if each["texts"] > 1 else ""
        where = f": {each['place']}" if each["place"] else ""
        first = ", ".join(position_in(position, language) for position in each["first"])
        print(f"\n{each['rule']}{where}. {said.number}: {each['rows']:,}{texts} ({first})")
        print(f"  {each['text']} {each['hint']}".rstrip())


def _tell_words(words: list[dict[str, Any]]) -> None:
    """Words without a code of their own, the worst first."""
    order = (None, "none", "narrower", "broader", "exact")
    lost = [each for each in words if each["relation"] != "exact" or not each["listed"]]
    lost.sort(key=lambda each: (order.index(each["relation"]), -each["rows"]))
    rows = dict.fromkeys(
        (each["column"], each["word"], each["code"] or "", each["relation"] or "unknown: refused", f"{each['rows']:,}")
        for each in lost
    )
    if rows:
        print("\nwords of the whole file that have no exact code; they never leave\n")
        table(["column", "word", "code", "relation", "rows"], list(rows)[:SHOWN])
    if len(rows) > SHOWN:
        print(f"and {len(rows) - SHOWN:,} more; --json lists them all")


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
