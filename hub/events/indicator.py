"""A figure that is public already: from an annual report, a statistical office, a monitoring body."""

from datetime import date
from typing import Annotated

from pydantic import Field

from hub.events.base import Code, Event, Period
from hub.events.codes import ConfStatus, CountingUnit, ObsStatus, RelationScope


class IndicatorValueReported(Event):
    """A value of an indicator as `source` published it. What a partner counted and did not publish: `aggregate`.

    `breakdown` are dimension and code, `SEX.F`, in the source's own lists (SDMX). `area` is its code of a territory. No
    value: `obs_status` says why.
    """

    name = "indicator.valuereported"
    personal = False
    indicator: Code
    area: Code
    period: Period
    breakdown: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    scope: RelationScope | None = None
    counting_unit: CountingUnit | None = None
    unit: Code
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    obs_status: ObsStatus = "A"
    conf_status: ConfStatus = "F"
    source: Code
    published_on: date
