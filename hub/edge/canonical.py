"""One person, one form of the identifier. An invalid identifier has none: it is never tokenised.

Version 2. A change of any canonical form splits persons silently, so forms change only with a new version; those of
`tests/golden/identifiers.csv` are held to what they were.
"""

import unicodedata

from hub.adapters.mapping_file import NAME_BIRTH
from hub.edge.names import canonical_name
from hub.edge.schemes import SCHEMES
from hub.edge.summed import plainly_right
from hub.errors import Stop

VERSION = 2
LOCAL = "local"
UNSEEN = ("Cf", "Cc", "Zs", "Zl", "Zp")
"""Categories of characters that nobody sees, and no scheme knows."""
UNSEEN_ASCII = {code: None for code in range(128) if unicodedata.category(chr(code)) in UNSEEN}


def canonical(scheme: str, text: str) -> str | None:
    """The canonical form, or None when the identifier is not valid in its scheme.

    `local` is the partner's own case number: white space is folded, nothing else. `name-birth` is in `names`, all
    others are in `schemes`. Raises Stop for a scheme nobody knows.
    """
    if scheme == LOCAL:
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        return " ".join(plain.split()) or None
    if scheme == NAME_BIRTH:
        return canonical_name(text)
    if plainly_right(scheme, text):
        return text
    read = SCHEMES.get(scheme)
    if read is None:
        raise Stop(f"no identifier scheme {scheme}: {', '.join(sorted((LOCAL, NAME_BIRTH, *SCHEMES)))}")
    if text.isascii():
        seen = text.translate(UNSEEN_ASCII)
    else:
        seen = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in UNSEEN)
    cleaned = seen.upper()
    if not cleaned.isascii():
        # python-stdnum takes Arabic-Indic digits in some schemes and gives them back as they are.
        return None
    try:
        return read(cleaned)
    except Exception:  # noqa: BLE001 - the library raises its own errors and bare ValueErrors: all mean invalid
        return None
