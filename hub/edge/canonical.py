"""One person, one form of the identifier. An invalid identifier has none: it is never tokenised.

Version 1. A change of any canonical form splits persons silently, so this file changes only with a new version.
"""

import unicodedata
from functools import lru_cache
from typing import Any

from stdnum import get_cc_module

from hub.errors import Stop

VERSION = 1
LOCAL = "local"


def canonical(scheme: str, text: str) -> str | None:
    """The canonical form, or None when the identifier is not valid in its scheme.

    `local` is the partner's own case number: white space is folded, nothing else. A national scheme is named
    `<country>.<module of python-stdnum>`, for instance `nl.bsn`. Raises Stop for a scheme nobody knows.
    """
    if scheme == LOCAL:
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        return " ".join(plain.split()) or None
    module = _module(scheme)
    cleaned = unicodedata.normalize("NFKC", text)
    cleaned = "".join(c for c in cleaned if unicodedata.category(c) not in ("Cf", "Cc", "Zs")).upper()
    if not cleaned.isascii():
        # python-stdnum takes Arabic-Indic digits in some schemes and gives them back as they are.
        return None
    try:
        return str(module.validate(module.compact(cleaned)))
    except Exception:  # noqa: BLE001 - modules raise their own errors and bare ValueErrors: all mean invalid
        return None


@lru_cache
def _module(scheme: str) -> Any:
    country, _, name = scheme.partition(".")
    module = get_cc_module(country, name) if name else None
    if module is None:
        raise Stop(f"no identifier scheme {scheme}")
    return module
