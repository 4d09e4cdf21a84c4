"""What may stand in each column of texts of warehouse and release: codes of a list, or a pattern. Else it is a hole."""

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import TypeAdapter, ValidationError

from hub.events import MODELS, NEWEST
from hub.events.base import Code, Country, Event, OpaqueId, PartnerId, Period
from hub.events.codes import CorrectionReason
from hub.events.facts import field_type
from hub.events.schema import code_lists, event_schema
from hub.projections.raw_tables import ENVELOPE, table_name
from hub.projections.raw_tables import columns as own_columns
from hub.release.coarsen import read_lattice
from hub.release.zone import frozen
from tests.attacks import indicator_texts, return_texts

Fits = Callable[[str], bool]
"""Whether a text is one that its place may hold."""
ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "warehouse" / "seeds"
MODELS_OF_DBT, CODELISTS = ROOT / "warehouse" / "models", ROOT / "hub" / "events" / "codelists"
SEEDS = ROOT / "warehouse" / "seeds"
TEXTS = ("VARCHAR", "VARCHAR[]", "TEXT", "TEXT[]")
_AGE_GROUPS = frozenset({"CHILD", "ADULT", "U", "NA", "NR", "REF"})
_CONTEXTS = frozenset({
    "IPV", "DV", "CSA", "EARLY_MARRIAGE", "HARMFUL_PRACTICE", "HATE", "THB", "TERROR", "POSS_SEX_EXPL", "ELDER_ABUSE",
    "FEMICIDE_IP", "FEMICIDE_FAM",
})  # fmt: skip


class Column(NamedTuple):
    """A column of texts. `personal`: its table has rows about persons."""

    table: str
    name: str
    personal: bool


def columns() -> Iterator[Column]:
    """Every column of texts: raw tables, dbt's models, and the release's own tables."""
    for event in NEWEST.values():
        texts = [name for name, kind in ENVELOPE.items() if kind in TEXTS]
        texts += [column.name for column in own_columns(event) if column.kind in TEXTS]
        yield from (Column(f"raw.{table_name(event.name)}", name, event.personal) for name in texts)
    of_events = {f"stg_hub__{table_name(event.name)}": event.personal for event in NEWEST.values()}
    for file in sorted([*MODELS_OF_DBT.rglob("_*.yml"), *SEEDS.glob("_*.yml")]):
        for model in described(file):
            names = {column["name"] for column in model.get("columns", ())}
            personal = of_events.get(model["name"], "subject" in names)
            for column in model.get("columns", ()):
                if column["data_type"].upper() in TEXTS:
                    yield Column(model["name"], column["name"], personal)
    for seed, head, _ in _seeds():
        yield from (Column(seed, name, personal=False) for name in head)
    for table, text in frozen(read_lattice().cubes.values()).items():
        pairs = (column.split()[:2] for column in text.split(", "))
        yield from (Column(f"release.{table}", name, personal=False) for name, kind in pairs if kind == "VARCHAR")


def described(file: Path) -> list[dict[str, Any]]:
    """The tables that a file of dbt's describes."""
    content = yaml.safe_load(file.read_text("utf-8"))
    return [*content.get("models", ()), *content.get("seeds", ())]


def fits(column: Column) -> list[Fits]:
    """The domains of a column's texts. None of them: anything could stand there."""
    name = column.name.removeprefix("own_")
    for texts in (indicator_texts, return_texts):
        if own := texts.fits(column.table, column.name):
            return own
    if name.endswith("_precision"):
        name = "occurred_precision"
    found = [*_derived().get(name, ()), *_accepted().get((column.table, column.name), ())]
    if not column.personal and column.name in _seeded():
        found.append(_seeded()[column.name].__contains__)
    for topic, model in MODELS.items():
        if name in model.model_fields and not (column.personal and _is_public(model, name)):
            found.append(_typed(field_type(topic, [*model.model_fields].index(name))))
    return found


