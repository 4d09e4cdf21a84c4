"""fi-seri: a hospital's FHIR R4 export (NDJSON), Finnish codes: episodes of care, visits, assessments, referrals.

The yearly total of 620 clients is made up, as are all shares. Not one name, address, remark or narrative may leave.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from examples.generator.draw import Calendar, Choice
from examples.generator.people import Person, draw_person, name_of, phone_of, remark_of

CODE, FILE = "fi-seri", "fi-seri_{year}.ndjson"
CLIENTS = 620
MONTHS = (0.92, 0.92, 0.96, 0.98, 1.06, 1.1, 1.08, 1.1, 1.02, 0.98, 0.96, 0.92)
CODES = "http://seri.example.org/CodeSystem/"
Resource = dict[str, Any]

KIND = Choice({"sexual": 78, "child_sexual": 16, "partner": 6})
NOWHERE = Choice({"": 1})
GENDER = {"F": "female", "M": "male", "X": "other", "U": "unknown"}
LATER = Choice({"vastaanotto": 62, "puhelin": 24, "etävastaanotto": 11, "kotikäynti": 3})
REASON = Choice({"kriisituki": 34, "psykologi": 24, "lääketieteellinen": 18, "traumahoito": 9, "sosiaalityö": 8,
                 "oikeudet": 5, "tulkkaus": 2})  # fmt: skip
SENT_TO = Choice({"rikosuhripäivystys": 34, "tukinainen": 22, "mielenterveys": 14, "sosiaalipäivystys": 10,
                  "naistenlinja": 8, "turvakoti": 6, "lastentalo": 5, "ihmiskauppa": 1})  # fmt: skip
DECLINED = Choice({"ei-tilaa": 44, "väärä-alue": 18, "väärä-palvelu": 28, "kielimuuri": 10})
RISK = Choice({"matala": 34, "kohtalainen": 36, "korkea": 24, "välitön": 6})


def resources(rng: Random, year: int, scale: float) -> Iterator[Resource]:
    """A year's resources, client by client, as an export writes them: mixed, some twice, among what is no support."""
    calendar = Calendar(year, MONTHS, 1.25)
    total = round(CLIENTS * scale)
    for i in range(total):
        person = draw_person(rng.random, f"{year}-{i + 1:04d}", year, KIND(rng.random()), NOWHERE, NOWHERE)
        of_client = list(_client(rng.random, person, calendar.days[calendar.day(i, total)], calendar.days[-1]))
        rng.shuffle(of_client)
        yield from of_client
        if rng.random() < 0.03:
            yield of_client[0]


def stranger(number: int) -> tuple[Resource, str, str]:
    """What is no support, or damaged, with the place and the rule by which it is refused: four kinds in turn."""
    about = {"subject": {"reference": f"Patient/x{number}"}}
    order = {"resourceType": "ServiceRequest", "id": f"lab{number}", "status": "active", "intent": "order", **about}
    visit = {"resourceType": "Encounter", "id": f"k{number}", "class": _coding("yhteystapa", "vastaanotto"), **about}
    return [
        (order | {"code": _concept("laboratorio", "pvk")}, "ServiceRequest.category", "not-a-referral"),
        (visit | {"status": "planned"}, "Encounter.status", "did-not-happen"),
        (visit | {"status": "finished", "period": {"start": "2025-02-31"}}, "Encounter.period.start", "not-a-date"),
        (visit | {"status": "finished", "modifierExtension": [{"url": "http://seri.example.org/kielletty"}]},
         "Encounter", "modifier-extension"),
    ][number % 4]  # fmt: skip


