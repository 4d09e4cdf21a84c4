"""A log for an operator's own collector: with HUB_LOG=json one line a command, and one a delivery, on standard error.

Every field is a name of ours, a count, or an id that was drawn by chance. Nothing that stands in a partner's file, no
argument, and no time finer than a second.
"""

import json
import os
from datetime import UTC, datetime

from hub.cli.answer import progress


def log(event: str, **said: str | int | bool | dict[str, int]) -> None:
    """One line, if the environment asks for it."""
    if os.environ.get("HUB_LOG") == "json":
        progress(json.dumps({"at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "event": event, **said}))
