"""Receivers, projectors and readers as processes at once: as if they had come in turn. `make faults` does it often."""

import pytest

from tests.campaigns.counted import repeated
from tests.campaigns.together import together
from tests.postgres import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
def test_all_at_once_lose_nothing_double_nothing_and_show_no_gap(engine: str) -> None:
    assert repeated(together, engine, 1, seed=1).words == []
