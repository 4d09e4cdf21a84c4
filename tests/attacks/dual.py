"""One custodian alone, with all files at hand, against acts that need two: every forgery that needs no second key."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec

from hub.cli.installation import Installation, installation
from hub.errors import HubError
from hub.log import acts
from hub.log.acts import Asked, approved
from hub.settings import Settings
from hub.vault.acts import Act, Approval
from tests.attacks.attack import Attack, Outcome
from tests.dual import ANNA, BEN, CARA, DORA, MALLORY, act_of, enrol, enrolling, record, signed

TRIES = 2_000
CONTROLS = 5
"""Acts that two custodians approve."""


def _run(folder: Path, scale: float) -> Outcome:
    """She has her own key, those of strangers, who was removed, and every approval that was ever given."""
    rng, number = random.Random(4), max(40, round(TRIES * scale))
    with installation(Settings(folder / "home")) as hub:
        enrol(hub, (ANNA, BEN, DORA))
        enrol(hub, by=(ANNA, BEN, CARA))  # Dora is none any more
        given = [act for n in range(CONTROLS) if (act := _approved(hub, f"control-{n}"))]
        control = sum(_carried_out(hub, f"control-{n}") for n in range(CONTROLS))
        found = 0
        for n in range(number):
            forge = rng.choice(FORGERIES)
            for approvals in forge(hub, f"try-{n}", rng.choice(given), rng):
                _tried(hub, approvals)
            found += _carried_out(hub, f"try-{n}")
        found += sum(_carried_out(hub, f"control-{n}") for n in range(CONTROLS))  # each was used
        found += acts.custodians(hub.receiver).number != 2
    return Outcome(number + CONTROLS + 1, found, control)


def _asked(name: str) -> Asked:
    return Asked("PURGE", {"country": "PT", "until": name}, "ab" * 32)


def _approved(hub: Installation, name: str) -> list[Approval]:
    approvals = signed(act_of(hub, _asked(name)), BEN, CARA)
    return approvals if record(hub, approvals) else []


def _tried(hub: Installation, approvals: Sequence[Approval]) -> None:
    try:
        record(hub, approvals)
    except HubError:
        return


def _carried_out(hub: Installation, name: str) -> bool:
    try:
        with approved(hub.receiver, hub.settings.acts_path, _asked(name), acts.today()) as kept:
            return kept is not None
    except HubError:
        return False


def _about(act: Act, hub: Installation, name: str) -> Act:
    return msgspec.structs.replace(act, about=dict(_asked(name).about))


Forgery = Callable[[Installation, str, list[Approval], random.Random], Iterator[list[Approval]]]


def _with_others(hub: Installation, name: str, _given: list[Approval], rng: random.Random) -> Iterator[list[Approval]]:
    """Herself twice, with a stranger, with who was removed, alone."""
    act = act_of(hub, _asked(name))
    yield signed(act, ANNA, rng.choice((ANNA, MALLORY, DORA)))
    yield signed(act, ANNA)


def _borrowed(hub: Installation, name: str, given: list[Approval], rng: random.Random) -> Iterator[list[Approval]]:
    """Somebody's signature of another act, under hers; and the other act made to say this."""
    act, one = act_of(hub, _asked(name)), rng.choice(given)
    yield [*signed(act, ANNA), Approval(act, one.signer, one.signature)]
    yield [Approval(_about(each.act, hub, name), each.signer, each.signature) for each in given]
    mixed = _about(one.act, hub, name)
    yield [*signed(mixed, ANNA), Approval(mixed, one.signer, one.signature)]


def _flipped(hub: Installation, name: str, _given: list[Approval], rng: random.Random) -> Iterator[list[Approval]]:
    """Her own signature under another's name, one bit turned or not."""
    act = act_of(hub, _asked(name))
    anna, ben = signed(act, ANNA, BEN)
    turned = f"{int(anna.signature, 16) ^ (1 << rng.randrange(512)):0128x}"
    yield [anna, Approval(act, ben.signer, turned)]
    yield [anna, Approval(act, ben.signer, anna.signature)]


def _late(hub: Installation, name: str, _given: list[Approval], rng: random.Random) -> Iterator[list[Approval]]:
    """Two who did approve, of an act that is over, of another log, or of an older list."""
    over = acts.today() - timedelta(days=rng.randrange(1, 400))
    for changed in ({"valid_until": over}, {"log": "another"}, {"custodians": 1}):
        yield signed(act_of(hub, _asked(name), **changed), ANNA, BEN)


def _list(hub: Installation, name: str, _given: list[Approval], _rng: random.Random) -> Iterator[list[Approval]]:
    """A list of her own choice, and then its approval."""
    yield signed(act_of(hub, enrolling((ANNA, MALLORY, DORA))), ANNA, MALLORY, DORA)
    yield signed(act_of(hub, _asked(name)), ANNA, MALLORY)


FORGERIES: tuple[Forgery, ...] = (_with_others, _borrowed, _flipped, _late, _list)
DUAL = Attack("one custodian's forged, borrowed, late and used approvals", "acts that two approved", _run)