def _client(r: Callable[[], float], person: Person, day: date, last: date) -> Iterator[Resource]:
    """The patient, her episode, visits, assessments and referrals, as far as they came before the export."""
    number = person.number
    about = {"subject": {"reference": f"Patient/{number}"}}
    yield _patient(r, person)
    visits = [day, *(day + timedelta(4 + int(r() ** 2 * 90) + 10 * n) for n in range(int(r() * 5)))]
    end = max(visits) + timedelta(20 + int(r() * 60))
    yield {
        "resourceType": "EpisodeOfCare", "id": f"h{number}", "patient": about["subject"],
        "status": "finished" if end <= last else "active",
        "type": [_concept("hoitojakso", "seri-akuutti" if r() < 0.7 else "seri-jatkohoito")],
        "period": {"start": f"{day}"} | ({"end": f"{end}"} if end <= last else {}),
    }  # fmt: skip
    for n, on in enumerate(each for each in visits if each <= last):
        yield _visit(r, f"k{number}.{n}", about, on, first=n == 0)
    if r() < 0.7:
        yield {
            "resourceType": "QuestionnaireResponse", "id": f"q{number}", **about, "authored": f"{day}",
            "status": "completed" if r() < 0.9 else "stopped", "source": about["subject"],
            "questionnaire": "http://seri.example.org/Questionnaire/tuen-tarve|2.1",
            "item": [{"linkId": "1", "answer": [{"valueString": remark_of(number)}]}],
        }  # fmt: skip
    if person.kind == "partner" or r() < 0.1:
        yield {
            "resourceType": "RiskAssessment", "id": f"r{number}", **about, "status": "final",
            "occurrenceDateTime": f"{day}", "code": _concept("arvio", "marak"),
            "prediction": [{"qualitativeRisk": _concept("riski", RISK(r()))}],
        }  # fmt: skip
    for n in range(int(r() ** 2 * 3.2)):
        yield from _referral(r, f"{number}.{n}", about, day + timedelta(int(r() * 20)), last)


def _patient(r: Callable[[], float], person: Person) -> Resource:
    """Some are of a year of birth alone, of which no age follows; some have an earlier name beside the one of today."""
    born = date(person.birth_year, 1, 1) + timedelta(person.birth_day * 12)
    said = {
        "resourceType": "Patient", "id": person.number, "gender": GENDER[person.sex],
        "birthDate": f"{born}" if r() > 0.05 else f"{born.year}",
        "name": [{"text": name_of(person.number)}], "telecom": [{"system": "phone", "value": phone_of(person.number)}],
    }  # fmt: skip
    if r() < 0.1:
        said["name"] = [{"use": "old", "text": name_of(f"{person.number}b")}, *said["name"]]
    return said


def _visit(r: Callable[[], float], key: str, about: Resource, on: date, *, first: bool) -> Resource:
    reasons = {"oikeuslääketieteellinen", "lääketieteellinen"} if first and r() < 0.6 else {REASON(r()), REASON(r())}
    way = ("päivystys" if r() < 0.75 else "vastaanotto") if first else LATER(r())
    hour = int(r() * 24)
    visit = {
        "resourceType": "Encounter", "id": key, **about, "status": "finished", "class": _coding("yhteystapa", way),
        "type": [_concept("kayntisyy", reason) for reason in sorted(reasons)],
        "period": {"start": f"{on}T{hour:02d}:00:00+02:00", "end": f"{on}T{hour:02d}:{20 + int(r() * 39)}:00+02:00"},
    }  # fmt: skip
    if r() < 0.04:
        visit["period"] = {"start": f"{on}"[:7]}
    if r() < 0.1:
        visit["text"] = {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{remark_of(key)}</div>',
        }
    if r() < 0.01:
        visit["status"] = "entered-in-error"
    return visit


def _referral(r: Callable[[], float], key: str, about: Resource, on: date, last: date) -> Iterator[Resource]:
    """A request, and its Task in each of the versions that it went through."""
    if on > last:
        return
    yield {
        "resourceType": "ServiceRequest", "id": f"l{key}", **about, "status": "active", "intent": "order",
        "code": _concept("lahete", SENT_TO(r())), "authoredOn": f"{on}",
        "priority": "urgent" if r() < 0.2 else "routine",
        **({"note": [{"text": remark_of(key)}]} if r() < 0.3 else {}),
    }  # fmt: skip
    u = r()
    course = ["requested", "rejected"] if u < 0.12 else ["requested", "accepted", "completed"][: 1 + int(u * 3)]
    for n, status in enumerate(course):
        at = on + timedelta(n * (3 + int(r() * 12)))
        if at > last:
            return
        reason = {"statusReason": _concept("hylkaysperuste", DECLINED(r()))} if status == "rejected" else {}
        yield {
            "resourceType": "Task", "id": f"t{key}",
            "meta": {"versionId": f"{n + 1}", "lastUpdated": f"{at}T12:00:00Z"},
            "status": status, "intent": "order", "focus": {"reference": f"ServiceRequest/l{key}"},
            "for": about["subject"], "lastModified": f"{at}", **reason,
        }  # fmt: skip


def _coding(system: str, code: str) -> Resource:
    return {"system": f"{CODES}{system}", "code": code}


def _concept(system: str, code: str) -> Resource:
    return {"coding": [_coding(system, code)]}
