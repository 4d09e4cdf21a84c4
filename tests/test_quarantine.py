"""Refused rows are listed by rule, opened by their partner alone, and go when their time is over."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag

from hub import __version__
from hub.cli.installation import installation
from hub.cli.replaying import back, open_delivery, put_aside
from hub.edge.kept import open_rows
from hub.errors import Reject
from hub.events.wire import COUNTS
from hub.log import deliveries, quarantine, tables
from hub.settings import Settings
from tests import replaying
from tests.pipe import Pipe, row
from tests.replaying import BAD, GOOD, ODD, mended, replayed
from tests.test_report import cells

both = replaying.both


def test_the_partner_alone_opens_its_rows_and_they_stay_marked(pipe: Pipe) -> None:
    delivery = pipe.take([*GOOD, *ODD, *BAD])["delivery_id"]
    to = pipe.folder / "refused.xlsx"
    assert open_delivery(pipe.hub, delivery, to, "fi") == 9
    assert [line["E"] for line in cells(to, 2)[-3:]] == [("CANARY-many", 2)] * 3
    sealed = quarantine.sealed_rows(pipe.hub.store, delivery)
    assert sealed is not None
    assert b"CANARY" not in sealed
    for name in ("hub/rows", "edge/pt-test/tokens", "vault/tokens"):
        with pytest.raises(InvalidTag):
            open_rows(sealed, pipe.hub.secrets(name), delivery)
    assert len(open_rows(sealed, pipe.hub.secrets("edge/pt-test/quarantine"), delivery)) == 9


def test_when_all_rows_of_a_delivery_have_passed_its_sealed_rows_go(both: Pipe) -> None:
    delivery = both.take([*GOOD, *ODD])["delivery_id"]
    assert quarantine.sealed_rows(both.hub.store, delivery)
    replayed(both)
    assert quarantine.sealed_rows(both.hub.store, delivery) is None
    with pytest.raises(Reject, match="no refused rows any more"):
        open_delivery(both.hub, delivery, both.folder / "x.xlsx", "en")


def test_refused_rows_go_when_their_time_is_over_and_later_ones_stay(both: Pipe) -> None:
    """`refused_months` of retention.yaml names the month; see docs/retention.md."""
    old = both.take([*GOOD, *ODD, *BAD])["delivery_id"]
    replayed(both)
    new = both.take([row(60, sex="other")])["delivery_id"]
    with both.hub.store.writing() as connection:
        ledger = tables.deliveries
        connection.execute(sa.update(ledger).where(ledger.c.delivery == old).values(received_at="2019-05-01T00:00:00"))
        assert quarantine.drop(connection, "NL", "2020-01") == 0
        assert quarantine.drop(connection, "PT", "2020-01") == 1
    assert {each.delivery for each in quarantine.waiting(both.hub.store)} == {new}
    assert quarantine.counts(both.hub.store, old) == (0, 0)
    assert quarantine.sealed_rows(both.hub.store, old) is None
    receipt = deliveries.known_receipt(both.hub.store, old).receipt
    assert (receipt.received, receipt.quarantined) == (29, 9), "and the receipt still says that they came"
    assert replayed(both)["replayed"] == 1


def test_a_delivery_that_the_hub_refuses_is_listed_with_rule_and_version_and_comes_in_when_the_hub_is_mended(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pipe.drop(GOOD)
    with monkeypatch.context() as older:
        older.setattr("hub.events.columns.ORDER", {})
        assert pipe.receive() == []
    assert put_aside(pipe.hub) == [{"delivery": path.stem, "rule": "not-of-an-edge", "version": __version__}]
    assert pipe.hub.store.position() == 0
    back(pipe.hub, path.stem)
    (proven,) = pipe.receive()
    assert (proven.receipt.received, proven.receipt.accepted) == (20, 20)
    assert put_aside(pipe.hub) == []
    with pytest.raises(Reject, match="no delivery of that name"):
        back(pipe.hub, path.stem)
    with pipe.hub.store.writing() as connection:
        quarantine.drop(connection, "PT", f"{date.today().year + 1}")
    assert quarantine.refused(pipe.hub.store) == {}


def test_the_commands(call: Any, tmp_path: Path, hub_home: Path) -> None:
    with installation(Settings.from_env()) as hub:
        pipe = Pipe(hub, tmp_path)
        delivery = pipe.take([*GOOD, *ODD, *BAD])["delivery_id"]
        adapter = mended(pipe)
    code, out, _ = call("quarantine", "list", "--json")
    listed = json.loads(out)
    assert (code, {(e["rule"], e["rows"], e["mend"]) for e in listed["waiting"]}) == (
        0,
        {("unknown-code", 6, "mapping"), ("not-an-integer", 3, "data")},
    )
    assert "CANARY" not in out
    assert call("quarantine", "open", delivery, "--to", str(tmp_path / "r.xlsx"))[0] == 0
    assert call("quarantine", "open", delivery, "--to", str(tmp_path / "r.txt"))[0] == 2
    code, out, _ = call("quarantine", "replay", "--adapter", adapter, "--rule", "unknown-code", "--json")
    assert (code, json.loads(out)["replayed"]) == (0, 6)
    assert set(COUNTS) <= json.loads(out)["deliveries"][0].keys()
    code, out, _ = call("quarantine", "list")
    assert "not-an-integer" in out
    assert delivery[:8] in out
    assert call("quarantine", "retry", "0" * 32)[0] == 3
    assert call("quarantine", "replay", "--adapter", adapter, "--delivery", "0" * 32)[0] == 3
