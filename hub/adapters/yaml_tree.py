"""YAML from strangers → a plain tree of texts, each with its line. No tags, no types, no bombs; aliases where allowed.

Every scalar stays the text it was, so that Norway is `NO`, a code is `01`, and a wrong date is named and not guessed
at; what a text means is for the reader of the tree to say.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import yaml

from hub.adapters.base import Rejected

SIZE_LIMIT = 512 * 1024
"""Bytes in a file. The largest national plan we know has a tenth of it."""
DEPTH_LIMIT = 12
NODES_LIMIT = 100_000
"""Things in a tree, those that aliases repeat counted each time: a bomb is made of few lines."""
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_BEGINNING = 65_536
_NOTHING = frozenset({"", "~", "null"})


class Leaf(NamedTuple):
    """A text. Nothing, `~` and `null` are the empty text. `written`: the same with them and with its blanks."""

    text: str
    line: int
    written: str = ""


class Branch(NamedTuple):
    """Named things, in the file's order."""

    items: "dict[str, Tree]"
    lines: dict[str, int]
    line: int


class Row(NamedTuple):
    """Things one after the other."""

    items: "list[Tree]"
    line: int


Tree: TypeAlias = Leaf | Branch | Row
Place = tuple[int | str, ...]
"""The way from the root to a thing: keys, and numbers from 0."""


def read_tree(source: BinaryIO, *, aliases: bool = False) -> Branch:
    """The tree of a file that holds one mapping. Raises Rejected, naming lines and never a text.

    `aliases`: a part may be named (`&name`) and stand again elsewhere (`*name`), with the lines where it was written.
    """
    data = source.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise Rejected("too-large", "file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data.count(b"\n", 0, error.start)
        raise Rejected("not-text", f"line {before + 1}") from None
    try:
        _refuse_tricks(text, aliases=aliases)
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise Rejected("not-yaml", f"line {mark.line + 1}" if mark else "file") from None
    if not isinstance(root, yaml.MappingNode):
        raise Rejected("not-a-mapping", "file")
    problems: list[tuple[str, str]] = []
    _count(root, {})
    tree = _branch(root, problems)
    if problems:
        raise Rejected.all_of(problems)
    return tree


def first_key(path: Path) -> str:
    """The key with which a YAML file begins, comments aside: what kind of file it is. Empty where there is none."""
    try:
        with path.open("rb") as source:
            lines = source.read(_BEGINNING).splitlines()
    except OSError:
        return ""
    first = next((line for line in lines if line.strip() and line[:1] != b"#"), b"")
    return first.partition(b":")[0].decode("utf-8", "replace") if b":" in first else ""


def plain(tree: Tree, *, written: bool = False) -> Any:
    """Dictionaries, lists and texts. `written`: each text with its blanks, as it was written."""
    if isinstance(tree, Leaf):
        return tree.written if written else tree.text
    if isinstance(tree, Branch):
        return {name: plain(each, written=written) for name, each in tree.items.items()}
    return [plain(each, written=written) for each in tree.items]


def line_of(tree: Tree, place: Place) -> int:
    """The line of what stands at a place, or of the nearest thing around it."""
    line = tree.line
    for step in place:
        if isinstance(tree, Branch) and step in tree.items:
            line, tree = tree.lines[str(step)], tree.items[str(step)]
        elif isinstance(tree, Row) and isinstance(step, int) and step < len(tree.items):
            tree = tree.items[step]
            line = tree.line
    return line


def told(tree: Tree, problems: Iterable[tuple[Place, str]]) -> str:
    """What is wrong with a file, by line and key; empty where nothing is."""
    found = {(line_of(tree, place), ".".join(map(str, place)) or "file", _says(what)): None for place, what in problems}
    return "; ".join(f"line {line}, {place}: {what}" for line, place, what in found)


def _says(message: str) -> str:
    return message.removeprefix("Value error, ")


def _refuse_tricks(text: str, *, aliases: bool) -> None:
    """Walks the parser's events one by one, so that a bomb is met before anything is built of it."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=LOADER):
        place = f"line {event.start_mark.line + 1}" if event.start_mark else "file"
        if not aliases and (isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None)):
            raise Rejected("yaml-alias", place)
        if getattr(event, "tag", None):
            raise Rejected("yaml-tag", place)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if depth > DEPTH_LIMIT:
            raise Rejected("too-deep", place)
        if documents > 1:
            raise Rejected("several-documents", place)


def _count(node: yaml.Node, sizes: dict[int, int]) -> int:
    """Things below a node. Raises Rejected for too many, and for a node that holds itself."""
    if id(node) not in sizes:
        sizes[id(node)] = -1
        sizes[id(node)] = 1 + sum(_count(child, sizes) for child in _children(node))
    if sizes[id(node)] < 0:
        raise Rejected("yaml-alias", f"line {node.start_mark.line + 1}")
    if sizes[id(node)] > NODES_LIMIT:
        raise Rejected("too-large", f"line {node.start_mark.line + 1}")
    return sizes[id(node)]


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _tree(node: yaml.Node, problems: list[tuple[str, str]]) -> Tree:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _branch(node, problems)
    if isinstance(node, yaml.SequenceNode):
        return Row([_tree(child, problems) for child in node.value], line)
    written = str(node.value)
    text = written.strip()
    return Leaf("" if text in _NOTHING and not getattr(node, "style", None) else text, line, written)


def _branch(node: yaml.MappingNode, problems: list[tuple[str, str]]) -> Branch:
    items: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            problems.append(("not-a-key", f"line {line}"))
        elif key.value in items:
            problems.append(("key-twice", f"line {line}"))
        else:
            items[key.value] = _tree(value, problems)
            lines[key.value] = line
    return Branch(items, lines, node.start_mark.line + 1)
