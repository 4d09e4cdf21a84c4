"""The edge works by columns: for any mapping and any file, what leaves is what row by row, with care, would say."""

import io
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examples.generator import PARTNERS, generate, mapping_of
from examples.generator.files import FIRST
from hub.adapters.mapping import MappingAdapter, load_mapping
from hub.edge.blocks import BlockCoder
from hub.edge.coding import Terms
from hub.edge.deliver import Sender
from hub.edge.leaving import Leaving
from hub.edge.packing import Packing
from hub.edge.rows import Origin, latest_day, of_records
from hub.edge.seal import Sealer
from hub.edge.tokens import People
from hub.events.columns import pack_rows
from hub.events.wire import Chunk, End, Header
from tests.delivered import READERS, SENDER, TOKENS, Left, cells, left, open_all, table
from tests.pipe import MAPPING, ROOT, write_mapping


def row_by_row(adapter: MappingAdapter, data: bytes, sender: Sender = SENDER, periods: tuple[str, ...] = ()) -> Left:
    """The same file with care: every row through `translate` and the event's own model, and all of them wait."""
    header = Header("0" * 32, *sender, adapter.name, "1", True)
    sealer = Sealer(header, READERS)
    leaving = Leaving(sealer, print)
    origin = Origin(sender.country, TOKENS, People(TOKENS), periods, print)
    of_records(adapter, io.BytesIO(data), origin, leaving)
    parts: list[Chunk | End] = list(leaving.chunks(()))
    covers = tuple(sorted(leaving.covers))
    end = sealer.end(
        rows=leaving.stated,
        complete=True,
        covers=covers,
        refusals=leaving.refusals,
        refused=leaving.refused,
        unlinked=origin.people.unlinked,
    )
    return open_all(header, [*parts, end])


# What a partner may write, and what a mapping may make of it: for `test_columns_say_what_rows_say`.

KEYS = ("key: [no]", "key: [no, case]", "key: content")
SUBJECTS = ("subject: record", "subject: {columns: [case]}", "subject: {scheme: nl.bsn, columns: [case]}",
            "subject: {scheme: nl.bsn, columns: [case], linked_when: [{column: psy, in: [y]}]}",
           "subject: {columns: [case, sex]}")  # fmt: skip
WHENS = (
    "", "when: [{column: psy, in: [y]}]", "when: [{column: psy, not_in: [n]}, {column: sex, filled: true}]",
    "when: [{any: [{column: psy, in: [y]}, {not: {column: age, as: integer, less_than: '30'}}]}]",
    "when: [{column: birth, as: date, less_than: {column: date}, dates: ['%d-%m-%Y', '%Y']}]",
)  # fmt: skip
DAYS = ('{column: date, as: date}', '{column: date, as: date, dates: ["%d-%m-%Y", "%m-%Y", "%Y"]}',
        '{value: "2025-02-03"}')  # fmt: skip
