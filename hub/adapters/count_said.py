"""What a count is of, and how many → the fields of its event: a partner's own, or a figure that is public already."""

from collections.abc import Mapping
from typing import Any

from hub.adapters.count_cells import NORMAL, SUPPRESSED, Count
from hub.adapters.count_file import CountFile, Published

CONFIDENTIAL = "C"


def said(file: CountFile, of: Mapping[str, Any], count: Count) -> dict[str, Any]:
    """The fields of `aggregate.reported` or of `indicator.valuereported`; exact, as the edge wants them."""
    status = {} if count.status == NORMAL else {"obs_status": count.status}
    if file.published:
        return {**_published(file, file.published, of, count), **status}
    counted = {} if count.number is None else {"counted": count.number}
    rounded = {"small_counts": file.small_counts} if file.small_counts else {}
    return {**of, **counted, **rounded, **status}


def _published(file: CountFile, published: Published, of: Mapping[str, Any], count: Count) -> dict[str, Any]:
    """Dimensions that the event has no field for are its breakdown, `SEX.F`, in the order of their names."""
    own = {"series", "unit", "period", "area", "scope"}
    data = {
        "indicator": of["series"],
        "area": of.get("area", file.country),
        "period": of["period"],
        "breakdown": tuple(f"{name.upper()}.{of[name]}" for name in sorted(of.keys() - own)),
        "unit": published.measured_in,
        "source": published.source,
        "published_on": published.on,
    }
    said = {"scope": of.get("scope"), "counting_unit": of["unit"], "value": count.number}
    data |= {name: value for name, value in said.items() if value is not None}
    return data if count.status != SUPPRESSED else {**data, "conf_status": CONFIDENTIAL}
