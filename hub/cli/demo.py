"""`hub demo`: the main job from end to end, on made-up files of three partners and the plans of five programmes."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.answer import JsonFlag, answer, progress
from hub.errors import Stop
from hub.settings import Settings

app = typer.Typer()
YEAR = 2025
PLANS = (
    ("pt-invictus", "invictus/pt.yaml"),
    ("fi-invictus", "invictus/fi.yaml"),
    ("pt-invictus", "invictus/pt-2026-06.yaml"),
    ("eu-invictus", "invictus/project.yaml"),
    ("eu-invictus", "invictus/project-2026-06.yaml"),
    ("eu-2g4v", "2gether4victims/project.yaml"),
    ("eu-2g4v", "2gether4victims/project-2026-01.yaml"),
    ("be-secova", "stopp-vif/zone.yaml"),
    ("be-secova", "stopp-vif/zone-2024-09.yaml"),
    ("nl-iom", "samen/project.yaml"),
    ("nl-iom", "samen/project-2024-02.yaml"),
    ("nl-iom", "protect/project.yaml"),
    ("nl-iom", "protect/project-2019-10.yaml"),
)
"""By partner, in the order they were told: the second text of a plan moves due dates of the first."""


@app.command(epilog="Example: hub demo --no-serve --scale 0.02")
def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages at the end.")] = True,
    scale: Annotated[float, typer.Option(help="1 is the partners' published year.", min=0.001, max=10)] = 0.25,
    seed: Annotated[int, typer.Option(help="Same seed, same files.")] = 1,
    port: Annotated[int, typer.Option(help="Port for the pages; 0 takes a free one.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Make partners' files, ingest them, build the warehouse, release a year, and serve the pages on loopback."""
    settings = Settings.from_env()
    answer(run(settings, scale=scale, seed=seed), as_json)
    if serve:
        from hub.cli.operator import serve_pages

        progress("6 of 6  serving the pages; Ctrl-C stops them")
        serve_pages(settings.release_path, port, as_json)


def run(settings: Settings, *, scale: float, seed: int) -> dict[str, Any]:
    """The demo up to its release."""
    from hub.cli.feed import catch_up_warehouse
    from hub.cli.ingest import ingest
    from hub.cli.installation import installation
    from hub.cli.releasing import release_period
    from hub.events.wire import COUNTS
    from hub.log.deliveries import receipts

    examples = _examples()
    from examples.generator import generate, mapping_of

    progress(f"1 of 6  making the files of three partners, year {YEAR}")
    made = generate(settings.home / "demo", year=YEAR, scale=scale, seed=seed, echo=progress)
    with installation(settings) as hub:
        progress("2 of 6  ingesting: read, translate, generalise, tokenise, seal, append")
        results = [ingest(hub, each.path, str(mapping_of(each.partner)), complete=True, echo=progress) for each in made]
        # An older text of a plan, told again after the newer one, would move its dates back: each is told once.
        told = Counter(each.receipt.partner for _, each in receipts(hub.store) if each.receipt.dataset == "plan_file")
        for partner, plan in PLANS:
            told[partner] -= 1
            if told[partner] < 0:
                path = examples / "programmes" / plan
                ingest(hub, path, "plan_file", complete=True, echo=progress)
        progress("3 of 6  projecting the log into the warehouse")
        catch_up_warehouse(hub, rebuild=False, echo=progress)
        progress("4 of 6  building the warehouse (dbt)")
        _build(settings)
        progress(f"5 of 6  releasing the four quarters of {YEAR}")
        released = release_period(hub, str(YEAR), today=date.today(), echo=progress)
        return {**{name: sum(each[name] for each in results) for name in COUNTS}, **released}


def _build(settings: Settings) -> None:
    """`hub build` in a process of its own: what dbt leaves behind would be complained of when the pages take over."""
    words = [sys.executable, "-c", "from hub.cli import main; main()", "build", "--json"]
    environment = {**os.environ, "HUB_HOME": str(settings.home)}
    if subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise Stop("the warehouse was not built: the line above says why")


def _examples() -> Path:
    """The repository's examples. They are no part of an installed package."""
    root = Path(__file__).parents[2]
    if not (root / "examples" / "generator").is_dir():
        raise Stop("the demo needs a checkout of the repository: its examples are not installed")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return root / "examples"