FIELDS = (
    "sex: {column: sex, codes: {f: F, m: M, '': NR}}",
    "sex: {column: sex, codes: {f: F}, else: U}",
    "age: {column: age, as: integer}",
    "birth_on: {column: birth, as: date, dates: ['%Y', '%d-%m-%Y']}",
    "age_band: {column: age, as: text}",
    "nationality: {column: nation, as: text}",
    "region: {column: nation, as: text}",
    "region: {column: age, as: integer}",
    "duration_minutes: {column: age, as: integer}",
    "violence_forms: {flags: {phy: PHY, psy: PSY}, yes: [y], no: [n]}",
    "violence_forms: {column: nation, split: '+', codes: {PT: PHY, FI: PSY, x: PHY}}",
    "recorded_on: {column: birth, as: date, dates: ['%Y', '%d-%m-%Y']}",
    "occurred_precision: {column: nation, codes: {PT: M, FI: Y}, else: D}",
    "occurred_precision: {value: M}",
    "cohabiting: {value: Y}",
    "offence: {column: phy, codes: {y: '03011', n: '0401'}}",
    "services: {column: psy, codes: {y: SHELTER, n: PSYCH}, split: '+'}",
    "services: {column: psy, codes: {y: SHELTER, n: {relation: none}}}",
    "services: {columns: [phy, psy], codes: {y: SHELTER, n: PSYCH}}",
    "relationship: {column: nation, codes: {PT: '01', FI: {code: NR, relation: none}}, else: {relation: none}}",
)
COARSE = {"age": "age_band", "birth_on": "age_band", "nationality": "nationality_group"}
OTHER_RULES = (
    "",
    "  - {event: contact.attempted, fields: {occurred_on: {column: birth, as: date}}}",
    "  - {event: contact.attempted, when: [{column: phy, in: [y]}], part: {column: nation},"
    " fields: {occurred_on: {column: date, as: date}, attempt: {column: age, as: integer}}}",
    "  - {event: contact.attempted, fields: {occurred_on: {column: date, as: date}, age: {column: age, as: integer}}}",
    "  - {event: contact.attempted, fields: {occurred_on: {column: date, as: date},"
    " birth_on: {column: birth, as: date}}}",
    "  - {event: contact.held, when: [{column: phy, in: [y]}], part: {column: nation},"
    " fields: {occurred_on: {column: birth, as: date}, sex: {column: sex, codes: {f: F, m: M}}}}",
    "  - {event: contact.attempted, each: result, fields: {occurred_on: {column: date, as: date},"
    " result: {column: nation, split: '+', codes: {PT: REACHED, FI: NO_ANSWER}}}}",
    "  - {event: contact.attempted, each: channel, fields: {occurred_on: {column: date, as: date},"
    " channel: {flags: {phy: PHONE, psy: CHAT}, yes: [y], no: [n]}}}",
    "  - {event: contact.attempted, repeat: [{A: phy, B: date}, {A: psy, B: birth}], when: [{column: A, in: [y]}],"
    " fields: {occurred_on: {column: B, as: date}, result: {column: A, codes: {y: REACHED}}}}",
)
MERGES = ("", "", ", merge: least", ", merge: most", ", merge: sum")
GOOD = {
    "no": ("R1", "R2", "R3", " R4", "R5 ", "Ré6"), "case": ("C1", "C2", " C2", "111222333", "123456782"),
    "date": ("03-02-2025", " 03-02-2025", "04-02-2025", "05-06-2025"),
    "sex": ("f", "m", "f ", ""), "age": ("20", "44", ""),
    "phy": ("y", "n", "y "), "psy": ("y", "n", "n"), "birth": ("2000", "03-02-2007", "04-02-2007", ""),
    "nation": ("PT", "FI", "", "PT11", "PT150"),
}  # fmt: skip
BAD = {
    "no": ("", "\udcff"), "case": ("", "\udcfe"), "date": ("02-2025", "2025", "31-02-2025", "01-01-2099", ""),
    "sex": ("?", "\udc80"), "age": ("150", "-1", "x", "25-34"), "phy": ("", "?"), "psy": ("", "?"),
    "birth": ("05-01-2030", "1800", "04-02-2025"), "nation": ("PT+FI", "x", "PT99", "Portugal", "a b"),
}  # fmt: skip
WORDS = {column: GOOD[column] * 4 + BAD[column] for column in GOOD}
ALL = tuple(WORDS)


@st.composite
def mappings(draw: st.DrawFn) -> str:
    """A mapping file."""
    picked = draw(
        st.lists(st.sampled_from(FIELDS), max_size=6, unique_by=lambda f: COARSE.get(name := f.split(":")[0], name))
    )
    fields = draw(st.permutations([f"occurred_on: {draw(st.sampled_from(DAYS))}", *picked]))
    when = draw(st.sampled_from(WHENS))
    covers = draw(st.sampled_from(("quarter", "month", "all")))
    key = draw(st.sampled_from(KEYS))
    several = "content" not in key and draw(st.booleans())
    fields = [field.replace("as: integer", f"as: integer{draw(st.sampled_from(MERGES))}") for field in fields]
    return "\n".join([
        "mapping: 1", "name: xx_contacts", "partner: pt-test", "country: PT", "language: pt", f"covers: {covers}",
        'source: {separator: ";", dates: ["%d-%m-%Y", "%Y"], empty: [n/d]}', "record: contact",
        key, *(["rows: several"] if several else []), draw(st.sampled_from(SUBJECTS)),
        f"ignore: [{', '.join(ALL)}]", "facts:",
        "  - event: contact.held", *([f"    {when}"] if when else []), "    fields:",
        *(f"      {field}" for field in fields), draw(st.sampled_from(OTHER_RULES)),
    ])  # fmt: skip


