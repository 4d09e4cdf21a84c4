"""What protecting a person costs: the edge on national numbers; the vault in batches of new and known persons."""

from hashlib import blake2b
from itertools import islice
from pathlib import Path

from benchmarks.clock import Clock, Trial, alone
from benchmarks.homes import COUNTRY, PARTNER, fresh
from benchmarks.sections import edge_of
from hub.cli.installation import Installation
from hub.edge.deliver import Sender
from hub.edge.seal import CHUNK_ROWS
from hub.events.wire import TOKEN_BYTES, End, open_closing, seal
from tests.attacks.guessing import NUMBERED, numbers
from tests.pipe import row, write_mapping, write_table

NUMERIC = "edge: national numbers, file to sealed parts"
NEW, KNOWN = "vault: new persons, in batches", "vault: known persons, in batches"
CONTEXT = "bench|tokens|0"
SENDER = Sender("nl-test", "NL")


def numeric_edge(folder: Path, hub: Installation, rows: int) -> Trial:
    """One core, one row a person, so that no number is looked at twice: read, canonicalise, generalise, token, seal."""
    mapping = write_mapping(folder, NUMBERED)
    made = [row(number, case=bsn) for number, bsn in enumerate(islice(numbers(), rows))]
    path = write_table(folder / "numbers.csv", made)
    edge, secret = edge_of(hub, path, str(mapping), SENDER), hub.payload_secret

    def work() -> int:
        header, parts = edge.drawn()
        end = parts[-1]
        assert isinstance(end, End)
        closing = open_closing(end.closing, secret, header)
        return closing.rows - closing.unlinked

    return alone(NUMERIC, work, rows)


def vault_in_batches(folder: Path, engine: str, rows: int) -> Trial:
    """Token columns of whole chunks into handles, one person a row: all of them new, then all of them known."""

    def trial(clock: Clock) -> None:
        with fresh(folder, engine) as hub:
            columns = {section: _columns(hub, rows, salt) for section, salt in ((NEW, b"n"), (KNOWN, b"k"))}
            met: list[set[bytes]] = []
            for section, sealed in columns.items():
                found: set[bytes] = set()
                with clock(f"{section}, {engine}"):
                    for each in sealed:
                        column = hub.vault.open_tokens(each, CONTEXT)
                        handles = hub.vault.handles(column, partner=PARTNER, dataset="bench", country=COUNTRY)
                        found.update(one.subject.subject for one in handles if one.subject)
                met.append(found)
                clock.count(f"{section}, {engine}", rows, len(found & met[0]))

    return trial


def _columns(hub: Installation, rows: int, salt: bytes) -> list[bytes]:
    """Sealed token columns: records of their own each time, the same persons."""
    made = [
        salt + b"%031d" % number + blake2b(b"%d" % number, digest_size=TOKEN_BYTES).digest() for number in range(rows)
    ]
    return [
        seal(b"".join(made[at : at + CHUNK_ROWS]), hub.vault_keys.reader, CONTEXT) for at in range(0, rows, CHUNK_ROWS)
    ]
