"""What an edge has sealed and where it is: on its disk before it is sent, and kept until the hub's receipt is proven.

A delivery is a file that moves: `waiting` → `sent` → `received`, or `refused`. Whatever is killed, it is in one.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import rmtree
from typing import Literal, NamedTuple, get_args

import msgspec

from hub.errors import Reject
from hub.events.wire import ProvenReceipt, pack
from hub.transport import files

State = Literal["waiting", "sent", "received", "refused"]
STATES: tuple[State, ...] = get_args(State)


class Origin(msgspec.Struct, frozen=True):
    """Of what file a delivery was made: its name and digest, which stay at the partner; and for which partner."""

    partner: str
    dataset: str
    file: str
    digest: str


class Entry(NamedTuple):
    """A delivery, its state, what it was made of, and what became of it: its receipt, or the rule that refused it."""

    delivery: str
    state: State
    origin: Origin | None
    receipt: ProvenReceipt | None
    rule: str | None


class Outbox:
    """The deliveries of one edge."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in (*STATES, "origins"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._files = folder / "files"
        if not self._files.exists():
            self._list_files()

    @property
    def waiting(self) -> Path:
        """Where sealed deliveries are put."""
        return self.folder / "waiting"

    def named(self, origin: Origin, delivery: str) -> None:
        """Remember of what file a delivery is made. Before it is: one without a file says nothing."""
        write_whole(self.folder / "origins" / f"{delivery}.json", pack(origin))
        _list(self._files, origin, delivery)

    def known(self, file: str, digest: str) -> str | None:
        """The delivery that was made of a file of this name with just this content; None where none is whole."""
        made = (path.suffix[1:] for path in _of_name(self._files, file).glob(f"{digest}.*"))
        return next((delivery for delivery in made if self.state(delivery)), None)

    def has_named(self, file: str) -> bool:
        """Whether a delivery was made of a file of this name, ever."""
        return _of_name(self._files, file).exists()

    def state(self, delivery: str) -> State | None:
        """Where a delivery is; None for one that was never whole."""
        return next((state for state in reversed(STATES) if self._path(state, delivery).exists()), None)

    def pending(self, state: State) -> Iterator[Path]:
        """The sealed deliveries in a state, oldest first."""
        yield from files.pending(self.folder / state)

    def move(self, delivery: str, before: State, after: State) -> None:
        """A delivery is further, or is to be sent again. Nothing where another process has moved it already."""
        path = self.folder / before / f"{delivery}{files.SUFFIX}"
        with suppress(FileNotFoundError):
            path.replace(self.folder / after / path.name)

    def keep_order(self, delivery: str) -> None:
        """A delivery is newer than all that wait, whatever the clock says: none overtakes what it corrects."""
        path = self._path("waiting", delivery)
        others = [each for state in ("waiting", "sent") for each in (self.folder / state).glob(f"*{files.SUFFIX}")]
        newest = max((_changed(each) for each in others if each.stem != delivery), default=0)
        if _changed(path) <= newest:
            os.utime(path, ns=(newest + 1, newest + 1))

    def heeded(self, letter: str) -> bool:
        """Whether a letter that asks for all once more was heeded: each is once, as it stays on its topic."""
        return self._asked(letter).exists()

    def heed(self, letter: str) -> None:
        """It is."""
        self._asked(letter).parent.mkdir(mode=0o700, exist_ok=True)
        self._asked(letter).touch()

    def received(self, delivery: str, proven: bytes) -> None:
        """Its receipt is proven: the sealed delivery is not needed any more."""
        write_whole(self._path("received", delivery), proven)
        for state in ("sent", "waiting", "refused"):
            (self.folder / state / f"{delivery}{files.SUFFIX}").unlink(missing_ok=True)

    def refused(self, delivery: str, rule: str) -> None:
        """The hub put it aside: it stays, with the rule."""
        write_whole(self.folder / "refused" / f"{delivery}.rule", rule.encode())
        for state in ("sent", "waiting"):
            path = self.folder / state / f"{delivery}{files.SUFFIX}"
            if path.exists():
                path.replace(self.folder / "refused" / path.name)

    def entries(self) -> list[Entry]:
        """Every delivery, oldest first."""
        found: dict[str, tuple[int, State]] = {}
        for state in STATES:
            for path in (self.folder / state).iterdir():
                whole = path.suffix in (files.SUFFIX, ".json") and not path.name.startswith(".")
                if whole and (changed := _changed(path)):
                    found[path.stem] = (changed, state)
        order = sorted(found, key=lambda delivery: found[delivery])
        return [self.entry(delivery, found[delivery][1]) for delivery in order]

    def entry(self, delivery: str, state: State) -> Entry:
        """What is known of a delivery in a state."""
        receipt = rule = None
        if state == "received":
            receipt = msgspec.json.decode(self._path(state, delivery).read_bytes(), type=ProvenReceipt)
        path = self.folder / "refused" / f"{delivery}.rule"
        if state == "refused" and path.exists():
            rule = path.read_text("utf-8")
        return Entry(delivery, state, _origin(self.folder / "origins" / f"{delivery}.json"), receipt, rule)

    def _list_files(self) -> None:
        """Of an outbox that an earlier version left: which deliveries were made of which file, whole or not at all."""
        draft = self.folder / f".files.{os.getpid()}"
        draft.mkdir(mode=0o700, exist_ok=True)
        for path in (self.folder / "origins").glob("*.json"):
            if (origin := _origin(path)) is not None:
                _list(draft, origin, path.stem)
        try:
            draft.rename(self._files)
        except OSError:
            if not self._files.exists():
                raise
            rmtree(draft)  # another process was faster

    def _asked(self, letter: str) -> Path:
        return self.folder / "asked" / sha256(letter.encode()).hexdigest()

    def _path(self, state: State, delivery: str) -> Path:
        return self.folder / state / f"{delivery}{'.json' if state == 'received' else files.SUFFIX}"


def _list(files: Path, origin: Origin, delivery: str) -> None:
    """A delivery, to be found by the file that it was made of: by its name, then by its content."""
    of_name = _of_name(files, origin.file)
    of_name.mkdir(mode=0o700, exist_ok=True)
    (of_name / f"{origin.digest}.{delivery}").touch()


def _of_name(files: Path, file: str) -> Path:
    return files / sha256(file.encode("utf-8", "surrogateescape")).hexdigest()


def _changed(path: Path) -> int:
    """When a file was changed, in nanoseconds; 0 for one that another process has moved."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def digest_of(path: Path) -> str:
    """SHA-256 of a partner's file. It stays beside the file."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None


def _origin(path: Path) -> Origin | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Origin)
    except FileNotFoundError:
        return None


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
