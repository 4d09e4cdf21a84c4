"""The returns that the law asks for: what is counted, what is taken from others, and what stands for nothing."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hub.cli.build import PROJECT, build
from hub.events.aggregate import AggregateReported
from hub.events.capacity import ShelterCapacityReported
from hub.events.delivery import DeliveryClosed
from hub.events.helpline import HelplineTallied
from hub.events.indicator import IndicatorValueReported
from hub.events.justice import JusticeStageRecorded
from hub.events.offence import OffenceDisclosed
from hub.events.protection import ProtectionDecided, ProtectionRequested
from hub.events.referral import ReferralDeclined, ReferralSent
from hub.events.training import TrainingHeld
from hub.settings import Settings
from tests.warehouse_rows import Row, Telling

DAY = date(2025, 3, 4)
ITEMS = [*csv.DictReader((PROJECT / "seeds" / "return_definitions.csv").read_text("utf-8").splitlines())]
Ask = Callable[[str], list[Row]]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    settings = Settings(tmp_path_factory.mktemp("returns"))
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        tell(Telling(connection))
    build(settings, as_of=date(2026, 6, 1), select="+legal_returns", echo=lambda _: None)

    def answer(query: str) -> list[Row]:
        with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
            return connection.execute(query).fetchall()

    return answer


def tell(telling: Telling) -> None:
    woman: dict[str, Any] = {"occurred_on": DAY, "sex": "F", "age_band": "25-34", "violence_forms": ("PHY", "PSY")}
    beaten = OffenceDisclosed(
        **woman,
        offence="02011",
        relationship="01",
        reported_to_police="Y",
        perpetrator_sex="M",
        perpetrator_age_band="18+",
    )
    told_elsewhere = beaten.model_copy(update={"reported_elsewhere": "HUB_PARTNER"})
    child = OffenceDisclosed(
        occurred_on=DAY, sex="M", age_band="12-13", offence="0301", relationship="20", reported_to_police="Y"
    )
    for n, (said, partner) in enumerate(
        [(beaten, "pt-apav"), (beaten, "pt-umar"), (told_elsewhere, "pt-umar"), (child, "pt-apav")]
    ):
        telling.say(f"offence {n}", said, subject=f"person {n % 3} {partner}", partner=partner)
    telling.say("offence 9", beaten.model_copy(update={"reported_to_police": "N"}), subject="person 9")
    for n in range(2):
        sent = ReferralSent(**woman, direction="IN", source="POLICE")
        telling.say(f"referral {n}", sent, subject="person 0", partner=("pt-apav", "pt-umar")[n])
    telling.say(
        "referral 1", ReferralDeclined(occurred_on=DAY, reason="NO_CAPACITY"), subject="person 0", partner="pt-umar"
    )
    telling.say("order", ProtectionRequested(**woman, relationship="01", measure="RESTRAINING"), subject="person 0")
    telling.say(
        "order", ProtectionDecided(occurred_on=DAY, measure="RESTRAINING", outcome="GRANTED"), subject="person 0"
    )
    telling.say(
        "court",
        JusticeStageRecorded(**woman, offence="02011", relationship="01", stage="CONVICTED"),
        part="CONVICTED",
        subject="person 0",
    )
    for n, unit in enumerate(["FAMILY_PLACE", "FAMILY_PLACE", "BED"]):
        for period, places in (("2025Q1", 50), ("2025Q4", 10 + n)):
            house = ShelterCapacityReported(period=period, sites="1", places_unit=unit, places=places)
            telling.say(f"house {n}", house, part=period)
    year = HelplineTallied(line="116016", period="2025", calls_offered=1000)
    telling.say("line", year, part="2025")
    telling.say("line", year.model_copy(update={"period": "2025Q1", "calls_offered": 300}), part="2025Q1")
    telling.say("line", year.model_copy(update={"language": "pt", "calls_offered": 900}), part="2025-pt")
    for n in range(2):
        telling.say(f"training {n}", TrainingHeld(held_on=DAY, profession="POLICE", participants=12, hours=6.5))
    table = AggregateReported(series="POLICE", unit="OFFENCE", period="2025", offence="02011", counted=120)
    telling.say("table", table, part="1")
    official = IndicatorValueReported(
        indicator="genvio_int_adm_ipv__eige_ipv_protord", area="PT", period="2025", breakdown=("SEX.F",), scope="IPV",
        unit="NR", value=321.0, obs_status="A", source="EIGE", published_on=date(2026, 2, 1),
    )  # fmt: skip
    telling.say("official", official)
    telling.say("delivery", DeliveryClosed(dataset="test", period="2025", complete=True, records=20))


def test_an_offence_told_twice_among_members_counts_once_and_scopes_hold_each_other(ask: Ask) -> None:
    counted = ask(
        "SELECT scope, value, obs_status, conf_status FROM returns.return_vaw44 WHERE item = 'OFFENCES' "
        "AND counted_by = 'SERVICES' AND sex = '_T' AND offence = '_T' ORDER BY scope"
    )
    assert counted == [("ANY", 3.0, "D", "A"), ("DV", 2.0, "D", "A"), ("IPV", 2.0, "D", "A")]


def test_victim_and_offender_are_told_apart_by_sex_age_and_relationship(ask: Ask) -> None:
    cells = "sex, age_group, perpetrator_sex, perpetrator_age_group, relationship, offence, value"
    assert ask(
        f"SELECT {cells} FROM returns.return_vaw44 WHERE item = 'OFFENCES' AND scope = 'ANY' AND sex <> '_T' "
        "AND counted_by = 'SERVICES' ORDER BY sex"
    ) == [
        ("F", "ADULT", "M", "18+", "PARTNER", "02011", 2.0),
        ("M", "CHILD", "NR", "NR", "STRANGER", "0301", 1.0),
    ]


def test_persons_are_never_added_up_over_partners(ask: Ask) -> None:
    assert ask(
        "SELECT value, value_low, value_high FROM returns.return_vrd28 WHERE item = 'SUPPORT_REQUESTED' AND sex = '_T'"
    ) == [(None, 1.0, 2.0)]


def test_referrals_that_came_to_nothing_say_why(ask: Ask) -> None:
    assert ask(
        "SELECT detail, value FROM returns.return_vrd28 WHERE item = 'SUPPORT_NOT_RECEIVED' AND sex <> '_T' ORDER BY 1"
    ) == [("NO_CAPACITY", 1.0), ("WAITING", 1.0)]


def test_places_of_two_units_have_no_total_and_a_house_counts_as_it_last_was(ask: Ask) -> None:
    assert ask(
        "SELECT detail, value FROM public_zone.legal_returns WHERE item = 'SHELTER_PLACES' AND pack = 'IC11' "
        "ORDER BY detail"
    ) == [("BED", 12.0), ("FAMILY_PLACE", 21.0)]


def test_calls_are_not_added_to_their_own_parts(ask: Ask) -> None:
    assert ask(
        "SELECT detail, value FROM public_zone.legal_returns WHERE item = 'HELPLINE_CALLS' AND pack = 'VAW44' "
        "ORDER BY detail"
    ) == [("116016", 1000.0), ("_T", 1000.0)]


def test_an_offence_of_two_forms_counts_in_both_and_once_in_the_total(ask: Ask) -> None:
    assert ask(
        "SELECT detail, value FROM returns.return_ic11 WHERE item = 'REPORTS' AND (sex = '_T' OR detail <> '_T') "
        "ORDER BY detail"
    ) == [("PHY", 2.0), ("PSY", 2.0), ("_T", 2.0)]


def test_what_was_published_or_tabled_stands_beside_what_services_know(ask: Ask) -> None:
    assert ask(
        "SELECT counted_by, scope, sex, value, obs_status, conf_status FROM returns.return_eige13 WHERE item = 'E10G' "
        "AND sex IN ('F', '_T') AND scope = 'IPV' ORDER BY ALL"
    ) == [
        ("PUBLISHED", "IPV", "F", 321.0, "A", "F"),
        ("SERVICES", "IPV", "F", 1.0, "D", "A"),
        ("SERVICES", "IPV", "_T", 1.0, "D", "A"),
    ]
    assert ask(
        "SELECT counted_by, detail, value FROM public_zone.legal_returns WHERE item = 'OFFENCES' ORDER BY 1"
    ) == [
        ("SERVICES", "_T", None),
        ("TABLE", "POLICE", 120.0),
    ]


def test_every_item_has_a_row_and_says_what_is_missing(ask: Ask) -> None:
    for pack in {item["pack"] for item in ITEMS}:
        rows = dict(
            ask(f"SELECT item, max(why) FROM returns.return_{pack.lower()} WHERE counted_by <> 'PUBLISHED' GROUP BY 1")
        )
        wanted = {item["item"] for item in ITEMS if item["pack"] == pack}
        assert rows.keys() == wanted
        assert all(rows[item["item"]] for item in ITEMS if item["pack"] == pack and item["held"] == "NO")


def test_a_public_row_about_persons_is_there_with_and_without_a_person(ask: Ask) -> None:
    told = ask("SELECT pack, item FROM public_zone.legal_returns WHERE conf_status = 'C' ORDER BY ALL")
    wanted = [(i["pack"], i["item"]) for i in ITEMS if i["about_nobody"] == "false" and i["held"] != "NO"]
    assert told == sorted(wanted)
    assert ask("SELECT 1 FROM public_zone.legal_returns WHERE conf_status = 'C' AND value IS NOT NULL") == []
    with_one = ask("SELECT count(*) FROM returns.return_vrd28 WHERE item = 'POLICE_REFERRALS' AND value > 0")
    without = ask("SELECT count(*) FROM returns.return_vrd28 WHERE item = 'RESTORATIVE_JUSTICE' AND value > 0")
    assert (with_one[0][0] > 0, without[0][0]) == (True, 0)


def test_the_page_lists_every_item_with_its_law() -> None:
    page = (Path(__file__).parents[1] / "docs" / "returns.md").read_text("utf-8")
    for item in ITEMS:
        assert (
            f"| `{item['item']}` | {item['title']} | {item['legal']} | {item['counting_unit']} | {item['held']} |"
            in page
        )
