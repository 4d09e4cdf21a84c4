"""Persons are linked across the partners of a country only on a legal basis that stands in the log."""

from datetime import date

import msgspec
import sqlalchemy as sa
from msgspec import UNSET

from hub.errors import Reject
from hub.events.linkage import LinkageAuthorised
from hub.events.wire import HUB_DATASET, HUB_TENANT, Header
from hub.log import heads
from hub.log.sealed import split
from hub.log.store import LogStore
from hub.vault.subjects import Vault


def stream_name(country: str) -> str:
    """The hub's own stream that says whether a country links: at its end stands the newest."""
    return f"linkage|{country}"


def authorised(store: LogStore, connection: sa.Connection, vault: Vault, country: str) -> LinkageAuthorised | None:
    """What holds for a country in this transaction; None where nothing does, or it has ended."""
    record = vault.record_hash(HUB_TENANT, HUB_DATASET, stream_name(country).encode())
    head = heads.load(connection, [record]).get(record)
    if head is None or LinkageAuthorised.name not in {said.event for said in head.facts}:
        return None
    of_kind = [event for _, _, _, topic, event in store.stream(f"{head.stream:032x}") if topic == TOPIC]
    said = msgspec.json.decode(split(of_kind[-1])[2])["data"]
    return LinkageAuthorised.model_validate_json(msgspec.json.encode(said))


def check(store: LogStore, connection: sa.Connection, vault: Vault, header: Header, today: date) -> None:
    """Raises Reject for a delivery that links without a basis, for another purpose, before its day, or unasked.

    A request to forget links nothing: it is taken also when the basis has ended.
    """
    if header.links is UNSET or header.erases is not UNSET:
        return
    found, of = authorised(store, connection, vault, header.country), f"delivery {header.delivery}"
    if found is None:
        raise Reject(
            f"{of} links persons of {header.country}: no legal basis for that is recorded (hub linkage)", "not-linkable"
        )
    if header.links not in found.purposes:
        raise Reject(
            f"{of} links persons for a purpose that the recorded basis of {header.country} does not name",
            "not-linkable",
        )
    if found.basis == "CONSENT" and header.asked is UNSET:
        raise Reject(
            f"{of} links persons of {header.country} by consent and does not say whose (linked_when)", "not-linkable"
        )
    if today < found.valid_from:
        raise Reject(
            f"{of} links persons of {header.country} before {found.valid_from}, when its basis begins", "not-linkable"
        )


TOPIC = LinkageAuthorised.topic()
