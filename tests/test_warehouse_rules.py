"""The warehouse keeps the rules of warehouse_rules.py; and each of them sees the mistake that it is about."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from hub.cli.build import PROJECT
from hub.events.delivery import DeliveryClosed
from tests import manifests, warehouse_rules
from tests.warehouse_rows import Telling
from tests.warehouse_rules import RULES, Manifest, models

known, manifest = manifests.known, manifests.manifest
Mistake = Callable[[Manifest], None]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_warehouse_keeps_the_rule(rule: Callable[[Manifest], list[str]], manifest: Manifest) -> None:
    assert rule(manifest) == []


def model(manifest: Manifest, name: str) -> dict[str, Any]:
    return next(node for node in models(manifest).values() if node["name"] == name)


def change(of: str, **fields: Any) -> Mistake:
    return lambda manifest: model(manifest, of).update(fields)


def reads(name: str, *nodes: str) -> Mistake:
    def mistake(manifest: Manifest) -> None:
        model(manifest, name)["depends_on"] = {"nodes": list(nodes)}

    return mistake


def stands_in(name: str, path: str) -> Mistake:
    return change(name, path=path)


def forgotten(name: str) -> Mistake:
    """Nobody reads a model any more."""

    def mistake(manifest: Manifest) -> None:
        for each in (*manifest["nodes"].values(), *manifest["exposures"].values()):
            read = each["depends_on"].get("nodes", [])  # a seed has none
            each["depends_on"]["nodes"] = [node for node in read if not node.endswith(f".{name}")]

    return mistake


def no_longer_fresh(manifest: Manifest) -> None:
    for source in manifest["sources"].values():
        source["freshness"] = None


def no_words_for_a_column(manifest: Manifest) -> None:
    model(manifest, "plans")["columns"]["title"]["description"] = " "


def no_words_for_a_reader(manifest: Manifest) -> None:
    manifest["exposures"]["exposure.victim_support_hub.plans_page"]["description"] = ""


def no_type(manifest: Manifest) -> None:
    model(manifest, "plans")["columns"]["title"]["data_type"] = None


def no_contract(manifest: Manifest) -> None:
    model(manifest, "contacts_leaf")["config"]["contract"]["enforced"] = False


def no_test_of_keys(manifest: Manifest) -> None:
    manifest["nodes"] = {n: each for n, each in manifest["nodes"].items() if "is_key" not in n}


def a_test_of_one_statement_less(manifest: Manifest) -> None:
    one = next(each for each in manifest["nodes"].values() if each["name"] == "every_statement_stands_once")
    one["depends_on"]["nodes"].pop()


def a_macro_that_names_a_table(manifest: Manifest) -> None:
    macro = manifest["macros"]["macro.victim_support_hub.current_facts"]
    macro["macro_sql"] = "select * from staging.stg_hub__contact_held"


def a_macro_with_a_clock(manifest: Manifest) -> None:
    manifest["macros"]["macro.victim_support_hub.current_facts"]["macro_sql"] = "select cast(now() as date)"


def views_upon_views(manifest: Manifest) -> None:
    below = "model.victim_support_hub.int_milestones"
    for n in range(warehouse_rules.LONGEST_CHAIN):
        one = {**deepcopy(manifest["nodes"][below]), "name": f"int_{n}", "depends_on": {"nodes": [below]}}
        below = f"model.victim_support_hub.int_{n}"
        manifest["nodes"][below] = one


MISTAKES = {
    "a model without a word": ("undocumented", change("plans", description="")),
    "a column without a word": ("undocumented", no_words_for_a_column),
    "a model without columns": ("undocumented", change("plans", columns={})),
    "a reader without a word": ("undocumented", no_words_for_a_reader),
    "a mart without a key": ("without_a_key", change("plans", constraints=[])),
    "rules that nothing tries": ("without_a_key", no_test_of_keys),
    "an event that may stand twice": ("without_a_key", a_test_of_one_statement_less),
    "a mart on a raw table": ("out_of_order", reads("plans", "source.victim_support_hub.raw.plan_adopted")),
    "a mart on staging": ("out_of_order", reads("plans", "model.victim_support_hub.stg_hub__plan_adopted")),
    "staging on staging": (
        "out_of_order",
        reads("stg_hub__plan_adopted", "model.victim_support_hub.stg_hub__plan_pillarset"),
    ),
    "a mart that feeds a rule": ("out_of_order", reads("int_plans", "model.victim_support_hub.plans")),
    "a cube that a rule is made of": ("out_of_order", reads("int_plans", "model.victim_support_hub.contacts_leaf")),
    "a folder that nobody knows": ("out_of_order", stands_in("plans", "attic/plans.sql")),
    "a mart made of nothing": ("roots", reads("plans")),
    "a table by its name": ("hard_coded", change("plans", raw_code="select 1 from public_zone.pillars")),
    "a table by its name, in quotes": ("hard_coded", change("plans", raw_code='select 1 join "a"."b" on true')),
    "a macro that names a table": ("hard_coded", a_macro_that_names_a_table),
    "a model with a clock of its own": ("own_clock", change("plans", raw_code="select current_date as day")),
    "a macro with a clock of its own": ("own_clock", a_macro_with_a_clock),
    "a step that nobody reads": ("unused", forgotten("int_plans")),
    "a mart that nobody reads": ("unused", forgotten("due_dates")),
    "a raw table that nobody stages": ("unused", forgotten("shelter_stayended")),
    "a name of another folder": ("misnamed", change("plans", name="int_plans_too")),
    "a fact that does not say so": ("misnamed", stands_in("plans", "facts/plans.sql")),
    "a description elsewhere": (
        "described_elsewhere",
        change("plans", patch_path="victim_support_hub://models/cubes/_cubes__models.yml"),
    ),
    "views upon views": ("chained", views_upon_views),
    "a promise that is not kept": ("without_a_contract", no_contract),
    "a column without a type": ("without_a_contract", no_type),
    "persons in what anybody reads": ("persons_in_public", reads("plans", "model.victim_support_hub.fct_cases")),
    "persons, in a step before": ("persons_in_public", reads("int_plans", "model.victim_support_hub.fct_cases")),
    "no limit for what is old": ("not_fresh", no_longer_fresh),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_seen(case: str, manifest: Manifest) -> None:
    name, mistake = MISTAKES[case]
    rule = getattr(warehouse_rules, name)
    damaged = deepcopy(manifest)
    mistake(damaged)
    assert rule(damaged), case


@pytest.mark.parametrize(
    "sql",
    [
        "select extract(year from facts.occurred_on) from {{ ref('plans') }}",
        "select a is distinct from b.c from held -- join raw.contact_held\nwhere x = 'from raw.place'",
        "from {# from raw.x #} {{ current_facts('contact_held') }} as held join lives on true",
    ],
)
def test_what_names_no_relation_is_none(sql: str) -> None:
    assert warehouse_rules.RELATION.findall(warehouse_rules.sql_of(sql)) == []


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where dbt keeps what it has read, for the next time."""
    return str(tmp_path_factory.mktemp("target"))


@pytest.mark.parametrize(("months_ago", "state"), [(1, "pass"), (6, "warn"), (12, "error")])
def test_a_hub_to_which_nobody_delivers_grows_stale(
    months_ago: int, state: str, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = date.today().year * 12 + date.today().month - 1 - months_ago
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        closed = DeliveryClosed(dataset="contacts", period="2025Q1", complete=True, records=80)
        Telling(connection).say("closed", closed, known_month=f"{month // 12}-{month % 12 + 1:02}")
    monkeypatch.setenv("HUB_WAREHOUSE", str(tmp_path / "warehouse.duckdb"))
    words = ["source", "freshness", "--log-level", "none", "--project-dir", str(PROJECT)]
    words += ["--profiles-dir", str(PROJECT), "--target-path", target, "--log-path", target]
    try:
        results = dbtRunner().invoke(words).result
    finally:
        DuckDBConnectionManager.close_all_connections()  # dbt would keep the file open for the whole process
    assert [str(each.status) for each in results if each.node.resource_type == "source"] == [state]
