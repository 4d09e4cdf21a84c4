"""Tables and code spans, for pages that are written by a program."""

from collections.abc import Iterator, Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, and an empty one."""
    yield f"| {' | '.join(head)} |\n|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def in_code(text: str) -> str:
    """A text as code, also in a table. A tab and a space are named."""
    shown = {"\t": "tab", " ": "space"}.get(text, text)
    return f"`{shown}`".replace("|", "\\|")
