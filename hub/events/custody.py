"""Custodians, and what two of three of them approved: acts that no single person may order."""

from datetime import date
from typing import Annotated

from pydantic import Field

from hub.events.base import Event, OpaqueId
from hub.events.codes import ActKind
from hub.events.log import Sha256

PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class CustodiansEnrolled(Event):
    """Three custodians by their public keys: to seal to (X25519), and to check what they sign (Ed25519).

    `number` counts the lists, from 1. `signatures` are of the act that asked for this one, by `approved_by`: of the
    first list all three, of a later one two of those before and everybody who is new.
    """

    name = "custody.enrolled"
    personal = False
    act: OpaqueId
    number: int = Field(ge=1)
    readers: tuple[PublicKey, ...] = Field(min_length=3, max_length=3)
    signers: tuple[PublicKey, ...] = Field(min_length=3, max_length=3)
    valid_until: date
    approved_by: tuple[PublicKey, ...] = Field(min_length=2, max_length=6)
    signatures: tuple[Signature, ...] = Field(min_length=2, max_length=6)


class ActApproved(Event):
    """Two custodians approved an act; stated before it is carried out.

    `digest` is of what it touches, `document` the SHA-256 of the act as they signed it, `approvals` those of what they
    signed. `custodians` are opaque: the first half of the SHA-256 of each one's signing key.
    """

    name = "act.approved"
    personal = False
    act: OpaqueId
    kind: ActKind
    digest: Sha256
    document: Sha256
    approvals: tuple[Sha256, ...] = Field(min_length=2, max_length=3)
    custodians: tuple[OpaqueId, ...] = Field(min_length=2, max_length=3)
    valid_until: date
