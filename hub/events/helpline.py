"""What a helpline counted in a period: calls and chats, never a caller."""

from typing import Annotated

from pydantic import Field

from hub.events.base import Event, Language, Period, Rounded
from hub.events.codes import Helpline, ViolenceForm


class HelplineTallied(Event):
    """Calls and chats of a line in a period, of one language or topic where it says so (Istanbul Convention 24).

    Directive (EU) 2024/1385 art. 44 asks for calls by year. `part` tells the rows of one table apart.
    """

    name = "helpline.tallied"
    personal = False
    line: Helpline
    period: Period
    language: Language | None = None
    violence_form: ViolenceForm | None = None
    calls_offered: Annotated[int | None, Rounded] = None
    calls_answered: Annotated[int | None, Rounded] = None
    calls_abandoned: Annotated[int | None, Rounded] = None
    chats_offered: Annotated[int | None, Rounded] = None
    chats_answered: Annotated[int | None, Rounded] = None
    wait_seconds_p50: int | None = Field(default=None, ge=0, le=86_400)
    wait_seconds_p90: int | None = Field(default=None, ge=0, le=86_400)
