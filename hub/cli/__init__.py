"""The `hub` command: one file a door. Each command is a thin call."""

import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import typer
import typer.main

from hub import __version__
from hub.cli import (
    agreements,
    custody,
    demo,
    erasure,
    evaluator,
    keys,
    linkage,
    operator,
    partner,
    proofs,
    push,
    quarantine,
    reader,
    relay,
    retention,
)
from hub.cli.answer import progress
from hub.cli.guarded import guard, kind_and_place, told_whole
from hub.cli.logs import log
from hub.errors import HubError, Mend, Reject, Retry, Stop

EXIT = {Reject: 3, Mend: 3, Retry: 4, Stop: 5}
"""0 done, 2 wrong usage (Typer's), then by what to do: mend the input (the data, or what people write for them), try
again, call the operator."""

app = typer.Typer(
    name="hub",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=f"Victim Support Hub {__version__}: partner files → pseudonymised events → warehouse → protected releases. "
    "State lives under $HUB_HOME (default ./var). Exit codes: 0 done, 2 usage, 3 input, 4 try again, 5 stop.",
)
doors = (
    demo,
    partner,
    push,
    quarantine,
    operator,
    relay,
    proofs,
    reader,
    evaluator,
    erasure,
    custody,
    keys,
    linkage,
    agreements,
    retention,
)
for door in (each.app for each in doors):
    app.registered_commands += door.registered_commands
    app.registered_groups += door.registered_groups


def main() -> NoReturn:
    """Run the command line. An error is one line, without a value; HUB_TRACEBACK=1 shows all of an unknown one."""
    os.umask(0o077)  # whatever is written belongs to its owner alone
    guard()
    begun = time.monotonic()
    code, error = _run()
    log("command", command=_named(sys.argv[1:]), exit=code, seconds=round(time.monotonic() - begun), error=error)
    sys.exit(code)


def _run() -> tuple[int, str]:
    """What the process ends with, and the kind of error where there is one."""
    try:
        app()
    except SystemExit as end:
        return (end.code if isinstance(end.code, int) else int(end.code is not None)), ""
    except HubError as error:
        progress(f"hub: {error}")
        return next((code for kind, code in EXIT.items() if isinstance(error, kind)), 5), type(error).__name__
    except BrokenPipeError:
        sys.stderr.close()
        return 0, ""
    except OSError as error:
        progress(f"hub: {error.strerror or type(error).__name__}: {Path(str(error.filename or '')).name}")
        return EXIT[Stop], type(error).__name__
    except Exception as error:
        if told_whole():
            raise
        # A message or a traceback may quote what was read: kind and place are enough to find the fault.
        place = kind_and_place(type(error).__name__, error.__traceback__)
        progress(f"hub: unexpected {place}")
        return 1, place
    return 0, ""


def _named(words: list[str]) -> str:
    """The command that was typed, without what was said to it."""
    command: Any = typer.main.get_command(app)
    known = []
    for word in words:
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        known.append(word)
    return " ".join(known)
