"""The text of one resource → its elements, with care: bounded depth, no key twice, nothing read in two ways."""

import json
import re
from itertools import accumulate
from typing import Any

import msgspec

from hub.adapters.base import Rejected

DEPTH_LIMIT = 48
"""Elements within elements. Questionnaires nest a dozen."""
DOCUMENT_LIMIT = 32 * 1024 * 1024
"""Bytes of one resource or bundle: a line of a bulk export, or a file that holds one."""


def parse(text: bytes | str, place: str) -> dict[str, Any]:
    """The object that a text is. Raises Rejected, naming `place` and never a value."""
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    if len(raw) > DOCUMENT_LIMIT:
        raise Rejected("too-large", place)
    if too_deep(raw):
        raise Rejected("too-deep", place)
    try:
        data = msgspec.json.decode(raw)
        # What is written back to the letter had no key twice: most machines write without spaces, and this is quick.
        if msgspec.json.encode(data) != raw:
            data = json.loads(raw, object_pairs_hook=_once, parse_constant=_never)
            msgspec.json.encode(data)
    except _Twice:
        raise Rejected("key-twice", place) from None
    except (ValueError, OverflowError, RecursionError, msgspec.DecodeError):
        raise Rejected("not-json", place) from None
    if not isinstance(data, dict):
        raise Rejected("not-a-resource", place)
    return data


def too_deep(raw: bytes) -> bool:
    """Whether brackets stand deeper than allowed.

    Quick, and so not exact where texts hold brackets: those that only look deep are looked at again, and those that
    look flat and are not end at the depth that the reader itself allows.
    """
    if raw.count(b"{") + raw.count(b"[") <= DEPTH_LIMIT:
        return False
    return _deeper(raw) and _deeper(_TEXTS.sub(b"", raw))


def _deeper(raw: bytes) -> bool:
    """Takes out the innermost pairs, level by level. What is left is deep, or torn: then the levels are counted."""
    left = brackets = raw.translate(None, _NO_BRACKETS)
    for _ in range(DEPTH_LIMIT):
        if not left:
            return False
        left = left.replace(b"{}", b"").replace(b"[]", b"")
    return max(accumulate(1 if each in b"{[" else -1 for each in brackets)) > DEPTH_LIMIT


class _Twice(ValueError):
    """A key stands twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice
    return found


def _never(_word: str) -> Any:
    """NaN and Infinity, which Python's reader would take."""
    raise ValueError


_TEXTS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
