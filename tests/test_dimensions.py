"""The dimensions: made of what the repository states, whole, and telling of a shelter no more than its country."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder

from hub.cli.build import PROJECT, build
from hub.cli.seeds import BESIDE_NUTS, own_seeds, taken_seeds
from hub.edge.places import populations
from hub.events import codes
from hub.events.assessment import AssessmentCompleted
from hub.events.capacity import ShelterCapacityReported
from hub.events.contact import ContactHeld
from hub.events.directory import ServiceListed, ServiceRegionListed
from hub.events.schema import code_lists, labels
from hub.release.coarsen import read_lattice
from hub.settings import Settings
from tests.warehouse_rows import Row, Telling, tell_a_plan

SEEDS = PROJECT / "seeds"
EU = {
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
}  # fmt: skip


class Built:
    """A warehouse of a few facts, with its dimensions."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home)
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.begin()
            telling = Telling(connection)
            tell_a_plan(telling)
            tell_directories(telling)
            tell_persons(telling)
            connection.commit()
        build(
            self.settings,
            select="+path:models/dimensions,resource_type:model +path:models/dimensions,resource_type:seed",
            echo=lambda _: None,
        )

    def ask(self, query: str) -> list[Row]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()


def tell_directories(telling: Telling) -> None:
    house: dict[str, Any] = {"service_id": "house", "organisation_kind": "SHELTER", "services": ("SHELTER",)}
    telling.say("house", ServiceListed(**house, region="PT17", area="SECRET", tier="SPECIALIST_GBV"))
    telling.say("house", ServiceRegionListed(**house, reach="ON_SITE", district="PT170"), part="1")
    advice: dict[str, Any] = {"service_id": "advice", "organisation_kind": "NAT_VS_ORG", "services": ("PSYCH",)}
    telling.say("advice", ServiceListed(**advice, region="PT11", tier="SPECIALIST_SV"))
    telling.say("advice", ServiceRegionListed(**advice, reach="AREA", district="PT11"), part="1")
    for unit in ("BED", "FAMILY_PLACE"):
        period: dict[str, Any] = {"period": "2025", "sites": "3+", "places_unit": unit, "places": 10}
        telling.say("place", ShelterCapacityReported(**period), part=unit)


def tell_persons(telling: Telling) -> None:
    on: dict[str, Any] = {"occurred_on": date(2025, 1, 10)}
    for n in range(100):
        held = ContactHeld(**on, sex="U" if n < 33 else "F", relationship="NA", age_band="NR")
        telling.say(f"contact {n}", held, subject=f"person {n}")
    for n in range(99):
        telling.say(f"few {n}", ContactHeld(**on, sex="NR"), subject=f"person {n}", partner="fi-riku")
    for n in range(12):
        done = AssessmentCompleted(**on, kind="RISK", instrument="DASH", instrument_version=2 if n < 10 else 3)
        telling.say(f"assessment {n}", done, subject=f"person {n}")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(tmp_path_factory.mktemp("built"))


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_seeds_say_what_the_repository_says() -> None:
    for name, text in own_seeds().items():
        assert (SEEDS / name).read_text("utf-8") == text, f"{name}: run `make schemas`"


def test_the_taken_seeds_are_what_the_reference_files_say(inputs: Path) -> None:
    for name, text in taken_seeds(inputs / "reference").items():
        assert (SEEDS / name).read_text("utf-8") == text


def test_every_code_of_every_list_stands_with_each_of_its_labels(built: Built) -> None:
    stated = {(list_, code, language, label) for list_, code, language, label in built.ask(
        "SELECT list, code, language, label FROM dimensions.dim_codes"
    )}  # fmt: skip
    assert stated == {
        (name, code, language, label)
        for name in code_lists()
        if (Path(codes.__file__).parent / "codelists" / f"{name}.yaml").exists()
        for code, said in labels(name).items()
        for language, label in said.items()
    }
    assert len(stated) > 1500
    assert {code for _, code, *_ in stated} >= {"NA", "NR", "0101", "01"}, "no code was read as nothing or as a number"


