"""JSON from strangers → plain Python values. Bounded in size and depth; refused by rule and never quoted."""

from typing import Any, BinaryIO

import msgspec

from hub.adapters.base import Rejected

SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes of one document. It stands in memory as a whole; larger exports come as JSON lines."""


def read_limited(source: BinaryIO, limit: int = SIZE_LIMIT) -> bytes:
    """All bytes of a file. Raises Rejected for more than `limit`."""
    data = source.read(limit + 1)
    if len(data) > limit:
        raise Rejected("too-large", "file")
    return data


def parse_json(data: bytes, place: str = "file") -> Any:
    """The value of one document in UTF-8. Raises Rejected: `not-text`, `not-json`, `too-deep`."""
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise Rejected("too-deep", place) from None
    except UnicodeDecodeError:
        raise Rejected("not-text", place) from None
    except msgspec.DecodeError:
        raise Rejected("not-json", place) from None
