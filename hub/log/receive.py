"""A delivery → the log, whole or not at all. Durable first; the receipt is the acknowledgement, and it comes last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from msgspec import UNSET

from hub.errors import Reject
from hub.events.columns import Stated, unpack_rows
from hub.events.wire import (
    Chunk,
    Closing,
    Delivery,
    Digest,
    End,
    Header,
    ProvenReceipt,
    Receipt,
    binding,
    open_closing,
    open_sealed,
)
from hub.log import checkpoint, custodians, deliveries, erasing, linkage, quarantine
from hub.log.appending import Appending
from hub.log.applying import Applying
from hub.log.behind import behind
from hub.log.check import UnbelievableError, check_chunk
from hub.log.notes import Signer
from hub.log.replaying import replayed
from hub.log.store import LogStore
from hub.vault.epochs import of_header
from hub.vault.forget import Erased, forget, known
from hub.vault.subjects import Handle, Subject, Vault


class Receiver(NamedTuple):
    """What receiving needs: the stores, the secret that opens rows, and the key that signs what the log has become.

    Outside of log and vault: `anchor`, the file with the newest checkpoint, and `erasures`, a folder of the forgotten.
    """

    store: LogStore
    vault: Vault
    secret: bytes
    signer: Signer
    anchor: Path
    erasures: Path


def receive(
    receiver: Receiver,
    delivery: Delivery,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    echo: Callable[[str], None] = lambda _line: None,
    along: Callable[[sa.Connection], None] = lambda _connection: None,
) -> ProvenReceipt:
    """Apply a delivery and answer its receipt. A delivery already applied answers the receipt it had.

    `along`: what is committed with it, also when it was applied before (see sources.py).
    Raises Reject when the delivery was torn or changed on the way: nothing of it is then in the log.
    """
    header = delivery.header
    with receiver.store.writing() as connection, behind() as writing:
        ordinal = deliveries.enter(connection, header, now())
        if ordinal is None:
            proven = _known(deliveries.known(connection, header.delivery), delivery)
            along(connection)
            return proven
        linkage.check(receiver.store, connection, receiver.vault, header, now().date())
        appending = Appending(receiver.store, connection, receiver.signer, receiver.anchor)
        again = replayed(receiver.store, connection, header)
        applying = Applying(appending, receiver.vault, header, ordinal, f"{now():%Y-%m}", writing, again)
        take = _stated if header.erases is UNSET else _named
        told = take(receiver, delivery, applying, echo)
        receipt = Receipt(
            delivery=header.delivery,
            partner=header.partner,
            dataset=header.dataset,
            digest=told.digest,
            received=told.closing.rows + told.closing.refused,
            accepted=told.accepted,
            unchanged=applying.unchanged,
            quarantined=told.closing.refused,
            events=told.events,
            position=appending.position,
            unlinked=told.closing.unlinked,
        )
        appending.close()
        proven = checkpoint.prove(connection, receipt, appending.frontier, receiver.signer)
        deliveries.keep_receipt(connection, ordinal, proven)
        erasing.keep_last(connection, receiver.vault)
        along(connection)
        if told.erased:  # the last step before the commit: a crash in between asks for the same again
            forget(receiver.vault, header.delivery, told.erased)
    if told.erased:
        erasing.settle(receiver.store, receiver.vault, receiver.erasures)
    return proven


class _Told(NamedTuple):
    """What became of a delivery's parts; `erased`: whom the vault is to forget."""

    closing: Closing
    digest: str
    accepted: int
    events: int
    erased: Erased | None = None


def _stated(receiver: Receiver, delivery: Delivery, applying: Applying, echo: Callable[[str], None]) -> _Told:
    """Rows: each chunk in its turn is reconciled."""
    header, met = delivery.header, dict[bytes, Subject]()
    bound = binding(header)

    def take(chunk: Chunk, number: int) -> None:
        with _believing_nothing(f"delivery {header.delivery}: chunk {number}"):
            tokens = receiver.vault.open_tokens(chunk.tokens, f"{bound}|tokens|{number}")
            rows = open_sealed(chunk.rows, receiver.secret, f"{bound}|rows|{number}")
            mark = receiver.vault.mark(header, tokens, rows)
            if not applying.heard(mark):
                applying.rows(*_read(receiver.vault, header, tokens, rows, met), mark)
        echo(f"applied {applying.stated:,} rows")

    closing, end, digest = _apply(receiver, delivery, take)
    applying.close(closing)
    quarantine.take(applying.connection, header, closing, end.refused_rows)
    return _Told(closing, digest, applying.accepted, applying.events_of_rows)


