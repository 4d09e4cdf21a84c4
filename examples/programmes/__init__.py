"""Five programmes as plan files, told in order: as each was adopted, then as it was amended.

    python -m examples.programmes programmes

writes them into a folder. What in them is a fact and what is made up: `docs/programmes.md`.
"""

import shutil
from pathlib import Path

FOLDER = Path(__file__).parent
TOLD: dict[str, tuple[str, ...]] = {
    "INVICTUS": ("invictus/project.yaml", "invictus/project-2026-06.yaml"),
    "2G4V": ("2gether4victims/project.yaml", "2gether4victims/project-2026-01.yaml"),
    "STOPP-VIF": ("stopp-vif/zone.yaml", "stopp-vif/zone-2024-09.yaml"),
    "SAMEN": ("samen/project.yaml", "samen/project-2024-02.yaml"),
    "PROTECT": ("protect/project.yaml", "protect/project-2019-10.yaml"),
}
"""By plan, the file as it was adopted and as it was amended."""
NATIONAL: dict[str, tuple[str, ...]] = {
    "INVICTUS-PT": ("invictus/pt.yaml", "invictus/pt-2026-06.yaml"),
    "INVICTUS-FI": ("invictus/fi.yaml",),
}
"""What two countries of INVICTUS plan: of these only the project is a fact."""


def write(folder: Path) -> list[Path]:
    """Copy every plan file into a folder; where they stand now, in the order in which they were told."""
    written = []
    for name in (name for names in (NATIONAL | TOLD).values() for name in names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        written.append(Path(shutil.copyfile(FOLDER / name, target)))
    return written
