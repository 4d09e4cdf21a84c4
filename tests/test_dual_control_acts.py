"""Purge, forgetting and early release under dual control: asked for, approved, done once, also when killed."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hub.cli.installation import installation
from hub.errors import Reject
from hub.events.wire import public_key
from hub.log import acts, own, purges
from hub.log.acts import Asked, approved
from hub.log.receive import receive
from hub.release.publish import publish
from hub.settings import Settings
from hub.transport import files
from tests.campaigns.forked import forked
from tests.dual import ANNA, BEN, CARA, act_of, enrol, record, signed
from tests.forgetting import readable, request
from tests.killed import Step, arm, died
from tests.pipe import Pipe, open_pipe, quiet, row
from tests.purging import purge as purge_all
from tests.purging import take_in
from tests.release_warehouse import people, settings_in, warehouse
from tests.rotating import begin
from tests.typed import Call

MANY = 60
"""Persons of one request: more than the brake lets pass."""


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