@cache
def _derived() -> dict[str, list[Fits]]:
    """What is in no event, or is coarser than there: by the name of the column."""
    lists = {name: frozenset(codes) for name, codes in code_lists().items()}
    lattice = read_lattice()
    named: dict[str, Any] = {
        "subject": OpaqueId, "person": OpaqueId, "assessment": OpaqueId, "event_id": OpaqueId, "stream": OpaqueId,
        "corrects": OpaqueId, "partner": PartnerId, "country": Country, "dataset": Code, "part": Code,
        "quarter": Period, "known_month": Period, "last_period": Period, "reported_period": Period, "period": Period,
        "reason": CorrectionReason,
        "first_known_month": Period,
    }  # fmt: skip
    found = {name: [_typed(TypeAdapter(kind))] for name, kind in named.items()}
    known: dict[str, frozenset[str]] = {
        "context": lists["context"], "outcome": lists["outcome"], "state": lists["delivery_state"],
        "rag_computed": lists["rag"], "rag_reason": _rated() | lists["measure_status"],
        "self_status": lists["measure_status"], "period_type": frozenset("YQM"),
        "sex": lists["sex_leaf"], "age_band": lists["age_leaf"], "channel": lists["channel_leaf"],
        "age_group": _AGE_GROUPS, "released_as": lists["age_leaf"], "contexts": _CONTEXTS,
        "event": frozenset(map(table_name, NEWEST)),
        "closure": lists["closure"], "decline_reason": lists["decline_reason"],
        "status_at_closure": lists["need_status"], "review_trigger": lists["review_trigger"],
        "mode": lists["mode_leaf"], "cube": frozenset(lattice.cubes), "dimension": frozenset(lattice.dimensions),
        "code": frozenset().union(*lists.values()), "lang": frozenset({"en", "pt"}), **_labels(),
    }  # fmt: skip
    for name, codes in known.items():
        found.setdefault(name, []).append(codes.__contains__)
    found["part"] += ["".__eq__, lambda text: bool(re.fullmatch(r"[a-z]{1,20}\.[a-z]{1,20}/[\w.-]{0,40}", text))]
    for name, pattern in {
        "course": r"[-01]{1,60}", "fact": r"(fct|indicator)_[a-z_]{1,40}",
        "counting_unit": r"[A-Z]{2,12}(_[A-Z]{2,12})?", "year": r"[12][0-9]{3}",
        "stated_district": r"[A-Z]{2}[A-Z0-9]{0,3}",
        "section": r"[0-9]{2}|X[0-9]?|X|U|NA|NR|REF",
    }.items():  # fmt: skip
        found.setdefault(name, []).append(lambda text, pattern=pattern: bool(re.fullmatch(pattern, text)))
    found["moment"] = [*found["quarter"], "NOW".__eq__]
    found["release_id"] = [lambda text: _is(Period, text[1:]) and text[:1] == "r"]
    found["manifest"] = [_is_manifest]
    for name in ("consent_purpose", "consent_recipient", "lawful_basis"):  # several, side by side
        words = lists[name]
        found[{"lawful_basis": name}.get(name, f"{name.removeprefix('consent_')}s")] = [partial(_words, words)]
    return found


@cache
def _seeds() -> list[tuple[str, list[str], list[list[str]]]]:
    """Each seed: its name, its columns, and its rows."""
    found = []
    for file in sorted(SEEDS.glob("*.csv")):
        head, *rows = csv.reader(file.read_text("utf-8").splitlines())
        found.append((file.stem, head, rows))
    return found


@cache
def _seeded() -> dict[str, frozenset[str]]:
    """What stands in the checked-in seeds, by the name of the column."""
    found: dict[str, set[str]] = {}
    for _, head, rows in _seeds():
        for column, texts in zip(head, zip(*rows, strict=True), strict=True):
            found.setdefault(column, set()).update(texts)
    return {column: frozenset(texts) for column, texts in found.items()}


@cache
def _accepted() -> dict[tuple[str, str], list[Fits]]:
    """Words that a model alone has, and that its own test holds it to."""
    found: dict[tuple[str, str], list[Fits]] = {}
    for file in MODELS_OF_DBT.rglob("_*.yml"):
        for model in yaml.safe_load(file.read_text("utf-8")).get("models", ()):
            for column in model.get("columns", ()):
                for test in column.get("data_tests", ()):
                    if isinstance(test, dict) and "accepted_values" in test:
                        words = frozenset(test["accepted_values"]["arguments"]["values"])
                        found.setdefault((model["name"], column["name"]), []).append(words.__contains__)
    return found


def _labels() -> dict[str, frozenset[str]]:
    files = [yaml.safe_load(file.read_text("utf-8")) for file in CODELISTS.glob("*.yaml")]
    labels = {label for file in files for code in file["codes"].values() for label in code.get("labels", {}).values()}
    return {"label": frozenset(labels), "list": frozenset(file["name"] for file in files)}


def _rated() -> frozenset[str]:
    """The reasons of a rating, which its model writes."""
    sql = (MODELS_OF_DBT / "marts" / "measures.sql").read_text("utf-8")
    return frozenset(re.findall(r"'[A-Z]+/([A-Z_]+)'", sql))


def _words(known: frozenset[str], text: str) -> bool:
    return known.issuperset(text.split(" "))


def _is_manifest(text: str) -> bool:
    """Signed JSON: words, numbers and digests, and no sentence."""
    found = re.findall(r'"([^"]*)"', text)
    return text[:1] == "{" and all(re.fullmatch(r"[A-Za-z0-9_.:-]{0,64}", each) for each in found)


def _typed(kind: TypeAdapter[Any]) -> Fits:
    def fits_it(text: str) -> bool:
        for value in (text, (text,)):  # a list's column is looked at code by code
            try:
                kind.validate_python(value)
            except ValidationError:
                continue
            return True
        return False

    return fits_it


def _is(kind: Any, text: str) -> bool:
    return _typed(TypeAdapter(kind))(text)


@cache
def _is_public(model: type[Event], name: str) -> bool:
    return "x-public-text" in str(event_schema(model)["properties"][name])
