"""A plan in whatever form it comes (YAML, a flat table, another government's tracker) → one tree of texts."""

import re
from io import BytesIO
from typing import BinaryIO

from hub.adapters.any_table import SEPARATORS, any_blocks
from hub.adapters.json_file import read_limited
from hub.adapters.magic import ZIP
from hub.adapters.plan_table import COLUMNS, ENTRY, plan_of
from hub.adapters.plan_tracker import is_tracker, plan_of_tracker
from hub.adapters.yaml_tree import SIZE_LIMIT, Branch, read_tree

_CELLS = re.compile(rb"[%s]" % SEPARATORS.encode())


def plan_tree(source: BinaryIO) -> Branch:
    """The tree of a plan. Raises Rejected, naming lines and never a text, for a file that holds none."""
    data = read_limited(source, SIZE_LIMIT)
    if data.startswith(ZIP) or _is_table(data):
        return plan_of(any_blocks(BytesIO(data), COLUMNS.__contains__, ("Plan",)))
    tree = read_tree(BytesIO(data))
    return plan_of_tracker(tree) if is_tracker(tree) else tree


def _is_table(data: bytes) -> bool:
    """Whether the first line is the header of a plan table."""
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]
    names = [cell.strip(b' "\r') for cell in _CELLS.split(first)]
    return ENTRY.encode() in names and len(names) > 1
