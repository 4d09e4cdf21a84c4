"""The evaluator's door: SQL on the release zone, read-only."""

from typing import Annotated

import typer

from hub.cli.answer import JsonFlag, answer, comma_separated, table
from hub.settings import Settings

app = typer.Typer()


@app.command(epilog='Example: hub query "select country, sum(referrals) from referrals group by 1" --csv')
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement. `FROM columns` says what every column means.")],
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet or a program.")] = False,
    as_table: Annotated[bool, typer.Option("--table", help="As a table for people, which it is anyway.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask the release with SQL. Only released tables are there, and nothing can be written."""
    from hub.release.query import query as ask

    if as_csv + as_table + as_json > 1:
        raise typer.BadParameter("one form at a time: --csv, --table or --json")
    columns, rows = ask(Settings.from_env().release_path, sql)
    if as_json:
        answer({"columns": columns, "rows": rows}, as_json=True)
    elif as_csv:
        comma_separated(columns, rows)
    else:
        table(list(columns), [tuple(row) for row in rows])


@app.command(epilog="Example: hub measures --period 2025Q3")
def measures(
    period: Annotated[str | None, typer.Option(help="One released quarter instead of all.")] = None,
    as_json: JsonFlag = True,  # noqa: ARG001 - FHIR is JSON anyway
) -> None:
    """The released numbers as FHIR MeasureReports, in one bundle."""
    from hub.release.measure_report import measure_reports

    answer(measure_reports(Settings.from_env().release_path, period), as_json=True)
