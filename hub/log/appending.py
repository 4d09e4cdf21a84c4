"""Events and their leaves, appended together: whoever writes to the log moves its tree in the same transaction."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from hub.log import checkpoint, tiles
from hub.log.notes import Signer
from hub.log.store import LogStore, Stored


class Appending:
    """The end of the log within one transaction. `close` signs what it has become."""

    def __init__(self, store: LogStore, connection: sa.Connection, signer: Signer, anchor: Path) -> None:
        self._store, self.connection, self._signer = store, connection, signer
        self.position = store.end(connection)
        self.frontier = tiles.load(connection, self.position)
        checkpoint.check_end(connection, self.frontier, signer.verifier, anchor)

    def add(self, events: Sequence[Stored], leaves: Sequence[bytes]) -> None:
        """Append events; `leaves` are their hashes, in the same order."""
        if not events:
            return
        self.position = self._store.append(self.connection, events)
        self.frontier.add(leaves)
        self.frontier.save(self.connection)

    def close(self) -> str | None:
        """Sign and keep a checkpoint of the log as it now is. None where nothing was ever appended."""
        if not self.position:
            return None
        return checkpoint.keep(self.connection, self.frontier.size, self.frontier.root(), self._signer)
