"""Deliveries by a broker while everything on their way is killed, cut or filled: in the end each is in the log once.

A run has an edge that watches a folder, one receiver or two, and some disturbances at moments drawn by chance. It ends
when all that was dropped is in the edge's archive with its proven receipt, and is held against the same files by a
folder, undisturbed.
"""

import os
import random
import secrets
import shutil
import time
from pathlib import Path

from hub.cli.edge import public_of
from hub.cli.ingest import drain
from hub.cli.installation import installation
from hub.cli.tasks import make_task, push
from hub.log.deliveries import receipts
from hub.transport import topics
from hub.transport.kafka import make_topics
from tests.campaigns.broken_ways import DONE, read_too_far
from tests.campaigns.carriers import Field, Run
from tests.campaigns.forked import forked
from tests.campaigns.look import Left, look_at_log
from tests.pipe import MAPPING, databases, drop_databases, new_settings, quiet, row, write_mapping, write_table

TABLES = (range(0, 400), range(300, 700), range(700, 6_700), range(6_700, 6_720))
"""Records of each file. Some stand in two, in the same words: whichever comes first states them."""
DAMAGED = 3
PATIENCE = 150.0
"""Seconds after the last disturbance in which all must have arrived: more than kafka-python waits for a dead line."""


def carried(field: Field, folder: Path, engine: str, rng: random.Random, only: tuple[str, ...] = ()) -> list[str]:
    """One run, with some disturbances, or just those; what is wrong in its end."""
    settings, control = (new_settings(folder / name, engine) for name in ("hub", "control"))
    run = Run(field, folder, settings, control, f"pt-{secrets.token_hex(5)}", {}, [], rng)
    possible = [name for name in DONE if name != "disk full" or field.disk is not None]
    chosen = only or tuple(rng.choices(possible, k=rng.randint(3, 6)))
    try:
        if (made := forked(lambda: _make(run))).code:
            return [f"not made: {made.answer}"]
        for who in ("edge", "receiver"):
            run.begin(who)
        for name in chosen:
            time.sleep(rng.uniform(0, 1.2))
            DONE[name](run)
        run.wrong.extend(_settled(run))
    finally:
        for who in list(run.working):
            run.end(who)
    ended = forked(lambda: _compared(run))
    wrong = run.wrong + (ended.answer if ended.code == 0 else [f"looked at with {ended.code}: {ended.answer}"])
    forked(lambda: _removed(run))
    drop_databases([*databases(settings), *databases(control)])
    shutil.rmtree(folder, ignore_errors=True)
    return [f"{', '.join(chosen)}: {each}" for each in wrong]


def _make(run: Run) -> None:
    names = [topics.deliveries(run.partner), topics.receipts(run.partner), topics.DEAD_LETTERS]
    make_topics(run.field.cluster, names, copies=len(run.field.doors))
    run.watched.mkdir(parents=True)
    write_mapping(run.folder, MAPPING.replace("pt-test", run.partner))
    (run.folder / "edge").mkdir()
    with installation(run.settings) as opened:
        (run.folder / "edge" / "hub.public").write_bytes(public_of(opened))
    long_ago = time.time() - 3600
    for number, table in enumerate(_tables(run.watched)):
        os.utime(table, (long_ago + number, long_ago + number))


def _tables(folder: Path) -> list[Path]:
    bad = [row(10_000 + number, age="many") for number in range(DAMAGED)]
    return [
        write_table(folder / f"{number}.csv", [*map(row, numbers), *(bad if number == 1 else ())])
        for number, numbers in enumerate(TABLES)
    ]


def _told_undisturbed(run: Run, order: list[str]) -> tuple[Left, list[str]]:
    """The same files, by a folder, in the order in which the log has them: each says how many records there are now."""
    folder, mapping = run.folder / "same", str(run.folder / "mapping.yaml")
    folder.mkdir()
    with installation(run.control) as opened:
        for table in sorted(_tables(folder), key=lambda each: order.index(each.name) if each.name in order else -1):
            task = make_task(opened, table, mapping, run.partner, complete=False, confirmed=False, periods=())
            push(task, opened.settings.deliveries_dir / "inbox", quiet)
            drain(opened, quiet)
        return look_at_log(opened)


def _settled(run: Run) -> list[str]:
    """Wait until every file is in the archive; what is missing when it takes too long."""
    end = time.monotonic() + PATIENCE
    archive = run.watched / "archive"
    while len(list(archive.glob("*.csv"))) < len(TABLES) or len(list(archive.glob("*.json"))) < len(TABLES):
        for who in [who for who, running in run.working.items() if running.ready(0)]:
            run.kill(who)
            run.begin(who)
        if time.monotonic() > end:
            there = {name: len(list((run.watched / name).glob("*"))) for name in ("sealed", "archive", "refused")}
            states = {state: len(list((run.outbox.folder / state).glob("*"))) for state in ("waiting", "sent")}
            return [f"not there after {PATIENCE:.0f} s: {there}, {states}"]
        time.sleep(0.1)
    return []


def _compared(run: Run) -> list[str]:
    entries = run.outbox.entries()
    names = {each.delivery: each.origin.file for each in entries if each.origin is not None}
    with installation(run.settings) as opened:
        left, wrong = look_at_log(opened)
        order = [names.get(proven.receipt.delivery, "") for _, proven in receipts(opened.store)]
    control, found = _told_undisturbed(run, order)
    wrong += found + [f"other {name} than undisturbed" for name in left if left[name] != control[name]]
    wrong += [f"a delivery is {each.state}" for each in entries if each.state != "received" or each.receipt is None]
    rows = sum(each.receipt.receipt.received for each in entries if each.receipt is not None)
    if len(entries) != len(TABLES) or rows != sum(map(len, TABLES)) + DAMAGED:
        wrong.append(f"{len(entries)} deliveries with {rows} rows have receipts")
    return wrong + read_too_far(run)


def _removed(run: Run) -> None:
    import kafka

    admin = kafka.KafkaAdminClient(bootstrap_servers=list(run.field.cluster.servers))
    try:
        admin.delete_topics([topics.deliveries(run.partner), topics.receipts(run.partner)])
    finally:
        admin.close()
