"""The lines of the table: each section, what it stands beside, and what the project set out to reach."""

from benchmarks.homes import SQLITE
from benchmarks.privacy import KNOWN, NEW, NUMERIC
from benchmarks.report import Line, wish
from benchmarks.sections import EDGE_WHOLE, edge_sections, log_sections
from benchmarks.wholes import CLEAR, CLEAR_IN, INGEST, ONE, RECEIVE, SEALED, SEALED_IN, SHUFFLED, UNCHANGED, VERIFY
from benchmarks.yardsticks import REFERENCE

READER, CHECKED = "plain: csv.DictReader", "plain: pydantic validation alone"
ROWS, LEAST = "plain: csv.reader", "plain: csv.reader, all cryptography and the bulk insert, on two cores"
HASHED, SEAL, BOTH = "plain: 2 HMAC", "plain: 1 AES-GCM", "plain: 2 HMAC + 1 AES-GCM"
CRYPTOGRAPHY = "plain: all cryptography of a row"
BULK, ONE_BY_ONE = "plain: ordered bulk insert of the same bytes", "plain: the library, one aggregate and save a row"
CONTROLS = {
    "edge: read, twice": READER,
    "edge: translate, generalise, code": CHECKED,
    "edge: tokenise": HASHED,
    "log: unpack, each value checked": CHECKED,
    "log: vault": BOTH,
    "log: seal events": SEAL,
}
INGESTED = {SQLITE: 100_000, "PostgreSQL": 70_000}


def yardstick_lines() -> list[Line]:
    """The machine beside the reference machine."""
    return [Line(name, "the reference machine", rate=rate) for name, rate in REFERENCE.items()]


def plain_lines(engines: tuple[str, ...]) -> list[Line]:
    """What everything else stands beside."""
    shared = [Line(name) for name in (READER, ROWS, CHECKED, HASHED, SEAL, BOTH, CRYPTOGRAPHY)]
    return shared + [Line(f"{name}, {engine}") for name in (BULK, ONE_BY_ONE, LEAST) for engine in engines]


def edge_lines() -> list[Line]:
    """The edge."""
    return [Line(name, CONTROLS.get(name, "")) for name in edge_sections()] + [Line(EDGE_WHOLE, BOTH)]


def engine_lines(engine: str) -> list[Line]:
    """Log, ingest and projections on one engine."""
    bulk, plainly = f"{BULK}, {engine}", f"{ONE_BY_ONE}, {engine}"

    def at(section: str) -> str:
        return f"{section}, {engine}"

    steps = []
    for section in log_sections(engine):
        control = CONTROLS.get(section.removesuffix(f", {engine}"), "")
        steps.append(Line(section, bulk if section == at("log: write events") else control))
    return [
        *steps,
        Line(at(RECEIVE), bulk),
        Line(at(UNCHANGED), at(RECEIVE)),
        wish(at(UNCHANGED), 200_000),
        Line(at(SHUFFLED), at(RECEIVE)),
        Line(at(INGEST), plainly, at_least=40),
        Line(at(INGEST), bulk, at_least=0.4),
        Line(at(INGEST), CRYPTOGRAPHY),
        Line(at(INGEST), at(LEAST)),
        wish(at(INGEST), INGESTED[engine]),
        wish(at(VERIFY), 300_000),
        Line(at(ONE)),
        Line(at(SEALED), at(ONE), at_least=40),
        wish(at(SEALED), 150_000),
        wish(at(CLEAR), 300_000),
        wish(at(SEALED_IN), 150_000),
        wish(at(CLEAR_IN), 150_000),
    ]


def privacy_lines(engine: str) -> list[Line]:
    """What protecting a person costs, on one engine."""

    def at(section: str) -> str:
        return f"{section}, {engine}"

    vault = [line for each in (KNOWN, NEW) for line in (Line(at(each), BOTH), wish(at(each), 100_000))]
    return [*vault, Line(at(SEALED), at(CLEAR)), wish(at(SEALED), 150_000)]


def numbers_lines() -> list[Line]:
    """The same of the edge, on one core."""
    return [Line(NUMERIC, BOTH), wish(NUMERIC, 150_000)]