def test_the_regions_are_as_many_as_eurostat_counts(built: Built) -> None:
    """Of the 27 countries. NUTS 2021 (Regulation 2019/1755): 92, 242 and 1166; 2024 (2023/674): 92, 244 and 1165."""
    counted: Counter[tuple[str, int]] = Counter()
    for version, area, level, parent in built.ask("SELECT nuts_version, area, level, parent FROM dimensions.dim_areas"):
        counted[version, level] += area[:2] in EU
        assert parent is None or area.startswith(parent)
    assert counted == {
        ("2021", 0): 27, ("2021", 1): 92, ("2021", 2): 242, ("2021", 3): 1166,
        ("2024", 0): 27, ("2024", 1): 92, ("2024", 2): 244, ("2024", 3): 1165,
    }  # fmt: skip


def test_every_region_lies_in_one_of_its_version(built: Built) -> None:
    orphans = """
        SELECT count(*) FROM dimensions.dim_areas AS below
        LEFT JOIN dimensions.dim_areas AS above
            ON above.nuts_version = below.nuts_version AND above.area = below.parent
        WHERE below.level > 0 AND above.area IS NULL
    """
    assert built.ask(orphans) == [(0,)]


def test_a_programme_s_areas_lie_in_regions_of_their_version(built: Built) -> None:
    lost = """
        SELECT area, nuts_version FROM dimensions.dim_area_members AS members
        WHERE NOT EXISTS (
            SELECT 1 FROM dimensions.dim_areas AS areas
            WHERE areas.nuts_version = members.nuts_version AND areas.area = members.nuts3
                AND areas.parent = members.nuts2
        )
    """
    assert built.ask(lost) == []
    counted = "SELECT DISTINCT area, members FROM dimensions.dim_area_members ORDER BY area"
    assert dict(built.ask(counted)) == {"AMS": 1, "ARN": 1, "HAG": 1, "NIJ": 1, "ROT": 1, "SECOVA": 5, "UTR": 1}


def test_each_area_that_a_partner_names_is_in_the_dimension() -> None:
    known = {row["area"] for row in seed("area_members")}
    named: set[str] = set()
    for file in (PROJECT.parent / "hub" / "adapters" / "partners").glob("*.yaml"):
        for said in re.findall(r"^\s+area: \{(.*)\}", file.read_text("utf-8"), re.MULTILINE):
            named.update(re.findall(r": ([A-Z]{3,})\b", said))
    assert named
    assert named <= known


def test_the_crimes_are_one_tree_with_every_code_of_a_record(built: Built) -> None:
    crimes = {code: (parent, level) for code, parent, level in built.ask(
        "SELECT code, parent, level FROM dimensions.dim_crimes"
    )}  # fmt: skip
    assert set(crimes) >= set(code_lists()["offence"]) - {"U", "NA", "NR", "REF"}
    assert crimes["020111"] == ("02011", 4)
    assert crimes["02011"] == ("0201", 3)
    assert crimes["0201"] == ("02", 2)
    for code, (parent, level) in crimes.items():
        assert (parent is None) == (level == 1), code
        assert parent is None or crimes[parent][1] < level, code


def test_ages_and_channels_roll_up_as_the_release_coarsens_them(built: Built) -> None:
    lattice = read_lattice().dimensions["channel"]
    groups = {group: set(members) for group, members in lattice[1].items()}
    found: dict[str, set[str]] = {}
    for code, group in built.ask("SELECT code, channel_group FROM dimensions.dim_channels"):
        found.setdefault(group, set()).add(code)
    assert found == groups
    ages = built.ask("SELECT code, age_group, gbvims_group, is_65_or_over FROM dimensions.dim_ages ORDER BY rank")
    assert ages[:3] == [("0-5", "CHILD", "0-11", "N"), ("6-11", "CHILD", "0-11", "N"), ("12-13", "CHILD", "12-17", "N")]
    assert ages[11:] == [
        ("75+", "ADULT", "18+", "Y"), ("child_u", "CHILD", "U", "N"), ("adult_u", "ADULT", "18+", "U"),
        ("U", "U", "U", "U"), ("NA", "NA", "U", "U"), ("NR", "NR", "U", "U"), ("REF", "REF", "U", "U"),
    ]  # fmt: skip


