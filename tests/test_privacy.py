"""Nothing that identifies leaves the partner, and nothing that is stored says more than it must."""

import json
import sqlite3
from collections import Counter
from datetime import date

import pytest
from cryptography.exceptions import InvalidTag

from examples.generator import generate, mapping_of
from hub.adapters.base import Fact, Rejected
from hub.edge.canonical import canonical
from hub.edge.generalise import generalise
from hub.edge.tokens import PartnerTokens, prefixed
from hub.errors import Stop
from hub.events.facts import join
from hub.events.wire import NOBODY, open_sealed, public_key, seal
from hub.log.quarantine import sealed_rows
from hub.log.sealed import SIZES, place_of, split
from hub.vault.keys import VaultKeys
from tests.attacks.canaries import holding
from tests.pipe import Pipe, row

CANARY = b"CANARY"


def test_canaries_of_three_partners_are_in_their_files_and_in_no_byte_of_the_hub(
    pipe: Pipe, capsys: pytest.CaptureFixture[str]
) -> None:
    made = generate(pipe.folder / "made", scale=0.004, broken=8)
    for each in made:
        assert CANARY in each.path.read_bytes().replace(b"\0", b""), "the attack needs something to find"
        result = pipe.take_file(each.path, mapping_of(each.partner), complete=True, echo=print)
        assert result["accepted"] > 20
        assert result["quarantined"] == 8
        assert "CANARY" not in json.dumps(result)
    pipe.project()
    assert holding(pipe.hub.settings.home, CANARY) == []
    assert "CANARY" not in str(capsys.readouterr())
    (pipe.hub.settings.home / "planted").write_bytes(b"x" + CANARY.hex().encode())
    assert holding(pipe.hub.settings.home, CANARY) == ["planted"], "the search itself must work"


def test_every_damaged_row_is_named_by_line_column_and_rule_without_its_value(pipe: Pipe) -> None:
    for each in generate(pipe.folder / "made", scale=0.004, broken=12):
        result = pipe.take_file(each.path, mapping_of(each.partner))
        told = Counter((r["position"], r["place"], r["rule"]) for r in result["refusals"])
        assert told == Counter(each.broken_positions)
        assert result["received"] == each.rows == result["accepted"] + result["unchanged"] + result["quarantined"]
        sealed = sealed_rows(pipe.hub.store, result["delivery_id"])
        assert sealed is not None
        secret = pipe.hub.secrets(f"edge/{each.partner}/quarantine")
        kept = json.loads(open_sealed(sealed, secret, f"{result['delivery_id']}|refused"))
        assert len(kept) == result["quarantined"], "what was refused is kept, for the partner alone"
        with pytest.raises(InvalidTag):
            open_sealed(sealed, pipe.hub.payload_secret, f"{result['delivery_id']}|refused")


def test_a_message_quotes_no_value_whatever_is_wrong_with_a_row(pipe: Pipe) -> None:
    wrong = [row(n, **{column: "CANARY-9"}) for n, column in enumerate(("date", "sex", "age", "phy"))]
    result = pipe.take([*wrong, row(8, age="300"), row(9, age="-1")])
    assert result["quarantined"] == 6
    assert {(r["rule"], r["place"]) for r in result["refusals"]} == {
        ("not-a-date", "date"), ("unknown-code", "sex"), ("not-an-integer", "age"), ("unknown-flag", "phy"),
        ("out-of-range", "age"),
    }  # fmt: skip
    assert "CANARY" not in json.dumps(result)


def test_all_sealed_events_have_one_size_and_tell_only_their_header(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(40)] + [row(50, sex="", age="", phy="n")])
    events = pipe.hub.store.read(0, pipe.hub.store.position(), 1000)
    personal = [event for event in events if event[3] == "vs.contact.held.v1"]
    assert {len(event[4]) for event in personal} == {len(personal[0][4])}
    assert len(personal) == 41
    header, _, sealed = split(personal[0][4])
    assert len(sealed) == 12 + SIZES["vs.contact.held.v1"] + 16
    assert set(header.__struct_fields__) == {"id", "tenant", "country", "month", "key"}
    assert len({split(event[4])[0].key for event in personal}) == len({f"C{n // 2}" for n in (*range(40), 50)})


