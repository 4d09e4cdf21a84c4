"""Golden statements: what the first records of each partner's generated file state is written down, word for word.

A change of a mapping changes them on purpose or by accident. `python -m tests.test_golden_partners` writes them anew.
"""

import json
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from examples.generator import IN_FHIR, PARTNERS, generate, mapping_of
from hub.adapters import find

FOLDER = Path(__file__).parent / "golden" / "partners"
RECORDS = 8


def statements(partner: str, folder: Path) -> Iterator[str]:
    """The first statements as JSON lines: key, person, and each fact in the partner's exactness."""
    short = partner in PARTNERS and PARTNERS[partner].records(0.01) < RECORDS  # a hundredth of it is not enough
    made = generate(folder, scale=1 if short else 0.01, seed=11, broken=0, partners=[partner])[0]
    adapter = find(str(mapping_of(partner)))
    with made.path.open("rb") as source:
        for record in islice(adapter.read(source), RECORDS):
            stated = adapter.translate(record)
            facts = [[fact.event, fact.part, dict(sorted(fact.data.items()))] for fact in stated.facts]
            yield json.dumps(
                [stated.kind, stated.key, stated.subject and stated.subject[:2], facts], ensure_ascii=False, default=str
            )


@pytest.mark.parametrize("partner", sorted(PARTNERS | IN_FHIR))
def test_the_first_records_state_what_is_written_down(partner: str, tmp_path: Path) -> None:
    written = (FOLDER / f"{partner}.jsonl").read_text("utf-8").splitlines()
    assert list(statements(partner, tmp_path)) == written
    assert len(written) == RECORDS


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in PARTNERS | IN_FHIR:
        with tempfile.TemporaryDirectory() as made_in:
            (FOLDER / f"{name}.jsonl").write_text(
                "".join(f"{line}\n" for line in statements(name, Path(made_in))), "utf-8"
            )
