"""A crosswalk: the partner's words → codes of the hub, and how well each code fits its word.

The relations are those of SKOS (broadMatch, narrowMatch): `broader` means that the code covers more than the word, so
that something is lost; `narrower` that it covers only a part of what the word may mean; `none` that no code says it.
"""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from hub.adapters.strict import Part

Relation = Literal["exact", "broader", "narrower", "none"]


class Entry(Part):
    """A code and its relation to the word. With `none` there may be no code: nothing is stated, and it is counted.

    `because`: what is lost, or why, for who reads the partner's page.
    """

    code: str | None = None
    relation: Relation
    because: str = ""

    @model_validator(mode="after")
    def _has_a_code(self) -> "Entry":
        if self.code is None and self.relation != "none":
            raise ValueError("only a word of relation none may have no code")
        return self


def _kind(entry: Any) -> str:
    return "code" if isinstance(entry, str) else "entry"


Target = Annotated[Annotated[str, Tag("code")] | Annotated[Entry, Tag("entry")], Discriminator(_kind)]
"""A code alone (its relation is then that of its crosswalk), or an entry."""
Codes = dict[str, Target]


class CrosswalkFile(Part):
    """A crosswalk that several mappings include. `relation` holds for every code that stands alone."""

    crosswalk: Literal["1"]
    language: str = Field(pattern=r"^[a-z]{2}$")
    relation: Relation = "exact"
    codes: Codes = Field(min_length=1)


def entry(target: str | Entry, relation: Relation) -> Entry:
    """The entry that a target stands for, in a crosswalk of this relation."""
    return Entry(code=target, relation=relation) if isinstance(target, str) else target
