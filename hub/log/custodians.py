"""Who the custodians are, and what they approved, as the log says it. Every list is held to the one before."""

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from hub.errors import Reject, Stop
from hub.events.base import Event
from hub.events.custody import ActApproved, CustodiansEnrolled
from hub.events.wire import HUB_DATASET, HUB_TENANT
from hub.log import heads
from hub.log.sealed import split
from hub.log.store import LogStore
from hub.vault.acts import NONE_YET, Act, Approval, Custodian, Custodians, check, digest_about, enrolment, opaque
from hub.vault.subjects import Vault

E = TypeVar("E", bound=Event)
LISTS = "custody|custodians"
"""The hub's own stream of custodians: at its end stands the newest list."""


def stream_name(act: str) -> str:
    """The hub's own stream of one act."""
    return f"act|{act}"


def lists(store: LogStore, connection: sa.Connection, vault: Vault, log: str) -> list[Custodians]:
    """Every list of custodians, the newest last, each approved by the one before; the first is nobody.

    Raises Stop where one is not: somebody wrote it into the log who was not asked.
    """
    found = [NONE_YET]
    for said in _said(store, connection, vault, LISTS, CustodiansEnrolled):
        those = tuple(map(Custodian, said.readers, said.signers))
        about = enrolment(those)
        act = Act(said.act, "ENROL", log, said.number - 1, about, digest_about(about), said.valid_until)
        signed = zip(said.approved_by, said.signatures, strict=True)
        try:
            check([Approval(act, *each) for each in signed], found[-1], log)
        except Reject as error:
            raise Stop(f"list {said.number} of custodians was enrolled by nobody who may: {error}") from None
        found.append(Custodians(said.number, those))
    return found


def approved_within(
    store: LogStore, connection: sa.Connection, vault: Vault, log: str, *, request: str, digest: str, day: date
) -> bool:
    """Whether a request to forget may be carried out in this transaction: it was approved, or there are no custodians.
    The request's own id is the act's, so that the log takes it once."""
    now = lists(store, connection, vault, log)[-1]
    if not now.number:
        return True
    said = on_record(store, vault, request)
    return (
        said is not None
        and (said.kind, said.digest) == ("FORGET", digest)
        and said.valid_until >= day
        and {opaque(signer) for signer in now.signers}.issuperset(said.custodians)
    )


def on_record(store: LogStore, vault: Vault, act: str) -> ActApproved | None:
    """What the log says of an act."""
    with store.reading() as connection:
        return next(iter(_said(store, connection, vault, stream_name(act), ActApproved)), None)


def _said(store: LogStore, connection: sa.Connection, vault: Vault, name: str, event: type[E]) -> Iterator[E]:
    """Every event of one of the hub's own streams, in order."""
    record = vault.record_hash(HUB_TENANT, HUB_DATASET, name.encode())
    stream = heads.streams_of(connection, [record]).get(record)
    for _, _, _, topic, state in store.stream(f"{stream:032x}") if stream is not None else ():
        if topic == event.topic():
            yield event.model_validate_json(msgspec.json.encode(msgspec.json.decode(split(state)[2])["data"]))
