"""Partner formats → statements. `find` gives an adapter by name, mapping file or Python file; `every` all installed."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from hub.adapters.base import Adapter
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_profile import is_profile, load_profile
from hub.adapters.mapping import load_mapping
from hub.errors import Stop

PARTNERS = Path(__file__).parent / "partners"


def find(wanted: str) -> Adapter:
    """The adapter of that name, of a mapping file or FHIR profile (`*.yaml`), or of a Python file (`path.py:name`).

    A Python file runs with all rights of this process: it is code that the partner put there. Raises Stop when there is
    no such adapter.
    """
    if wanted.endswith((".yaml", ".yml")):
        return _described(Path(wanted))
    path, mark, name = wanted.rpartition(".py:")
    if mark:
        return _in_file(Path(f"{path}.py"), name)
    if (PARTNERS / f"{wanted}.yaml").is_file():
        return _described(PARTNERS / f"{wanted}.yaml")
    for entry in entry_points(group="hub.adapters", name=wanted):
        adapter: Adapter = entry.load()
        return adapter
    raise Stop(f"no adapter has this name; see `hub adapters list` ({len(list(every()))} are installed)")


def every() -> Iterator[tuple[str, str]]:
    """Name and kind of every installed adapter: the partners' mappings and FHIR profiles, then the Python ones."""
    yield from ((path.stem, "mapping") for path in mappings())
    yield from ((path.stem, "fhir profile") for path in profiles())
    yield from sorted((entry.name, "python") for entry in entry_points(group="hub.adapters"))


def mappings() -> list[Path]:
    """The partners' mapping files, without the crosswalks that they include."""
    files = sorted(PARTNERS.glob("*.yaml"))
    return [path for path in files if not path.read_text("utf-8").startswith("crosswalk:") and not is_profile(path)]


def profiles() -> list[Path]:
    """The profiles of partners who send FHIR."""
    return [path for path in sorted(PARTNERS.glob("*.yaml")) if is_profile(path)]


def _described(file: Path) -> Adapter:
    return FhirAdapter(load_profile(file)) if is_profile(file) else load_mapping(file)


def _in_file(path: Path, name: str) -> Adapter:
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise Stop(f"there is no Python file {path.name}")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        adapter: Adapter = getattr(module, name)
    except Exception as error:  # noqa: BLE001 - the file's own code may raise anything, and quote what it read
        raise Stop(f"{path.name}:{name} is no adapter: {type(error).__name__}") from None
    return adapter
