"""A service directory (Open Referral HSDS 3.x) → its organisations and services, a statement each.

HSDS is the Human Services Data Specification (docs.openreferral.org). A directory does not say who delivers it:
`--partner` does. It says nothing of a person that may leave: contacts, telephones, addresses and texts are never read.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, get_args

from hub.adapters.base import Fact, Record, Rejected, Statement
from hub.adapters.fields import Problems
from hub.adapters.hsds_codes import meaning_of
from hub.adapters.hsds_gather import NO_TERM, ORGANISATION, SERVICE, Broken, records_of
from hub.adapters.hsds_identifiers import public_code
from hub.adapters.hsds_places import by_uri
from hub.adapters.hsds_references import text_of
from hub.adapters.hsds_service import service_facts
from hub.adapters.hsds_tables import Damaged, read_directory
from hub.adapters.words import LENGTH, Word
from hub.events.codes import OrganisationKind

_SURROGATE = re.compile("[\ud800-\udfff]").search
CONTRADICTED = (*ORGANISATION, *SERVICE)
"""Fields that two rows of one identifier may fill differently."""


@dataclass(frozen=True)
class HsdsAdapter:
    """Reads directories of HSDS 3.x. Satisfies `Adapter` and `OwnWords`."""

    name: str = "hsds"

    def read(self, source: BinaryIO) -> Iterator[Record]:
        """Organisations, services, and rows that cannot be taken. Raises Rejected for a file that is no directory."""
        records = records_of(read_directory(source))
        first = next(records, None)
        if first is None:
            raise Rejected("not-a-directory", "file")
        yield first
        yield from records

    def translate(self, record: Record) -> Statement:
        """What the directory says of an organisation or a service. Raises Rejected, naming all problems."""
        data = record.data
        if isinstance(data, Damaged):
            raise Rejected(data.rule, record.position)
        if isinstance(data, Broken):
            raise Rejected.all_of([("dangling-reference", field) for field in data.fields])
        if not isinstance(data, dict) or data.get("entity") not in ("organisation", "service"):
            raise Rejected("not-a-directory", record.position)
        problems: Problems = []
        own = text_of(data, "id")
        if not own:
            problems.append(("missing-key", "id"))
        elif _SURROGATE(own):
            problems.append(("not-a-text", "id"))
        if "contradicted" in data:
            said = data["contradicted"]
            problems += [("contradicts-row", name) for name in CONTRADICTED if isinstance(said, list) and name in said]
        service = data["entity"] == "service"
        facts = service_facts(data, problems) if service else (_organisation(data, own, problems),)
        if problems:
            raise Rejected.all_of(list(dict.fromkeys(problems)))
        # A package says all there is about a service; a page of an API may leave out where it is.
        return Statement("directory", f"{data['entity']} {own}", None, facts, data.get("package") is True)

    def words(self, source: BinaryIO) -> list[Word]:
        """The terms by which services are told, and what each is in the hub's words."""
        services = (record.data for record in self.read(source) if isinstance(record.data, dict))
        terms = (term for service in services for term in service.get("terms", ()) if not by_uri(term["uri"]))
        counts = Counter((term["taxonomy"], term["code"], term["name"]) for term in terms if term != NO_TERM)
        return [_word(*named, rows) for named, rows in counts.most_common()]


adapter = HsdsAdapter()


def _word(taxonomy: str, code: str, name: str, rows: int) -> Word:
    meaning = meaning_of({"taxonomy": taxonomy, "code": code, "name": name})
    shown = " / ".join(filter(None, (taxonomy, code, name))).encode("utf-8", "backslashreplace").decode()
    said = ", ".join(meaning.codes()) if meaning else ""
    relation = meaning.relation if meaning else "none"
    return Word("taxonomy_terms", "service.listed", shown[:LENGTH], said or None, relation, meaning is not None, rows)


def _organisation(data: dict[str, Any], own: str, problems: Problems) -> Fact:
    kind = data.get("kind")
    if kind not in get_args(OrganisationKind):
        problems.append(("unknown-code", "kind"))
    stated = {"organisation": public_code(own), "organisation_kind": kind}
    if parent := text_of(data, "parent_organization_id"):
        stated["parent"] = public_code(parent)
    return Fact("organisation.listed", stated)
