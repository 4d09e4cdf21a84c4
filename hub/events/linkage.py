"""Whether the partners of a country may link their records of one person, and on what basis in law."""

from datetime import date

from pydantic import Field

from hub.events.base import Code, Country, Event
from hub.events.codes import LinkageBasis


class LinkageAuthorised(Event):
    """From a day on, deliveries of a country may name persons by its national key, for these purposes and no other.

    `article` names the provision of national law, as a code. One stream a country.
    """

    name = "linkage.authorised"
    personal = False
    country: Country
    basis: LinkageBasis
    article: Code
    purposes: tuple[Code, ...] = Field(max_length=5)
    valid_from: date


class LinkageEnded(Event):
    """The basis fell away: nothing is linked from here on. What was linked before stands until it is forgotten."""

    name = "linkage.ended"
    personal = False
    country: Country
    ended_on: date
