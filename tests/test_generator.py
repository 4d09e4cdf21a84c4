"""The generator: the published totals, in the partners' own shapes, with every broken row known by place and rule."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.generator import PARTNERS, Made, damage, generate, mapping_of
from examples.generator.draw import Quota, scaled
from examples.generator.files import FIRST
from examples.generator.people import MARKER
from hub.adapters.base import Identifier
from hub.adapters.mapping import load_mapping
from tests.generated import JOINED, MORE, SCALE, ingest, records, write

FIGURES = {name for name in PARTNERS if load_mapping(mapping_of(name)).mapping.about_nobody}
"""Tables in which no person is."""
NAMELESS = {"hr-vwssc", "it-1522-contatti", *FIGURES}
"""Partners that know nobody."""
AR = Path(__file__).parents[1] / "examples" / "adapters" / "ar_linea144.yaml"


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """A small year of each partner, nothing broken."""
    return write(tmp_path_factory.mktemp("clean"), 0)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """The same with many rows broken."""
    return write(tmp_path_factory.mktemp("broken"), 60)


@pytest.mark.parametrize("partner", sorted(PARTNERS))
def test_all_dirt_of_a_real_export_is_taken(clean: dict[str, Made], partner: str) -> None:
    statements, refused = ingest(clean[partner].path, mapping_of(partner))
    assert refused == []
    assert len(statements) == records(clean[partner])[1]


@pytest.mark.parametrize("partner", sorted(PARTNERS))
def test_every_broken_row_is_named_by_line_column_and_rule_and_the_others_are_in(
    broken: dict[str, Made], partner: str
) -> None:
    made = broken[partner]
    statements, refused = ingest(made.path, mapping_of(partner))
    begins, count = records(made)
    done = [(begins.get(position, position), column, rule) for position, column, rule in made.broken_positions]
    assert Counter(refused) == Counter({*done} if partner in JOINED else done)
    assert {position for position, _, _ in made.broken_positions} >= {position for position, _, _ in refused} - {
        *begins.values()
    }
    assert len({position for position, _, _ in made.broken_positions}) == 60
    assert len(statements) == count - len({position for position, _, _ in refused})


def test_broken_rows_break_every_rule_that_their_file_can_break(broken: dict[str, Made]) -> None:
    rules = {partner: {one.rule for one in made.broken_positions} for partner, made in broken.items()}
    common = {"row-shape", "missing-key", "missing-subject", "not-a-date", "unknown-code"}
    assert all(common - ({"missing-subject"} if p in NAMELESS else set()) <= found for p, found in rules.items())
    assert {"unknown-flag", "not-an-integer", "not-text"} <= rules["pt-apav"]
    assert "not-text" in rules["nl-slachtofferhulp"]
    assert "not-text" not in rules["fi-riku"]  # every byte means something in ISO 8859-15


@pytest.mark.parametrize("partner", sorted(PARTNERS))
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    clean: dict[str, Made], tmp_path: Path, partner: str
) -> None:
    scale = SCALE if partner in FIRST else MORE
    again = generate(tmp_path / "again", scale=scale, seed=3, broken=0, partners=[partner])[0]
    other = generate(tmp_path / "other", scale=scale, seed=4, broken=0, partners=[partner])[0]
    assert again.path.read_bytes() == clean[partner].path.read_bytes() != other.path.read_bytes()


@pytest.mark.parametrize("partner", sorted(PARTNERS))
def test_names_phones_and_remarks_are_marked_and_never_reach_a_statement(clean: dict[str, Made], partner: str) -> None:
    made = clean[partner]
    text = made.path.read_text(PARTNERS[partner].ENCODING)
    assert text.count(MARKER) >= 2 * made.rows
    statements, _ = ingest(made.path, mapping_of(partner))
    assert MARKER not in repr(statements)


@pytest.mark.parametrize("partner", sorted({*PARTNERS} - NAMELESS))
def test_a_person_has_several_records_under_one_identifier(clean: dict[str, Made], partner: str) -> None:
    statements, _ = ingest(clean[partner].path, mapping_of(partner))
    people = Counter(statement.subject for statement in statements)
    assert all(isinstance(subject, Identifier) for subject in people)
    assert 1 < max(people.values()) < 200
    keys = Counter(statement.key for statement in statements)
    assert max(keys.values()) <= 2  # a row twice, never two rows under one key
    assert sum(count - 1 for count in keys.values()) == len(statements) - len(keys)


@pytest.mark.parametrize("partner", sorted(PARTNERS))
def test_every_word_of_the_generator_stands_in_the_mapping(partner: str) -> None:
    rules = load_mapping(mapping_of(partner)).rules
    fields = [field for rule in rules for field in rule.fields.values()]
    tests = [test for rule in rules for test in rule.when]
    for column, words in PARTNERS[partner].VARIANTS.items():
        known = {word for field in fields if column in field.columns() for word in field.crosswalk()}
        known |= {word for test in tests if test.column == column for word in test.within or ()}
        assert {variant for variants in words.values() for variant in variants} <= known
        assert {word for word in words if word} <= known


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(0, 40))
def test_damage_done_to_any_file_is_named_whole(seed: int, n: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("damage")
    partner = FIRST[seed % 3]
    made = generate(folder, scale=0.006, seed=seed, partners=[partner], broken=0)[0]
    done = damage(made.path, folder / "damaged", mapping_of(partner), seed=seed, n=n)
    statements, refused = ingest(folder / "damaged", mapping_of(partner))
    assert Counter(refused) == Counter(map(tuple, done))
    assert len(statements) == made.rows - n


def test_the_real_helpline_file_is_taken_whole(inputs: Path) -> None:
    statements, refused = ingest(inputs / "helpline_contacts_ar" / "linea144-2023.csv", AR)
    assert refused == []
    assert len(statements) == 5_296
    assert all(statement.key is None and statement.subject is None for statement in statements)


def test_damage_done_to_the_real_helpline_file_is_named_whole(inputs: Path, tmp_path: Path) -> None:
    source = inputs / "helpline_contacts_ar" / "linea144-2023.csv"
    done = damage(source, tmp_path / "damaged.csv", AR, seed=9, n=120)
    statements, refused = ingest(tmp_path / "damaged.csv", AR)
    assert Counter(refused) == Counter(map(tuple, done))
    assert len(statements) == 5_296 - 120


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 500), max_size=6), st.floats(0, 3))
def test_scaling_keeps_the_sum(counts: dict[str, int], scale: float) -> None:
    result = scaled(counts, scale)
    assert sum(result.values()) == round(sum(count * scale for count in counts.values()))
    assert all(abs(result[key] - count * scale) < 1 + 1e-6 for key, count in counts.items())


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 20), min_size=1, max_size=5), st.randoms())
def test_a_quota_deals_out_exactly_what_it_holds(counts: dict[str, int], rng: object) -> None:
    quota = Quota(counts)
    dealt = Counter(quota.draw(rng.random()) for _ in range(sum(counts.values())))
    assert dealt == Counter({value: count for value, count in counts.items() if count})
