"""Somebody with the whole stolen database, without its keys, who knows what to look for: persons, and what was said."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import blake2b, md5, sha1, sha256
from itertools import islice, product
from pathlib import Path
from typing import get_args

import msgspec
import sqlalchemy as sa

from hub.cli.installation import installation
from hub.events import codes
from hub.events.contact import ContactHeld
from hub.events.facts import coded, join
from hub.log.sealed import split
from hub.settings import Settings
from tests.attacks.attack import Attack, Outcome
from tests.opened import current
from tests.pipe import MAPPING, Pipe, row, write_mapping

IDS = 1_000_000
FIRST = 100_000_000
SHORTEST = 16
"""Bytes of a keyed hash or id, at least."""
NUMBERED = MAPPING.replace("pt-test", "nl-test").replace("PT", "NL")
NUMBERED = NUMBERED.replace("{columns: [case]}", "{scheme: nl.bsn, columns: [case]}")
"""The mapping of the test table where a case is a Dutch person number."""
HASHES: tuple[Callable[[bytes], bytes], ...] = (
    lambda text: sha256(text).digest(),
    lambda text: sha1(text).digest(),
    lambda text: md5(text).digest(),
    lambda text: blake2b(text, digest_size=32).digest(),
    lambda text: blake2b(text, digest_size=16).digest(),
)


def numbers() -> Iterator[str]:
    """Dutch citizen service numbers that pass their own check, in order."""
    for body in range(FIRST // 10, FIRST):
        digits = f"{body:08}"
        last = sum(weight * int(digit) for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
        if last < 10:
            yield f"{digits}{last}"


def _stolen(folder: Path, scale: float) -> Outcome:
    """Every column of log and vault against the hashes of a million valid numbers; hers are among them."""
    ids = list(islice(numbers(), max(2_000, round(IDS * scale))))
    victims = ids[:: len(ids) // 200][:200]
    with installation(Settings(folder / "home")) as hub:
        pipe = Pipe(hub, folder)
        mapping = write_mapping(folder, NUMBERED)
        rows = [row(number, case=victim, no=victim) for number, victim in enumerate(victims)]
        if (said := pipe.take(rows, mapping))["accepted"] != len(rows) or said["unlinked"]:
            raise AssertionError("the attack needs its victims in the store")
        stored = beginnings(hub.settings)
    plain = {sha256(victim.encode()).digest()[:SHORTEST] for victim in victims}
    found = control = 0
    for number in ids:
        for said_so in (number, f"nl.bsn|{number}", f"xx_contacts/contact{number}"):
            made = [hashed(said_so.encode())[:SHORTEST] for hashed in HASHES]
            found += not stored.isdisjoint(made)
            control += not plain.isdisjoint(made)
    return Outcome(len(ids), found, control)


def beginnings(settings: Settings) -> set[bytes]:
    """The first sixteen bytes of everything that stands in a column of log and vault, also of hex digits in a text."""
    found = set()
    for url in (settings.log_url, settings.vault_url):
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                for values in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                    found |= {part for value in values for part in _parts(value)}
        engine.dispose()
    return found


def _parts(value: object) -> Iterator[bytes]:
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        yield value[:SHORTEST]
        for digits in re.findall(rb"[0-9a-f]{32,}", value):
            yield bytes.fromhex(digits[:32].decode())
        # A hash may stand anywhere in a packed value: heads hold several.
        yield from (value[at : at + SHORTEST] for at in range(1, max(1, len(value) - SHORTEST + 1)) if len(value) < 400)


def _said(folder: Path, scale: float) -> Outcome:
    """What was said of a record, guessed whole: every contact that the test table can tell of, hers among them."""
    with installation(Settings(folder / "home")) as hub:
        Pipe(hub, folder).take([row(number) for number in range(200)])
        stored = beginnings(hub.settings)
        told = {fact[-1] for person in current(hub) for fact in person if fact[0] == ContactHeld.name}
    guesses = list(payloads())
    said = [guess for guess in guesses if _in_order(guess) in told]
    if not told or len(said) != len(told):
        raise AssertionError("what was said is not among the guesses")
    guesses = [*dict.fromkeys([*said, *guesses])][: max(len(said), round(len(guesses) * scale))]
    plain = {sha256(text).digest()[:SHORTEST] for text in said}
    found = control = 0
    for text in guesses:
        made = [hashed(text)[:SHORTEST] for hashed in HASHES]
        found += not stored.isdisjoint(made)
        control += not plain.isdisjoint(made)
    return Outcome(len(guesses), found, control)


def payloads() -> Iterator[bytes]:
    """The canonical JSON of every such contact."""
    days = [date(2025, month, day) for month in (1, 2, 3) for day in range(1, 29)]
    forms = ((), ("PHY",), ("PSY",), ("PHY", "PSY"))
    for day, sex, band, form in product(days, get_args(codes.Sex), get_args(codes.AgeBand), forms):
        held = ContactHeld(occurred_on=day, sex=sex, age_band=band, violence_forms=form)
        yield join(coded(held).values)


def _in_order(text: bytes) -> bytes:
    """As `opened` shows a fact: its fields by their names."""
    return msgspec.json.encode(msgspec.json.decode(text), order="sorted")


def _lengths(folder: Path, _scale: float) -> Outcome:
    """How many lengths sealed events have beside the first: rows that say much and rows that say little."""
    with installation(Settings(folder / "home")) as hub:
        Pipe(hub, folder).take([row(n, sex="" if n % 2 else "f", phy="yn"[n % 3 > 0]) for n in range(200)])
        states = [event[4] for event in hub.store.read(0, hub.store.position(), 1_000)]
        said = {fact[-1] for person in current(hub) for fact in person if fact[0] == ContactHeld.name}
    sealed = [rest for clear, _, rest in map(split, states) if clear.key]
    return Outcome(len(sealed), len({len(rest) for rest in sealed}) - 1, len({len(text) for text in said}) - 1)


STOLEN = Attack("stolen database, valid person numbers tried", "unkeyed SHA-256 of the number", _stolen)
SAID = Attack("stolen database, whole contacts tried", "unkeyed SHA-256 of the contact", _said)
LENGTHS = Attack("lengths of sealed events", "lengths of what they say", _lengths)
