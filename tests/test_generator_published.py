"""The generated years hold what the partners published: totals, shares, regions, and no step before another."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest

from examples.generator import PARTNERS, Made, generate, mapping_of
from examples.generator.files import FIRST
from hub.adapters.mapping import load_mapping
from tests.generated import SCALE, cells, ingest


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Made]:
    """A small year of the first partners, nothing broken."""
    made = generate(tmp_path_factory.mktemp("clean"), scale=SCALE, seed=3, broken=0)
    return {one.partner: one for one in made}


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
