"""What a partner's record may be: kinds about one person, and kinds about nobody, whose events stand in clear."""

from typing import Literal, get_args

PersonKind = Literal[
    "referral", "case", "contact", "consent", "assessment", "offence", "need", "protection", "service", "shelter",
    "justice",
]  # fmt: skip
NobodyKind = Literal[
    "plan", "capacity", "helpline", "activity", "training", "organisation", "directory", "framework", "indicator",
    "aggregate",
]  # fmt: skip
ABOUT_NOBODY: frozenset[str] = frozenset(get_args(NobodyKind))
KINDS: tuple[str, ...] = (*get_args(PersonKind), *get_args(NobodyKind))
