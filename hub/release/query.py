"""SQL for evaluators, on the release file and nothing else.

The file holds only released numbers, so any SELECT is allowed. What is closed is the way out of the file: other files,
extensions, settings, Python variables of this process. The lock is set before the first statement and cannot be lifted.
"""

from pathlib import Path
from typing import Any

import duckdb

from hub.errors import Reject, Stop

LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}
SPEAKING = (duckdb.ParserException, duckdb.CatalogException, duckdb.BinderException)
"""Errors whose text is about the statement itself. Others may quote data, and are only named."""


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """The release file, read-only and locked."""
    if not path.is_file():
        raise Stop("there is no release yet: publish a closed quarter first")
    return duckdb.connect(str(path), read_only=True, config=LOCKED)


def query(path: Path, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one statement. Raises Reject when the release file cannot or may not answer it."""
    with connect(path) as connection:
        try:
            cursor = connection.execute(sql)
            return [column[0] for column in cursor.description or []], cursor.fetchall()
        except SPEAKING as error:
            raise Reject(f"the query was refused: {error}") from None
        except duckdb.Error as error:
            raise Reject(f"the query was refused: {type(error).__name__}") from None
