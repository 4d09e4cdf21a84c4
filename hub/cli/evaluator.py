"""The evaluator's desk: what the warehouse holds and how it is made, to be read without the hub."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.answer import JsonFlag, answer, progress

app = typer.Typer()


@app.command(epilog="Example: hub docs --out warehouse.html")
def docs(
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("warehouse.html"),
    as_json: JsonFlag = False,
) -> None:
    """Every model of the warehouse, its columns, tests and SQL, and what is made of what: dbt's documentation as one
    HTML file that needs no network. No data is read for it."""
    from hub.cli.documented import page, read

    progress("reading the models (dbt)")
    text = page(read())
    out.write_text(text, "utf-8")
    answer({"file": str(out), "bytes": len(text.encode())}, as_json)


@app.command(epilog="Example: hub codebook --lang pt --out codebook.html")
def codebook(
    out: Annotated[Path, typer.Option(help="The file to write: .html, .md or .csv.")] = Path("codebook.html"),
    lang: Annotated[str, typer.Option(help="Its language: en, or one that has a translation.")] = "en",
    whole: Annotated[bool, typer.Option("--whole", help="Also the exact tables that never leave the hub.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """What every table, column, code and indicator means: of a release, and with --whole of the whole warehouse."""
    from hub.release.codebook_pages import write

    answer({"file": str(out), "lines": write(out, lang, whole=whole)}, as_json)
