"""The readers, small: `make inputs` tries them whole. Nothing crashes, hangs, or tells a value; a careless one does."""

import pytest

from hub.adapters.rules import catalogue
from tests.inputs import careless, trying
from tests.inputs.__main__ import finding
from tests.inputs.bombs import BOMBS
from tests.inputs.readers import READERS, Reader, Said, told
from tests.inputs.samples import MARK
from tests.inputs.trying import Tried, damage, ended

SMALL = 12
BY_NAME = {reader.name: reader for reader in READERS}


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_no_damaged_file_crashes_hangs_or_tells(reader: Reader) -> None:
    """In this process: `make inputs` has a child for each, and so has the test of the child."""
    samples = reader.samples()
    ends = [ended(reader, trying._sample(samples, seed)) for seed in range(SMALL)]
    assert {each.partition(":")[0] for each in ends} <= {"read", "refused"}, ends
    assert [ended(reader, sample).partition(":")[0] for sample in samples] != []


@pytest.mark.parametrize("kind", careless.BY_KIND)
def test_the_control_is_harmed(kind: str) -> None:
    reader = careless.BY_KIND[kind]
    samples = reader.samples()
    ends = [ended(reader, trying._sample(samples, seed)) for seed in range(3 * SMALL)]
    assert any(each.partition(":")[0] in ("crashed", "told") for each in ends)


def test_a_bomb_of_each_kind_is_refused_by_name() -> None:
    known = set(catalogue())
    for name, bomb in (
        ("CSV", "a million columns of no name"),
        ("plan file", "deep brackets, closed"),
        ("agreement", "a billion laughs"),
        ("JSON", "deep brackets, closed"),
        ("XLSX", "entities"),
        ("ODS", "deep elements"),
    ):
        reader = BY_NAME[name]
        said = reader.read(BOMBS[reader.kind][bomb]())
        assert any(rule in each for each in said for rule in known), (name, bomb, said)


@pytest.mark.slow
def test_a_child_that_crashes_hangs_or_takes_too_much_is_seen_and_the_next_file_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control of the means: each way to end badly is counted as what it is."""
    monkeypatch.setattr(trying, "SECONDS", 2.0)
    monkeypatch.setattr(trying, "WAITS", 2.0)
    tried = trying.bombs(careless.ROGUE)
    assert (tried.tries, tried.crashed, tried.hung, tried.leaked) == (8, 3, 2, 1)
    badly = ("raise", "grow", "die", "tell", "hang")
    assert [each.partition(":")[0] for each in tried.first] == [f"bomb {end}" for end in badly]


@pytest.mark.parametrize(
    ("ours", "theirs", "met"),
    [
        (Tried(9), Tried(9, crashed=1), "yes"),
        (Tried(9, leaked=1), Tried(9, crashed=1), "no"),
        (Tried(9), Tried(9), "no"),
        (Tried(0), Tried(9, hung=1), "no"),
    ],
)
def test_a_campaign_that_was_not_held_or_could_see_nothing_does_not_pass(ours: Tried, theirs: Tried, met: str) -> None:
    assert finding(READERS[0], ours, theirs)["met"] == met


def test_a_value_in_a_message_is_seen() -> None:
    def tells(data: bytes) -> Said:
        return [f"not a date: {MARK[1:4]}"]

    assert ended(Reader("rogue", "csv", tells, lambda: [b""]), b"").startswith("told")


def test_damage_is_the_same_for_the_same_seed() -> None:
    samples = READERS[0].samples()
    assert trying._sample(samples, 7) == trying._sample(samples, 7)
    assert damage(READERS[0], range(0)).tries == 0


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["mapping file", "FHIR profile", "agreement", "plan file"])
def test_brackets_of_any_depth_end_no_process_that_reads_a_file_of_a_persons(reader: str) -> None:
    """In a child: the YAML library's own stack ended the process that read a FHIR profile."""
    names = [name for name in BOMBS["yaml"] if name.startswith("deep")]
    found = trying._try(BY_NAME[reader], [("bomb", name) for name in names])
    assert (found.tries, found.refused, found.first) == (len(names), len(names), [])


@pytest.mark.parametrize("seed", [254, 1854])
def test_a_torn_key_of_an_agreement_is_known_by_its_line(seed: int) -> None:
    """Found by the campaign: what ran into a key stood in the message."""
    reader = BY_NAME["agreement"]
    said = reader.read(trying._sample(reader.samples(), seed))
    assert "line 35 holds a key that no agreement has" in said[0]
    assert not told(reader, said)
