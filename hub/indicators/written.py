"""Everything that is written from the definitions. Renewed by `python -m hub.indicators.written .` (`make schemas`)."""

import sys
from pathlib import Path

from hub.indicators import comparison, courses, page, registry, structure
from hub.indicators.compiled import described, entry, figures, model, union
from hub.indicators.definition import Definition, read_all

PAGE = "docs/indicators.md"
DEFINITIONS = "warehouse/indicators"
MODELS = "warehouse/models/indicators"
MARTS = "warehouse/models/marts"
CUBES = "warehouse/models/cubes"
SEEDS = "warehouse/seeds"
MADE = "Written by `make schemas` from warehouse/indicators/*.yaml: change those, not this."
EXACT = "Every figure of every indicator, exact: it stays in the enclave."
PUBLIC = "Figures of the indicators that are about nobody: in every release as they are."
PUBLIC_ZONE = "{{ config(schema='public_zone', alias='indicator_values', access='public') }}\n\n"
TESTS = "[{is_part_of: {arguments: {columns: [indicator, version, measure], to: ref('indicators')}}}]"


def files(definitions: list[Definition]) -> dict[str, str]:
    """Every generated file that is written whole, by its path below the repository's root."""
    nobody = [each for each in definitions if not each.personal]
    made = {f"{MODELS}/ind_{each.id.lower()}.sql": model(each) for each in definitions}
    made[f"{MODELS}/indicator_values.sql"] = union(definitions, EXACT)
    made |= {f"{SEEDS}/{name}.csv": text for name, text in registry.seeds(definitions).items()}
    made[f"{SEEDS}/_indicator__seeds.yml"] = f"# {MADE}\n{registry.seeds_described()}"
    made[f"{MARTS}/indicators.sql"] = registry.table()
    made[f"{MARTS}/_indicators__models.yml"] = f"# {MADE}\nversion: 2\n\nmodels:\n{registry.described()}"
    made[f"{MODELS}/indicator_comparisons.sql"] = comparison.table()
    made[f"{CUBES}/course_contributions.sql"] = courses.contributions(definitions)
    made[f"{CUBES}/course_marks.sql"] = courses.places(definitions)
    about = [*map(described, definitions), entry("indicator_values", EXACT, tests=TESTS), comparison.described()]
    if nobody:
        made[f"{MODELS}/indicator_values_public.sql"] = PUBLIC_ZONE + union(nobody, PUBLIC)
        about.append(entry("indicator_values_public", PUBLIC, "{alias: indicator_values}"))
    made[f"{MODELS}/_indicators__models.yml"] = f"# {MADE}\nversion: 2\n\n{figures()}\nmodels:\n{''.join(about)}"
    return made | structure.files(definitions)


def write(root: Path) -> list[str]:
    """Bring the files below `root` up to date, and remove what no definition stands behind. The paths that changed."""
    made = _made(root)
    changed = [path for path, text in made.items() if _held(root / path) != text]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(made[path].encode())
    gone = [path for path in _models(root) if path not in made]
    for path in gone:
        (root / path).unlink()
    return changed + gone


def check(root: Path) -> list[str]:
    """What differs between the definitions and the files, one sentence each."""
    made = _made(root)
    wrong = [f"{path}: the definitions say otherwise" for path, text in made.items() if _held(root / path) != text]
    return wrong + [f"{path}: no definition stands behind it" for path in _models(root) if path not in made]


def _made(root: Path) -> dict[str, str]:
    definitions = read_all(root / DEFINITIONS)
    return {**files(definitions), PAGE: page.renewed((root / PAGE).read_text("utf-8"), definitions)}


def _models(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in sorted((root / MODELS).glob("ind_*.sql"))]


def _held(path: Path) -> str | None:
    return path.read_bytes().decode() if path.exists() else None


if __name__ == "__main__":
    for changed in write(Path(sys.argv[1])):
        print(changed)
