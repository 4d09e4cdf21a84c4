"""What two of three custodians have to approve, no single person does; what they approved is done, and once."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.cli.installation import Installation, installation
from hub.errors import Reject, Stop
from hub.events.custody import ActApproved, CustodiansEnrolled
from hub.events.wire import public_key
from hub.log import acts, own, purges
from hub.log.acts import Asked, approved
from hub.log.custodians import LISTS, on_record
from hub.log.receive import receive
from hub.log.verify import verify_log
from hub.release.publish import publish
from hub.settings import Settings
from hub.transport import files
from hub.vault.acts import Approval
from tests.campaigns.forked import forked
from tests.dual import ANNA, BEN, CARA, DORA, MALLORY, THREE, act_of, enrol, enrolling, record, signed
from tests.forgetting import put_back, readable, request
from tests.killed import Step, arm, died
from tests.pipe import Pipe, open_pipe, quiet, row
from tests.postgres import ENGINES
from tests.purging import purge as purge_all
from tests.purging import take_in
from tests.release_warehouse import people, settings_in, warehouse
from tests.rotating import begin
from tests.typed import Call

ASKED = Asked("PURGE", {"country": "PT", "until": "2015"}, "ab" * 32)
OTHER = Asked("PURGE", {"country": "PT", "until": "2016"}, "ab" * 32)
MANY = 60
"""Persons of one request: more than the brake lets pass."""


def carried_out(hub: Installation, asked: Asked = ASKED) -> bool:
    """Whether it may be carried out; then it was."""
    with approved(hub.receiver, hub.settings.acts_path, asked, acts.today()) as kept:
        return kept is not None


@pytest.fixture(params=ENGINES)
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    with open_pipe(tmp_path, request.param) as pipe:
        enrol(pipe.hub)
        yield pipe.hub


def test_two_of_three_have_it_done_once_and_the_log_shows_it(hub: Installation) -> None:
    act = act_of(hub, ASKED)
    with pytest.raises(Reject, match="two custodians have to approve exactly this"):
        carried_out(hub)
    assert record(hub, signed(act, ANNA, CARA))
    said = on_record(hub.store, hub.vault, act.act)
    assert said is not None
    assert (said.kind, said.digest, len(said.approvals), len(said.custodians)) == ("PURGE", ASKED.digest, 2, 2)
    assert not record(hub, signed(act, ANNA, CARA)), "who was killed asks again"
    assert carried_out(hub)
    for again in (lambda: carried_out(hub), lambda: record(hub, signed(act, ANNA, CARA))):
        with pytest.raises(Reject, match="an act is approved once"):
            again()
    assert verify_log(hub.store, hub.signer.verifier).findings == []


def test_without_custodians_nobody_is_asked_and_nothing_can_be_approved(tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        assert not carried_out(pipe.hub)
        with pytest.raises(Reject, match="nobody to approve"):
            record(pipe.hub, signed(act_of(pipe.hub, ASKED), ANNA, BEN))
        assert not pipe.hub.settings.acts_path.exists() or not acts.every(pipe.hub.settings.acts_path)


Forging = Callable[[Installation], list[Approval]]
FORGED: dict[str, tuple[str, Forging]] = {
    "one custodian": ("one custodian alone", lambda hub: signed(act_of(hub, ASKED), ANNA)),
    "one custodian twice": ("two approvals of one", lambda hub: signed(act_of(hub, ASKED), ANNA, ANNA)),
    "a stranger": ("no custodian", lambda hub: signed(act_of(hub, ASKED), ANNA, MALLORY)),
    "two acts": ("different acts", lambda hub: [*signed(act_of(hub, ASKED), ANNA), *signed(act_of(hub, ASKED), BEN)]),
    "expired": (
        "was to be carried out until",
        lambda hub: signed(act_of(hub, ASKED, valid_until=acts.today() - timedelta(days=1)), ANNA, BEN),
    ),
    "for ever": (
        "for more than",
        lambda hub: signed(act_of(hub, ASKED, valid_until=acts.today() + timedelta(days=99)), ANNA, BEN),
    ),
    "of another installation": ("another installation", lambda hub: signed(act_of(hub, ASKED, log="x"), ANNA, BEN)),
    "altered": ("it was changed", lambda hub: altered(hub, about={"country": "NL", "until": "2015"})),
    "altered days": ("it was changed", lambda hub: altered(hub, valid_until=acts.today() + timedelta(days=2))),
    "another's name on a signature": ("it was changed", lambda hub: renamed(hub)),
    "no approval": ("no approval", lambda hub: []),
}


def altered(hub: Installation, **changed: object) -> list[Approval]:
    return [
        msgspec.structs.replace(each, act=msgspec.structs.replace(each.act, **changed))
        for each in signed(act_of(hub, ASKED), ANNA, BEN)
    ]


def renamed(hub: Installation) -> list[Approval]:
    anna, ben = signed(act_of(hub, ASKED), ANNA, BEN)
    return [anna, msgspec.structs.replace(anna, signer=ben.signer)]


@pytest.mark.parametrize(("rule", "forge"), FORGED.values(), ids=FORGED)
def test_what_is_not_their_approval_is_refused_by_name(rule: str, forge: Forging, tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        enrol(pipe.hub)
        before = pipe.hub.store.position()
        with pytest.raises(Reject, match=rule):
            record(pipe.hub, forge(pipe.hub))
        with pytest.raises(Reject, match="have to approve exactly this"):
            carried_out(pipe.hub)
        assert pipe.hub.store.position() == before
        record(pipe.hub, signed(act_of(pipe.hub, ASKED), ANNA, BEN))
        assert carried_out(pipe.hub), "the control"


def test_an_approval_is_of_that_act_alone_and_of_what_it_touched_then(hub: Installation) -> None:
    record(hub, signed(act_of(hub, ASKED), ANNA, BEN))
    with pytest.raises(Reject, match="exactly this"):
        carried_out(hub, OTHER)
    with pytest.raises(Reject, match="not what was approved"):
        carried_out(hub, ASKED._replace(digest="cd" * 32))
    with (
        pytest.raises(Reject, match="until"),
        approved(hub.receiver, hub.settings.acts_path, ASKED, acts.today() + timedelta(days=30)),
    ):
        pass
    assert carried_out(hub)


def test_custodians_are_replaced_by_two_of_them_and_who_is_new_and_the_removed_approve_nothing(
    hub: Installation,
) -> None:
    others = (ANNA, BEN, DORA)
    old = act_of(hub, ASKED)
    record(hub, signed(old, ANNA, CARA))
    for by, rule in (((DORA,), "one custodian"), ((ANNA, DORA), "one custodian"), ((ANNA, BEN), "with the new key")):
        with pytest.raises(Reject, match=rule):
            enrol(hub, others, by)
    with pytest.raises(Reject, match="one custodian alone"):
        enrol(hub, (MALLORY, DORA, ANNA), (MALLORY, DORA, ANNA))
    enrol(hub, others, (ANNA, BEN, DORA))
    assert acts.custodians(hub.receiver).number == 2
    with pytest.raises(Reject, match="no custodian"):
        record(hub, signed(act_of(hub, ASKED), ANNA, CARA))
    with pytest.raises(Reject, match="other custodians"):
        record(hub, signed(act_of(hub, ASKED, custodians=1), ANNA, CARA))
    with pytest.raises(Reject, match="other custodians"):
        carried_out(hub)  # it was on record before she was removed
    record(hub, signed(act_of(hub, OTHER), DORA, BEN))
    assert carried_out(hub, OTHER)


def test_three_of_the_first_list_all_have_to_agree_to_be_it(tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        with pytest.raises(Reject, match="with the new key"):
            enrol(pipe.hub, THREE, (ANNA, BEN))
        with pytest.raises(Reject, match="custodians are three"):
            enrol(pipe.hub, (ANNA, ANNA, BEN))
        enrol(pipe.hub)
        with pytest.raises(Reject, match="one custodian alone"):
            enrol(pipe.hub, (ANNA, MALLORY, DORA), (ANNA, MALLORY, DORA))


def test_an_enrolment_that_nobody_approved_stops_whoever_wrote_it_into_the_log(hub: Installation) -> None:
    act = act_of(hub, enrolling((MALLORY, DORA, bytes([9]) * 32)))
    forged = signed(act, MALLORY, DORA)
    readers, signers = zip(*(text.split(":") for text in act.about.values()), strict=True)
    event = CustodiansEnrolled(
        act=act.act,
        number=2,
        readers=readers,
        signers=signers,
        valid_until=act.valid_until,
        approved_by=tuple(each.signer for each in forged),
        signatures=tuple(each.signature for each in forged),
    )
    own.state(hub.receiver, LISTS, event)
    for doing in (lambda: carried_out(hub), lambda: enrol(hub), lambda: acts.custodians(hub.receiver)):
        with pytest.raises(Stop, match="enrolled by nobody who may"):
            doing()


def test_what_is_put_into_the_folder_or_the_log_alone_is_no_approval(tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        enrol(pipe.hub)
        hub, folder = pipe.hub, pipe.hub.settings.acts_path
        act = act_of(hub, ASKED)
        planted = folder / act.act
        planted.write_bytes(msgspec.json.encode(acts.Kept(tuple(signed(act, ANNA, MALLORY)))))
        with pytest.raises(Stop, match="was not approved"):
            acts.settle(hub.receiver, folder)
        with pytest.raises(Reject, match="no custodian"):
            carried_out(hub)
        planted.unlink()
        claimed = ActApproved(
            act=act.act, kind="PURGE", digest=act.digest, document="0" * 64, approvals=("1" * 64, "2" * 64),
            custodians=("3" * 32, "4" * 32), valid_until=act.valid_until,
        )  # fmt: skip
        own.state(hub.receiver, f"act|{act.act}", claimed)
        with pytest.raises(Reject, match="exactly this"):
            carried_out(hub)


def test_neither_a_log_nor_a_folder_that_was_put_back_makes_an_act_count_twice(tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        settings, backup = pipe.hub.settings, tmp_path / "backup"
    shutil.copytree(settings.home, backup)
    with installation(settings) as hub:
        enrol(hub)
        kept = signed(act_of(hub, ASKED), ANNA, BEN)
        record(hub, kept)
        assert carried_out(hub)
    after = tmp_path / "after"
    shutil.copytree(settings.home, after)
    put_back(settings.home, backup, "log.sqlite")
    settings.anchor_path.unlink(missing_ok=True)  # somebody took the loss for known
    with installation(settings) as hub:
        assert acts.custodians(hub.receiver).number == 1, "who was enrolled stays"
        assert on_record(hub.store, hub.vault, kept[0].act.act) is not None
        with pytest.raises(Reject, match="approved once"):
            carried_out(hub)
        with pytest.raises(Reject, match="one custodian alone"):
            enrol(hub, (MALLORY, DORA, ANNA), (MALLORY, DORA, ANNA))
    put_back(settings.home, after, "log.sqlite")
    shutil.rmtree(settings.acts_path)
    with installation(settings) as hub:
        with pytest.raises(Reject, match="on record already"):
            record(hub, kept)
        with pytest.raises(Reject, match="exactly this"):
            carried_out(hub)
        record(hub, signed(act_of(hub, ASKED), ANNA, BEN))
        assert carried_out(hub), "the control: what is approved anew"


def test_killed_between_approval_and_act_it_goes_on_and_once(tmp_path: Path) -> None:
    with open_pipe(tmp_path) as pipe:
        take_in(pipe, 2014, [row(n) for n in range(12)])
        enrol(pipe.hub)
        base = pipe.hub.settings
    (base.home / "retention.yaml").write_text("retention: 1\nyears: {PT: 5}\nrefused_months: 24\n")
    steps = {
        "kept, not in the log": Step(own, "state"),
        "in the log, not told": Step(own, "state", after=True),
        "about to be ordered": Step(purges, "give"),
        "ordered": Step(purges, "give", after=True),
        "carried out, not marked": Step(acts, "_keep", after=False),
    }
    for number, (name, step) in enumerate(steps.items()):
        home = tmp_path / str(number)
        nth = 2 if name == "carried out, not marked" else 1
        assert died(base.home, home, lambda home=home, step=step, nth=nth: purged(home, step, nth)), name
        ended = forked(lambda home=home: purged(home))
        assert ended.code == 0, (name, ended.answer)
        assert ended.answer == (1, 1, 0), name


def purged(home: Path, step: Step | None = None, nth: int = 1) -> tuple[int, int, int]:
    """Ask, approve and purge by the commands' own functions; how many acts and statements the log has of it, and how
    many persons are left."""
    from hub.cli.retention import _asked, _carried_out, _due
    from hub.log.purges import Order
    from hub.settings import Settings
    from hub.vault.acts import digest_of

    settings = replace(Settings(home), answer_every=0)
    with installation(settings) as hub:
        if step is not None:
            arm(step, nth)
        order = Order("ab" * 16, "PT", 2015, "PERIOD_ENDED")
        found, root = _due(hub, order, "2016")
        asked = _asked(order, found, root) if found["records"] else None
        if asked is not None:
            act = act_of(hub, asked, act="ab" * 16)
            record(hub, signed(act, ANNA, BEN))
            with approved(hub.receiver, settings.acts_path, asked, acts.today()) as kept:
                assert kept is not None
                order = Order(kept.act.act, "PT", 2015, "PERIOD_ENDED", tuple(map(digest_of, kept.approvals)))
                _carried_out(hub, order, "2016", found)
        topics = [each[3] for each in hub.store.read(0, 999, 999)]
        return topics.count("vs.act.approved.v1"), topics.count("vs.log.purged.v1"), len(readable(hub))


def test_more_persons_than_the_brake_are_forgotten_when_two_approved_that_very_request(pipe: Pipe) -> None:
    pipe.take([row(n) for n in range(2 * MANY)])
    hub, names = pipe.hub, [f"C{n}" for n in range(MANY)]
    assert receive(hub.receiver, request(pipe, names[:3])).receipt.received == 3
    enrol(hub)
    assert receive(hub.receiver, request(pipe, names[3:5])).receipt.received == 2, "a few, as before"
    from hub.cli.acts import _request

    path = files.send(request(pipe, names, confirmed=True), pipe.folder / "outbox")
    other = files.send(request(pipe, names[10:], confirmed=True), pipe.folder / "outbox")

    def asked(of: Path) -> Asked:
        return _request(hub, of)[0]

    def received(of: Path) -> int:
        with files.opened(of) as delivery:
            return receive(hub.receiver, delivery).receipt.received

    with pytest.raises(Reject, match="two custodians have to approve it"):
        received(path)
    assert len(readable(hub)) == MANY - 5
    record(hub, signed(act_of(hub, asked(other), act=other.stem), ANNA, BEN))
    with pytest.raises(Reject, match="two custodians have to approve it"):
        received(path)
    record(hub, signed(act_of(hub, asked(path), act=path.stem), BEN, CARA))
    assert received(path) == MANY
    assert readable(hub) == {}
    pipe.take([row(200, case="C7")])  # she returns
    assert received(path) == MANY, "the same receipt"
    assert len(readable(hub)) == 1, "and nobody is forgotten by it again"


def typed_ok(call: Call, *words: str) -> dict[str, object]:
    code, out, err = call(*words, "--json")
    assert code == 0, err
    return dict(json.loads(out))


def test_the_commands_refuse_ask_and_then_do_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    with open_pipe(tmp_path) as pipe:
        home = pipe.hub.settings.home
        take_in(pipe, 2014, [row(n) for n in range(12)])
        begin(pipe.hub)
        pipe.take([row(n, age="66") for n in range(4)])
    (home / "retention.yaml").write_text("retention: 1\nyears: {PT: 1}\nrefused_months: 24\n")
    monkeypatch.setenv("HUB_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    keys = [typed_ok(call, "custody", "new", f"{name}.key") for name in ("anna", "ben", "cara")]
    three = [word for key in keys for word in ("--custodian", f"{key['public']}:{key['signs']}")]

    def approve(act: str, *names: str) -> list[str]:
        return [str(typed_ok(call, "custody", "approve", act, "--key", f"{name}.key")["approval"]) for name in names]

    assert call("release", "2025Q1", "--early")[0] == 3, "nobody can, without custodians"
    assert call("keys", "destroy", "PT", "--ask", "x.act")[0] == 3
    assert call("custody", "enrol", "e.act", *three[:4])[0] == 3
    assert call("custody", "enrol", "e.act", "--custodian", "nobody")[0] == 2
    typed_ok(call, "custody", "enrol", "e.act", *three)
    assert call("custody", "enrol", "e.act", *three)[0] == 3, "what somebody may be signing is not written over"
    typed_ok(call, "custody", "record", *approve("e.act", "anna", "ben", "cara"))
    assert len(typed_ok(call, "custody", "status")["custodians"]) == 3  # type: ignore[arg-type]
    strangers = [f"--to={n}={public_key(bytes([n]) * 32).public_bytes_raw().hex()}" for n in (7, 8, 9)]
    assert call("custody", "split", "vault/PT/wrapping", *strangers, "--remove")[0] == 3
    typed_ok(call, "custody", "split", "vault/PT/wrapping", *(f"--to=c{n}={k['public']}" for n, k in enumerate(keys)))

    close = ("keys", "close", "pt-test", "--confirm")
    purge = ("retention", "purge", "--country", "PT", "--until", "2024")
    for name, words in (("close", close), ("purge", purge)):
        code, _, err = call(*words)
        assert code == 3, name
        assert "--ask FILE" in err
        told = typed_ok(call, *words, "--ask", f"{name}.act")
        assert {**typed_ok(call, "custody", "approve", f"{name}.act"), "file": f"{name}.act"} == told
        one, two = approve(f"{name}.act", "anna", "cara")
        assert call("custody", "record", one)[0] == 3
        assert call("custody", "record", one, one)[0] == 3
        assert call(*words)[0] == 3
        typed_ok(call, "custody", "record", one, two)
        typed_ok(call, *words)
        assert call("custody", "record", one, two)[0] == 3
    assert all(each["used"] for each in typed_ok(call, "custody", "status")["acts"])  # type: ignore[attr-defined]

    assert call("keys", "destroy", "PT", "--ask", "keys.act")[0] == 3, "four records of this year are left"
    with installation(Settings(home)) as hub:
        purge_all(hub, 2999)
    typed_ok(call, "keys", "destroy", "PT", "--ask", "keys.act")
    assert call("keys", "destroy", "PT")[0] == 3
    typed_ok(call, "custody", "record", *approve("keys.act", "ben", "cara"))
    assert typed_ok(call, "keys", "destroy", "PT")["destroyed"] == ["k2", "wrapping"]
    assert list((home / "keys/vault/PT").iterdir()) == []
    assert call("verify")[0] == 0


def test_a_release_is_early_when_two_approved_it_and_never_before_its_period_is_over(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    warehouse(settings, people(3000))
    after = date(2025, 4, 2)
    with pytest.raises(Reject, match="is not closed"):
        publish(settings, "2025Q1", today=after, echo=quiet)
    with pytest.raises(Reject, match="is not closed"):
        publish(settings, "2025Q1", today=date(2025, 3, 31), early=True, echo=quiet)
    with pytest.raises(Reject, match="nothing happened"):
        publish(settings, "2024Q4", today=after, early=True, echo=quiet)
    assert publish(settings, "2025Q1", today=after, early=True, echo=quiet).released == ("2025Q1",)
    assert publish(settings, "2025Q1", today=after, early=True, echo=quiet).frozen == ("2025Q1",)
