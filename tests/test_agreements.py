"""A sharing agreement is enforced: at the edge before anything is read, and in what is released."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hub.adapters import find
from hub.adapters.agreement import beyond, enforce, load_agreement, not_in_force
from hub.adapters.mapping import MappingAdapter
from hub.cli import main
from hub.cli.agreements import record_agreement
from hub.cli.build import build
from hub.errors import Stop
from hub.events.agreement import AgreementRecorded
from hub.events.consent import ConsentWithdrawn
from hub.events.contact import ContactHeld
from hub.events.delivery import DeliveryClosed
from hub.release.publish import publish
from hub.settings import Settings
from tests.pipe import MAPPING, Pipe, row, write_mapping
from tests.warehouse_rows import Telling

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "agreements" / "pt_apav.agreement.yaml"
TODAY = date(2026, 2, 1)
TEXT = """
agreement: 1
version: 1
partner: pt-test
dataset: xx_contacts
parties:
  - {party: pt-test, role: CONTROLLER}
  - {party: eu-hub, role: PROCESSOR}
purposes: [REPORTING]
lawful_basis: [ART6_1_E, ART9_2_J]
recipients: [HUB, PUBLIC]
events:
  contact.held: [occurred_on, sex, age_band, violence_forms]
retention_months: 120
valid_from: 2024-01-01
valid_until: 2060-12-31
"""
SIGNED = ("pt-test", "eu-hub")


def signed(path: Path, text: str = TEXT, *, by: tuple[str, ...] = SIGNED, on: str = "2024-01-01") -> Path:
    """The agreement, approved as it stands."""
    path.write_text(text, "utf-8")
    digest = load_agreement(path).digest()
    lines = [f"  - {{party: {party}, role: director, on: {on}, digest: {digest}}}\n" for party in by]
    path.write_text(text + ("approvals:\n" + "".join(lines) if lines else ""), "utf-8")
    return path


def adapter(folder: Path, text: str = MAPPING) -> MappingAdapter:
    found = find(str(write_mapping(folder, text)))
    assert isinstance(found, MappingAdapter)
    return found


def test_what_is_agreed_and_approved_may_leave(tmp_path: Path) -> None:
    agreement = load_agreement(signed(tmp_path / "a.yaml"))
    assert not_in_force(agreement, TODAY) == []
    enforce(agreement, adapter(tmp_path), "pt-test", TODAY)


def test_the_example_allows_all_that_its_mapping_sends(tmp_path: Path) -> None:
    found = find("pt_apav")
    assert isinstance(found, MappingAdapter)
    enforce(load_agreement(EXAMPLE), found, "pt-apav", TODAY)


def test_an_exact_value_is_agreed_on_as_what_leaves_of_it(tmp_path: Path) -> None:
    less = load_agreement(signed(tmp_path / "a.yaml", TEXT.replace(", age_band", "")))
    assert beyond(less, adapter(tmp_path)) == ["contact.held.age_band"]


@pytest.mark.parametrize(
    ("found", "put", "why"),
    [
        (", sex", "", r"the mapping would send contact\.held\.sex"),
        ("contact.held:", "contact.attempted:", r"the event has no such field"),
        ("contact.held: [occurred_on, sex, age_band, violence_forms]", "case.opened: [sex]", r"send contact\.held, wh"),
        ("partner: pt-test\n", "partner: eu-hub\n", "another partner's"),
        ("xx_contacts", "other", "another dataset"),
        ("[HUB, PUBLIC]", "[PUBLIC]", "HUB is none of its recipients"),
        ("2060-12-31", "2025-12-31", "it ended on 2025-12-31"),
        ("2024-01-01", "2026-03-01", "it holds from 2026-03-01 on"),
    ],
)
def test_a_mapping_that_would_send_more_is_refused_by_name(tmp_path: Path, found: str, put: str, why: str) -> None:
    assert found in TEXT
    with pytest.raises(Stop, match=why):
        enforce(
            load_agreement(signed(tmp_path / "a.yaml", TEXT.replace(found, put))), adapter(tmp_path), "pt-test", TODAY
        )


@pytest.mark.parametrize("by", [(), ("pt-test",), ("pt-test", "pt-test")])
def test_nobody_agrees_alone(tmp_path: Path, by: tuple[str, ...]) -> None:
    agreement = load_agreement(signed(tmp_path / "a.yaml", by=by))
    assert f"{len(set(by))} of at least 2 parties have approved it" in not_in_force(agreement, TODAY)


def test_the_partner_is_one_of_those_who_agree(tmp_path: Path) -> None:
    three = TEXT.replace("purposes:", "  - {party: pt-other, role: CONTROLLER}\npurposes:")
    agreement = load_agreement(signed(tmp_path / "a.yaml", three, by=("eu-hub", "pt-other")))
    assert not_in_force(agreement, TODAY) == ["pt-test has not approved it"]


def test_an_approval_of_a_later_day_does_not_count_yet(tmp_path: Path) -> None:
    assert not_in_force(load_agreement(signed(tmp_path / "a.yaml", on="2026-02-02")), TODAY)


def test_an_agreement_that_was_swapped_after_approval_is_seen(tmp_path: Path) -> None:
    path = signed(tmp_path / "a.yaml")
    for found, put in (("sex,", "sex, region,"), ("[REPORTING]", "[REPORTING, LINKAGE]"), ("2060-12-31", "2061-12-31")):
        other = tmp_path / "b.yaml"
        other.write_text(path.read_text("utf-8").replace(found, put), "utf-8")
        why = not_in_force(load_agreement(other), TODAY)
        assert "what pt-test approved has another digest: the agreement was changed since" in why
    # what says the same is the same, however it is written
    other.write_text("# a comment\n" + path.read_text("utf-8").replace("[HUB, PUBLIC]", "[ HUB , PUBLIC ]"), "utf-8")
    assert not_in_force(load_agreement(other), TODAY) == []


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        (
            "sex, age_band",
            "sex, age",
            r"line 13, events\.contact\.held\.2: .* an exact value never leaves, say age_band",
        ),
        ("sex, age_band", "sex, mood", r"line 13, events\.contact\.held\.2: the event has no such field"),
        ("contact.held", "plan.adopted", r"line 13, events\.plan\.adopted: is no event about a person"),
        ("[REPORTING]", "[GOSSIP]", r"line 9, purposes\.0: "),
        ("retention_months: 120", "retention_months: ever", r"line 14, retention_months: an integer is needed"),
        ("2060-12-31", "31.12.2060", r"line 16, valid_until: a day is written 2025-07-31"),
        ("2060-12-31", "2020-12-31", r"line 16, valid_until: is before valid_from"),
        ("version: 1\n", "version: 1\nmood: good\n", r"line 4 holds a key that"),
        ("partner: pt-test\n", "partner: pt-nobody\n", r"line 4, partner: is no party"),
        ("agreement: 1", "agreement: &a 1", r"yaml-alias at line 2"),
    ],
)
def test_a_mistake_is_named_by_line_and_key_and_not_quoted(tmp_path: Path, found: str, put: str, said: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT.replace(found, put), "utf-8")
    with pytest.raises(Stop, match=rf"a\.yaml: .*{said}") as stopped:
        load_agreement(path)
    assert "GOSSIP" not in str(stopped.value)


def test_nothing_is_read_or_sent_beyond_the_agreement_and_one_beside_the_mapping_is_found(pipe: Pipe) -> None:
    rows, mapping = [row(n) for n in range(4)], write_mapping(pipe.folder)
    less = signed(pipe.folder / "less.yaml", TEXT.replace(", sex", ""))
    with pytest.raises(Stop, match=r"contact\.held\.sex"):
        pipe.take(rows, mapping, agreement=less)
    beside = signed(pipe.folder / "mapping.agreement.yaml", TEXT.replace(", sex", ""))
    with pytest.raises(Stop, match=r"contact\.held\.sex"):
        pipe.take(rows, mapping)
    with pytest.raises(Stop, match=r"contact\.held\.sex"):
        pipe.drop(rows, mapping)
    assert pipe.hub.store.position() == 0
    signed(beside)
    assert pipe.take(rows, mapping)["accepted"] == 4


def test_the_hub_records_an_agreement_once_and_a_change_needs_a_new_version(pipe: Pipe) -> None:
    path = signed(pipe.folder / "a.yaml")
    assert record_agreement(pipe.hub, load_agreement(path), today=TODAY)
    assert not record_agreement(pipe.hub, load_agreement(path), today=TODAY)
    changed = signed(pipe.folder / "b.yaml", TEXT.replace("[HUB, PUBLIC]", "[HUB]"))
    with pytest.raises(Stop, match="version 1 is known with another digest"):
        record_agreement(pipe.hub, load_agreement(changed), today=TODAY)
    with pytest.raises(Stop, match="0 of at least 2"):
        record_agreement(pipe.hub, load_agreement(signed(pipe.folder / "c.yaml", by=())), today=TODAY)
    second = signed(changed, TEXT.replace("[HUB, PUBLIC]", "[HUB]").replace("version: 1", "version: 2"))
    assert record_agreement(pipe.hub, load_agreement(second), today=TODAY)
    assert pipe.take([row(n) for n in range(4)])["accepted"] == 4
    pipe.project()
    with duckdb.connect(str(pipe.hub.settings.warehouse_path), read_only=True) as connection:
        said = connection.execute(
            "SELECT own_partner, agreement_version, recipients FROM raw.agreement_recorded ORDER BY position"
        ).fetchall()
    assert said == [("pt-test", 1, ["HUB", "PUBLIC"]), ("pt-test", 2, ["HUB"])]


def test_the_commands_answer_in_json_and_by_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "var"))

    def asked(*words: str) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(sys, "argv", ["hub", "agreements", *words, "--json"])
        with pytest.raises(SystemExit) as ended:
            main()
        out = capsys.readouterr().out
        return int(ended.value.code or 0), json.loads(out) if out else {}

    good, alone = signed(tmp_path / "a.yaml"), signed(tmp_path / "b.yaml", by=("pt-test",))
    code, said = asked("check", str(good), "--adapter", str(write_mapping(tmp_path)))
    assert (code, said["in_force"], said["missing"]) == (0, True, [])
    code, said = asked("check", str(alone))
    assert (code, said["in_force"], said["digest"]) == (5, False, load_agreement(good).digest())
    assert [asked("record", str(good))[1]["new"] for _ in range(2)] == [True, False]
    assert asked("record", str(alone))[0] == 5


def agreed(partner: str, version: int = 1, **more: Any) -> AgreementRecorded:
    said: dict[str, Any] = {"recipients": ("HUB", "PUBLIC"), "valid_from": date(2024, 1, 1)}
    said |= {"valid_until": date(2026, 12, 31), "purposes": ("REPORTING",), **more}
    common: dict[str, Any] = {"digest": "0" * 64, "lawful_basis": ("ART6_1_E",), "retention_months": 12}
    return AgreementRecorded(partner=partner, dataset="test", agreement_version=version, **common, **said)


def contributions(settings: Settings) -> dict[str, int]:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        found = connection.execute("SELECT partner, sum(contacts)::INT FROM cubes.contact_contributions GROUP BY 1")
        return dict(found.fetchall())


def test_a_partner_that_may_not_be_published_is_left_out_by_name_and_what_is_out_stands(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")
    settings.home.mkdir()
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.begin()
        telling = Telling(connection)
        for partner in ("pt-shared", "pt-house", "pt-ended", "pt-silent"):
            telling.say(
                partner, DeliveryClosed(dataset="test", period="2025Q1", complete=True, records=40), partner=partner
            )
            for n in range(40):
                said = ContactHeld(occurred_on=date(2025, 2, 1), channel="PHONE")
                telling.say(f"{partner} {n}", said, subject=f"{partner} {n}", partner=partner)
        telling.say("a", agreed("pt-shared"), partner="eu-hub")
        telling.say("b", agreed("pt-house", recipients=("HUB",)), partner="eu-hub")
        telling.say("c", agreed("pt-ended", valid_until=date(2025, 1, 31)), partner="eu-hub")
        connection.execute("UPDATE raw.place SET position = ?", [telling.position])
        connection.commit()
    build(settings, echo=lambda _: None)
    assert contributions(settings) == {"pt-shared": 40, "pt-silent": 40}
    publish(settings, "2025Q1", today=TODAY, echo=lambda _: None)
    frozen = released(settings)
    with duckdb.connect(str(settings.release_path), read_only=True) as connection:
        said_so = connection.execute("SELECT partner, state FROM sharing_agreements ORDER BY ALL").fetchall()
    states = {"pt-ended": "SHARED", "pt-house": "WITHHELD", "pt-shared": "SHARED", "pt-silent": "NO_AGREEMENT"}
    assert dict(said_so) == states

    with duckdb.connect(str(settings.warehouse_path)) as connection:
        later = Telling(connection)
        later.position = telling.position
        for n in range(40):
            gone = ConsentWithdrawn(occurred_on=date(2025, 1, 5), purpose="REPORTING")
            later.say(f"no {n}", gone, subject=f"pt-shared {n}", partner="pt-shared")
        # a second version lets the house's figures out, for this quarter too
        later.say("d", agreed("pt-house", 2), partner="eu-hub")
    build(settings, echo=lambda _: None)
    assert contributions(settings) == {"pt-house": 40, "pt-silent": 40}
    assert publish(settings, "2025Q1", today=TODAY, echo=lambda _: None).frozen == ("2025Q1",)
    assert released(settings) == frozen


def released(settings: Settings) -> list[Any]:
    with duckdb.connect(str(settings.release_path), read_only=True) as connection:
        return [connection.execute(f"SELECT * FROM {t} ORDER BY ALL").fetchall() for t in ("contacts", "releases")]
