"""Made-up files in the own shapes of partners, drawn by seed: no row is about anybody who exists.

    from examples.generator import generate
    generate(Path("var/files"), year=2025, scale=0.1, seed=7)

Yearly totals (scale 1) are the partners' published ones, where they publish any; all below a total is invented.
"""

from examples.generator.damage import Damage, damage
from examples.generator.files import IN_FHIR, PARTNERS, Made, generate, mapping_of

__all__ = ["IN_FHIR", "PARTNERS", "Damage", "Made", "damage", "generate", "mapping_of"]
