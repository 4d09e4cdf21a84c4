"""Which adapter read a file, to the letter: so that the version that failed and the one that passed stay known."""

import inspect
from hashlib import sha256
from pathlib import Path
from typing import Any

from hub.adapters.base import Adapter
from hub.adapters.count_table import CountAdapter
from hub.adapters.fhir import FhirAdapter
from hub.adapters.mapping import MappingAdapter

OURS = Path(__file__).resolve().parent.parent


def adapter_digest(adapter: Adapter) -> str:
    """SHA-256, in hex, of what a YAML file of a partner says, however it is written; of a Python file as it is.

    Of a Python adapter: the file that reads, and the mapping file if one translates. What it imports beyond has
    versions of its own. Empty for the hub's own adapters: the version of the hub says which they were.
    """
    if isinstance(adapter, MappingAdapter | CountAdapter | FhirAdapter):
        return sha256(_said(adapter)).hexdigest()
    path = _file_of(type(adapter).read)
    if path is None or path.is_relative_to(OURS):
        return ""
    words = getattr(adapter.translate, "__self__", None)
    return sha256(path.read_bytes() + (_said(words) if isinstance(words, MappingAdapter) else b"")).hexdigest()


def _said(adapter: MappingAdapter | CountAdapter | FhirAdapter) -> bytes:
    said = adapter.profile if isinstance(adapter, FhirAdapter) else adapter.mapping
    return said.model_dump_json(by_alias=True, exclude_defaults=True).encode()


def _file_of(function: Any) -> Path | None:
    """Where a function was written; None where that is no file any more."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    path = Path(code.co_filename).resolve() if code else None
    return path if path is not None and path.is_file() else None
