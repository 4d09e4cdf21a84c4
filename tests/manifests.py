"""What dbt knows of the warehouse, read once a process; fixtures are taken by name, in each test file."""

from typing import Any

import pytest

from hub.cli import documented


@pytest.fixture(scope="session")
def known() -> documented.Known:
    return documented.read()


@pytest.fixture(scope="session")
def manifest(known: documented.Known) -> dict[str, Any]:
    return known.manifest
