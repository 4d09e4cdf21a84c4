"""The hub's own words for the codes of an event's field, from its code lists."""

from functools import cache
from typing import Literal, get_args, get_origin

import yaml

from hub.events import NEWEST
from hub.events.schema import CODELISTS, code_lists


@cache
def labels_of(event: str, field: str, language: str) -> dict[str, str]:
    """Code → word; none where the field has no list, or its list has no words in the language (ISO 639-1)."""
    wanted = NEWEST[event].model_fields.get(field) if event in NEWEST else None
    if wanted is None:
        return {}
    kinds = [kind for kind in (wanted.annotation, *get_args(wanted.annotation)) if get_origin(kind) is Literal]
    name = next((name for name, codes in code_lists().items() if kinds and codes == get_args(kinds[0])), None)
    file = CODELISTS / f"{name}.yaml"
    if name is None or not file.is_file():
        return {}
    described = yaml.safe_load(file.read_text("utf-8"))["codes"]
    return {code: about["labels"][language] for code, about in described.items() if language in about["labels"]}
