"""Words of GBVIMS and Primero → codes of the hub: `gbvims_codes.yaml`, compiled once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from hub.adapters.spelling import fold
from hub.adapters.yaml_tree import LOADER

CODES = Path(__file__).with_name("gbvims_codes.yaml")
COLUMNS = Path(__file__).with_name("gbvims_columns.yaml")


class Unknown(Exception):
    """The list has no such word."""


class Crosswalk(NamedTuple):
    """Folded words of one of their lists → a code of the hub, or None where no code says it."""

    codes: Mapping[str, str | None]

    def read(self, text: str) -> str | None:
        """The hub's code of a text. Raises Unknown."""
        try:
            return self.codes[fold(text)]
        except KeyError:
            raise Unknown from None


@cache
def crosswalks() -> Mapping[str, Crosswalk]:
    """Every crosswalk by its name."""
    raw = _load(CODES)
    return {name: Crosswalk(_compiled(raw["lists"][each["of"]]["words"], each["codes"])) for name, each in
            raw["crosswalks"].items()}  # fmt: skip


@cache
def columns() -> Mapping[str, str]:
    """Folded heading → field of the Incident Recorder. A heading that two fields share is that of the first."""
    found: dict[str, str] = {}
    for words in _load(COLUMNS)["columns"].values():
        for field, word in words.items():
            found.setdefault(fold(field), field)
            found.setdefault(word, field)
    return found


def _compiled(words: Mapping[str, list[str]], codes: Mapping[str, Any]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for code, said in words.items():
        target = codes[code]
        hub_code = target if isinstance(target, str) else target.get("code")
        found |= dict.fromkeys((fold(code), *said), hub_code)
    return found


def _load(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506 - makes texts only
