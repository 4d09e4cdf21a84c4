"""YAML from strangers → a plain tree of texts, each with its line. No aliases, no tags, no types, no bombs.

Every scalar stays the text it was, so that Norway is `NO`, a code is `01`, and a wrong date is named and not guessed
at; what a text means is for the reader of the tree to say.
"""

from typing import BinaryIO, NamedTuple, TypeAlias

import yaml

from hub.adapters.base import Rejected

SIZE_LIMIT = 512 * 1024
"""Bytes in a file. The largest national plan we know has a tenth of it."""
DEPTH_LIMIT = 12
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NOTHING = frozenset({"", "~", "null"})


class Leaf(NamedTuple):
    """A text. Nothing, `~` and `null` are the empty text."""

    text: str
    line: int


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


def read_tree(source: BinaryIO) -> Branch:
    """The tree of a file that holds one mapping. Raises Rejected, naming lines and never a text."""
    data = source.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise Rejected("too-large", "file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data.count(b"\n", 0, error.start)
        raise Rejected("not-text", f"line {before + 1}") from None
    try:
        _refuse_tricks(text)
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        raise Rejected("not-yaml", f"line {mark.line + 1}" if mark else "file") from None
    if not isinstance(root, yaml.MappingNode):
        raise Rejected("not-a-mapping", "file")
    problems: list[tuple[str, str]] = []
    tree = _branch(root, problems)
    if problems:
        raise Rejected.all_of(problems)
    return tree


def _refuse_tricks(text: str) -> None:
    """Walks the parser's events one by one, so that a bomb is met before anything is built of it."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=LOADER):
        place = f"line {event.start_mark.line + 1}" if event.start_mark else "file"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
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


def _tree(node: yaml.Node, problems: list[tuple[str, str]]) -> Tree:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _branch(node, problems)
    if isinstance(node, yaml.SequenceNode):
        return Row([_tree(child, problems) for child in node.value], line)
    text = str(node.value).strip()
    return Leaf("" if text in _NOTHING and not getattr(node, "style", None) else text, line)


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
