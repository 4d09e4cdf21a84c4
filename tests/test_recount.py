"""Ten indicators, counted a second time in plain Python over the opened events: a made-up year, and a real file."""

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from examples.generator import PARTNERS, generate, mapping_of
from hub.cli.build import build
from hub.cli.feed import catch_up_warehouse
from hub.cli.ingest import ingest
from hub.cli.installation import Installation, installation
from hub.settings import Settings
from tests.pipe import ROOT, quiet
from tests.recount.figures import PERSONS, Figures, medians, recounted
from tests.recount.opened import standing, stated, tellable

AS_OF = date(2026, 3, 1)
COUNTED = (
    "I01 share", "I02 share", "I03 within_5_working_days", "I05 share", "I06 share", "I08 bounced",
    "I08 chain_of_three", "I10 protection", "I10 support", "I13 met", "I15 share", "I17 share",
    "I17 no_room",
)  # fmt: skip


NEEDS = """
mapping: 1
name: pt_needs
partner: pt-needs
country: PT
language: pt
source: {separator: ";", dates: ["%Y-%m-%d"]}
record: case
key: [case]
subject: {columns: [case]}
covers: year
facts:
  - event: case.opened
    fields: {occurred_on: {column: opened, as: date}}
  - event: case.closed
    when: [{column: closed, filled: true}]
    fields: {occurred_on: {column: closed, as: date}}
  - event: need.statuschanged
    part: {value: first}
    fields:
      occurred_on: {column: opened, as: date}
      need: {column: need, codes: {HOUSING: HOUSING, LEGAL: LEGAL}}
      status: {value: OPEN}
  - event: need.statuschanged
    part: {value: then}
    when: [{column: changed, filled: true}]
    fields:
      occurred_on: {column: changed, as: date}
      need: {column: need, codes: {HOUSING: HOUSING, LEGAL: LEGAL}}
      status: {column: status, codes: {MET: MET, PARTLY: PARTLY, NOT_MET: NOT_MET, REFUSED: REFUSED, U: U}}
"""


@pytest.fixture(scope="module")
def country_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Every made-up partner's year, in one installation."""
    home = tmp_path_factory.mktemp("recount")
    with installation(Settings(home)) as hub:
        for made in generate(home / "files", year=2025, scale=0.002, seed=3, partners=sorted(PARTNERS), broken=2):
            ingest(hub, made.path, str(mapping_of(made.partner)), complete=True, echo=quiet)
        ingest(hub, needs(home), str(home / "needs.yaml"), complete=True, echo=quiet)
        project(hub)
        yield hub


def needs(home: Path) -> Path:
    """A partner who tells of needs, as none of the made-up ones does: some met before a case is closed, some after."""
    (home / "needs.yaml").write_text(NEEDS, "utf-8")
    dice, rows = random.Random(5), ["case;opened;closed;need;changed;status"]
    for n in range(60):
        opened = date(2025, 1, 1) + timedelta(days=dice.randrange(200))
        days = [opened + timedelta(days=dice.randrange(1, 90)) if dice.random() < 0.7 else "" for _ in range(2)]
        status = dice.choice(["MET", "PARTLY", "NOT_MET", "REFUSED", "U"])
        rows.append(f"{n};{opened};{days[0]};{dice.choice(['HOUSING', 'LEGAL'])};{days[1]};{status}")
    (home / "needs.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return home / "needs.csv"


def project(hub: Installation) -> None:
    catch_up_warehouse(hub, rebuild=False, echo=quiet)
    build(hub.settings, as_of=AS_OF, select="+indicator_values", echo=quiet)


def built(hub: Installation) -> Figures:
    """The warehouse's own shares, of each partner."""
    asked = """
        SELECT indicator || ' ' || measure, country, category, period, numerator, denominator
        FROM indicators.indicator_values WHERE breakdown = 'partner' AND denominator > 0
    """
    with closing(duckdb.connect(str(hub.settings.warehouse_path), read_only=True)) as connection:
        rows = connection.execute(asked).fetchall()
    return {(figure, *rest): (part, whole) for figure, *rest, part, whole in rows if figure in COUNTED}


def test_ten_indicators_are_the_same_counted_a_second_time(country_year: Installation) -> None:
    again = recounted(tellable(standing(stated(country_year))), AS_OF)
    found = built(country_year)
    assert {key: again[key] for key in again if found.get(key) != again[key]} == {}
    assert found.keys() == again.keys()
    of_each = {figure: sum(whole for (name, *_), (_, whole) in found.items() if name == figure) for figure in COUNTED}
    assert all(of_each.values()), of_each


def test_the_median_of_the_days_to_a_first_contact_is_the_same(country_year: Installation) -> None:
    asked = """
        SELECT country, period, value FROM indicators.indicator_values
        WHERE indicator = 'I03' AND measure = 'contact_median' AND breakdown = 'TOTAL' AND value IS NOT NULL
    """
    with closing(duckdb.connect(str(country_year.settings.warehouse_path), read_only=True)) as connection:
        found = {(country, period): value for country, period, value in connection.execute(asked).fetchall()}
    assert found == medians(tellable(standing(stated(country_year))), AS_OF) != {}


def test_people_of_several_partners_are_a_range_and_records_a_sum(country_year: Installation) -> None:
    """A country with one partner has its partner's figure; of persons at several there is no sum."""
    asked = """
        SELECT indicator || ' ' || measure, country, period, numerator, denominator
        FROM indicators.indicator_values WHERE breakdown = 'TOTAL'
    """
    with closing(duckdb.connect(str(country_year.settings.warehouse_path), read_only=True)) as connection:
        totals = {tuple(key): (part, whole) for *key, part, whole in connection.execute(asked).fetchall()}
    partners: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for (figure, country, _, period), value in built(country_year).items():
        partners.setdefault((figure, country, period), []).append(value)
    several = 0
    for (figure, country, period), values in partners.items():
        told = [[*each] for each in zip(*values, strict=True)]
        if figure in PERSONS:  # known only where one partner alone counted any
            expected = tuple(sum(each) if sum(each) == max(each) else None for each in told)
            several += None in expected
        else:
            expected = tuple(map(sum, told))
        assert totals[figure, country, period] == expected, (figure, country, period)
    assert several


def test_the_real_helpline_is_the_same_counted_a_second_time(tmp_path: Path, inputs: Path) -> None:
    with installation(Settings(tmp_path)) as hub:
        adapter = ROOT / "examples" / "adapters" / "ar_linea144.yaml"
        ingest(hub, inputs / "helpline_contacts_ar" / "linea144-2023.csv", str(adapter), complete=True, echo=quiet)
        project(hub)
        facts = tellable(standing(stated(hub)))
        assert built(hub) == recounted(facts, AS_OF)
        asked = """
            SELECT quarter, sex, age_band, relationship, count(*), count(DISTINCT subject) FROM facts.fct_contacts
            GROUP BY ALL
        """
        with closing(duckdb.connect(str(hub.settings.warehouse_path), read_only=True)) as connection:
            found = {
                tuple(key): (contacts, persons) for *key, contacts, persons in connection.execute(asked).fetchall()
            }
    cells: dict[tuple[str, ...], list[str | None]] = {}
    for fact in facts:
        if fact.name == "contact.held":
            said = [fact.said.get(field, "NR") for field in ("sex", "age_band", "relationship")]
            cells.setdefault((f"{fact.first.year}Q{(fact.first.month + 2) // 3}", *said), []).append(fact.subject)
    assert found == {cell: (len(who), len(set(who))) for cell, who in cells.items()}
    assert sum(map(len, cells.values())) == 5296
