"""`hub adapters check`: everything that an adapter owes, tried on a good file of it. Nothing is stored or sent."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from hub.adapters import find
from hub.adapters.base import Adapter, Rejected
from hub.adapters.contract import Check, contract, judged
from hub.adapters.scaffold import still_open
from hub.cli.certificate import Certificate, certificate
from hub.cli.sender import sender_of
from hub.edge.conformance import conformance, golden_lines
from hub.edge.deliver import Sender
from hub.errors import Reject, Stop

LARGEST = 20_000_000
"""Bytes of a sample: it is read many times."""
LONG_ENOUGH = 0.3
"""Seconds in which the speed is taken: a small sample is read many times."""
FINISHED = "nothing of the draft is left to decide"
DETERMINISTIC = "another process, with another seed of hashes, leaves the same"


def check(
    adapter: str,
    path: Path | None,
    *,
    partner: str | None,
    golden: Path | None,
    seed: int,
    echo: Callable[[str], None],
) -> tuple[list[Check], dict[str, Any], Certificate | None]:
    """The checks in their order, what was measured, and what can be certified; None where a check failed or no file
    was given. Raises Reject for a file that the adapter refuses as a whole, Stop for an adapter that is none.
    """
    checks = [finished] if (finished := _finished(adapter)) else []
    if finished and finished.state == "failed":
        return checks, {}, None
    found = find(adapter)
    if path is None:
        said = "a good file of it is needed for all other checks"
        return [*checks, Check("whole", "a good file is taken whole", "not tried", (said,))], {}, None
    sender = sender_of(found, partner, path)
    try:
        data = _read(path)
        echo("the adapter: shape, twice, order, damage")
        checks += contract(lambda: find(adapter), data, seed=seed)
        echo("what leaves: whole, shuffled, canaries, corrections, retractions, golden")
        leaves = _golden(golden, found, sender, data)
        checks += conformance(found, sender, data, leaves, seed=seed)
        checks.append(judged("deterministic", DETERMINISTIC, iter(_deterministic(adapter, path, sender))))
        measured = _speed(found, data)
    except Rejected as rejected:
        raise Reject(f"{path.name} is not a file of {found.name}: {rejected}") from None
    if any(each.state == "failed" for each in checks):
        return checks, measured, None
    _keep(golden, leaves, echo)
    return checks, measured, certificate(found, sender.partner, measured["records"], checks, date.today())


def main(adapter: str, file: str, partner: str, country: str) -> None:
    """In a process of its own: print what leaves of a file."""
    sys.stdout.write(golden_lines(find(adapter), Sender(partner, country), Path(file).read_bytes()))


def _finished(adapter: str) -> Check | None:
    if not adapter.endswith((".yaml", ".yml")):
        return None
    try:
        text = Path(adapter).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None  # whoever loads it says why
    found = (f"line {each.line}: {each.place}: {each.what}" for each in still_open(text))
    return Check("finished", FINISHED, "failed" if (told := tuple(found)) else "passed", told)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Reject(f"{path.name} is too large for a trial: a few hundred rows are enough")
        return path.read_bytes()
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None


def _golden(golden: Path | None, adapter: Adapter, sender: Sender, data: bytes) -> str | None:
    """What the golden file says; where it is missing, what leaves now."""
    if golden is None:
        return None
    try:
        return golden.read_text("utf-8") if golden.exists() else golden_lines(adapter, sender, data)
    except (OSError, UnicodeDecodeError):
        raise Reject(f"{golden.name} is no golden file that can be read or written") from None


def _keep(golden: Path | None, leaves: str | None, echo: Callable[[str], None]) -> None:
    """Write the golden file where it is missing, once nothing else fails: whoever looks through it makes it golden."""
    if golden is None or leaves is None or golden.exists():
        return
    try:
        golden.write_text(leaves, "utf-8")
    except OSError:
        raise Reject(f"{golden.name} is no golden file that can be read or written") from None
    echo(f"{golden.name} is written: look through it once, and keep it with the adapter")


def _deterministic(adapter: str, path: Path, sender: Sender) -> list[str]:
    code = f"from {__name__} import main; import sys; main(*sys.argv[1:])"
    words = [sys.executable, "-c", code, adapter, str(path), *sender]
    runs = [
        subprocess.Popen(
            words, env={**os.environ, "PYTHONHASHSEED": seed}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        for seed in ("1", "2")
    ]
    said = [run.communicate()[0] for run in runs]
    if any(run.returncode for run in runs):
        raise Stop("the adapter does not run in a process of its own")
    return [] if said[0] == said[1] else ["something else leaves"]


def _speed(adapter: Adapter, data: bytes) -> dict[str, Any]:
    """Records, and how many were read and translated a second. Told, and never judged: a machine may be busy."""
    count, rounds, begun = 0, 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < LONG_ENOUGH:
        rounds += 1
        for record in adapter.read(BytesIO(data)):
            count += 1
            with contextlib.suppress(Rejected):
                adapter.translate(record)
    return {"records": count // rounds, "records_per_second": round(count / spent)}
