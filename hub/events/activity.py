"""Sessions, workshops, groups and classes of a programme: heads are counted, and nobody is named."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Code, Event, Language, Period, Region, Rounded
from hub.events.codes import ActivityKind, ActivityLeader, Audience


class ActivityHeld(Event):
    """An activity, or several alike, in a period and never on a day: somebody could wait there.

    Attendances are not people: `new_people` are those who had been to none of the programme before. `area` is the
    programme's own code of a city, a police zone or a group of municipalities.
    """

    name = "activity.held"
    personal = False
    kind: ActivityKind
    period: Period
    programme: Code | None = None
    region: Region | None = None
    area: Code | None = None
    language: Language | None = None
    audience: Audience = "NR"
    led_by: ActivityLeader = "NR"
    sessions: int = Field(default=1, ge=1, le=10_000)
    attendances: Annotated[int | None, Rounded] = None
    attendances_women: Annotated[int | None, Rounded] = None
    attendances_men: Annotated[int | None, Rounded] = None
    attendances_children: Annotated[int | None, Rounded] = None
    new_people: Annotated[int | None, Rounded] = None
    referrals_made: Annotated[int | None, Rounded] = None
