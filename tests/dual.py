"""Custodians of a test installation, and what they sign. Their keys are on machines of their own: here, in memory."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from hub.cli.installation import Installation
from hub.events.wire import public_key
from hub.log import acts
from hub.log.acts import Asked, approved
from hub.vault.acts import DAYS, Act, Approval, Custodian, approve, digest_about, enrolment, public_signer

ANNA, BEN, CARA, DORA, MALLORY = (bytes([n]) * 32 for n in range(1, 6))
THREE = (ANNA, BEN, CARA)


def enrolling(those: Sequence[bytes]) -> Asked:
    """What is asked so that these are the custodians."""
    about = enrolment([Custodian(public_key(each).public_bytes_raw().hex(), public_signer(each)) for each in those])
    return Asked("ENROL", about, digest_about(about))


def act_of(hub: Installation, asked: Asked, **changed: Any) -> Act:
    """An act as `--ask` writes it."""
    act = Act(
        secrets.token_hex(16),
        asked.kind,
        acts.log_of(hub.receiver),
        acts.custodians(hub.receiver).number,
        dict(asked.about),
        asked.digest,
        acts.today() + timedelta(days=DAYS),
    )
    return msgspec.structs.replace(act, **changed)


def signed(act: Act, *by: bytes) -> list[Approval]:
    """Their approvals of it."""
    return [approve(act, each) for each in by]


def record(hub: Installation, approvals: Sequence[Approval]) -> bool:
    """Put on record what was approved."""
    return acts.record(hub.receiver, hub.settings.acts_path, approvals, acts.today())


def enrol(hub: Installation, those: Sequence[bytes] = THREE, by: Sequence[bytes] | None = None) -> None:
    """These are the custodians from here on."""
    record(hub, signed(act_of(hub, enrolling(those)), *(those if by is None else by)))


ASKED = Asked("PURGE", {"country": "PT", "until": "2015"}, "ab" * 32)
OTHER = Asked("PURGE", {"country": "PT", "until": "2016"}, "ab" * 32)


def carried_out(hub: Installation, asked: Asked = ASKED) -> bool:
    """Whether it may be carried out; then it was."""
    with approved(hub.receiver, hub.settings.acts_path, asked, acts.today()) as kept:
        return kept is not None
