"""`hub relay`: the log's public events on a topic of a broker, for whoever may read it."""

from contextlib import nullcontext
from typing import Annotated

import typer

from hub.cli.answer import JsonFlag, answer, progress
from hub.settings import Settings

app = typer.Typer()


@app.command(epilog="Example: hub relay --to kafka://broker.example:9093 --follow")
def relay(
    to: Annotated[str, typer.Option(help="The broker: kafka://host:port.")],
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what is appended, until interrupted.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="The topic has lost messages, and you know it: send again what it lacks.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Bring the topic vs.public up to the log: plans, frameworks, services, releases; nothing about a person."""
    from hub.cli.cluster import cluster_of
    from hub.cli.installation import installation
    from hub.cli.interrupted import until_interrupted
    from hub.cli.relaying import keep_up

    settings = Settings.from_env()
    cluster = cluster_of(to, settings.home)
    with installation(settings) as hub, until_interrupted() if follow else nullcontext(lambda: False) as stopping:
        result = keep_up(hub, cluster, follow=follow, again=again, stopping=stopping, echo=progress)
    answer(result, as_json)
