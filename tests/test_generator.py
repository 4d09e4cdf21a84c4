"""The generator: the published totals, in the partners' own shapes, with every broken row known by place and rule."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.generator import PARTNERS, Made, damage, generate, mapping_of
from examples.generator.draw import Quota, scaled
from examples.generator.files import FIRST
from examples.generator.people import MARKER
from hub.adapters.base import Identifier, Rejected, Statement
from hub.adapters.mapping import load_mapping

SCALE = 0.02
MORE = 0.2
"""The scale of the partners beside the first three: they are smaller."""
JOINED = {
    "fr-france-victimes": ("N° entretien",),
    "bg-bcnl": ("№ случай",),
    "es-violeta-ina": ("Nº VALORACIÓN",),
    "be-secova-faits": ("N° PV", "N° d'ordre"),
}
"""Partners of whom several rows make a record, and the columns of its key."""
FIGURES = {name for name in PARTNERS if load_mapping(mapping_of(name)).mapping.about_nobody}
"""Tables in which no person is."""
NAMELESS = {"hr-vwssc", "it-1522-contatti", *FIGURES}
"""Partners that know nobody."""
AR = Path(__file__).parents[1] / "examples" / "adapters" / "ar_linea144.yaml"
Problem = tuple[str, str, str]


def ingest(path: Path, mapping: Path) -> tuple[list[Statement], list[Problem]]:
    """What the hub's adapter makes of a file: statements, and (position, place, rule) of all that it refuses."""
    adapter = load_mapping(mapping)
    statements: list[Statement] = []
    refused: list[Problem] = []
    with path.open("rb") as source:
        for record in adapter.read(source):
            try:
                statements.append(adapter.translate(record))
            except Rejected as rejected:
                refused.extend((record.position, place, rule) for rule, place in rejected.problems)
    return statements, refused


def cells(made: Made) -> Iterator[dict[str, str]]:
    """A file's rows, read without the hub's code. Stray blanks are off; nothing else is done."""
    partner = PARTNERS[made.partner]
    with made.path.open(encoding=partner.ENCODING, errors="surrogateescape", newline="") as source:
        for row in csv.DictReader(source, delimiter=partner.SEPARATOR):
            yield {column: text.strip() for column, text in row.items()}


def records(made: Made) -> tuple[dict[str, str], int]:
    """Where the record of each row begins, and how many records there are. Read without the hub's code."""
    partner = PARTNERS[made.partner]
    if made.partner not in JOINED:
        return {}, made.rows
    begins: dict[str, str] = {}
    first: dict[tuple[str, ...], str] = {}
    named = [partner.COLUMNS.index(column) for column in JOINED[made.partner]]
    alone, line = 0, 2
    with made.path.open(encoding=partner.ENCODING, errors="surrogateescape", newline="") as source:
        reader = csv.reader(source, delimiter=partner.SEPARATOR)
        next(reader)
        for row in reader:
            if len(row) == len(partner.COLUMNS) and all(key := tuple(row[at].strip() for at in named)):
                begins[f"line {line}"] = first.setdefault(key, f"line {line}")
            else:
                alone += 1
            line = reader.line_num + 1
    return begins, len(first) + alone


def write(folder: Path, broken: int) -> dict[str, Made]:
    others = sorted({*PARTNERS} - {*FIRST})
    made = generate(folder, scale=SCALE, seed=3, broken=broken)
    made += generate(folder, scale=MORE, seed=3, broken=broken, partners=others)
    return {one.partner: one for one in made}


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


def test_apav_holds_its_published_contacts_with_its_published_number_of_users(clean: dict[str, Made]) -> None:
    held = {r["NUM_ATENDIMENTO"]: r for r in cells(clean["pt-apav"]) if r["ESTADO"].lower() == "realizado"}
    assert len(held) == round(75_445 * SCALE)
    assert len({row["NUM_PROCESSO"] for row in held.values()}) == round(15_617 * SCALE)
    domestic = sum(row["CRIME"] == "Violência doméstica" for row in held.values()) / len(held)
    assert 0.65 < domestic < 0.85


def test_slachtofferhulp_has_its_published_kinds_and_police_share(clean: dict[str, Made]) -> None:
    rows = {row["Aanmeldnummer"]: row for row in cells(clean["nl-slachtofferhulp"])}
    assert len(rows) == pytest.approx(206_349 * SCALE, abs=1)
    kinds = Counter(row["Delictgroep"] for row in rows.values())
    published = {"Geweld": 73_743, "Vermogen": 66_914, "Verkeer": 31_249, "Zeden": 10_081, "Overig": 24_362}
    assert kinds == pytest.approx({kind: count * SCALE for kind, count in published.items()}, abs=2)
    police = sum(row["Bron"].lower() == "politie" for row in rows.values())
    assert police == pytest.approx(140_317 * SCALE, abs=3)


def test_the_cells_of_slachtofferhulp_add_up_to_what_it_published() -> None:
    cells_of = PARTNERS["nl-slachtofferhulp"].REGISTRATIONS
    assert sum(cells_of.values()) == 206_349
    assert sum(count for (_, source), count in cells_of.items() if source == "Politie") == 140_317
    violence = sum(count for (kind, _), count in cells_of.items() if kind == "Geweld")
    assert violence == 73_743


def test_riku_opens_its_published_relationships_three_of_four_with_women(tmp_path: Path) -> None:
    made = generate(tmp_path, scale=0.5, seed=1, partners=["fi-riku"], broken=0)[0]
    rows = {row["TUKISUHDENRO"]: row for row in cells(made) if row["TUKISUHDE ALKOI"]}
    assert len(rows) == 4_700
    women = sum(row["SUKUPUOLI"].lower() in ("nainen", "n") for row in rows.values()) / len(rows)
    assert women == pytest.approx(0.76, abs=0.02)


