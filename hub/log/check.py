"""What a chunk must be before the log believes it. The edge checked all of this; the hub believes no edge."""

from hub.events import MODELS
from hub.events.agreement import AgreementRecorded
from hub.events.columns import WHOLE, Stated
from hub.events.custody import ActApproved, CustodiansEnrolled
from hub.events.delivery import DeliveryClosed, ReleasePublished
from hub.events.linkage import LinkageAuthorised, LinkageEnded
from hub.events.log import LogPurged
from hub.events.periods import grain_of, period_around
from hub.events.record import RecordRetracted
from hub.events.subject import SubjectForgotten
from hub.events.wire import NO_PERIOD
from hub.vault.subjects import Handle

_LEGAL = (LinkageAuthorised, LinkageEnded, AgreementRecorded, CustodiansEnrolled, ActApproved)
_OWN = {
    event.name for event in (DeliveryClosed, ReleasePublished, RecordRetracted, SubjectForgotten, LogPurged, *_LEGAL)
}
HUB_ONLY = frozenset(topic for topic, model in MODELS.items() if model.name in _OWN)
"""What only the hub itself states."""
_DAY = len("2025-12-31")


class UnbelievableError(ValueError):
    """What no edge makes, and the id of the rule that it breaks (docs/rules.md)."""

    def __init__(self, message: str, rule: str) -> None:
        super().__init__(message)
        self.rule = rule


def check_chunk(stated: Stated, handles: list[Handle]) -> None:
    """Raises ValueError unless every row has a token, a person where its events have one, and a fact in its period."""
    if len(handles) != len(stated.facts):
        raise UnbelievableError("tokens and rows do not match", "not-of-an-edge")
    if stated.topics & HUB_ONLY:
        raise UnbelievableError("no event that a partner may state", "not-a-partners-event")
    for handle, about in zip(handles, stated.personal, strict=True):
        if about is not None and about is (handle.subject is None):
            raise UnbelievableError("an event about a person without one, or the other way round", "not-of-an-edge")
    for period, dated in set(zip(stated.periods, stated.dated, strict=True)):
        if period in (NO_PERIOD, WHOLE):
            continue
        if not any(_lies_in(said, period) for said in dated.decode().split('"') if said):
            raise UnbelievableError("a record of another period", "other-period")


def _lies_in(said: str, period: str) -> bool:
    """Whether a day, or a period, lies in a period."""
    try:
        return period_around(said, grain_of(period)) == period
    except ValueError:
        return False
