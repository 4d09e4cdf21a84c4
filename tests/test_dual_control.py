"""What two of three custodians have to approve, no single person does; what they approved is done, and once."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hub.cli.installation import Installation, installation
from hub.errors import Reject, Stop
from hub.events.custody import ActApproved, CustodiansEnrolled
from hub.log import acts, own
from hub.log.acts import approved
from hub.log.custodians import LISTS, on_record
from hub.log.verify import verify_log
from hub.vault.acts import Approval
from tests.dual import (
    ANNA,
    ASKED,
    BEN,
    CARA,
    DORA,
    MALLORY,
    OTHER,
    THREE,
    act_of,
    carried_out,
    enrol,
    enrolling,
    record,
    signed,
)
from tests.forgetting import put_back
from tests.pipe import open_pipe
from tests.postgres import ENGINES


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
