"""A partner's files → the log: edge and receive in one step, on one machine."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.adapters.base import Adapter, Rejected
from hub.adapters.mapping import MappingAdapter
from hub.cli.installation import Installation
from hub.edge.deliver import Sender, deliver
from hub.errors import Reject, Stop
from hub.events.base import PartnerId, Period
from hub.events.wire import Receipt
from hub.log.deliveries import known_receipt
from hub.log.quarantine import refusals
from hub.log.receive import receive
from hub.transport import files

Echo = Callable[[str], None]


def ingest(
    hub: Installation,
    path: Path,
    adapter: Adapter,
    *,
    partner: str | None,
    complete: bool,
    confirmed: bool = False,
    periods: tuple[str, ...] = (),
    echo: Echo = lambda _line: None,
) -> dict[str, Any]:
    """One file, edge to log. The answer holds counts, the delivery's id, and every refused place with its rule.

    Raises Reject when the file as a whole cannot be read by the adapter.
    """
    _check(partner, periods)
    drain(hub, echo)
    with _no_collector():
        try:
            with path.open("rb") as source:
                sender = _sender(adapter, partner, path)
                delivery = deliver(
                    adapter,
                    source,
                    sender,
                    tokens=hub.tokens(sender.partner, sender.country),
                    readers=hub.readers(sender.partner),
                    complete=complete,
                    confirmed=confirmed,
                    periods=periods,
                    echo=echo,
                )
                sent = files.send(delivery, hub.settings.deliveries_dir / "inbox")
        except Rejected as rejected:
            raise Reject(f"{path.name} is not a file of {adapter.name}: {rejected}") from None
        except OSError as error:
            raise Reject(f"{path.name} cannot be read: {error.strerror}") from None
        receipt = _receive(hub, sent, echo)
    return _answered(hub, receipt)


def _check(partner: str | None, periods: tuple[str, ...]) -> None:
    """What a person typed, before anything is read."""
    for form, values, option in (
        (TypeAdapter(list[Period]), list(periods), "--period"),
        (TypeAdapter(list[PartnerId]), [partner] if partner else [], "--partner"),
    ):
        try:
            form.validate_python(values)
        except ValidationError:
            raise Stop(f"{option} has another form: see docs/commands.md") from None


def drain(hub: Installation, echo: Echo) -> list[Receipt]:
    """Receive what an earlier run sent and did not finish. One that cannot be applied is put aside and told."""
    received = []
    for path in files.pending(hub.settings.deliveries_dir / "inbox"):
        try:
            received.append(_receive(hub, path, echo))
        except Reject as error:
            echo(f"put aside: {error}")
    return received


def _receive(hub: Installation, path: Path, echo: Echo) -> Receipt:
    folder = hub.settings.deliveries_dir
    try:
        with files.opened(path) as delivery:
            receipt = receive(hub.store, hub.vault, hub.payload_secret, delivery, echo=echo)
    except FileNotFoundError:
        # Another receiver on this machine was faster: it took the file away after the log had it.
        with hub.store.reading() as cursor:
            return known_receipt(cursor, path.stem)
    except Reject:
        files.put_aside(path, folder / "rejected")
        raise
    files.acknowledge(path, receipt, folder / "receipts")
    return receipt


def _answered(hub: Installation, receipt: Receipt) -> dict[str, Any]:
    return {
        "delivery_id": receipt.delivery,
        "partner": receipt.partner,
        "dataset": receipt.dataset,
        "received": receipt.received,
        "accepted": receipt.accepted,
        "unchanged": receipt.unchanged,
        "quarantined": receipt.quarantined,
        "events": receipt.events,
        "position": receipt.position,
        "refusals": [
            {"position": refusal.position, "rule": refusal.rule, "place": refusal.place}
            for refusal in refusals(hub.store, receipt.delivery)
        ],
    }


def _sender(adapter: Adapter, partner: str | None, path: Path) -> Sender:
    """Who delivers: the mapping or the file says so; `--partner` says otherwise, within the same country."""
    if isinstance(adapter, MappingAdapter):
        named, country = adapter.mapping.partner, adapter.mapping.country
    else:
        with path.open("rb") as source:
            named, country = adapter.sender(next(iter(adapter.read(source))))  # type: ignore[attr-defined]
    if partner and not partner.startswith(f"{country.lower()}-"):
        raise Stop(f"--partner must begin with {country.lower()}-, the country of this adapter")
    return Sender(partner or named, country)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Bulk work makes millions of objects and no cycles: the cyclic collector would only walk them again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
