"""`python -m examples.generator FOLDER`: write the partners' files."""

import argparse
from pathlib import Path

from examples.generator.files import IN_FHIR, PARTNERS, generate


def main() -> None:
    """Read the arguments, write the files, say what was written."""
    parser = argparse.ArgumentParser(prog="python -m examples.generator", description="Write made-up partners' files.")
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--year", type=int, default=2025, help="default 2025")
    parser.add_argument("--scale", type=float, default=0.01, help="1 is the partners' published year; default 0.01")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes; default 1")
    parser.add_argument("--broken", type=int, default=5, help="rows a file that break a rule; default 5")
    parser.add_argument(
        "--partner", action="append", choices=sorted(PARTNERS | IN_FHIR), help="one partner; may be repeated"
    )
    asked = parser.parse_args()
    made = generate(
        asked.folder, year=asked.year, scale=asked.scale, seed=asked.seed, partners=asked.partner,
        broken=asked.broken, echo=print,
    )  # fmt: skip
    for one in made:
        for damage in one.broken_positions:
            print(f"  {one.path.name}, {damage.position}: {damage.rule} at {damage.column}")


if __name__ == "__main__":
    main()
