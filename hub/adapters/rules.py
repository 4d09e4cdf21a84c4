"""Every rule that a partner's data can break: `rules.yaml`, read once. As a page: docs/rules.md."""

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from hub.adapters.base import Rejected
from hub.adapters.yaml_tree import Branch, Leaf, Tree, read_tree
from hub.adapters.yaml_tree import Row as TreeRow
from hub.errors import Stop

FILE = Path(__file__).with_name("rules.yaml")
LANGUAGES = ("en", "nl", "fr", "pt", "bg", "hr", "fi", "it")
"""Of the partners. What is said in none of them is said in the first."""
Place: TypeAlias = Literal["file", "header", "row", "cell", "entry", "delivery"]
Mend: TypeAlias = Literal["data", "export", "mapping", "edge"]
PLACES: Mapping[Place, str] = {
    "file": "a file as a whole",
    "header": "a column of the table",
    "row": "a row",
    "cell": "a cell",
    "entry": "an entry of a file that is a tree",
    "delivery": "a delivery as a whole, by the hub's own check",
}
MENDS: Mapping[Mend, str] = {
    "data": "the data, where they are kept",
    "export": "the export, or how it is sent",
    "mapping": "the mapping file; then the refused rows can be [replayed](quarantine.md)",
    "edge": "the software or its keys, on either side",
}


class Words(NamedTuple):
    """A rule for people: what is wrong, and what to do."""

    text: str
    hint: str


class Rule(BaseModel):
    """What a rule is broken by, what has to change, and the words for it, by language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Place
    mend: Mend
    words: dict[str, Words]

    def said(self, language: str) -> Words:
        """In a language; in English where there are no words in it."""
        return self.words.get(language, self.words[LANGUAGES[0]])


@cache
def catalogue() -> Mapping[str, Rule]:
    """Every rule by its id, in the file's order."""
    return read_catalogue(FILE)


def words(rule: str, language: str) -> Words:
    """What to say of a rule. One that a partner's own adapter made up speaks for itself."""
    known = catalogue().get(rule)
    return known.said(language) if known else Words(rule.replace("-", " ").capitalize() + ".", "")


def read_catalogue(path: Path) -> Mapping[str, Rule]:
    """A catalogue from a file. Raises Stop for one that is wrong, or lacks words in a language."""
    try:
        tree = read_tree(BytesIO(path.read_bytes()))
        found = {name: Rule.model_validate(_rule(branch)) for name, branch in tree.items.items()}
    except Rejected as rejected:
        raise Stop(f"{path.name}: {rejected}") from None
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise Stop(f"{path.name}: {'; '.join(wrong)}") from None
    for name, rule in found.items():
        if lacking := [each for each in LANGUAGES if each not in rule.words]:
            raise Stop(f"{path.name}: {name} has no words in {', '.join(lacking)}")
        if unknown := sorted(rule.words.keys() - {*LANGUAGES}):
            raise Stop(f"{path.name}: {name} has words in {', '.join(unknown)}")
    return found


def _rule(tree: Tree) -> dict[str, Any]:
    """As `Rule` has it: what is not `place` or `mend` is a language."""
    items = tree.items if isinstance(tree, Branch) else {}
    about = {name: leaf.text for name, leaf in items.items() if isinstance(leaf, Leaf)}
    return about | {"words": {name: _texts(row) for name, row in items.items() if isinstance(row, TreeRow)}}


def _texts(row: TreeRow) -> list[str]:
    return [leaf.text for leaf in row.items if isinstance(leaf, Leaf)]


def page() -> str:
    """docs/rules.md: every rule by what it is broken by, in English and then in each language."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    rules = catalogue()
    yield "# Rules"
    yield ""
    yield "Every rule that a partner's data can break, and what to do about it. This page is generated from"
    yield "`hub/adapters/rules.yaml` by `make schemas`; tests hold it against the code. `hub adapters report`"
    yield "says the same of a file in the partner's language. Rules name places, never values. What breaks them:"
    yield ""
    yield from (f"- **{place}**: {said}" for place, said in PLACES.items())
    yield ""
    yield "What has to change:"
    yield ""
    yield from (f"- **{mend}**: {said}" for mend, said in MENDS.items())
    for place in get_args(Place):
        some = {name: rule for name, rule in rules.items() if rule.place == place}
        if some:
            yield from ("", f"## {place.capitalize()}", "", "| rule | means | what to do | mend |", "|---|---|---|---|")
            for name, rule in some.items():
                said = rule.said(LANGUAGES[0])
                yield f"| `{name}` | {said.text} | {said.hint} | {rule.mend} |"
    for language in LANGUAGES[1:]:
        yield from ("", f"## In `{language}`", "", "| rule | | |", "|---|---|---|")
        for name, rule in rules.items():
            yield f"| `{name}` | {rule.said(language).text} | {rule.said(language).hint} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
