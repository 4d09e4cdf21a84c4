"""For how long partners agreed that their records are kept, beside how long this installation keeps them."""

from typing import Any

import msgspec

from hub.cli.periods import Periods
from hub.events.agreement import AgreementRecorded
from hub.log.sealed import split
from hub.log.store import LogStore


def country_of(partner: str) -> str:
    """The country under whose period a partner's records are kept: its id begins with it."""
    return partner[:2].upper()


def kept_longer(periods: Periods, partner: str, retention_months: int) -> str | None:
    """What is wrong when a partner's records may be kept longer here than it agreed to; None when they are not.

    A country without a period has none that could be too long: nothing is purged there yet, and `hub retention status`
    says so.
    """
    kept = periods.months(country_of(partner))
    if kept is None or kept <= retention_months:
        return None
    return (
        f"{retention_months} months were agreed, and records of {country_of(partner)} are kept up to {kept} here "
        "(retention.yaml: whole years after the one in which the hub last learned of a record)"
    )


def beside_periods(store: LogStore, periods: Periods) -> list[dict[str, Any]]:
    """The newest version of every sharing agreement, with both times in months, and whether the agreed one is kept."""
    newest = {(said.partner, said.dataset): said for said in sorted(_recorded(store), key=_version)}
    return [
        {
            "partner": said.partner,
            "dataset": said.dataset,
            "version": str(said.agreement_version),
            "agreed_months": str(said.retention_months),
            "kept_months": _written(periods.months(country_of(said.partner))),
            "state": _state(periods, said),
        }
        for _, said in sorted(newest.items())
    ]


def _recorded(store: LogStore) -> list[AgreementRecorded]:
    return [
        AgreementRecorded.model_validate_json(msgspec.json.encode(msgspec.json.decode(split(state)[2])["data"]))
        for _, _, _, _, state in store.of_kind(AgreementRecorded.topic())
    ]


def _version(said: AgreementRecorded) -> int:
    return said.agreement_version


def _written(months: int | None) -> str | None:
    return None if months is None else str(months)


def _state(periods: Periods, said: AgreementRecorded) -> str:
    if periods.months(country_of(said.partner)) is None:
        return "NO_PERIOD"
    return "KEPT_LONGER" if kept_longer(periods, said.partner, said.retention_months) else "KEPT_AS_AGREED"
