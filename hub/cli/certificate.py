"""The certificate of an adapter that has passed the kit: a signed note (C2SP signed-note) of the partner's own key.

It says which adapter, by the digest of its mapping or source; against which events and allow-list; and what was tried.
Who holds the partner's public key can check it without the hub, the adapter or a network.
"""

import inspect
import re
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from hub import __version__
from hub.adapters.base import Adapter
from hub.adapters.contract import Check
from hub.edge.allow_list import allow_list
from hub.edge.digest import adapter_digest
from hub.errors import Reject, Stop
from hub.events.schema import schemas
from hub.log.notes import SIGNED, Signer, Verifier, open_note, sign, signer

TITLE = "victim-support-hub/adapter-certificate/v1"
_LINE = re.compile(r"([a-z-]+) (.*)")
NAMES = ("adapter", "partner", "content", "schemas", "allow-list", "hub", "records", "passed", "not-tried", "on")


class Certificate(NamedTuple):
    """What a certificate says, by the names of its lines."""

    adapter: str
    partner: str
    content: str
    schemas: str
    allow_list: str
    hub: str
    records: str
    passed: str
    not_tried: str
    on: str


def certificate(adapter: Adapter, partner: str, records: int, checks: Sequence[Check], on: date) -> Certificate:
    """What can be certified of checks of which none failed. Raises Reject where one did."""
    if failed := [check.name for check in checks if check.state == "failed"]:
        raise Reject(f"no certificate: {', '.join(failed)} failed")
    return Certificate(
        adapter=adapter.name,
        partner=partner,
        content=content_digest(adapter),
        schemas=schemas_digest(),
        allow_list=f"{allow_list().version} sha256:{allow_list().digest}",
        hub=__version__,
        records=str(records),
        passed=_names(checks, "passed"),
        not_tried=_names(checks, "not tried") or "none",
        on=f"{on}",
    )


def _names(checks: Sequence[Check], state: str) -> str:
    return " ".join(check.name for check in checks if check.state == state)


def write(said: Certificate, by: Signer) -> str:
    """A certificate as a signed note."""
    return sign("\n".join([TITLE, *(f"{name} {value}" for name, value in zip(NAMES, said, strict=True)), ""]), by)


def read(note: str, by: Verifier) -> Certificate:
    """What a certificate says that this key has signed. Raises Reject for what is none, Stop for a forged one."""
    title, *lines = open_note(note, by).split("\n")[:-1]
    found = [match.groups() for line in lines if (match := _LINE.fullmatch(line))]
    if title != TITLE or tuple(name for name, _ in found) != NAMES or len(found) < len(lines):
        raise Reject("a signed note, but no certificate of an adapter")
    said = Certificate(*(value for _, value in found))
    if said.partner != by.name:
        raise Stop("a certificate of one partner, signed by another")
    return said


def outdated(said: Certificate, adapter: Adapter | None) -> list[str]:
    """Why a certificate does not speak for what is installed here. Empty where it does."""
    why = [] if said.schemas == schemas_digest() else ["the events have changed since"]
    listed = allow_list()
    if said.allow_list != f"{listed.version} sha256:{listed.digest}":
        why.append("the allow-list has changed since")
    if adapter is not None and (said.adapter, said.content) != (adapter.name, content_digest(adapter)):
        why.append("it is of another adapter, or of another content of this one")
    return why


def partner_signer(secret: bytes, partner: str) -> Signer:
    """The partner's key for certificates."""
    return signer(secret, partner, SIGNED)


def content_digest(adapter: Adapter) -> str:
    """What an adapter is, as one digest: what its mapping says, whatever the spelling, or the source of its module."""
    if said := adapter_digest(adapter):
        return f"sha256:{said}"
    try:
        source = inspect.getsourcefile(adapter.read)  # `translate` may be borrowed from a mapping
    except TypeError:
        source = None
    if source is None:
        raise Stop("the source of this adapter is not at hand: it cannot be certified")
    return f"sha256:{sha256(Path(source).read_bytes()).hexdigest()}"


def schemas_digest() -> str:
    """The events and code lists of this installation, as one digest."""
    return f"sha256:{sha256(''.join(schemas().values()).encode()).hexdigest()}"
