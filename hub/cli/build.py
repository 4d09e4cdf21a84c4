"""Build the warehouse: dbt, in this process, from the raw tables to the cubes and public marts, as far as is needed."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from json import dumps
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

import hub
from hub.cli import built
from hub.cli.engines import Target, in_database, in_file
from hub.cli.parsed import NotParsed, fingerprint, parsed
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
    full_refresh: bool = False,
    echo: Callable[[str], None] = print,
) -> dict[str, Any]:
    """Make and test every model that something new has reached; how many of each kind ran, and how many were kept.

    Raises Stop with the names of what failed, never a value, and Retry while another process has the warehouse open.
    In the DuckDB file always; where a PostgreSQL is set, there too (`database` in the answer), by the same models.
    `as_known_at` leaves out what the hub learned after that log position; `as_of` is the day that plans are judged on;
    `full_refresh` makes all, as it is where models or rules have changed since, or the last build did not end.
    Unit tests try the models, not the data, so that they need not run at every build.
    """
    asked = Asked(as_known_at, as_of.isoformat() if as_of else None, select, unit_tests, full_refresh)
    (settings.home / "dbt" / ERRORS).unlink(missing_ok=True)  # it may quote a row of somebody who is forgotten since
    with in_file(settings.warehouse_path) as target:
        result: dict[str, Any] = _built(settings.home / "dbt", target, asked, echo)
    if settings.warehouse_url:
        with in_database(settings.warehouse_url) as target:
            result["database"] = _built(settings.home / "dbt", target, asked, echo)
    return result


class Asked(NamedTuple):
    """What one call of `build` asks of every engine."""

    as_known_at: int | None
    as_of: str | None
    select: str | None
    unit_tests: bool
    full_refresh: bool

    def variables(self, contracts_held: bool) -> str:
        """As dbt takes them."""
        said = {"as_known_at": self.as_known_at, "as_of": self.as_of, "contracts_held": contracts_held}
        return dumps({name: value for name, value in said.items() if value is not None})


def is_built(settings: Settings) -> bool:
    """Whether the warehouse holds more than raw tables. False where another process has it open."""
    try:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            found = connection.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'cubes' LIMIT 1").fetchone()
    except duckdb.Error:
        return False
    return found is not None


def _built(state: Path, target: Target, asked: Asked, echo: Callable[[str], None]) -> dict[str, int]:
    """`dbt build` on one target, of what has to be made: how many of each kind ran."""
    state.mkdir(parents=True, exist_ok=True)
    words = ["--log-level", "none", "--no-write-json", "--target", target.name]
    words += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # a target remembers what it parsed for its own engine
    words += ["--target-path", str(state / target.name), "--log-path", str(state / "logs")]
    project = _parsed(state, target, words)
    now = built.read_now(target.ask, fingerprint(PROJECT, target.name), asked.as_known_at, asked.as_of)
    whole = asked.full_refresh or asked.unit_tests or asked.select
    names = None if whole else built.reached(project, built.read_last(target.ask), now)
    if names == []:
        echo("warehouse: nothing new has reached it since its last build")
        return {**_counted([]), "kept": _models(project)}
    words += ["--vars", asked.variables(contracts_held=names is not None)]
    words += [] if asked.unit_tests else ["--exclude-resource-type", "unit_test"]
    if asked.select:
        words += ["--select", asked.select, "--indirect-selection", "cautious"]
    elif names is not None:
        words += ["--select", *names, "--indirect-selection", "empty"]
    else:
        target.begin_whole()
    ran = _counted(_dbt(state, project, words, echo))
    if asked.select:
        built.forget(target.ask)
        return ran
    built.keep(target.ask, now)
    return {**ran, "kept": _models(project) - ran["models"]}


def _parsed(state: Path, target: Target, words: Sequence[str]) -> Any:
    try:
        return parsed(PROJECT, target.name, words)
    except NotParsed as error:
        _note(state / ERRORS, {type(error.__cause__).__name__: str(error.__cause__)})
        raise Stop(f"the warehouse's project cannot be read (why: {state / ERRORS})") from None


def _dbt(state: Path, project: Any, words: Sequence[str], echo: Callable[[str], None]) -> Sequence[Any]:
    """What ran. Raises Stop with the names of what failed."""
    from dbt.cli.main import dbtRunner  # takes two seconds, which no other command should pay

    outcome = dbtRunner(project, callbacks=[_progress(echo)]).invoke(["build", *words])
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    results = getattr(outcome.result, "results", ())
    failed = {str(each.node.name): str(each.message) for each in results if each.status in BAD}
    if failed or not outcome.success:
        failed = failed or {type(outcome.exception).__name__: str(outcome.exception)}
        _note(state / ERRORS, failed)
        raise Stop(f"the warehouse was not built: {', '.join(sorted(failed))} (why: {state / ERRORS})")
    return results


def _counted(results: Sequence[Any]) -> dict[str, int]:
    """How many of each kind ran."""
    ran = Counter(COUNTED.get(each.node.resource_type, "others") for each in results)
    return {kind: ran[kind] for kind in (*COUNTED.values(), "others")}


def _models(project: Any) -> int:
    return sum(node.resource_type == "model" for node in project.nodes.values())


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