def test_populations_are_those_of_the_rule_on_places_and_of_every_country(built: Built) -> None:
    figures = built.ask("SELECT area, population FROM dimensions.dim_populations WHERE NOT is_country")
    assert dict(figures) == populations()
    countries = built.ask(
        "SELECT country, count(*) FROM dimensions.dim_populations WHERE is_country GROUP BY 1 HAVING count(*) = 10"
    )
    assert {country for country, _ in countries} >= {"GR", "FR", *BESIDE_NUTS, *(EU - {"EL"})}
    assert built.ask("SELECT population FROM dimensions.dim_populations WHERE area = 'NL' AND year = 2020") > [
        (17_000_000,)
    ]


def test_a_shelter_is_found_in_no_dimension_but_by_its_country(built: Built) -> None:
    """Nothing finer than the country stands in any row about it, and nothing of it in any other."""
    place = "SELECT service_id, region, area, is_shelter FROM dimensions.dim_services ORDER BY service_id"
    assert built.ask(place) == [("advice", "PT11", None, False), ("house", "PT", None, True)]
    rows = built.ask(
        "SELECT service_id, reach, area, stated_district FROM dimensions.dim_service_regions ORDER BY 1, 3"
    )
    assert rows[-1] == ("house", "ON_SITE", "PT", "PT")
    assert {area for service, _, area, _ in rows if service == "advice"} == {
        row["code"] for row in seed("nuts") if row["code"].startswith("PT11") and len(row["code"]) == 5
        and "2024" in row["versions"]
    }  # fmt: skip
    for (table,) in built.ask("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'dimensions'"):
        held = built.ask(f"SELECT count(*) FROM dimensions.{table} AS t WHERE CAST(t AS VARCHAR) LIKE '%SECRET%'")
        assert held == [(0,)], table


def test_unknown_shares_are_told_in_fives_and_never_of_a_few(built: Built) -> None:
    quality = """
        SELECT partner, grade, sex_unknown_pct, age_band_unknown_pct, relationship_unknown_pct
        FROM dimensions.dim_source_quality WHERE dataset = 'test' ORDER BY partner
    """
    # 33 of 100 contacts and 12 of 12 assessments do not say the sex; relationship does not apply to the contacts
    assert built.ask(quality) == [("fi-riku", "ROWS", None, None, None), ("pt-apav", "ROWS", 40, 100, None)]


def test_an_instrument_that_few_were_assessed_by_is_not_shown(built: Built) -> None:
    seen = "SELECT instrument, instrument_version FROM dimensions.dim_instruments WHERE kind = 'ASSESSMENT'"
    assert built.ask(seen) == [("DASH", "2")]


def test_places_of_two_units_are_never_added() -> None:
    """Whoever sums places, or their days, does so within one unit: of every model that reads them."""
    summed = re.compile(r"sum\s*\(\s*(?:\w+\.)?(places|days_available|days_occupied)", re.IGNORECASE)
    for file in PROJECT.glob("models/**/*.sql"):
        text = file.read_text("utf-8")
        if "fct_shelter_periods" in text and summed.search(text):
            assert "places_unit" in text, file.name


def test_beds_and_family_places_stay_two_rows(built: Built) -> None:
    rows = built.ask("SELECT places_unit, sum(places) FROM facts.fct_shelter_periods GROUP BY 1 ORDER BY 1")
    assert rows == [("BED", 10), ("FAMILY_PLACE", 10)]


def test_an_installation_has_the_seeds_with_it() -> None:
    packed = {file.distribution_path for file in WheelBuilder(str(PROJECT.parent)).recurse_included_files()}
    assert {f"warehouse/seeds/{file.name}" for file in SEEDS.iterdir()} <= packed


def test_every_seed_is_described_and_its_columns_are_typed() -> None:
    described: dict[str, Any] = {}
    for file in SEEDS.glob("_*.yml"):
        described |= {each["name"]: each for each in yaml.safe_load(file.read_text("utf-8"))["seeds"]}
    for file in SEEDS.glob("*.csv"):
        said = described[file.stem]
        assert said["description"]
        assert list(said["config"]["column_types"]) == file.read_text("utf-8").splitlines()[0].split(","), file.name
