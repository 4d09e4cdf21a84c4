"""Acts that no single person may order: what two of three custodians sign, and what counts as their approval.

An act file tells in clear what is asked. A custodian reads and signs it on a machine of their own, without the hub. The
signature covers every field: kind, what it is about, digest, installation, list of custodians, random id, last day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from hub.errors import Reject
from hub.vault.custody import CUSTODIANS

NEEDED = 2
"""Custodians who have to approve an act."""
DAYS = 14
"""For how long an act may be approved and carried out."""
Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Signed = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}$")]
Kind = Literal["FORGET", "PURGE", "CLOSE_EPOCH", "DESTROY_KEYS", "EARLY_RELEASE", "ENROL"]
Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_./:-]*$", max_length=140)]


class Custodian(NamedTuple):
    """A custodian's public keys, in hex: what is for them is sealed to `reader`, what is by them is of `signer`."""

    reader: str
    signer: str


class Custodians(NamedTuple):
    """The list of this number. Number 0 is nobody: none were ever enrolled."""

    number: int
    those: tuple[Custodian, ...]

    @property
    def signers(self) -> frozenset[str]:
        """Their signing keys."""
        return frozenset(each.signer for each in self.those)


NONE_YET = Custodians(0, ())


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: of the custodians of the list numbered `custodians`, at the log with this public key. `digest`
    stands for all that it touches; `act` is random, and lets it be carried out once."""

    act: Id
    kind: Kind
    log: Annotated[str, msgspec.Meta(max_length=300)]
    custodians: Annotated[int, msgspec.Meta(ge=0)]
    about: Annotated[dict[Word, Word], msgspec.Meta(max_length=12)]
    digest: Hash
    valid_until: date


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act, and a custodian's signature of it."""

    act: Act
    signer: Hash
    signature: Signed


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """What a custodian signs with, of the one secret they keep (HKDF-Expand, RFC 5869): it seals with another key."""
    return Ed25519PrivateKey.from_private_bytes(HKDFExpand(SHA256(), 32, b"vsh/custodian/signs/v1").derive(secret))


def public_signer(secret: bytes) -> str:
    """Its public half, in hex."""
    return signing_key(secret).public_key().public_bytes_raw().hex()


def document(act: Act) -> bytes:
    """An act in its one form."""
    return msgspec.json.encode(act, order="sorted")


def read_act(text: bytes) -> Act:
    """An act from its file. Raises Reject for anything else."""
    try:
        return msgspec.json.decode(text, type=Act)
    except msgspec.DecodeError:
        raise Reject("not an act") from None


def read_approval(text: bytes) -> Approval:
    """An approval from its file. Raises Reject for anything else."""
    try:
        return msgspec.json.decode(text, type=Approval)
    except msgspec.DecodeError:
        raise Reject("not an approval") from None


def approve(act: Act, secret: bytes) -> Approval:
    """A custodian's approval."""
    return Approval(act, public_signer(secret), signing_key(secret).sign(_message(act)).hex())


def digest_of(approval: Approval) -> str:
    """What names an approval on record."""
    return sha256(msgspec.json.encode(approval, order="sorted")).hexdigest()


def opaque(signer: str) -> str:
    """A custodian as the log names them."""
    return sha256(bytes.fromhex(signer)).hexdigest()[:32]


def enrolment(those: Sequence[Custodian]) -> dict[str, str]:
    """What an act is about that enrols these. Raises Reject unless they are three, with keys of their own."""
    if any(len({each[half] for each in those}) != CUSTODIANS for half in (0, 1)) or len(those) != CUSTODIANS:
        raise Reject("custodians are three, each with keys of their own")
    return {f"custodian_{n}": f"{each.reader}:{each.signer}" for n, each in enumerate(sorted(those), 1)}


def digest_about(about: Mapping[str, str]) -> str:
    """A digest, where what an act is about is all that it touches."""
    return sha256(msgspec.json.encode(about, order="sorted")).hexdigest()


def enrolled_by(act: Act) -> Custodians:
    """The list that an act asks for. Raises Reject for an act that asks for none."""
    pairs = [Custodian(*text.partition(":")[::2]) for _, text in sorted(act.about.items())]
    if act.kind != "ENROL" or act.about != enrolment(pairs) or act.digest != digest_about(act.about):
        raise Reject("not an enrolment of custodians")
    return Custodians(act.custodians + 1, tuple(pairs))


def check(approvals: Sequence[Approval], custodians: Custodians, log: str) -> Act:
    """The act that these approve. Raises Reject unless enough custodians of this list approved one act of this log."""
    act = approvals[0].act if approvals else None
    if act is None or any(each.act != act for each in approvals):
        raise Reject("approvals of different acts" if approvals else "no approval")
    if act.log != log:
        raise Reject("an act of another installation")
    if act.custodians != custodians.number:
        raise Reject("the act was asked of other custodians than there are now: ask again")
    if custodians.number == 0 and act.kind != "ENROL":
        raise Reject("no custodians are enrolled: there is nobody to approve anything (hub custody enrol)")
    new = enrolled_by(act).signers - custodians.signers if act.kind == "ENROL" else frozenset[str]()
    by = {each.signer for each in approvals}
    if len(by) != len(approvals):
        raise Reject("two approvals of one custodian: another one is needed")
    if not by <= custodians.signers | new:
        raise Reject("an approval by somebody who is no custodian")
    for each in approvals:
        _verify(each)
    if custodians.number and len(by & custodians.signers) < NEEDED:
        raise Reject("one custodian alone: two of three have to approve")
    if not new <= by:
        raise Reject("who becomes a custodian has to approve that too, with the new key")
    return act


def in_time(act: Act, today: date) -> None:
    """Raises Reject for an act whose days are over, or that was made for more than DAYS."""
    if act.valid_until < today:
        raise Reject(f"the act was to be carried out until {act.valid_until}: ask again")
    if act.valid_until > today + timedelta(days=DAYS):
        raise Reject(f"the act is made for more than {DAYS} days")


def _verify(approval: Approval) -> None:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(approval.signer))
        key.verify(bytes.fromhex(approval.signature), _message(approval.act))
    except (InvalidSignature, ValueError):
        raise Reject("an approval whose signature is not of its custodian: it was changed") from None


def _message(act: Act) -> bytes:
    return b"vsh/act/v1\0" + document(act)
