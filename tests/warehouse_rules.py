"""The rules that the warehouse's models keep, over what dbt knows of them: each gives the offences that it sees.

The bar is the open dbt project evaluator's; the rest is what a hub about victims owes besides.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

Node = dict[str, Any]
Manifest = dict[str, Any]

MADE_OF: Mapping[str, set[str]] = {
    "staging": {"raw"},
    "intermediate": {"staging", "intermediate", "seeds"},
    "facts": {"staging", "intermediate", "facts", "dimensions", "seeds"},
    "dimensions": {"staging", "intermediate", "facts", "dimensions", "seeds"},
    "marts": {"intermediate", "facts", "dimensions", "indicators", "returns", "marts", "seeds"},
    "cubes": {"intermediate", "facts", "dimensions", "indicators", "cubes", "seeds"},
    "indicators": {"intermediate", "facts", "dimensions", "indicators", "seeds"},
    "returns": {"intermediate", "facts", "dimensions", "indicators", "returns", "seeds"},
}
"""Each folder of models, and what it may be made of. Raw tables are read in staging alone, and no mart feeds a rule."""
NAMED = {
    "staging": r"stg_hub__[a-z]+_[a-z]+",
    "intermediate": r"int_[a-z_]+",
    "facts": r"fct_[a-z_]+",
    "dimensions": r"dim_[a-z_]+",
    "marts": r"(?!stg_|int_|fct_|dim_|ind_|return_)[a-z_]+",
    "cubes": r"[a-z_]+_(leaf|contributions|marks)",
    "indicators": r"ind_[a-z0-9_]+|indicator_[a-z_]+",
    "returns": r"return_[a-z0-9_]+",
}
PROMISED = ("facts", "dimensions", "marts", "cubes", "indicators", "returns")
"""Folders whose tables others build on: a column that changes there breaks a promise."""
BY_ROW = {"legal_returns"}
"""Public tables that choose the rows about nobody out of exact ones: tests/test_returns.py tries that choice."""
WRITTEN = {"course_marks"}
"""Models made of nothing, as `make schemas` writes their rows from files that a test compares with them."""
LONGEST_CHAIN = 5
"""Views that may stand upon each other, as the evaluator has it: each query on the last computes all of them."""
NOT_SQL = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|--[^\n]*|/\*.*?\*/|'[^']*'", re.DOTALL)
NOT_CODE = re.compile(r"\{#.*?#\}|--[^\n]*|/\*.*?\*/", re.DOTALL)
NOT_RELATIONS = re.compile(r"\bextract\s*\([^)]*\)|\bdistinct\s+from\b", re.IGNORECASE)
CLOCK = re.compile(r"\b(?:current_date|current_time\w*|localtime\w*|now\s*\(|today\s*\()", re.IGNORECASE)
AS_OF = "as_of"
"""The macro that alone may ask for the day: a build makes anew what calls it when the day is another."""
RELATION = re.compile(r"\b(?:from|join)\s+([\w\"]+\.[\w\".]+)", re.IGNORECASE)


def models(manifest: Manifest) -> dict[str, Node]:
    """Every model, by its id."""
    return {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def tests(manifest: Manifest) -> Iterator[Node]:
    """Every test of data."""
    return (node for node in manifest["nodes"].values() if node["resource_type"] == "test")


def folder(name: str, manifest: Manifest) -> str:
    """The folder of a model; `seeds` or `raw` of what is none."""
    kind = name.split(".")[0]
    return str(manifest["nodes"][name]["path"]).split("/")[0] if kind == "model" else {"seed": "seeds"}.get(kind, "raw")


def undocumented(manifest: Manifest) -> list[str]:
    """A model, a column, a raw table or a reader without a word about it."""
    found = [node["name"] for node in models(manifest).values() if not node["description"].strip()]
    found += [node["name"] for node in models(manifest).values() if not node["columns"]]
    for node in models(manifest).values():
        found += [f"{node['name']}.{c['name']}" for c in node["columns"].values() if not c["description"].strip()]
    others = (*manifest["sources"].values(), *manifest["exposures"].values())
    return found + [each["name"] for each in others if not each["description"].strip()]


def without_a_key(manifest: Manifest) -> list[str]:
    """A model of which nothing says and tries what a row is: a primary key that holds, or a test."""
    keyed = {node["attached_node"] for node in tests(manifest) if node.get("test_metadata", {}).get("name") == "is_key"}
    for node in tests(manifest):
        if node["name"] == "every_statement_stands_once":
            keyed.update(node["depends_on"]["nodes"])
    for name, node in models(manifest).items():
        if any(constraint["type"] == "primary_key" for constraint in node["constraints"]):
            keyed.add(name)
    return [node["name"] for name, node in models(manifest).items() if name not in keyed]


def out_of_order(manifest: Manifest) -> list[str]:
    """A model that is made of what its folder may not be made of; a folder that nobody knows."""
    found = []
    for name, node in models(manifest).items():
        allowed = MADE_OF.get(folder(name, manifest), set())
        wrong = [each for each in node["depends_on"]["nodes"] if folder(each, manifest) not in allowed]
        found += [f"{node['name']} reads {each.split('.')[-1]}" for each in wrong]
    return found


def roots(manifest: Manifest) -> list[str]:
    """A model that is made of nothing: its rows stand in the SQL, where no source or vintage can be seen."""
    found = [node["name"] for node in models(manifest).values() if not node["depends_on"]["nodes"]]
    return [name for name in found if name not in WRITTEN]


def hard_coded(manifest: Manifest) -> list[str]:
    """A relation that is named, not referred to: dbt would neither order it nor draw it."""
    return [f"{name}: {found}" for name, text in texts(manifest) for found in RELATION.findall(sql_of(text))]


def own_clock(manifest: Manifest) -> list[str]:
    """What asks for the day by itself: a build that keeps what nothing new has reached would not know of it."""
    return [name for name, text in texts(manifest) if name != AS_OF and CLOCK.search(NOT_CODE.sub(" ", text))]


def texts(manifest: Manifest) -> list[tuple[str, str]]:
    """All SQL of ours: models, tests, macros."""
    macros = [each for each in manifest["macros"].values() if each["package_name"] == "victim_support_hub"]
    found = [(node["name"], node["raw_code"]) for node in [*models(manifest).values(), *tests(manifest)]]
    return found + [(macro["name"], macro["macro_sql"]) for macro in macros]


def sql_of(text: str) -> str:
    """A model's own SQL: without what dbt puts in, comments, texts, and the froms that name no relation."""
    return NOT_RELATIONS.sub(" ", NOT_SQL.sub(" ", text))


