"""The `hub` command: one file a door. Each command is a thin call."""

import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import typer

from hub import __version__
from hub.cli import agreements, custody, demo, erasure, operator, partner, proofs, reader
from hub.cli.answer import progress
from hub.errors import HubError, Reject, Retry, Stop

EXIT = {Reject: 3, Retry: 4, Stop: 5}
"""0 done, 2 wrong usage (Typer's), then by what to do: mend the input, try again, call the operator."""

app = typer.Typer(
    name="hub",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=f"Victim Support Hub {__version__}: partner files → pseudonymised events → warehouse → protected releases. "
    "State lives under $HUB_HOME (default ./var). Exit codes: 0 done, 2 usage, 3 input, 4 try again, 5 stop.",
)
for door in (demo.app, partner.app, operator.app, proofs.app, reader.app, erasure.app, custody.app, agreements.app):
    app.registered_commands += door.registered_commands
    app.registered_groups += door.registered_groups


def main() -> NoReturn:
    """Run the command line. An error is one line, without a value; HUB_TRACEBACK=1 shows all of an unknown one."""
    os.umask(0o077)  # whatever is written belongs to its owner alone
    try:
        app()
    except HubError as error:
        progress(f"hub: {error}")
        sys.exit(next((code for kind, code in EXIT.items() if isinstance(error, kind)), 5))
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:
        progress(f"hub: {error.strerror or type(error).__name__}: {Path(str(error.filename or '')).name}")
        sys.exit(EXIT[Stop])
    except Exception as error:
        if os.environ.get("HUB_TRACEBACK"):
            raise
        # A message or a traceback may quote what was read: kind and place are enough to find the fault.
        place = traceback.extract_tb(error.__traceback__)[-1]
        progress(f"hub: unexpected {type(error).__name__} at {Path(place.filename).name}:{place.lineno}")
        sys.exit(1)
    sys.exit(0)
