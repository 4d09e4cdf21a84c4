"""The `hub` command in a fork: what it says on standard error, and how it ends, without the start of an interpreter."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import NamedTuple

from hub.cli import main
from tests.campaigns.forked import forked


class Said(NamedTuple):
    """Exit code and both outputs."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line that an error is."""
        return next((line for line in reversed(self.err.splitlines()) if line.startswith("hub: ")), "")


def hub(*arguments: str, environment: Mapping[str, str], before: Callable[[], object] = lambda: None) -> Said:
    """Run the command; `before` is called in its process first."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:

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

        ended = forked(work)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    code = ended.answer if ended.code == 0 else ended.code
    return Said(code, *texts)
