"""Partner formats → statements. `find` gives an adapter by name, YAML file or Python file; `every` all installed."""

from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from hub.adapters.base import Adapter
from hub.adapters.count_table import load_counts
from hub.adapters.fhir import FhirAdapter
from hub.adapters.fhir_profile import load_profile
from hub.adapters.mapping import load_mapping
from hub.adapters.yaml_tree import first_key
from hub.errors import Stop

PARTNERS = Path(__file__).parent / "partners"


def find(wanted: str) -> Adapter:
    """The adapter of that name, of a mapping file, counts file or FHIR profile (`*.yaml`), or of a Python file
    (`path.py:name`).

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
    """Name and kind of every installed adapter: those that YAML files of partners describe, then the Python ones."""
    yield from ((path.stem, "mapping") for path in mappings())
    yield from ((path.stem, "fhir profile") for path in profiles())
    yield from ((path.stem, "counts") for path in count_files())
    yield from sorted((entry.name, "python") for entry in entry_points(group="hub.adapters"))


def mappings() -> list[Path]:
    """The partners' mapping files, without the crosswalks that they include."""
    return _installed("mapping")


def profiles() -> list[Path]:
    """The profiles of partners who send FHIR."""
    return _installed("fhir")


def count_files() -> list[Path]:
    """The counts files of partners who may send no rows."""
    return _installed("counts")


def _installed(key: str) -> list[Path]:
    return [path for path in sorted(PARTNERS.glob("*.yaml")) if first_key(path) == key]


def _described(file: Path) -> Adapter:
    """The adapter that a YAML file describes. What it is, its first key says."""
    key = first_key(file)
    if key == "fhir":
        return FhirAdapter(load_profile(file))
    return load_counts(file) if key == "counts" else load_mapping(file)


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
