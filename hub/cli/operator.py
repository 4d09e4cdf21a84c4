"""The operator's door: what the hub holds, its warehouse, its releases, its pages."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hub.cli.answer import JsonFlag, answer, progress
from hub.errors import Stop
from hub.settings import Settings

app = typer.Typer()
PORT = 8501


@app.command(epilog="Example: hub status --json")
def status(as_json: JsonFlag = False) -> None:
    """Deliveries, events, quarantine, how far the warehouse is, and what is released."""
    from hub.cli.installation import installation
    from hub.cli.overview import overview

    with installation(Settings.from_env()) as hub:
        answer(overview(hub), as_json)


@app.command(epilog="Example: hub project --rebuild")
def project(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="From the first event, then swap.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring the warehouse's raw tables up to the end of the log."""
    from hub.cli.feed import catch_up_warehouse
    from hub.cli.installation import installation

    with installation(Settings.from_env()) as hub:
        answer(catch_up_warehouse(hub, rebuild=rebuild, echo=progress), as_json)


@app.command(epilog="Example: hub build --as-known-at 120000")
def build(
    as_known_at: Annotated[int | None, typer.Option(help="Leave out what the hub learned after this position.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Build the warehouse with dbt: staging, marts and cubes, with all their tests."""
    from hub.cli.build import build as build_warehouse

    answer(build_warehouse(Settings.from_env(), as_known_at=as_known_at, echo=progress), as_json)


@app.command(epilog="Example: hub release 2025Q3")
def release(
    period: Annotated[str, typer.Argument(help="A closed quarter (2025Q3), or a year (2025): its four quarters.")],
    as_json: JsonFlag = False,
) -> None:
    """Protect, sign and freeze a closed period. A period that is out does not move by a byte."""
    from hub.cli.installation import installation
    from hub.cli.releasing import release_period

    with installation(Settings.from_env()) as hub:
        answer(release_period(hub, period, today=date.today(), echo=progress), as_json)


@app.command(epilog="Example: hub serve --port 8501")
def serve(
    port: Annotated[int, typer.Option(help="Port on this machine; 0 takes a free one.")] = PORT,
    as_json: JsonFlag = False,
) -> None:
    """Serve the dashboards on loopback until interrupted. They read the release and nothing else."""
    serve_pages(Settings.from_env().release_path, port, as_json)


@app.command(epilog="Example: hub schemas --check")
def schemas(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 5 when a file differs.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the schemas stand.")] = Path("schemas"),
    as_json: JsonFlag = False,
) -> None:
    """Write JSON Schemas of events, code lists and the wire from the code that uses them."""
    from hub.adapters.mapping_file import mapping_schema
    from hub.events import schema

    changed = (schema.check if check else schema.write)(folder, mapping_schema())
    answer({"folder": str(folder), "differing" if check else "written": changed}, as_json)
    if check and changed:
        raise Stop("schemas differ from the code: run `hub schemas`")


def serve_pages(release: Path, port: int, as_json: bool) -> NoReturn:
    """Run Streamlit on loopback in this process's place: what stops the command stops the pages, nothing is left."""
    from dashboards.serve import argv, free_port, is_free

    if port and not is_free(port):
        raise Stop(f"port {port} is taken: stop what uses it, or let --port 0 take a free one")
    port = port or free_port()
    answer({"address": f"http://127.0.0.1:{port}/", "release": str(release)}, as_json)
    sys.stdout.flush()
    environment = {name: value for name, value in os.environ.items() if name != "HUB_HOME"}
    words = argv(port)
    os.execve(words[0], words, {**environment, "HUB_RELEASE": str(release)})  # noqa: S606 - our own words
