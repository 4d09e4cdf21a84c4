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
