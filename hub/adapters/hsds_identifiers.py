"""Identifiers of a directory → codes that may stand in the log.

HSDS prescribes UUIDs, and these stay as they are: the directory has the name under the same id. Many directories have
words in their place, and a shelter's word can be the name of its village: such an id becomes a UUID of its own, always
the same (RFC 9562, version 5). Who has the directory can tell which it is, and nobody else.
"""

from uuid import UUID, uuid5

OF_WORDS = UUID("a08c8d3f-5373-43c1-b6f9-0f5b661e6563")
"""The space of names in which ids that are no UUIDs are made into some. Drawn once, for ever."""


def public_code(text: str) -> str:
    """The code of an id."""
    plain = text.encode("utf-8", "backslashreplace").decode()
    try:
        found = UUID(text)
    except ValueError:
        found = None
    return str(found) if found and str(found) == text.lower() else str(uuid5(OF_WORDS, plain))
