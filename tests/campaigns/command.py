"""The `hub` command in a fork: what it says on standard error, and how it ends, without the start of an interpreter."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

from hub.cli import main
from hub.settings import Settings
from tests.campaigns.forked import LIMIT, Running


class Said(NamedTuple):
    """Exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line that an error is."""
        return next((line for line in reversed(self.err.splitlines()) if line.startswith("hub: ")), "")


class Command:
    """The command, under way. `before` is called in its process first."""

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], before: Callable[[], object] = lambda: None
    ) -> None:
        self._files = out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - closed at its end

        def work() -> int:
            for file, number in ((out, 1), (err, 2)):
                os.dup2(file.fileno(), number)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            os.environ.update(environment)
            sys.argv = ["hub", *arguments]
            before()
            try:
                main()
            except SystemExit as end:
                return int(end.code or 0)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()

        self._running = Running(work)

    def ends_within(self, seconds: float) -> bool:
        """Wait for so long at most; whether it has ended."""
        return self._running.ready(seconds)

    def end(self, limit: float = LIMIT) -> Said:
        """Wait for it, for so many seconds at most."""
        ended = self._running.end(limit=limit)
        texts = []
        for file in self._files:
            with file:
                file.seek(0)
                texts.append(file.read().decode())
        return Said(ended.answer if ended.code == 0 else ended.code, *texts)


def environment(settings: Settings) -> dict[str, str]:
    """What names an installation to the command."""
    given = {
        "HUB_HOME": str(settings.home),
        "HUB_DATABASE": settings.database,
        "HUB_WAREHOUSE_DATABASE": settings.warehouse_url,
        "HUB_VAULT_DATABASE": settings.vault_database,
        "HUB_ANSWER_EVERY": str(settings.answer_every),
    }
    return {name: value for name, value in given.items() if value}
