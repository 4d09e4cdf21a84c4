"""One incident of GBVIMS, its fields as texts → what the hub takes of it: the act, the sectors' answers, the consent.

Case worker, incident address, narrative, hour, ethnicity, occupation and every other field that is not named here are
never read. What is read of a perpetrator is coarse (sex, under or over 18, relationship).
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from hub.adapters.base import Fact, Rejected
from hub.adapters.dates import Dated, date_parser
from hub.adapters.fields import MEMO_LIMIT, Problems, Row, undecoded
from hub.adapters.gbvims_codes import Unknown, crosswalks
from hub.adapters.readings import Broken
from hub.adapters.spelling import country_of, fold
from hub.events.offence import delay_band

DATES = ("%d-%b-%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
"""How exports write days; `05-Mar-2025` is Primero's."""
DAYS = ("date_of_interview", "date_of_incident", "date_of_birth")
SEVERAL = " & "
"""Between several answers in one cell."""
NEEDED = ("incident_id", "date_of_interview", "gbv_type")
"""Without these columns a sheet is none of incidents."""
FIELDS = frozenset(NEEDED) | {
    "survivor_code", "date_of_incident", "date_of_birth", "age", "sex", "country_of_origin", "displacement_status",
    "location", "harmful_traditional_practice", "goods_money_exchanged", "abduction_type", "previously_reported",
    "number_primary_perpetrators", "perpetrator.sex", "perpetrator.former", "perpetrator.age_group",
    "perpetrator.relationship", "service.referred_from", "consent",
}  # fmt: skip
"""Fields that are read, besides the sectors."""
SECTORS = {
    "service.safehouse_referral": "SAFE_HOUSE", "service.medical_referral": "HEALTH",
    "service.psycho_referral": "PSYCHOSOCIAL", "service.legal_referral": "LEGAL", "service.police_referral": "POLICE",
    "service.livelihoods_referral": "LIVELIHOOD", "service.protection_referral": "CHILD_PROTECTION",
}  # fmt: skip
FURTHEST = ("REFERRED", "PROVIDED_HERE", "ALREADY_RECEIVED", "DECLINED", "UNAVAILABLE", "NOT_APPLICABLE")
"""Of several answers on one sector the one that got furthest is stated: one fact a sector."""
SIMPLE = {
    "sex": ("sex", "sex"),
    "gbv_type": ("gbvims_type", "gbvims_type"),
    "location": ("place_type", "place_type"),
    "previously_reported": ("reported_elsewhere", "reported_elsewhere"),
    "perpetrator.sex": ("perpetrator_sex", "sex"),
    "perpetrator.age_group": ("perpetrator_age_band", "perpetrator_age_band"),
    "perpetrator.relationship": ("relationship", "relationship"),
}
"""Field of the incident → field of the event, and the crosswalk between them."""
EMPTY = dict.fromkeys((*FIELDS, *SECTORS), "")


class Dates(NamedTuple):
    """The days of an incident: told on, happened on, born on."""

    told: Dated | None
    happened: Dated | None
    born: Dated | None


def incident_facts(fields: Mapping[str, str], place: Mapping[str, str] | None = None) -> tuple[Fact, ...]:
    """What an incident states. `place`: how the source calls a field, for messages.

    Without consent to reporting only the refusal is stated (GBVIMS: such records enter no statistics), so that what was
    stated before is kept out of every figure. Raises Rejected, naming all its problems.
    """
    row: Row = {**EMPTY, **{name: text.strip() for name, text in fields.items() if name in EMPTY}}
    problems: Problems = []
    dates = _dates(row, problems)
    consent = _code(row, "consent", "yes_no", problems)
    facts: list[Fact] = []
    if consent in ("Y", "N"):
        answer = {"purpose": "REPORTING", "answer": "GRANTED" if consent == "Y" else "REFUSED"}
        facts.append(Fact("consent.recorded", _when(dates) | answer, "REPORTING"))
    if consent != "N":
        facts += [_offence(row, dates, problems), *_came_from(row, dates, problems)]
        facts += _sectors(row, dates, problems)
    if problems:
        names = place or {}
        raise Rejected.all_of(list(dict.fromkeys((rule, names.get(field, field)) for rule, field in problems)))
    return tuple(facts)


def _dates(row: Row, problems: Problems) -> Dates:
    told, happened, born = (_date(row, name, problems) for name in DAYS)
    if told is None and not row["date_of_interview"]:
        problems.append(("missing-value", "date_of_interview"))
    for earlier, later, name in ((happened, told, "date_of_incident"), (born, told, "date_of_birth")):
        if earlier and later and earlier.day > later.day:
            problems.append(("impossible-order", name))
    return Dates(told, happened, born)


