"""An installation whose partner mends a mapping and replays refused rows, and the balance that must hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.cli.replaying import replay_all
from hub.log import deliveries, quarantine
from tests.pipe import MAPPING, Pipe, open_pipe, quiet, row
from tests.postgres import ENGINES

MENDED = MAPPING.replace("{f: F, m: M,", "{f: F, m: M, other: X,")
GOOD = [row(n) for n in range(20)]
ODD = [row(n, sex="other") for n in range(20, 26)]
BAD = [row(n, age="CANARY-many") for n in range(26, 29)]
TORN = [row(29, age="CANARY-many", sex="other")]
NOTHING: frozenset[str] = frozenset()


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as pipe:
        yield pipe


def mended(pipe: Pipe) -> str:
    path = pipe.folder / "mended.yaml"
    path.write_text(MENDED, "utf-8")
    return str(path)


def replayed(pipe: Pipe, adapter: str | None = None, *, rules: Any = NOTHING, chosen: Any = NOTHING) -> dict[str, Any]:
    return replay_all(pipe.hub, adapter or mended(pipe), None, rules, chosen, None, quiet)


def balanced(pipe: Pipe) -> None:
    """Of every delivery: received is accepted, unchanged and refused; and refused rows wait or have passed."""
    for _, proven in deliveries.receipts(pipe.hub.store):
        receipt = proven.receipt
        assert receipt.received == receipt.accepted + receipt.unchanged + receipt.quarantined
        assert receipt.quarantined == sum(quarantine.counts(pipe.hub.store, receipt.delivery))
