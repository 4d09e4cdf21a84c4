"""What carries partners' rows to the hub and back, as a stranger may make it: deliveries, chunks, refused rows."""

import atexit
import os
import secrets
import shutil
import tempfile
from contextlib import ExitStack
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path

from cryptography.exceptions import InvalidTag

from hub import __version__
from hub.adapters import find
from hub.adapters.base import Adapter
from hub.edge.deliver import deliver
from hub.edge.kept import open_rows
from hub.edge.problems import Problems
from hub.edge.replay import again, replay
from hub.edge.seal import Readers, Sealer
from hub.errors import HubError
from hub.events.columns import WHOLE, unpack_rows
from hub.events.wire import NO_PERIOD, TOKEN_BYTES, Delivery, End, Header, binding, open_sealed, public_key, seal
from hub.log.receive import receive
from hub.transport import files
from tests.delivered import HUB, PARTNER, READERS, SENDER, TOKENS
from tests.inputs import samples
from tests.pipe import Pipe, open_pipe, quiet, row, write_mapping

Said = list[str]
DELIVERY = "d" * 32
_NUMBERS = count(1)


@cache
def _installation() -> tuple[Pipe, ExitStack]:
    """One for as long as the process lives."""
    stack, folder, process = ExitStack(), Path(tempfile.mkdtemp()), os.getpid()

    def gone() -> None:
        if os.getpid() == process:  # a fork that ends leaves it to who made it
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(gone)
    return stack.enter_context(open_pipe(folder)), stack


@cache
def _adapter() -> Adapter:
    with tempfile.TemporaryDirectory() as folder:
        return find(str(write_mapping(Path(folder))))


def sealed_deliveries() -> list[bytes]:
    """Sealed to this process's own installation: rows that are taken and rows that are refused; rows alone; none."""
    pipe, _ = _installation()
    return [pipe.drop(rows).read_bytes() for rows in (samples.rows(), [row(n) for n in range(40)], [])]


def read_delivery(data: bytes) -> Said:
    """As `hub receive` reads what lies in the inbox."""
    pipe, _ = _installation()
    path = pipe.folder / f"{next(_NUMBERS)}.delivery"
    path.write_bytes(data)
    try:
        with files.opened(path) as delivery:
            return _received(delivery)
    except HubError as error:
        return [str(error)]
    finally:
        path.unlink()


def _received(delivery: Delivery) -> Said:
    pipe, _ = _installation()
    try:
        receive(pipe.hub.receiver, delivery, echo=quiet)
    except HubError as error:
        return [str(error)]
    return []


@cache
def _left() -> tuple[list[bytes], bytes]:
    """What an edge seals of a file that has both: the rows of its chunks, and its refused rows."""
    source = BytesIO(samples.delimited(samples.table(), ";"))
    header, parts = deliver(_adapter(), source, SENDER, tokens=TOKENS, readers=READERS, complete=False)
    *chunks, end = parts
    assert isinstance(end, End)
    rows = [open_sealed(each[1], HUB, f"{binding(header)}|rows|{at}") for at, each in enumerate(chunks)]
    return rows, open_sealed(end.refused_rows, PARTNER, f"{header.delivery}|refused")


def chunks() -> list[bytes]:
    """The rows of chunks, before they are sealed: whoever has the hub's public key seals what he likes."""
    return _left()[0]


def read_chunk(data: bytes) -> Said:
    """As the hub reads a chunk that opens."""
    pipe, _ = _installation()
    header = Header(secrets.token_hex(16), *SENDER, "xx_contacts", __version__, False)
    sealer = Sealer(header, Readers(*pipe.hub.readers(SENDER.partner)))
    facts, covers = _said(data)
    chunk = sealer.chunk(secrets.token_bytes(2 * TOKEN_BYTES * len(facts)), data)
    end = sealer.end(rows=sum(map(bool, facts)), complete=False, covers=covers, refusals=[], refused=[])
    return _received(Delivery(header, iter([chunk, end])))


def _said(data: bytes) -> tuple[list[int], tuple[str, ...]]:
    """How many facts each row has, and its periods, so that tokens and closing say the same, where that can be told."""
    try:
        stated = unpack_rows(data)
    except ValueError:
        return [1], ()
    return [len(each) for each in stated.facts], tuple(sorted({*stated.periods} - {NO_PERIOD, WHOLE}))


def sealed_rows() -> list[bytes]:
    """Refused rows as the quarantine keeps them."""
    return [_sealed(data) for data in refused_rows()]


def _sealed(rows: bytes) -> bytes:
    return seal(rows, public_key(PARTNER), f"{DELIVERY}|refused")


def refused_rows() -> list[bytes]:
    """Refused rows as they are within."""
    return [_left()[1]]


def read_sealed_rows(data: bytes) -> Said:
    """As `hub quarantine replay` opens them."""
    try:
        open_rows(data, PARTNER, DELIVERY)
    except (InvalidTag, HubError) as error:
        return [type(error).__name__]
    return []


def read_refused_rows(data: bytes) -> Said:
    """As `hub quarantine replay` reads them, once they are open: a partner may have sealed anything."""
    problems = Problems()
    try:
        found = [again(_adapter(), row, frozenset()) for row in open_rows(_sealed(data), PARTNER, DELIVERY)]
        records = [each for each in found if each]
        passed = replay(_adapter(), records, SENDER, DELIVERY, problems.take, tokens=TOKENS, readers=READERS)
    except HubError as error:
        return [str(error)]
    for _part in passed.delivery.parts if passed else ():
        pass
    return [text for line in problems.lines("en") for text in (line.rule, line.place, *line.first)]
