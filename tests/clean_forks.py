"""`hub` as it is typed, in a fork of a process that has done nothing yet: no start of an interpreter for each command,
and no lock that a thread of the tests' own process holds (DuckDB's, Arrow's) for ever."""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.campaigns.command import Said

PRELOADED = ["hub.cli", "hub.cli.ingest", "hub.cli.preview", "hub.cli.replaying"]
LATE = -1000


def typed(words: Sequence[str], folder: Path, environment: Mapping[str, str], patience: float) -> Said:
    """Run `hub` with these words in a folder; its exit code and both outputs. One that does not end is ended."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    files = [folder / f".{os.getpid()}.{name}" for name in ("out", "err")]
    process = context.Process(target=_run, args=(list(words), str(folder), dict(environment), *map(str, files)))
    process.start()
    process.join(patience)
    if process.is_alive():
        process.kill()
        process.join()
        code = LATE
    else:
        code = process.exitcode or 0
    process.close()
    out, err = (each.read_text("utf-8") if each.exists() else "" for each in files)
    for each in files:
        each.unlink(missing_ok=True)
    return Said(code, out, err)


def _run(words: list[str], folder: str, environment: dict[str, str], out: str, err: str) -> None:
    from hub.cli import main

    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    sys.argv = ["hub", *words]
    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
