"""What custodians approved, on record: who they are, which acts may be carried out, and each of them once.

The log states both. A folder outside of it holds the approvals themselves and which were used, so that neither a log
that was put back nor a kill makes an act count twice, or an enrolment not at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from hub.errors import Reject, Retry, Stop
from hub.events.base import Event
from hub.events.custody import ActApproved, CustodiansEnrolled
from hub.log import own
from hub.log.custodians import LISTS, lists, on_record, stream_name
from hub.log.outside import rewrite
from hub.log.purges import NAME
from hub.log.purging import at_work
from hub.log.receive import Receiver
from hub.vault.acts import (
    Act,
    Approval,
    Custodians,
    Kind,
    check,
    digest_of,
    document,
    enrolled_by,
    in_time,
    opaque,
)


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act on record with its approvals; `used` when it was carried out."""

    approvals: tuple[Approval, ...]
    used: bool = False

    @property
    def act(self) -> Act:
        """What was approved."""
        return self.approvals[0].act


class Asked(NamedTuple):
    """What is to be carried out, exactly."""

    kind: Kind
    about: Mapping[str, str]
    digest: str


def today() -> date:
    """The day by which acts end, the same everywhere."""
    return datetime.now(UTC).date()


def log_of(hub: Receiver) -> str:
    """How acts name an installation: by its log's public key."""
    return str(hub.signer.verifier)


def custodians(hub: Receiver) -> Custodians:
    """Who they are now."""
    with hub.store.reading() as connection:
        return lists(hub.store, connection, hub.vault, log_of(hub))[-1]


def record(hub: Receiver, folder: Path, approvals: Sequence[Approval], day: date) -> bool:
    """Put an approved act on record: from here on it may be carried out, or, of an enrolment, it holds. Whether it is
    new. Raises Reject for what is not approved, not in time, or was carried out."""
    with _alone(folder):
        kept = _kept(folder)
        with hub.store.reading() as connection:
            now = lists(hub.store, connection, hub.vault, log_of(hub))[-1]
        known = kept.get(approvals[0].act.act) if approvals else None
        if known is not None and not known.used and _names(known.approvals) == _names(approvals):
            return False  # killed before it said so
        act = check(approvals, now, log_of(hub))
        in_time(act, day)
        if known is not None or on_record(hub.store, hub.vault, act.act) is not None:
            raise Reject("this act is on record already: an act is approved once")
        _keep(folder, Kept(tuple(approvals)))
        _state(hub, approvals)
        return True


def settle(hub: Receiver, folder: Path) -> None:
    """Whatever the folder knows to be approved, the log states: after a kill, or when it was put back.

    Raises Stop for what nobody who may has approved: somebody put it there.
    """
    kept = sorted(_kept(folder).values(), key=lambda each: (each.act.kind != "ENROL", each.act.custodians))
    for each in kept:
        act = each.act
        with hub.store.reading() as connection:
            known = lists(hub.store, connection, hub.vault, log_of(hub))
        enrolled = act.kind == "ENROL" and act.custodians < known[-1].number
        if enrolled or on_record(hub.store, hub.vault, act.act) is not None:
            continue
        try:
            check(each.approvals, known[min(act.custodians, len(known) - 1)], log_of(hub))
        except Reject as error:
            raise Stop(f"the folder of acts holds one that was not approved: {error}") from None
        _state(hub, each.approvals)


@contextmanager
def approved(hub: Receiver, folder: Path, asked: Asked, day: date) -> Iterator[Kept | None]:
    """Carry an approved act out, within. Killed before its end, it may be carried out again: it goes on.

    None where no custodians are enrolled. Raises Reject where nothing that fits was approved, or not any more.
    """
    now = custodians(hub)
    if not now.number:
        yield None
        return
    with _alone(folder):
        kept = _fitting(_kept(folder).values(), asked)
        act = check(kept.approvals, now, log_of(hub))
        in_time(act, day)
        if on_record(hub.store, hub.vault, act.act) is None:
            raise Stop("an approval is not in the log: somebody put it beside it")
        yield kept
        _keep(folder, Kept(kept.approvals, used=True))


def every(folder: Path) -> list[Kept]:
    """Every act on record, for those who look."""
    return list(_kept(folder).values())


def _names(approvals: Sequence[Approval]) -> list[str]:
    return sorted(map(digest_of, approvals))


def _fitting(kept: Iterable[Kept], asked: Asked) -> Kept:
    of_kind = [each for each in kept if each.act.kind == asked.kind and each.act.about == asked.about]
    same = [each for each in of_kind if each.act.digest == asked.digest]
    unused = [each for each in same if not each.used]
    if not of_kind:
        raise Reject("two custodians have to approve exactly this: --ask FILE writes what they sign")
    if not same:
        raise Reject("what would be touched is not what was approved: ask again")
    if not unused:
        raise Reject("what was approved was carried out: an act is approved once")
    return max(unused, key=lambda each: each.act.valid_until)


def _state(hub: Receiver, approvals: Sequence[Approval]) -> None:
    act, by = approvals[0].act, sorted(approvals, key=lambda each: each.signer)
    if act.kind == "ENROL":
        new = enrolled_by(act)
        readers, signers = zip(*new.those, strict=True)
        said: Event = CustodiansEnrolled(
            act=act.act,
            number=new.number,
            readers=readers,
            signers=signers,
            valid_until=act.valid_until,
            approved_by=tuple(each.signer for each in by),
            signatures=tuple(each.signature for each in by),
        )
        own.state(hub, LISTS, said)
        return
    said = ActApproved(
        act=act.act,
        kind=act.kind,
        digest=act.digest,
        document=sha256(document(act)).hexdigest(),
        approvals=tuple(map(digest_of, by)),
        custodians=tuple(opaque(each.signer) for each in by),
        valid_until=act.valid_until,
    )
    own.state(hub, stream_name(act.act), said)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with at_work(folder) as alone:
        if not alone:
            raise Retry("another act is being carried out: try again when it is done")
        yield


def _keep(folder: Path, kept: Kept) -> None:
    rewrite(folder / kept.act.act, lambda: msgspec.json.encode(kept).decode())


def _kept(folder: Path) -> dict[str, Kept]:
    try:
        paths = sorted(path for path in folder.iterdir() if NAME.fullmatch(path.name))
        return {path.name: msgspec.json.decode(path.read_bytes(), type=Kept) for path in paths}
    except FileNotFoundError:
        return {}
    except msgspec.DecodeError:
        raise Stop("an approval in the folder of acts is damaged: put it back from a copy") from None