def _offence(row: Row, dates: Dates, problems: Problems) -> Fact:
    data = _when(dates)
    if not row["gbv_type"]:
        problems.append(("missing-value", "gbv_type"))
    for name, (field, crosswalk) in SIMPLE.items():
        if (code := _code(row, name, crosswalk, problems)) is not None:
            data[field] = code
    _act(row, data)
    _victim(row, dates, data, problems)
    if tags := _tags(row, problems):
        data["tags"] = tags
    if dates.happened:
        data["incident_on"] = dates.happened.day
        if dates.told:
            data["delay"] = delay_band((dates.told.day - dates.happened.day).days)
    if _code(row, "perpetrator.former", "yes_no", problems) == "Y":
        data["frequency"] = "REPEATED"
    if (count := row["number_primary_perpetrators"]) and fold(count) != "0":
        data["perpetrators"] = "ONE" if count.removesuffix(".0") == "1" else "SEVERAL"
    return Fact("offence.disclosed", data)


def _act(row: Row, data: dict[str, Any]) -> None:
    """The crime and the form of violence of a GBVIMS type. A wrong type was named already."""
    if "gbvims_type" not in data:
        return
    if offence := crosswalks()["offence"].read(row["gbv_type"]):
        data["offence"] = offence
    if form := crosswalks()["violence_form"].read(row["gbv_type"]):
        data |= {"violence_forms": (form,), "primary_form": form}


def _victim(row: Row, dates: Dates, data: dict[str, Any], problems: Problems) -> None:
    """Age, and a nationality where one is known: that of origin, unless she has none."""
    if row["age"]:
        if row["age"].isdecimal() and len(row["age"]) <= 3:
            data["age"] = int(row["age"])
        else:
            problems.append(("not-an-integer", "age"))
    elif dates.born and dates.told:
        data["birth_on"] = dates.born.day
    group = _code(row, "displacement_status", "nationality_group", problems)
    if group:
        data["nationality_group"] = group
    elif row["country_of_origin"]:
        if country := country_of(row["country_of_origin"]):
            data["nationality"] = country
        else:
            problems.append(("unknown-code", "country_of_origin"))


def _tags(row: Row, problems: Problems) -> tuple[str, ...]:
    tags = set()
    if abducted := _code(row, "abduction_type", "offence_tag", problems):
        tags.add(abducted)
    if _code(row, "goods_money_exchanged", "yes_no", problems) == "Y":
        tags.add("GAIN")
    practice = row["harmful_traditional_practice"]
    # Each country has practices of its own: any that is not a no is one.
    if practice and crosswalks()["yes_no"].codes.get(fold(practice)) not in ("N", "U", "NA"):
        tags.add("HARMFUL_PRACTICE")
    return tuple(sorted(tags))


def _came_from(row: Row, dates: Dates, problems: Problems) -> list[Fact]:
    """Who sent her. Where several did, there is no code for that, and none is picked."""
    sources = _codes(row, "service.referred_from", "referral_source", problems)
    if len(sources) != 1:
        return []
    return [Fact("referral.sent", _when(dates) | {"direction": "IN", "source": sources.pop()}, "IN")]


def _sectors(row: Row, dates: Dates, problems: Problems) -> list[Fact]:
    found = []
    for name, sector in SECTORS.items():
        answers = _codes(row, name, "sector_answer", problems)
        if answer := next((answer for answer in FURTHEST if answer in answers), None):
            stated = _when(dates) | {"sector": sector, "answer": answer}
            found.append(Fact("referral.sectoranswered", stated, sector))
    return found


def _when(dates: Dates) -> dict[str, Any]:
    return {"occurred_on": dates.told.day} if dates.told else {}


def _code(row: Row, name: str, crosswalk: str, problems: Problems) -> str | None:
    """The hub's code of a cell. None where it is empty, no code says it, or it was named in `problems`."""
    if not row[name]:
        return None
    try:
        return crosswalks()[crosswalk].read(row[name])
    except Unknown:
        problems.append(("unknown-code", name))
        return None


def _codes(row: Row, name: str, crosswalk: str, problems: Problems) -> set[str]:
    """The same for a cell with several answers."""
    texts = [text.strip() for text in row[name].split(SEVERAL) if text.strip()]
    found = (_code({name: text}, name, crosswalk, problems) for text in texts)
    return {code for code in found if code is not None}


def _date(row: Row, name: str, problems: Problems) -> Dated | None:
    found = Broken("not-text") if undecoded(row[name]) else _reader()(row[name])
    if isinstance(found, Broken):
        problems.append((found.rule, name))
        return None
    return found if isinstance(found, Dated) else None


@cache
def _reader() -> Callable[[str], Any]:
    """What a text of a day means, each text once."""
    return lru_cache(maxsize=MEMO_LIMIT)(date_parser(DATES, frozenset({""}), {}))
