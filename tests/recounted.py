"""The made-up country of warehouse_rows.py, its warehouse, made once for all workers, and how facts are recounted."""

import fcntl
import os
import pickle
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse_rows import SILENT, Said, Told

UNKNOWN = {"U", "NA", "NR", "REF"}
CHILD = {"0-5", "6-11", "12-13", "14-15", "16-17", "child_u"}
HARMED = UNKNOWN | {"DIRECT"}


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Nobody may change it: tests of several files look at it, and workers at the same one."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "told.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return made(shared / "told")


def made(folder: Path) -> Told:
    """The one that another worker made, or one that is made now."""
    kept = folder / "told.pickle"
    if not kept.exists():
        folder.mkdir(exist_ok=True)
        kept.write_bytes(pickle.dumps(Told(folder / "a home")))
    found: Told = pickle.loads(kept.read_bytes())
    return found


def said(told: Told, *names: str) -> list[Said]:
    """The facts that stand and may be counted, of some events."""
    return [each for (_, name, _), each in told.standing.items() if name in names and each.person != SILENT]


def column(told: Told, table: str, columns: str) -> dict[int, Any]:
    """Some columns of a fact table by position; one alone as it is."""
    rows = told.ask(f"SELECT position, {columns} FROM facts.{table}")
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in rows}


def of_her(told: Told, one: Said, *names: str) -> Iterator[Said]:
    """What the same partner says of the same person."""
    return (each for each in said(told, *names) if (each.partner, each.person) == (one.partner, one.person))


def first_from(day: date, days: Iterator[date]) -> date | None:
    return min((each for each in days if each >= day), default=None)


def contexts_of(act: Any) -> set[str]:
    forms, tags, code = {*act.violence_forms}, {*getattr(act, "tags", ())}, act.offence
    violence = bool(forms) or code[:2] in {"01", "02", "03"} or code in {"X5", "X6", "X7"}
    partner, family = act.relationship in {"01", "02"}, act.relationship in {"03", "04", "05", "06"}
    home = family or act.relationship == "07" or act.cohabiting == "Y"
    child, harmed = act.age_band in CHILD, act.victim_role in HARMED
    sexual = "SEX" in forms or code.startswith("03")
    killed = code == "0101" and act.sex == "F" and harmed and "ATTEMPTED" not in tags
    holds = {
        "IPV": violence and partner,
        "DV": violence and home and not partner,
        "CSA": child and harmed and sexual,
        "EARLY_MARRIAGE": child and harmed and ("FMR" in forms or code == "X6"),
        "HARMFUL_PRACTICE": "HARMFUL_PRACTICE" in tags or "FGM" in forms or code == "X5",
        "HATE": "BIAS_MOTIVE" in tags,
        "THB": code == "0204",
        "TERROR": code == "0906",
        "POSS_SEX_EXPL": code in {"0302", "03022"} or (sexual and "GAIN" in tags),
        "ELDER_ABUSE": act.age_band in {"65-74", "75+"} and harmed and violence
        and (partner or home or act.relationship == "11"),
        "FEMICIDE_IP": killed and partner,
        "FEMICIDE_FAM": killed and family,
    }  # fmt: skip
    return {context for context, true in holds.items() if true}
