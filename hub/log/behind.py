"""One thread that writes to the database while the next rows are opened: writing runs without Python's lock."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager


class Behind:
    """One piece of work at a time. Whoever needs what it does, or the connection it uses, waits for it first."""

    def __init__(self, worker: ThreadPoolExecutor) -> None:
        self._worker = worker
        self._work: Future[None] | None = None

    def start(self, work: Callable[[], None]) -> None:
        """Begin, once the work before is done."""
        self.wait()
        self._work = self._worker.submit(work)

    def wait(self) -> None:
        """Return when nothing is at work. Raises what the work raised."""
        work, self._work = self._work, None
        if work is not None:
            work.result()


@contextmanager
def behind() -> Iterator[Behind]:
    """A thread for the time of one transaction. It is over before the transaction is, also when that fails."""
    with ThreadPoolExecutor(1, "behind") as worker:
        yield Behind(worker)
