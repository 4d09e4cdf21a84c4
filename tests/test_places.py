"""The rule on places: a region leaves where enough people share it, by columns as by rows."""

import csv
import re
from pathlib import Path

import pytest

from hub.adapters.mapping import load_mapping
from hub.edge.allow_list import allow_list
from hub.edge.places import place_of, population, populations
from tests.allow_lists import listed, of_contact, place
from tests.delivered import left, table
from tests.pipe import MAPPING, write_mapping
from tests.test_edge_columns import ALL, GOOD, assert_same, row_by_row


@pytest.mark.parametrize(
    ("region", "about", "leaves"),
    [
        ("PT11", {"age": 30}, "PT11"),
        ("PT11", {"age": 12}, "PT11"),
        ("PT15", {"age": 30}, "PT15"),
        ("PT15", {"age": 12}, "PT"),
        ("PT15", {"age": 12, "sex": "U"}, "PT"),
        ("FI20", {"age": 30}, "FI"),
        ("FI20", {"sex": "U"}, "FI20"),
        ("PT11", {"age": 30, "sex": "X"}, "PT"),
        ("PT19", {"age": 30}, "PT"),
        ("XX99", {}, "XX"),
        ("EL30", {"age": 30}, "EL30"),
        ("MT00", {}, "MT"),
        ("EE00", {"age": 30}, "EE"),
        ("PT", {}, "PT"),
        ("PT11", {"age": 30, "offence": "03011"}, "PT11"),
        ("PT11", {"age": 17, "offence": "03011"}, "PT"),
        ("PT11", {"age_band": "child_u", "offence": "0302"}, "PT"),
        ("PT11", {"age": 17, "offence": "0401"}, "PT11"),
        ("PT11", {"age": 17, "violence_forms": ["PHY", "SEX"]}, "PT"),
        ("PT11", {"age": 17, "violence_forms": ["PHY"]}, "PT11"),
        ("PT11", {"age": 30, "services": ["INFO_RIGHTS", "SHELTER"]}, "PT"),
        ("PT11", {"age": 30, "source": "SHELTER"}, "PT"),
    ],
)
def test_a_region_leaves_where_ten_thousand_share_it(region: str, about: dict[str, object], leaves: str) -> None:
    assert place(region, **about) == leaves


def test_no_region_leaves_with_fewer_than_k_by_the_numbers_of_the_list() -> None:
    rule = allow_list().places
    bands = [*allow_list().bands["age_band"], "child_u", "adult_u", "U", "NR"]
    kept = {
        (region, sex, band)
        for region in populations()
        for sex in ("F", "M", "X", "U")
        for band in bands
        if place_of(rule, region, sex, band) == region
    }
    assert len(kept) > 1_000, "regions do leave"
    years = {"75+": 10, "child_u": 18, "adult_u": 75, "U": 100, "NR": 100}
    for region, sex, band in kept:
        first, _, last = band.partition("-")
        share = (years[band] if band in years else int(last) - int(first) + 1) / 100 * (0.5 if sex in "FM" else 1)
        assert population(region) * share >= 10_000
        assert sex != "X"


def test_fewer_years_or_a_known_sex_never_make_a_place_finer() -> None:
    rule = allow_list().places
    for region in populations():
        wide = place_of(rule, region)
        for about in (("F",), ("NR", "12-13"), ("M", "75+")):
            assert len(place_of(rule, region, *about)) <= len(wide)


def test_a_field_that_does_not_leave_does_not_count_for_the_place(tmp_path: Path) -> None:
    assert place("PT15", age=12) == "PT"
    with listed(tmp_path, of_contact("age_band: band", "")):
        assert place("PT15", age=12) == "PT15"


PLACED = """
      age: {column: age, as: integer}
      sex: {column: sex, codes: {f: F, m: M, x: X, "": NR}}
      region: {column: nation, as: text}
      offence: {column: phy, codes: {y: "03011", n: "0401"}}
      services: {column: psy, split: "+", codes: {y: SHELTER, n: LEGAL_ADVICE}}"""


@pytest.mark.parametrize("lines", [(1, 2, 3, 4, 5), (3,), (1, 3), (3, 4, 1), (3, 5), (2, 3)])
def test_places_by_columns_are_places_by_rows(tmp_path: Path, lines: tuple[int, ...]) -> None:
    head = MAPPING.partition("      sex:")[0].replace("ignore: [name]", f"ignore: [{', '.join(ALL)}]")
    text = head + "\n".join(PLACED.splitlines()[line] for line in lines) + "\n"
    adapter = load_mapping(write_mapping(tmp_path, text))
    regions, ages, sexes = (
        ("PT11", "PT150", "PT19", "PT", "FI20", "", "?"),
        ("12", "30", "", "300"),
        ("f", "m", "x", ""),
    )
    rows = [
        (f"R{number}", "C", "03-02-2025", sex, age, phy, psy, "", region)
        for number, (region, age, sex, phy, psy) in enumerate(
            (region, age, sex, phy, psy)
            for region in regions for age in ages for sex in sexes for phy in "yn" for psy in ("n", "y+n")
        )
    ]  # fmt: skip
    data = table(rows, tuple(GOOD))
    quick = left(adapter, data)
    assert_same(quick, row_by_row(adapter, data))
    assert {"PT", "PT11"} <= {*re.findall(r'"region":"(\w+)"', str(quick.rows))}


def test_populations_are_those_of_their_source(inputs: Path) -> None:
    with (inputs / "reference" / "nuts2_population_2008_2018.csv").open(encoding="utf-8") as file:
        of_2018 = {each["nuts2"]: each["population"] for each in csv.DictReader(file) if each["year"] == "2018"}
    known = {region: count for region, count in populations().items() if region in of_2018}
    assert len(known) > 200
    assert {region: int(of_2018[region]) // 1000 * 1000 for region in known} == known


# Fields of high risk