def test_no_date_lies_outside_the_year_and_no_step_comes_before_the_one_it_follows(clean: dict[str, Made]) -> None:
    steps = ("Datum aangemeld", "Datum ontvangen", "Datum geaccepteerd", "Datum eerste contact", "Datum afgerond")
    for row in cells(clean["nl-slachtofferhulp"]):
        given_dates = [datetime.strptime(row[step], "%Y%m%d").date() for step in steps if row[step]]
        assert given_dates == sorted(given_dates)
        assert all(date(2025, 1, 1) <= day <= date(2025, 12, 31) for day in given_dates)
        assert not (row["Datum afgewezen"] and row["Datum geaccepteerd"])


def test_a_user_who_comes_back_next_year_is_the_same_person(tmp_path: Path) -> None:
    first, second = (
        generate(tmp_path, year=year, scale=0.1, seed=5, partners=["pt-apav"], broken=0)[0] for year in (2024, 2025)
    )
    known = {row["NUM_PROCESSO"]: row for row in cells(first)}
    back = [row for row in cells(second) if row["NUM_PROCESSO"] in known]
    assert len({row["NUM_PROCESSO"] for row in back}) > 200
    same = sum(row["CONCELHO"] == known[row["NUM_PROCESSO"]]["CONCELHO"] for row in back)
    assert same == len(back)


def test_the_kind_of_violence_hangs_together_with_who_did_it_and_to_whom(clean: dict[str, Made]) -> None:
    adapter = load_mapping(mapping_of("pt-apav"))
    with clean["pt-apav"].path.open("rb") as source:
        facts = [adapter.translate(record).facts[0].data for record in adapter.read(source)]
    partners = [fact for fact in facts if fact.get("relationship") in ("01", "02")]
    assert all("PSY" in fact["violence_forms"] or "SEX" in fact["violence_forms"] or "STK" in fact["violence_forms"]
               for fact in partners)  # fmt: skip
    women = sum(fact.get("sex") == "F" for fact in partners) / len(partners)
    everybody = sum(fact.get("sex") == "F" for fact in facts) / len(facts)
    assert women > everybody
    by_own_child = [fact["age"] for fact in facts if fact.get("relationship") == "04" and "age" in fact]
    by_own_parent = [fact["age"] for fact in facts if fact.get("relationship") == "03" and "age" in fact]
    assert min(by_own_child) > 40
    assert max(by_own_parent) < 20


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
def test_every_region_of_the_country_is_there_and_no_other(partner: str, tmp_path: Path) -> None:
    made = generate(tmp_path, scale=0.05 if partner in FIRST else 1, seed=2, partners=[partner], broken=0)[0]
    statements, _ = ingest(made.path, mapping_of(partner))
    regions = {fact.data["region"] for one in statements for fact in one.facts if "region" in fact.data}
    assert regions == (SOME_REGIONS[partner] if partner in SOME_REGIONS else NUTS2[partner[:2].upper()])


REGIONS_FR = (
    "FR10", "FRB0", "FRC1", "FRC2", "FRD1", "FRD2", "FRE1", "FRE2", "FRF1", "FRF2", "FRF3", "FRG0", "FRH0", "FRI1",
    "FRI2", "FRI3", "FRJ1", "FRJ2", "FRK1", "FRK2", "FRL0", "FRM0", "FRY1", "FRY2", "FRY3", "FRY4", "FRY5",
)  # fmt: skip
REGIONS_IT = (
    "ITC1", "ITC2", "ITC3", "ITC4", "ITF1", "ITF2", "ITF3", "ITF4", "ITF5", "ITF6", "ITG1", "ITG2", "ITH1", "ITH2",
    "ITH3", "ITH4", "ITH5", "ITI1", "ITI2", "ITI3", "ITI4",
)  # fmt: skip
NUTS2 = {
    "PT": {"PT11", "PT15", "PT19", "PT1A", "PT1B", "PT1C", "PT1D", "PT20", "PT30"},
    "NL": {"NL11", "NL12", "NL13", "NL21", "NL22", "NL23", "NL32", "NL34", "NL35", "NL36", "NL41", "NL42"},
    "FI": {"FI19", "FI1B", "FI1C", "FI1D", "FI20"},
    "FR": set(REGIONS_FR),
    "IT": set(REGIONS_IT),
    "HR": {"HR02", "HR03", "HR05", "HR06"},
    "BG": {"BG31", "BG32", "BG33", "BG34", "BG41", "BG42"},
}
"""NUTS 2024, level 2."""
SAMEN = {"NL22", "NL32", "NL35", "NL36"}
SOME_REGIONS: dict[str, set[str]] = {
    "it-1522-volumi": set(),
    "nl-iom-begeleiding": SAMEN,
    "nl-iom-samen": SAMEN,
    "nl-iom-protect": NUTS2["NL"],
    "es-violeta-ina": {"ES30", "ES42"},
    "es-violeta-derivaciones": {"ES30", "ES42"},
    "es-violeta-osa": set(),
    "at-frauenhaus-aufenthalte": set(),
    "at-frauenhaus-plaetze": set(),
    "be-secova-faits": {"BE33"},
    "be-secova-activites": {"BE33"},
    "be-ocmw-contacten": {"BE24"},
    "be-ocmw-activiteiten": {"BE24"},
    "be-ocmw-vormingen": {"BE24"},
}
"""Of partners that work in a part of their country, or that name no place."""


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