def test_an_event_that_was_changed_or_moved_stops_the_projection(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(6)])
    path = pipe.hub.settings.log_path
    with sqlite3.connect(path) as log:
        states = log.execute("SELECT rowid, state FROM stored_events WHERE topic LIKE '%held%' LIMIT 2").fetchall()
        (one, first), (two, second) = states
        log.execute("UPDATE stored_events SET state=? WHERE rowid=?", (second, one))
        log.execute("UPDATE stored_events SET state=? WHERE rowid=?", (first, two))
    log.close()
    with pytest.raises(Stop, match="does not open"):
        pipe.project()
    assert place_of("s", 1, "t") != place_of("s", 2, "t")


def test_receipts_do_not_tell_new_persons_from_known_ones(pipe: Pipe) -> None:
    pipe.take([row(n, case="KNOWN") for n in range(5)])
    known = pipe.take([row(n, case="KNOWN") for n in range(10, 15)])
    new = pipe.take([row(n, case=f"NEW{n}") for n in range(20, 25)])
    for receipt in (known, new):
        receipt.pop("delivery_id")
        receipt.pop("position")
        receipt.pop("digest")  # of ciphertext: another one each time
    assert json.dumps(known) == json.dumps(new)


def test_one_person_keeps_one_random_subject_and_two_persons_never_share_one(pipe: Pipe) -> None:
    pipe.take([row(1, case="A"), row(2, case="A"), row(3, case=" A "), row(4, case="B")])
    subjects = [subject for (subject,) in pipe.current(columns="subject")]
    assert sorted(Counter(subjects).values()) == [1, 3]
    assert all(len(subject) == 32 for subject in subjects)


def test_tokens_differ_by_partner_country_purpose_and_epoch() -> None:
    key = b"k" * 32
    sources = [
        PartnerTokens(key, partner="pt-a", country="PT"),
        PartnerTokens(key, partner="pt-b", country="PT"),
        PartnerTokens(key, partner="pt-a", country="ES"),
        PartnerTokens(key, partner="pt-a", country="PT", epoch=2),
        PartnerTokens(b"l" * 32, partner="pt-a", country="PT"),
    ]
    tokens = [s.persons("local", ["7"])[0] for s in sources]
    tokens += [token for s in sources for make in (s.records, s.unknown_persons) for token in make("case", ["7"])]
    assert len(set(tokens)) == len(tokens)
    again = PartnerTokens(key, partner="pt-a", country="PT")
    assert sources[0].persons("local", ["7"]) == again.persons("local", ["7"])
    assert prefixed("N", "L1") != prefixed("NL", "1")
    assert NOBODY not in tokens


@pytest.mark.parametrize(
    ("scheme", "text", "form"),
    [
        ("local", "  2025 / 17 ", "2025 / 17"),
        ("local", "２０２５", "2025"),
        ("local", "   ", None),
        ("nl.bsn", "1112.22.333", "111222333"),
        ("nl.bsn", "111222334", None),
        ("pt.cc", "00000000 0 ZZ4", "000000000"),
        ("ie.pps", "١٢٣٤٥٦٧T", None),
        ("fi.hetu", "131052-308t", "131052-308T"),
    ],
)
def test_an_identifier_has_one_form_or_none(scheme: str, text: str, form: str | None) -> None:
    assert canonical(scheme, text) == form


def test_an_unknown_scheme_stops_the_installation() -> None:
    with pytest.raises(Stop):
        canonical("xx.nothing", "1")