def unused(manifest: Manifest) -> list[str]:
    """A raw table, a step or a published table that nobody reads: no model, no reader, and no test across models.

    Facts, dimensions, indicators and returns are ends: the enclave's own checks read them.
    """
    read: set[str] = set()
    for each in (*models(manifest).values(), *manifest["exposures"].values()):
        read.update(each["depends_on"]["nodes"])
    for node in tests(manifest):
        read.update(each for each in node["depends_on"]["nodes"] if each != node.get("attached_node"))
    steps = ("staging", "intermediate", "marts", "cubes")
    ours = [*(name for name in models(manifest) if folder(name, manifest) in steps), *manifest["sources"]]
    return [name.split(".", 2)[2] for name in ours if name not in read]


def misnamed(manifest: Manifest) -> list[str]:
    """A model whose name does not say which folder it stands in."""
    return [
        node["name"]
        for name, node in models(manifest).items()
        if not re.fullmatch(NAMED.get(folder(name, manifest), "(?!)"), node["name"])
    ]


def described_elsewhere(manifest: Manifest) -> list[str]:
    """A model whose description does not stand in a file `_..__models.yml` of its own folder."""
    found = []
    for node in models(manifest).values():
        where = str(node["patch_path"] or "").split("://models/")[-1]
        beside = node["path"].rsplit("/", 1)[0]
        if not re.fullmatch(rf"{re.escape(beside)}/_\w+__models\.yml", where):
            found.append(node["name"])
    return found


def chained(manifest: Manifest) -> list[str]:
    """A view at the end of a chain of views that is too long."""
    views = {n for n, node in models(manifest).items() if node["config"]["materialized"] in ("view", "ephemeral")}

    @cache
    def depth(name: str) -> int:
        above = [depth(each) for each in manifest["nodes"][name]["depends_on"]["nodes"] if each in views]
        return 1 + max(above, default=0)

    return [name.split(".")[-1] for name in views if depth(name) > LONGEST_CHAIN]


def without_a_contract(manifest: Manifest) -> list[str]:
    """A table that others build on, whose columns and types are not enforced and all typed."""
    return [
        node["name"]
        for name, node in models(manifest).items()
        if folder(name, manifest) in PROMISED
        and not (node["config"]["contract"]["enforced"] and all(c["data_type"] for c in node["columns"].values()))
    ]


def persons_in_public(manifest: Manifest) -> list[str]:
    """A table that is copied into releases as it is, and is made of one that has persons in it, however far above."""

    @cache
    def persons(name: str) -> bool:
        if name not in models(manifest) or folder(name, manifest) == "staging":
            return False
        node = manifest["nodes"][name]
        return "subject" in node["columns"] or any(persons(each) for each in node["depends_on"]["nodes"])

    found = [node["name"] for name, node in models(manifest).items() if is_public(node) and persons(name)]
    return [name for name in found if name not in BY_ROW]


def is_public(node: Node) -> bool:
    """Whether a model's table is copied into every release as it is."""
    return bool(node["schema"] == "public_zone")


def not_fresh(manifest: Manifest) -> list[str]:
    """The table that says who delivered has no limit after which it is old."""
    source = next(each for each in manifest["sources"].values() if each["name"] == "delivery_closed")
    limits = source["freshness"] or {}
    known = source["loaded_at_field"] and all((limits.get(each) or {}).get("count") for each in LIMITS)
    return [] if known else [source["name"]]


LIMITS = ("warn_after", "error_after")
RULES: tuple[Callable[[Manifest], list[str]], ...] = (
    undocumented, without_a_key, out_of_order, roots, hard_coded, own_clock, unused, misnamed, described_elsewhere,
    chained, without_a_contract, persons_in_public, not_fresh,
)  # fmt: skip
