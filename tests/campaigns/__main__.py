"""`make faults`: every way of breaking the hub, many times. A table, build/faults.json, exit 1 if one got through."""

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.report import Finding, show_tries, write
from tests import postgres
from tests.campaigns.clocks import jumping
from tests.campaigns.counted import (
    Counted,
    at_random,
    at_steps,
    by_broker,
    met,
    met_restarting,
    repeated,
    tampered,
    tampered_on_postgres,
    without_edge,
)
from tests.campaigns.forked import Running
from tests.campaigns.killing import projectors, receivers
from tests.campaigns.together import together
from tests.campaigns.troubles import cut, cut_warehouse, full_database, full_disk, full_warehouse, read_only
from tests.killed import IN_POSTGRES, PROJECTOR, RECEIVER

POINTS, TAMPERINGS, TROUBLES, RUNS = 200, 10_000, 40, 100
ON_POSTGRES = 50
"""One tampering in so many is done on PostgreSQL, where each needs a database of its own."""
CONTROLS = 3
AT_ONCE = 2
LONGEST = 4 * 3600.0
MEMORY = Path("/dev/shm")
"""Where there is one, all of it happens there: what a killed process wrote is there in memory as it is on a disk."""
UNDISTURBED = "what an undisturbed run leaves"
IN_ORDER = "one after another"
SANE = "a clock that goes on"
WHOLE = "the log put back: not suspected"


class Campaign(NamedTuple):
    """A line of the table: what is done, what it is held against, and how it is done."""

    name: str
    control: str
    run: Callable[[], Counted]


def main() -> None:
    """Hold the campaigns, two at a time."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--points", type=int, default=POINTS, help="kills at random, of each process on each engine")
    parser.add_argument("--tamperings", type=int, default=TAMPERINGS, help="attacks on the stored log")
    parser.add_argument("--troubles", type=int, default=TROUBLES, help="of each kind, on each engine")
    parser.add_argument("--runs", type=int, default=RUNS, help="of deliveries by brokers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="those whose name holds this")
    asked = parser.parse_args()
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)
    postgres.server()  # one for all forks
    gc.collect()
    gc.freeze()
    plan = [
        *planned(asked.points, asked.tamperings, asked.seed),
        *troubled(asked.troubles, asked.seed),
        *brokered(asked.runs, asked.seed),
    ]
    found = held([each for each in plan if asked.only in each.name])
    show_tries("campaign", "as it must", found)
    print(f"\n{write('faults', found)}")
    sys.exit(any(each["met"] != "yes" for each in found))


def planned(points: int, tamperings: int, seed: int) -> list[Campaign]:
    """All of them, the longest first."""
    on_postgres = tamperings // ON_POSTGRES
    receiving, projecting = partial(receivers, controls=CONTROLS), partial(projectors, controls=CONTROLS)
    lite, post = postgres.ENGINES
    steps = {lite: {name: step for name, step in PROJECTOR.items() if name not in IN_POSTGRES}, post: PROJECTOR}
    plan = [
        Campaign("tampering, sqlite", WHOLE, lambda: tampered(tamperings - on_postgres, seed)),
        Campaign("tampering, postgresql", WHOLE, lambda: tampered_on_postgres(on_postgres, seed)),
    ]
    for engine in (post, lite):
        plan += [
            Campaign(
                f"projector killed at random, {engine}",
                UNDISTURBED,
                partial(at_random, projecting, engine, points, seed),
            ),
            Campaign(
                f"receiver killed at random, {engine}", UNDISTURBED, partial(at_random, receiving, engine, points, seed)
            ),
            Campaign(
                f"receiver killed at a step, {engine}",
                UNDISTURBED,
                partial(at_steps, receivers, engine, RECEIVER, seed),
            ),
            Campaign(
                f"projector killed at a step, {engine}",
                UNDISTURBED,
                partial(at_steps, projectors, engine, steps[engine], seed),
            ),
            Campaign(f"edge's process killed, {engine}", UNDISTURBED, partial(without_edge, receivers, engine, seed)),
        ]
    return plan


def troubled(wanted: int, seed: int) -> list[Campaign]:
    """What goes wrong around the hub. A full disk is tried with files alone: no server's disk is ours to fill."""
    lite, post = postgres.ENGINES
    plan = []
    for who, scenes in (("receiver", partial(receivers, controls=1)), ("projector", partial(projectors, controls=1))):
        plan += [
            Campaign(f"{who}: {what}, {engine}", UNDISTURBED, partial(met, scenes, engine, trouble, wanted, seed))
            for what, trouble, engine, of in (
                ("full disk", full_disk, lite, "receiver"),
                ("full disk", full_warehouse, lite, "projector"),
                ("full disk", full_warehouse, post, "projector"),
                ("full database", full_database, lite, "receiver"),
                ("read only", read_only, lite, "receiver projector"),
                ("read only", read_only, post, "receiver projector"),
                ("connection cut", cut, post, "receiver projector"),
                ("warehouse cut", cut_warehouse, post, "projector"),
            )
            if who in of
        ]
        server = partial(met_restarting, scenes, wanted, seed)
        plan.append(Campaign(f"{who}: server stopped, {post}", UNDISTURBED, server))
    for engine in (post, lite):
        plan += [
            Campaign(f"all at once, {engine}", IN_ORDER, partial(repeated, together, engine, wanted, seed)),
            Campaign(f"clock going back, {engine}", SANE, partial(repeated, jumping, engine, wanted, seed)),
        ]
    return plan


def brokered(wanted: int, seed: int) -> list[Campaign]:
    """The way by a broker: three of them where a leader is to change, and one whose disk can be filled."""
    lite, post = postgres.ENGINES
    three = wanted * 2 // 5
    return [
        Campaign(f"broker: one, {lite}", UNDISTURBED, partial(by_broker, 1, lite, wanted - three, seed)),
        Campaign(f"broker: three, {post}", UNDISTURBED, partial(by_broker, 3, post, three, seed)),
    ]


def held(campaigns: list[Campaign]) -> list[Finding]:
    """Hold them, some at once; a finding of each, in their order."""
    found: dict[str, Finding] = {}
    waiting, running = list(campaigns), list[tuple[Campaign, Running]]()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            campaign = waiting.pop(0)
            print(f"{campaign.name}: begins", file=sys.stderr, flush=True)
            running.append((campaign, Running(campaign.run)))
        for campaign, work in list(running):
            if work.ready(1.0):
                ended = work.end(limit=LONGEST)
                counted = (
                    ended.answer if ended.code == 0 else Counted(1, 0, [f"ended with {ended.code}: {ended.answer}"])
                )
                found[campaign.name] = _finding(campaign, counted, ended.seconds)
                running.remove((campaign, work))
    return [found[each.name] for each in campaigns]


def _finding(campaign: Campaign, counted: Counted, seconds: float) -> Finding:
    for words in counted.words:
        print(f"{campaign.name}: {words}", file=sys.stderr, flush=True)
    print(
        f"{campaign.name}: {counted.successes:,} of {counted.tries:,} in {seconds:,.0f} s", file=sys.stderr, flush=True
    )
    sound = counted.tries > 0 and counted.successes == counted.tries
    return Finding(
        name=campaign.name,
        tries=counted.tries,
        successes=counted.successes,
        control=campaign.control,
        figure=0.0,
        against=0.0,
        ratio=0.0,
        target="all",
        met="yes" if sound else "no",
    )


if __name__ == "__main__":
    main()
