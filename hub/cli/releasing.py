"""A release, and the event that says so in the log."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from hub.cli.installation import Installation
from hub.events.delivery import ReleasePublished
from hub.log import own
from hub.log.acts import Asked
from hub.release import codebook_pages, ledger
from hub.release.manifest import code_hash
from hub.release.publish import publish
from hub.release.query import query

WITHHELD = "SELECT DISTINCT partner, dataset FROM sharing_agreements WHERE state = 'WITHHELD' ORDER BY ALL"
"""Whose agreement does not let figures be published: what no cube counts has a name."""


def early(period: str) -> Asked:
    """What custodians approve of a release that does not wait for late deliveries: the period, and the rules of it.

    Raises Reject for one that is not over.
    """
    ledger.closed(period, date.today(), ledger.OVER)
    return Asked("EARLY_RELEASE", {"period": period}, code_hash())


def release_period(
    hub: Installation, period: str, *, today: date, echo: Callable[[str], None], early: bool = False
) -> dict[str, Any]:
    """Publish, then append one `release.published` a quarter, in the log for ever. Both may be repeated."""
    published = publish(hub.settings, period, today=today, early=early, echo=echo)
    for quarter in (*published.released, *published.frozen):
        name = f"r{quarter}"
        manifest = (hub.settings.home / "releases" / name / "manifest.json").read_bytes()
        event = ReleasePublished(
            release=name,
            period=quarter,
            position=json.loads(manifest)["position"],
            digest=hashlib.sha256(manifest).hexdigest(),
        )
        own.state(hub.receiver, f"release|{name}", event)
    codebook_pages.write_all(hub.settings.home / "releases")
    _, withheld = query(published.path, WITHHELD)
    return {
        "released": list(published.released),
        "frozen": list(published.frozen),
        "empty": list(published.empty),
        "withheld": [f"{partner}/{dataset}" for partner, dataset in withheld],
        "position": published.position,
        "file": str(published.path),
    }