def test_sealed_bytes_open_only_for_their_reader_and_context() -> None:
    secret, other = b"a" * 32, b"b" * 32
    sealed = seal(b"text", public_key(secret), "delivery|rows|0")
    assert open_sealed(sealed, secret, "delivery|rows|0") == b"text"
    for key, context in ((other, "delivery|rows|0"), (secret, "delivery|rows|1")):
        with pytest.raises(InvalidTag):
            open_sealed(sealed, key, context)


def test_key_objects_print_nothing(pipe: Pipe) -> None:
    keys = VaultKeys(pipe.hub.secrets)
    keys.record_hashes("pt-test", "cases")([b"token"])
    shown = repr(keys) + str(vars(keys)) + str(vars(pipe.hub.tokens("pt-test", "PT")))
    for name in ("vault/records", "edge/pt-test/tokens"):
        secret = pipe.hub.secrets(name)
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown
    assert {path.stat().st_mode & 0o077 for path in pipe.hub.settings.keys_dir.rglob("*")} == {0}


def test_databases_of_the_enclave_are_for_their_owner_only(pipe: Pipe) -> None:
    pipe.take([row(1)])
    pipe.project()
    settings = pipe.hub.settings
    for path in (settings.log_path, settings.vault_path, settings.warehouse_path):
        assert path.stat().st_mode & 0o077 == 0, path.name


@pytest.mark.parametrize(
    ("exact", "coarse"),
    [
        ({"age": 0}, {"age_band": "0-5"}),
        ({"age": 17}, {"age_band": "16-17"}),
        ({"age": 18}, {"age_band": "18-24"}),
        ({"age": 120}, {"age_band": "75+"}),
        ({"birth_on": date(2007, 3, 2)}, {"age_band": "16-17"}),
        ({"birth_on": date(2007, 3, 1)}, {"age_band": "18-24"}),
        ({"nationality": "PT"}, {"nationality_group": "NATIONAL"}),
        ({"nationality": "FI"}, {"nationality_group": "EU"}),
        ({"nationality": "BR"}, {"nationality_group": "NON_EU"}),
        ({"duration_minutes": 15}, {"duration_band": "0-15"}),
        ({"duration_minutes": 121}, {"duration_band": "121+"}),
        ({"region": "PT111"}, {"region": "PT11"}),
        ({"region": "PT170"}, {"region": "PT"}),
        ({"recorded_on": date(2025, 3, 14)}, {"recorded_on": "2025-03-01"}),
        ({"recorded_on": "2025-03-14"}, {"recorded_on": "2025-03-01"}),
    ],
)
def test_exact_values_leave_as_coarse_ones(exact: dict, coarse: dict) -> None:
    fact = generalise(Fact("contact.held", {"occurred_on": date(2025, 3, 1), **exact}), "PT")
    assert json.loads(join(fact.values)) == {"occurred_on": "2025-03-01", **coarse}


@pytest.mark.parametrize(
    "wrong",
    [{"age": 121}, {"age": -1}, {"age": "17"}, {"birth_on": date(2026, 1, 1)}, {"birth_on": "1990"}, {"name": "CANARY"},
     {"nationality": "Portuguesa"}, {"duration_minutes": 5000}, {"region": 17}, {"region": "Lisboa"}, {"sex": "f"}],
)  # fmt: skip
def test_what_has_no_coarse_form_does_not_leave(wrong: dict) -> None:
    with pytest.raises(Rejected) as caught:
        generalise(Fact("contact.held", {"occurred_on": date(2025, 3, 1), **wrong}), "PT")
    assert "CANARY" not in str(caught.value)


def test_a_birth_date_without_a_day_of_contact_is_refused_by_name() -> None:
    with pytest.raises(Rejected) as caught:
        generalise(Fact("contact.held", {"birth_on": date(1990, 1, 1), "sex": "F"}), "PT")
    assert [tuple(problem) for problem in caught.value.problems] == [("missing-value", "occurred_on")]
