"""A sharing agreement (YAML) → what may leave. Every mistake is named by line and key, and nothing is quoted."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.adapters.agreement_file import Agreement
from hub.adapters.base import Adapter, Rejected
from hub.adapters.mapping import MappingAdapter
from hub.adapters.mapping_file import GENERALISED
from hub.adapters.yaml_tree import Branch, Place, line_of, plain, read_tree, told
from hub.errors import Mend, Stop
from hub.events import NEWEST

PARTIES_NEEDED = 2
"""Nobody agrees alone."""
GOES_WITH = {"occurred_precision": "occurred_on"}
"""Field that says nothing of its own → the field that it belongs to."""


def load_agreement(path: Path) -> Agreement:
    """The agreement that a file holds, approved or not. Raises Mend, naming lines and keys, when the file is wrong."""
    try:
        with path.open("rb") as source:
            tree = read_tree(source)
        agreement = Agreement.model_validate(plain(tree))
    except OSError as error:
        raise Stop(f"cannot read the agreement {path.name}: {error.strerror}") from None
    except Rejected as rejected:
        raise Mend(f"{path.name}: {rejected}") from None
    except ValidationError as error:
        _stop(path, tree, [_problem(tree, each) for each in error.errors()])
    _stop(path, tree, _contradictions(agreement))
    return agreement


def not_in_force(agreement: Agreement, today: date) -> list[str]:
    """Why nothing may leave under the agreement today, one sentence each. Empty when it is approved and holds."""
    why = not_approved(agreement, today)
    if today < agreement.valid_from:
        why.append(f"it holds from {agreement.valid_from} on")
    if today > agreement.valid_until:
        why.append(f"it ended on {agreement.valid_until}")
    return why


def not_approved(agreement: Agreement, today: date) -> list[str]:
    """What its approvals lack, one sentence each. They stand for one content: its digest."""
    digest = agreement.digest()
    why = [
        f"what {each.party} approved has another digest: the agreement was changed since"
        for each in agreement.approvals
        if each.digest != digest
    ]
    agreed = {each.party for each in agreement.approvals if each.digest == digest and each.on <= today}
    if len(agreed) < PARTIES_NEEDED:
        why.append(f"{len(agreed)} of at least {PARTIES_NEEDED} parties have approved it")
    if agreement.partner not in agreed:
        why.append(f"{agreement.partner} has not approved it")
    return why


def beyond(agreement: Agreement, adapter: MappingAdapter) -> list[str]:
    """Every event and field that the mapping would send and the agreement does not allow: `contact.held.age_band`."""
    found = []
    for rule in adapter.mapping.facts:
        allowed = agreement.events.get(rule.event)
        if allowed is None:
            found.append(rule.event)
            continue
        coarse = (GENERALISED.get(name, name) for name in rule.fields)
        found += [f"{rule.event}.{name}" for name in coarse if GOES_WITH.get(name, name) not in allowed]
    return list(dict.fromkeys(found))


def enforce(agreement: Agreement, adapter: Adapter, partner: str, today: date) -> None:
    """Raises Stop unless all that the adapter would send for this partner may leave today."""
    if not isinstance(adapter, MappingAdapter) or adapter.mapping.about_nobody:
        raise Stop("a sharing agreement is about a table of persons, and this adapter reads none")
    why = not_in_force(agreement, today)
    if partner != agreement.partner:
        why.append("it is another partner's")
    if adapter.name != agreement.dataset:
        why.append("it is about another dataset")
    if "HUB" not in agreement.recipients and "ANY" not in agreement.recipients:
        why.append("HUB is none of its recipients")
    if more := beyond(agreement, adapter):
        why.append(f"the mapping would send {', '.join(more)}, which it does not allow")
    if why:
        raise Stop(f"nothing is sent under this agreement: {'; '.join(why)}")


def _contradictions(agreement: Agreement) -> Iterator[tuple[Place, str]]:
    """What the shape alone cannot tell."""
    parties = [each.party for each in agreement.parties]
    if agreement.partner not in parties:
        yield ("partner",), "is no party"
    if len(set(parties)) < len(parties):
        yield ("parties",), "a party stands twice"
    if agreement.valid_until < agreement.valid_from:
        yield ("valid_until",), "is before valid_from"
    for event, fields in agreement.events.items():
        if event not in NEWEST or not NEWEST[event].personal:
            yield ("events", event), "is no event about a person"
            continue
        for n, name in enumerate(fields):
            if name not in NEWEST[event].model_fields:
                exact = f": an exact value never leaves, say {GENERALISED[name]}" if name in GENERALISED else ""
                yield ("events", event, n), f"the event has no such field{exact}"
    for n, approval in enumerate(agreement.approvals):
        if approval.party not in parties:
            yield ("approvals", n, "party"), "is no party"


def _problem(tree: Branch, error: Any) -> tuple[Place, str]:
    """Place and words. A key that no agreement has is known by its line alone: torn, it may hold who approved."""
    place: Place = tuple(error["loc"])
    if error["type"] != "extra_forbidden":
        return place, error["msg"]
    return place[:-1], f"line {line_of(tree, place)} holds a key that no agreement has"


def _stop(path: Path, tree: Branch, problems: Any) -> None:
    if said := told(tree, problems):
        raise Mend(f"{path.name}: {said}")
