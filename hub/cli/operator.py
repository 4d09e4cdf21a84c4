"""The operator's door: what the hub holds, its warehouse, its releases, its pages."""

import os
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from hub.cli.answer import JsonFlag, answer, progress, table
from hub.cli.asking import AskFlag, ask
from hub.cli.known import AsKnownAt
from hub.errors import Reject, Stop
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


@app.command(epilog="Example: hub receive --from kafka://broker.example:9093 --follow")
def receive(
    source: Annotated[
        str | None, typer.Option("--from", help="A broker, kafka://host:port; without it, the inbox folder.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until interrupted.")] = False,
    only: Annotated[str, typer.Option(help="From a broker: partners whose names begin so alone (pt-).")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Apply the sealed deliveries that wait, oldest first. One that cannot be applied is put aside."""
    from hub.cli.installation import installation
    from hub.cli.interrupted import until_interrupted

    settings = Settings.from_env()
    with installation(settings) as hub, until_interrupted() if follow else nullcontext(lambda: False) as stopping:
        if source is not None:
            from hub.cli import streaming
            from hub.cli.cluster import cluster_of

            cluster = cluster_of(source, settings.home)
            result = streaming.follow(hub, cluster, stopping=stopping, echo=progress, once=not follow, only=only)
        else:
            from hub.cli.inbox import receive_waiting

            result = receive_waiting(hub, stopping=stopping, echo=progress, once=not follow)
    answer(result, as_json)


@app.command(epilog="Example: hub topics pt-apav nl-slachtofferhulp --on kafka://broker.example:9093 --copies 3")
def topics(
    partners: Annotated[list[str], typer.Argument(help="Whose: pt-apav.")],
    on: Annotated[str, typer.Option(help="The broker: kafka://host:port.")],
    copies: Annotated[int, typer.Option(min=1, max=9, help="On how many brokers each message is to stand.")] = 1,
    as_json: JsonFlag = False,
) -> None:
    """Make the topics of partners on a broker, and the hub's own. Those that are there stay."""
    from hub.cli.cluster import cluster_of
    from hub.transport.kafka import make_topics
    from hub.transport.topics import PUBLIC, of_partners

    cluster = cluster_of(on, Settings.from_env().home)
    made = make_topics(cluster, of_partners(partners), copies=copies, kept=(PUBLIC,))
    answer({"made": made}, as_json)


@app.command(epilog="Example: hub project --rebuild")
def project(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="From the first event, beside it, then swap.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is appended, until interrupted.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 5 unless replay equals live.")] = False,
    as_known_at: AsKnownAt = None,
    into: Annotated[Path | None, typer.Option(help="A new DuckDB file, for what was known at that position.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Bring the warehouse's raw tables up to the end of the log."""
    from hub.cli import feed
    from hub.cli.following import follow as keep_up
    from hub.cli.installation import installation
    from hub.cli.interrupted import until_interrupted
    from hub.cli.known import position_of

    if rebuild + follow + check + (into is not None) > 1 or (into is None) != (as_known_at is None):
        raise typer.BadParameter("one of --rebuild, --follow, --check, or --as-known-at with --into")
    with installation(Settings.from_env()) as hub:
        if check:
            result = feed.check(hub, echo=progress)
        elif into is not None and as_known_at is not None:
            result = feed.as_known_at(hub, position_of(hub, as_known_at) or 0, into, echo=progress)
        elif follow:
            with until_interrupted() as stopping:
                result = keep_up(hub, stopping=stopping, echo=progress)
        else:
            result = feed.catch_up_warehouse(hub, rebuild=rebuild, echo=progress)
    answer(result, as_json)
    if differing := [*result.get("differing", ()), *result.get("database", {}).get("differing", ())]:
        raise Stop(f"replay is not live in {', '.join(sorted(set(differing)))}: hub project --rebuild makes it so")


@app.command(epilog="Example: hub history - --partner pt-apav --dataset pt_apav < key.txt")
def history(
    record: Annotated[list[str] | None, typer.Argument(help="Its key, a cell each; - takes them from stdin.")] = None,
    partner: Annotated[str | None, typer.Option(help="Whose record it is.")] = None,
    dataset: Annotated[str | None, typer.Option(help="The adapter that it came in by.")] = None,
    kind: Annotated[str | None, typer.Option(help="The kind of record (referral, case, contact …).")] = None,
    stream: Annotated[str | None, typer.Option(help="A stream instead: what stands in clear of it.")] = None,
    as_known_at: AsKnownAt = None,
    fhir: Annotated[bool, typer.Option("--fhir", help="A referral as a FHIR bundle, which names nobody.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """What was said about one record over time. Opened where the partner's key is; without it, by its stream."""
    from hub.cli import history as told
    from hub.cli.installation import installation
    from hub.cli.known import position_of

    if bool(record) == bool(stream) or (fhir and stream) or (record and not (partner and dataset)):
        raise typer.BadParameter("RECORD with --partner and --dataset, or --stream")
    cells = sys.stdin.readline().rstrip("\r\n").split("\t") if record == ["-"] else record or []
    with installation(Settings.from_env()) as hub:
        until = position_of(hub, as_known_at)
        if stream:
            result = told.of_stream(hub, stream, until=until)
        else:
            whose = (partner or "", dataset or "", kind)
            result = told.of_record(hub, cells, *whose, until=until)
    if fhir:
        answer(told.as_fhir(result), as_json=True)
        return
    told.show(result, as_json)


@app.command(epilog="Example: hub deliveries --json")
def deliveries(as_json: JsonFlag = False) -> None:
    """Every delivery, oldest first: whose it is, its state, and what became of its rows."""
    from hub.cli.history import deliveries as every
    from hub.cli.installation import installation

    with installation(Settings.from_env()) as hub:
        rows = every(hub)
    if as_json:
        answer({"deliveries": rows}, as_json)
    else:
        table(list(rows[0]) if rows else [], [tuple(row.values()) for row in rows])


@app.command(epilog="Example: hub build --as-known-at 2026-03-31")
def build(
    as_known_at: AsKnownAt = None,
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Make all anew, also what nothing new has reached.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Build with dbt what something new has reached since the last build: staging, marts and cubes, and their tests."""
    from hub.cli.build import build as build_warehouse
    from hub.cli.installation import installation
    from hub.cli.known import position_of

    settings, position = Settings.from_env(), None
    if as_known_at is not None:
        with installation(settings) as hub:
            position = position_of(hub, as_known_at)
    result = build_warehouse(settings, as_known_at=position, full_refresh=full_refresh, echo=progress)
    answer(result if position is None else {**result, "as_known_at": position}, as_json)


@app.command(epilog="Example: hub release 2025Q3")
def release(
    period: Annotated[str, typer.Argument(help="A closed quarter (2025Q3), or a year (2025): its four quarters.")],
    early: Annotated[
        bool, typer.Option("--early", help="As soon as it is over. Two custodians have to approve that.")
    ] = False,
    ask_for: AskFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Protect, sign and freeze a closed period. A period that is out does not move by a byte."""
    from hub.cli import releasing
    from hub.cli.installation import installation
    from hub.log import acts

    if ask_for is not None and not early:
        raise typer.BadParameter("only an early release is asked for", param_hint="--ask")
    settings = Settings.from_env()
    with installation(settings) as hub:
        if ask_for is not None:
            answer(ask(hub, releasing.early(period), ask_for), as_json)
        elif early:
            asked = releasing.early(period)
            with acts.approved(hub.receiver, settings.acts_path, asked, acts.today()) as kept:
                if kept is None:
                    raise Reject("an early release is approved by two custodians, and none are enrolled")
                result = releasing.release_period(hub, period, today=date.today(), echo=progress, early=True)
            answer(result, as_json)
        else:
            answer(releasing.release_period(hub, period, today=date.today(), echo=progress), as_json)


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
    """Write JSON Schemas of events, code lists and the wire, and AsyncAPI, from the code that uses them."""
    from hub.adapters.agreement_file import agreement_schema
    from hub.adapters.count_file import count_schema
    from hub.adapters.mapping_file import mapping_schema
    from hub.events import schema
    from hub.transport.asyncapi import asyncapi

    more = mapping_schema() | count_schema() | agreement_schema() | asyncapi()
    changed = (schema.check if check else schema.write)(folder, more)
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
    # Nothing that leads to the enclave: no folder, no database, no password of PostgreSQL's own variables.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "PG"))}
    words = argv(port)
    os.execve(words[0], words, {**environment, "HUB_RELEASE": str(release)})  # noqa: S606 - our own words
