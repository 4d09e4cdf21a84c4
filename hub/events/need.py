"""One need of a victim, and whether it is met. `part` is the need's code where a record has several."""

from typing import Literal

from hub.events.base import Happened
from hub.events.codes import Need, NeedStatus, ServiceTier


class NeedStatusChanged(Happened):
    """A need was found, is worked on, met, not met, or the victim wants nothing done about it."""

    name = "need.statuschanged"
    need: Need
    before: NeedStatus = "NR"
    status: NeedStatus
    priority: Literal["ROUTINE", "URGENT", "NR"] = "NR"
    met_by: ServiceTier = "NR"