TABLES = st.lists(st.tuples(*map(st.sampled_from, WORDS.values())), min_size=1, max_size=25)
"""Few words a column, so that records come twice, agree and disagree."""


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mapping=mappings(), rows=TABLES, named=st.booleans())
def test_columns_say_what_rows_say(tmp_path_factory, mapping: str, rows: list[tuple[str, ...]], named: bool) -> None:
    adapter = load_mapping(write_mapping(tmp_path_factory.getbasetemp(), mapping))
    periods = ("2025-02" if adapter.grain == "month" else "2025Q1",) if named else ()
    data = table(rows, ALL)
    assert_same(left(adapter, data, periods=periods), row_by_row(adapter, data, periods=periods), periods)


def assert_same(quick: Left, careful: Left, periods: tuple[str, ...] = ()) -> None:
    """The same rows, the same closing, the same refusals; and what was refused by key is held."""
    assert Counter(r for r in quick.rows if r[2]) == Counter(careful.rows)
    assert quick.refused == careful.refused
    assert sorted(map(repr, quick.closing.refusals)) == sorted(map(repr, careful.closing.refusals))
    assert (quick.closing.rows, quick.closing.refused) == (careful.closing.rows, careful.closing.refused)
    assert {*quick.closing.covers} - {"*"} == {*careful.closing.covers, *periods}


def test_generated_files_of_all_partners_say_by_columns_what_they_say_by_rows(tmp_path: Path) -> None:
    others = sorted({*PARTNERS} - {*FIRST})
    made_of = generate(tmp_path, scale=0.02, broken=60)
    made_of += generate(tmp_path, scale=0.1, broken=60, partners=others)
    for made in made_of:
        adapter, data = load_mapping(mapping_of(made.partner)), made.path.read_bytes()
        sender = Sender(made.partner, made.partner[:2].upper())
        quick = left(adapter, data, sender)
        assert quick.closing.refused > 20
        assert_same(quick, row_by_row(adapter, data, sender))


def test_a_real_file_says_by_columns_what_it_says_by_rows(inputs: Path) -> None:
    adapter = load_mapping(ROOT / "examples" / "adapters" / "ar_linea144.yaml")
    data = (inputs / "helpline_contacts_ar" / "linea144-2023.csv").read_bytes()
    quick = left(adapter, data, sender := Sender("ar-linea144", "AR"))
    assert quick.closing.rows == 5296
    assert_same(quick, row_by_row(adapter, data, sender))


def test_a_block_packs_into_the_bytes_that_its_rows_make_one_by_one(tmp_path: Path) -> None:
    phy = MAPPING.replace("    fields:", "    when: [{column: phy, in: [y]}]\n    fields:")
    other = (
        "  - {event: contact.held, when: [{column: phy, in: [n]}], fields: {occurred_on: {column: date, as: date}}}\n"
    )
    for mapping in (MAPPING, phy + other):
        adapter = load_mapping(write_mapping(tmp_path, mapping))
        coder = BlockCoder(adapter, Terms("PT", adapter.grain, (), latest_day()))
        packing, rows = Packing(coder.rules), []
        for start in (0, 50):
            (block,) = adapter.blocks(io.BytesIO(table(cells(*range(start, start + 50)))))
            coarse = coder.code(block)
            stays = [number % 3 > 0 for number in range(50)] if start else None
            packing.add(coarse, stays)
            chosen = {number for number in range(50) if not stays or stays[number]}
            places = coder.places(coarse, chosen)
            rows += [coder.row(coarse, number, places) for number in sorted(chosen)]
        assert packing.take() == pack_rows(rows)
