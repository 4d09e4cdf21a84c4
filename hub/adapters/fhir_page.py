"""The page of a partner who sends FHIR, made of its profile: who it is, what it fills in, and its own codes."""

from collections.abc import Iterator

from hub.adapters.fhir_codes import Line
from hub.adapters.fhir_profile import FhirProfile
from hub.adapters.labels import labels_of
from hub.adapters.markdown import in_code, table

GENERATED = "<!-- generated from the profile: make schemas -->"
FIELDS = {
    "sex": ("referral.sent", "sex"),
    "to_tier": ("referral.sent", "to_tier"),
    "decline_reason": ("referral.declined", "reason"),
    "declined_by": ("referral.declined", "declined_by"),
    "channel": ("contact.held", "channel"),
    "service": ("contact.held", "services"),
    "tier": ("case.opened", "tier"),
    "consent_purpose": ("consent.recorded", "purpose"),
    "consent_answer": ("consent.recorded", "answer"),
    "assessment_kind": ("assessment.completed", "kind"),
    "assessment_instrument": ("assessment.completed", "instrument"),
    "risk_level": ("assessment.completed", "result_level"),
}
"""Table of codes → an event that they are stated in, and its field."""


def fhir_page(profile: FhirProfile) -> str:
    """What is counted, what the profile fills in, and each of its codes with its relation."""
    return "\n".join([*_head(profile), *_codes(profile)])


def _head(profile: FhirProfile) -> Iterator[str]:
    yield f"# `{profile.name}`: {profile.organisation or profile.partner}\n\n{GENERATED}\n"
    if profile.unit:
        yield f"{profile.unit}\n"
    yield from (f"{note}\n" for note in profile.notes)
    schemes = [f"{in_code(system)}, scheme `{scheme}`" for system, scheme in profile.identifiers.items()]
    sends = {"OUT": "are sent by this partner", "IN": "come to this partner"}[profile.direction]
    rows = [
        ("partner", f"{in_code(profile.partner or '')}, {profile.country}, in `{profile.language}`"),
        ("file", "FHIR R4, R4B or R5: JSON, NDJSON, XML, bundles"),
        (
            "a record is",
            "what [FHIR](../fhir.md#what-becomes-of-what) makes of its resource, known by the resource's id",
        ),
        ("a person is", f"{'; '.join(schemes) or 'the id of her Patient'}: a keyed token, never the number"),
        ("referrals", f"{sends}; who refers is `{profile.source}` where it is not the person herself"),
        ("where no code says it", f"mode `{profile.mode}`, from `{profile.from_tier}`, to `{profile.to_tier}`"),
        *_undated(profile),
        ("never read", "names, addresses, notes, narratives, displays, attachments, answers to questions, scores"),
    ]
    yield from table(("", ""), rows)


def _undated(profile: FhirProfile) -> Iterator[tuple[str, str]]:
    if profile.undated_tasks == "authored":
        yield (
            "a Task without a date of change",
            "counts for the day on which it was written, or else its bundle was sent",
        )


def _codes(profile: FhirProfile) -> Iterator[str]:
    yield "## Its own codes\n"
    yield (
        "They come before those of FHIR's systems. `broader`: the hub's code covers more. `narrower`: only a part "
        "of it. `none`: no code says it.\n"
    )
    for name, systems in profile.codes.items():
        event, field = FIELDS.get(name, ("", ""))
        labels = labels_of(event, field, "en")
        yield f"### [`{event}`](../events.md#{event.replace('.', '')}): `{field}`\n" if event else f"### `{name}`\n"
        for system, lines in systems.items():
            yield f"{in_code(system)}\n"
            yield from table(
                ("code there", "code here", "is", "relation"), [_row(*each, labels) for each in lines.items()]
            )


def _row(there: str, line: Line, labels: dict[str, str]) -> tuple[str, str, str, str]:
    return in_code(there), in_code(line.to) if line.to else "", labels.get(line.to, ""), line.relation
