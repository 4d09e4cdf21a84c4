"""Flag → a need of a victim, where the partner's table says which. Of what it warns, and whom, nothing is read.

A flag tells staff what to mind: a big dog as well as a husband who reads her post. Its category ("safety") stands for
both, and for "the scene is safe" too, so its code alone decides, and of ours none does.
"""

from hub.adapters.base import Fact, Rejected
from hub.adapters.fhir_stated import Reading, Said, Stated
from hub.adapters.fhir_values import happened, minutes


def flag(said: list[Said], reading: Reading) -> Stated:
    """The need that was found when the flag began; where it is inactive now, that nobody knows what became of it."""
    newest = said[-1].data
    if newest["status"] == "entered-in-error":
        return Stated((), whole=True)
    if newest["status"] not in ("active", "inactive"):
        raise Rejected("unknown-code", "Flag.status")
    need = reading.codes.one("need", newest.get("code"), "Flag.code", own="need")
    if need is None:
        raise Rejected("unmapped-flag", "Flag.code")
    period = newest.get("period", {})
    minutes(period, "Flag.period")
    found = Fact("need.statuschanged", {**happened(period.get("start"), "Flag.period"), "need": need, "status": "OPEN"})
    if newest["status"] == "active":
        return Stated((found,), whole=True)
    until = happened(period.get("end") or newest.get("meta", {}).get("lastUpdated"), "Flag.period")
    ended = Fact("need.statuschanged", {**until, "need": need, "before": "OPEN", "status": "U"}, "ENDED")
    return Stated((found, ended), whole=True)
