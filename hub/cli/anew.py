"""What was derived from the log, made anew once something of it is gone."""

from typing import Any

from hub.cli.answer import progress
from hub.cli.build import build, is_built
from hub.cli.feed import catch_up_warehouse
from hub.cli.installation import Installation


def made_anew(hub: Installation) -> dict[str, Any]:
    """The warehouse up to the end of the log, and its marts where it had some. Where there is no warehouse, nothing."""
    if not hub.settings.warehouse_path.exists():
        return {}
    had_marts = is_built(hub.settings)
    position = catch_up_warehouse(hub, rebuild=False, echo=progress)["position"]
    if had_marts:
        build(hub.settings, echo=progress)
    return {"warehouse": position}
