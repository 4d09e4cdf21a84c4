"""A count from a partner who may send no rows. It says no more than a release would: multiples of five."""

from typing import Annotated

from hub.events.base import Code, Event, Period, Region, Rounded
from hub.events.codes import (
    AgeBand,
    Channel,
    CountingUnit,
    NationalityGroup,
    ObsStatus,
    Offence,
    PerpetratorAgeBand,
    ReferralSource,
    RelationScope,
    Relationship,
    Service,
    ServiceTier,
    Sex,
    SmallCounts,
    VictimRole,
    ViolenceForm,
)


class AggregateReported(Event):
    """One cell of a partner's table: how many, of what unit, in which period, along which dimensions.

    A dimension that is not there is one that the table has not. A table is stated at one level, and no total of its
    cells beside it: from cells and totals rounded apart, counts of one to four can be worked out. `small_counts` names
    the rule by which they were kept back; no count: `obs_status` says why (`Q` suppressed, `L` not collected).
    """

    name = "aggregate.reported"
    personal = False
    series: Code
    unit: CountingUnit
    period: Period
    region: Region | None = None
    victim_role: VictimRole | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    nationality_group: NationalityGroup | None = None
    offence: Offence | None = None
    violence_form: ViolenceForm | None = None
    relationship: Relationship | None = None
    scope: RelationScope | None = None
    channel: Channel | None = None
    source: ReferralSource | None = None
    service: Service | None = None
    tier: ServiceTier | None = None
    perpetrator_sex: Sex | None = None
    perpetrator_age_band: PerpetratorAgeBand | None = None
    counted: Annotated[int | None, Rounded] = None
    small_counts: SmallCounts = "ROUNDED_5"
    obs_status: ObsStatus = "A"
