"""No record is kept longer than its partner agreed: a period that breaks an agreement is told by name."""

import json
from pathlib import Path

import pytest

from hub.cli.agreed import kept_longer
from hub.cli.periods import Periods
from tests.test_agreements import TEXT, signed
from tests.typed import Call


def periods(home: Path, years: int) -> None:
    home.mkdir(exist_ok=True)
    (home / "retention.yaml").write_text(f"retention: 1\nyears: {{PT: {years}}}\n", "utf-8")


@pytest.mark.parametrize(("years", "longer"), [(9, False), (10, True)])
def test_the_year_in_which_a_record_came_counts_too(years: int, longer: bool) -> None:
    kept = Periods(1, {"PT": years})
    assert (kept_longer(kept, "pt-haven", 120) is not None) is longer
    assert kept_longer(kept, "nl-haven", 1) is None, "no period there"


def test_an_agreement_of_less_time_than_the_hub_keeps_is_not_recorded(
    hub_home: Path, tmp_path: Path, call: Call
) -> None:
    agreement = str(signed(tmp_path / "a.yaml", TEXT))
    periods(hub_home, 10)
    code, _, said = call("agreements", "record", agreement, "--json")
    assert code == 5
    assert "120 months were agreed, and records of PT are kept up to 132 here" in " ".join(said.split())
    assert json.loads(call("retention", "status", "--json")[1])["agreements"] == []
    periods(hub_home, 9)
    code, out, _ = call("agreements", "record", agreement, "--json")
    assert (code, json.loads(out)["new"]) == (0, True)


def test_a_period_that_was_lengthened_afterwards_is_told(hub_home: Path, tmp_path: Path, call: Call) -> None:
    assert call("agreements", "record", str(signed(tmp_path / "a.yaml", TEXT)))[0] == 0, "no period yet"
    code, out, _ = call("retention", "status", "--json")
    assert (code, [each["state"] for each in json.loads(out)["agreements"]]) == (0, ["NO_PERIOD"])
    for years, expected in ((9, (0, "KEPT_AS_AGREED")), (12, (5, "KEPT_LONGER"))):
        periods(hub_home, years)
        code, out, said = call("retention", "status", "--json")
        assert (code, json.loads(out)["agreements"][0]["state"]) == expected
        assert ("pt-test xx_contacts" in said) is (code == 5)
    longer = TEXT.replace("version: 1", "version: 2").replace("months: 120", "months: 240")
    assert call("agreements", "record", str(signed(tmp_path / "b.yaml", longer)))[0] == 0
    code, out, _ = call("retention", "status", "--json")
    said_now = json.loads(out)["agreements"]
    assert (code, [(each["version"], each["state"]) for each in said_now]) == (0, [("2", "KEPT_AS_AGREED")])
