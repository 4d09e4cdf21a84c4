"""What the pages' own codes are called. Codes about people have their labels in the release itself."""

from collections.abc import Mapping

from dashboards.words import marked as _

LABELS: Mapping[str, Mapping[str, str]] = {
    "dimension": {
        "context": _("kind of violence"),
        "sex": _("sex"),
        "age_band": _("age"),
        "outcome": _("outcome"),
    },
    "kind": {
        "INPUT": _("input"),
        "OUTPUT": _("output"),
        "OUTCOME": _("outcome"),
        "IMPACT": _("impact"),
    },
    "direction": {
        "UP": _("shall rise"),
        "DOWN": _("shall fall"),
        "KEEP": _("shall stay"),
    },
    "rag": {
        "RED": _("Late or off course"),
        "AMBER": _("At risk"),
        "GREEN": _("On track"),
        "BLUE": _("Done and verified"),
        "GREY": _("Not rated"),
    },
    "rag_self": {
        "BLUE": _("Done"),
    },
    "rag_reason": {
        "VERIFIED": _("complete, evidence seen by others"),
        "UNVERIFIED": _("complete, not yet verified"),
        "ON_TRACK": _("as planned"),
        "OVERDUE": _("overdue"),
        "DUE_SOON": _("due soon, much left to do"),
        "BEHIND_PLAN": _("behind the planned progress"),
        "OFF_PATH": _("indicator short of its path"),
        "NO_REPORT": _("no current report"),
        "NOT_STARTED": _("not to start yet"),
        "NOT_MEASURED": _("reported, but nothing measured"),
        "CANCELLED": _("cancelled"),
        "SUPERSEDED": _("replaced by another measure"),
    },
    "state": {
        "OK": _("complete"),
        "PARTIAL": _("some partners have not delivered"),
        "ZERO": _("zero reported"),
        "COARSER": _("published only for wider groups"),
        "DIFFERS": _("cancelled referrals counted in"),
        "SMALL": _("share hidden: fewer than 20 referrals"),
        "MISSING": _("not delivered"),
        "NOT_COLLECTED": _("not collected, or too few to publish"),
    },
}

LISTS = {"context": "Context", "sex": "SexLeaf", "age_band": "AgeLeaf"}
"""The release's code list of each dimension that can be filtered."""

GLYPHS = {
    "OK": "✔",
    "PARTIAL": "~",
    "ZERO": "0",
    "COARSER": "▦",
    "DIFFERS": "≠",
    "SMALL": "◌",
    "MISSING": "✕",
    "NOT_COLLECTED": "–",
}

RATING_GLYPHS = {"RED": "▲", "AMBER": "◆", "GREEN": "▶", "BLUE": "✔", "GREY": "?"}