def _named(receiver: Receiver, delivery: Delivery, applying: Applying, _echo: Callable[[str], None]) -> _Told:
    """Persons to forget. Whether any of them was known, no count says."""
    header, keys = delivery.header, set[int]()

    def take(chunk: Chunk, number: int) -> None:
        with _believing_nothing(f"delivery {header.delivery}: chunk {number}"):
            if open_sealed(chunk.rows, receiver.secret, f"{binding(header)}|rows|{number}"):
                raise ValueError("rows in an erasure")
            keys.update(
                known(
                    receiver.vault,
                    chunk.tokens,
                    f"{binding(header)}|tokens|{number}",
                    header.country,
                    of_header(header),
                )
            )

    closing, _, digest = _apply(receiver, delivery, take)

    def approved() -> bool:
        log, day = str(receiver.signer.verifier), datetime.now(UTC).date()
        return custodians.approved_within(
            receiver.store, applying.connection, receiver.vault, log, request=header.delivery, digest=digest, day=day
        )

    erased = erasing.state(receiver.vault, applying, header, closing, keys, approved=approved)
    return _Told(closing, digest, closing.rows, applying.events, erased)


def _apply(receiver: Receiver, delivery: Delivery, take: Callable[[Chunk, int], None]) -> tuple[Closing, End, str]:
    """Every chunk in its turn; the closing, the end it stood in, and the digest of all parts."""
    header = delivery.header
    digest = Digest(header)
    for number, part in enumerate(delivery.parts):
        before = digest.hex()
        digest.add(part)
        if isinstance(part, End):
            return _closing(receiver, header, part, number, before), part, digest.hex()
        take(part, number)
    raise Reject(f"delivery {header.delivery} is torn: it has no end", "torn")


def _read(
    vault: Vault, header: Header, tokens: bytes, rows: bytes, met: dict[bytes, Subject]
) -> tuple[Stated, list[Handle]]:
    stated = unpack_rows(rows)
    handles = vault.handles(
        tokens,
        partner=header.partner,
        dataset=header.dataset,
        country=header.country,
        met=met,
        epochs=of_header(header),
    )
    check_chunk(stated, handles)
    return stated, handles


def _closing(receiver: Receiver, header: Header, end: End, chunks: int, digest: str) -> Closing:
    with _believing_nothing(f"delivery {header.delivery}: its closing"):
        closing = open_closing(end.closing, receiver.secret, header)
        if closing.chunks != chunks or closing.digest != digest or (closing.complete and not header.complete):
            raise ValueError("not the parts that were sent")
    return closing


def _known(kept: ProvenReceipt, delivery: Delivery) -> ProvenReceipt:
    """The receipt it had, if it is the same delivery: an id alone proves nothing."""
    digest = Digest(delivery.header)
    for part in delivery.parts:
        digest.add(part)
    if digest.hex() != kept.receipt.digest:
        raise Reject(f"delivery {delivery.header.delivery} came before with other content", "came-before")
    return kept


@contextmanager
def _believing_nothing(what: str) -> Iterator[None]:
    """What does not open, or is not what an edge makes, is refused by name; never by what it holds."""
    try:
        yield
    except InvalidTag:
        raise Reject(f"{what} does not open", "does-not-open") from None
    except UnbelievableError as error:
        raise Reject(f"{what} is not one: {error}", error.rule) from None
    except ValueError as error:
        raise Reject(f"{what} is not one: {_rule(error)}", "not-of-an-edge") from None


def _rule(error: ValueError) -> str:
    """Our own rules are told; a library's words may quote what they read."""
    return str(error) if type(error) is ValueError else "a value that its schema does not allow"
