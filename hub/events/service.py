"""A service act: one thing done for one victim. Contacts and persons are other units. The directory: `directory`."""

from pydantic import Field

from hub.events.codes import Channel, Need, Service, ServiceTier, ServiceUnit, YesNo
from hub.events.victim import AboutVictim


class ServiceDelivered(AboutVictim):
    """A service was given. The counting unit is the act; `quantity` says how many units it had."""

    name = "service.delivered"
    service: Service
    tier: ServiceTier = "NR"
    channel: Channel = "NR"
    unit: ServiceUnit = "NR"
    quantity: int | None = Field(default=None, ge=1, le=999)
    need: Need | None = None
    free_of_charge: YesNo = "NR"
