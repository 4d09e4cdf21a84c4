"""Build the warehouse: dbt, in this process, from the raw tables to the cubes and public marts."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from json import dumps
from pathlib import Path
from typing import Any

import duckdb

import hub
from hub.cli.engines import in_database, in_file
from hub.cli.parsed import NotParsed, parsed
from hub.errors import Stop
from hub.settings import Settings

PROJECT = Path(hub.__file__).parent.parent / "warehouse"
COUNTED = {"model": "models", "test": "tests", "unit_test": "unit_tests"}
ERRORS = "errors.txt"
BAD = {"error", "fail", "warn", "runtime error", "partial success"}


def build(
    settings: Settings,
    *,
    as_known_at: int | None = None,
    as_of: date | None = None,
    select: str | None = None,
    unit_tests: bool = False,
    echo: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Run and test every model; how many of each kind ran. Raises Stop with the names of what failed, never a value,
    and Retry while another process has the warehouse open.

    In the DuckDB file always; where a PostgreSQL is set, there too (`database` in the answer), by the same models.
    `as_known_at` leaves out what the hub learned after that log position; `as_of` is the day that plans are judged on.
    Unit tests try the models, not the data, so that they need not run at every build.
    """
    known = {"as_known_at": as_known_at, "as_of": as_of and as_of.isoformat()}
    asked = ["--vars", dumps({name: value for name, value in known.items() if value is not None})]
    asked += ["--select", select, "--indirect-selection", "cautious"] if select else []
    asked += [] if unit_tests else ["--exclude-resource-type", "unit_test"]
    (settings.home / "dbt" / ERRORS).unlink(missing_ok=True)  # it may quote a row of somebody who is forgotten since
    with in_file(settings.warehouse_path) as target:
        result: dict[str, Any] = _dbt(settings.home / "dbt", target, asked, echo)
    if settings.warehouse_url:
        with in_database(settings.warehouse_url, whole=select is None) as target:
            result["database"] = _dbt(settings.home / "dbt", target, asked, echo)
    return result


def is_built(settings: Settings) -> bool:
    """Whether the warehouse holds more than raw tables. False where another process has it open."""
    try:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            found = connection.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'cubes' LIMIT 1").fetchone()
    except duckdb.Error:
        return False
    return found is not None


def _dbt(state: Path, target: str, asked: list[str], echo: Callable[[str], None]) -> dict[str, int]:
    """`dbt build` on one target: how many of each kind ran."""
    from dbt.cli.main import dbtRunner  # takes two seconds, which no other command should pay

    state.mkdir(parents=True, exist_ok=True)
    words = ["--log-level", "none", "--no-write-json", "--target", target]
    words += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # a target remembers what it parsed for its own engine
    words += ["--target-path", str(state / target), "--log-path", str(state / "logs")]
    try:
        project = parsed(PROJECT, target, words)
    except NotParsed as error:
        _note(state / ERRORS, {type(error.__cause__).__name__: str(error.__cause__)})
        raise Stop(f"the warehouse's project cannot be read (why: {state / ERRORS})") from None
    outcome = dbtRunner(project, callbacks=[_progress(echo)]).invoke(["build", *words, *asked])
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    results = getattr(outcome.result, "results", ())
    failed = {str(each.node.name): str(each.message) for each in results if each.status in BAD}
    if failed or not outcome.success:
        failed = failed or {type(outcome.exception).__name__: str(outcome.exception)}
        _note(state / ERRORS, failed)
        raise Stop(f"the warehouse was not built: {', '.join(sorted(failed))} (why: {state / ERRORS})")
    ran = Counter(COUNTED.get(each.node.resource_type, "others") for each in results)
    return {kind: ran[kind] for kind in (*COUNTED.values(), "others") if ran[kind] or kind != "others"}


def _note(path: Path, failed: dict[str, str]) -> None:
    """Why it failed, beside the warehouse: the database's words may quote a row, so they go no further."""
    path.write_text("\n\n".join(f"{name}\n{why}" for name, why in failed.items()) + "\n", "utf-8")
    path.chmod(0o600)


def _progress(echo: Callable[[str], None]) -> Callable[[Any], None]:
    """A line at every tenth of the way."""
    told = 0

    def tell(message: Any) -> None:
        nonlocal told
        match message.info.name:
            case "LogModelResult":
                total = message.data.total
            case "LogTestResult":
                total = message.data.num_models
            case _:
                return
        if message.data.index * 10 // total > told:
            told = message.data.index * 10 // total
            echo(f"warehouse: {message.data.index} of {total} steps")

    return tell
