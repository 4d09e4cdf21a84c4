"""The warehouse feed: every event as a row of its raw table in DuckDB, rows and place in one transaction."""

import contextlib
import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from hub.errors import HubError, Retry, Stop
from hub.events import NEWEST
from hub.projections.opening import Columns, Page, Unfit
from hub.projections.raw_tables import PLACE, SCHEMA, Checksums, create_raw_tables, raw_columns, table_name
from hub.projections.shaping import FROM, Gathering, arrow, rows

REBUILD = "hub project --rebuild makes it anew from the log"
IN_USE = (duckdb.ConnectionException, duckdb.ResourceInUseException)
"""Another thread of this process has the file open, in its way or just about to."""
SETTINGS = (
    "SET preserve_insertion_order = false",
    # One thread writes while Python opens the next page: more of them would only take its turn.
    "SET threads = 1",
    "SET memory_limit = '256MB'",
    # A table's last group of rows is written anew at each checkpoint: so at fewer of them.
    "SET checkpoint_threshold = '256MB'",
)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One projection or build at a time at this file. The lock goes with the process, however it ends."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.with_name(f"{path.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Retry("another projection, or a build, is at work: try again when it is done") from None
        yield


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    """The file. Raises Retry while another process has it, and Stop where it cannot be read."""
    try:
        return duckdb.connect(str(path))
    except (duckdb.IOException, *IN_USE) as error:
        if "lock" in str(error).lower() or isinstance(error, IN_USE):
            raise Retry("the warehouse is in use by another process: try again when it is done") from None
        raise Stop(f"the warehouse cannot be opened: {REBUILD}") from None


class WarehouseFeed:
    """The raw tables of one DuckDB file. Satisfies `View`."""

    name = "warehouse"

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connection = opened(path)
        path.chmod(0o600)
        with _told_apart():
            for setting in SETTINGS:
                self._connection.execute(setting)
            with self._transaction():
                create_raw_tables(self._connection)
        self._inserts = {name: _statement(name) for name in NEWEST}

    def close(self) -> None:
        """Give the file back: DuckDB lets one process in at a time."""
        self._connection.close()

    def place(self) -> int:
        """The position of the last event in the raw tables."""
        asked = "SELECT position FROM raw.place WHERE projection = ?"
        return int(self._connection.execute(asked, [PLACE]).fetchall()[0][0])

    def apply(self, pages: Iterable[Page]) -> None:
        """Rows and place, both or neither."""
        place, gathering = self.place(), Gathering()
        with _told_apart(), self._transaction():
            for page in pages:
                if page.after != place:
                    raise Retry("the warehouse has moved on: another projection is at work")
                self._insert(gathering.add(page))
                place = page.place
            self._insert(gathering.rest())
            self._connection.execute("UPDATE raw.place SET position = ? WHERE projection = ?", [place, PLACE])

    def _insert(self, gathered: Iterable[tuple[str, Columns]]) -> None:
        for name, events in gathered:
            self._connection.register(FROM, arrow(events))
            self._connection.execute(self._inserts[name])
            self._connection.unregister(FROM)

    def checksums(self) -> Checksums:
        """Each raw table's rows, in any order: how many there are, the sum of their hashes, their exclusive or."""
        # As JSON: an empty list and no list have the same hash.
        said = "(SELECT to_json(t)::VARCHAR AS said FROM {}.{} AS t)"
        asked = f"SELECT count(*), sum(hash(said)), bit_xor(hash(said)) FROM {said}"  # noqa: S608 - our own names
        tables = [table_name(name) for name in NEWEST]
        return {each: self._connection.execute(asked.format(SCHEMA, each)).fetchall()[0] for each in tables}

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            # A disk that is full fails this too; nothing was committed then.
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise


@contextmanager
def _told_apart() -> Iterator[None]:
    """DuckDB's errors, by what to do about them. DuckDB quotes what it could not read, so its words go no further."""
    try:
        yield
    except HubError:
        raise
    except (duckdb.OperationalError, MemoryError, OSError) as error:
        raise Retry(f"the warehouse could not be written ({type(error).__name__}): a full disk, or memory") from None
    except (duckdb.DataError, duckdb.IntegrityError, duckdb.InvalidInputException, pa.ArrowException) as error:
        raise Unfit(f"does not fit its raw table ({type(error).__name__})") from None
    except duckdb.ProgrammingError:
        raise Stop(f"the warehouse is another release's: {REBUILD}") from None
    except duckdb.Error as error:
        raise Stop(f"the warehouse refused a write ({type(error).__name__}): nothing of it was kept") from None


def _statement(name: str) -> str:
    model = NEWEST[name]
    names = ", ".join(f'"{column}"' for column in raw_columns(model))
    return f"INSERT INTO {SCHEMA}.{table_name(name)} ({names}) {rows(model)}"
