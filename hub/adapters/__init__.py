"""Partner formats → statements. `find` gives an adapter by name or file, `every` all that are installed."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

from hub.adapters.base import Adapter
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_profile import is_profile, load_profile
from hub.adapters.mapping import load_mapping
from hub.errors import Stop

PARTNERS = Path(__file__).parent / "partners"


def find(name_or_path: str) -> Adapter:
    """The adapter of that name, or the one that a mapping file or FHIR profile (`*.yaml`) describes. Raises Stop."""
    if name_or_path.endswith((".yaml", ".yml")):
        path = Path(name_or_path)
        return FhirAdapter(load_profile(path)) if is_profile(path) else load_mapping(path)
    if (PARTNERS / f"{name_or_path}.yaml").is_file():
        return load_mapping(PARTNERS / f"{name_or_path}.yaml")
    for entry in entry_points(group="hub.adapters", name=name_or_path):
        adapter: Adapter = entry.load()
        return adapter
    raise Stop(f"no adapter has this name; see `hub adapters list` ({len(list(every()))} are installed)")


def every() -> Iterator[tuple[str, str]]:
    """Name and kind of every installed adapter: the partners' mappings, then the Python ones."""
    yield from sorted((path.stem, "mapping") for path in PARTNERS.glob("*.yaml"))
    yield from sorted((entry.name, "python") for entry in entry_points(group="hub.adapters"))
