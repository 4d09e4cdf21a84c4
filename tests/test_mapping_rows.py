"""Several rows of a file that are one record: joined in any order, or put aside together."""

from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.delivered import left
from tests.mapping_made import PRODUCT, SERVICES, csv, facts, made
from tests.pipe import Pipe, write_mapping


def test_rows_of_one_contact_are_one_contact_with_all_its_services(tmp_path: Path) -> None:
    adapter = made(tmp_path, SERVICES)
    data = csv(
        "no;case;day;what;min;sex", "1;C;01-02-2025;talk;20;f", "2;D;01-02-2025;home;5;m", "1;C; 01-02-2025;law;40;",
        "1;C;01-02-2025;talk;20;f",
    )  # fmt: skip
    first, second = facts(adapter, data)
    assert first[0].data == {"occurred_on": date(2025, 2, 1), "services": ("EMOTIONAL", "LEGAL_ADVICE"),
                             "duration_minutes": 60, "sex": "F"}  # fmt: skip
    assert second[0].data["services"] == ("HOUSING",)


def test_a_victim_repeated_for_each_offender_and_each_measure_is_stated_once(tmp_path: Path) -> None:
    adapter = made(tmp_path, PRODUCT)
    rows = [f"1;C;01-02-2025;f;{o};{w};{m};05-0{m}-2025" for o, w in ((1, "ex"), (2, "boss")) for m in (3, 4, 5)]
    ((opened, *others),) = facts(adapter, csv("no;case;day;sex;offender;who;measure;end", *rows))
    assert (opened.event, opened.data["sex"]) == ("case.opened", "F")
    assert [(fact.event, fact.part) for fact in others] == [
        ("case.closed", "3"), ("case.closed", "4"), ("case.closed", "5"), ("contact.held", "1"), ("contact.held", "2"),
    ]  # fmt: skip


def test_rows_that_contradict_each_other_are_put_aside_together_and_held(tmp_path: Path) -> None:
    adapter = made(tmp_path, SERVICES)
    data = csv(
        "no;case;day;what;min;sex", "1;C;01-02-2025;talk;20;f", "1;C;02-02-2025;law;20;m", "2;D;01-02-2025;home;5;m",
        "3;E;01-02-2025;talk;1;f", "3;E;01-02-2025;?;1;f", "4;E;01-02-2025;talk;1;f", "4;F;01-02-2025;law;1;f",
    )  # fmt: skip
    sent = left(adapter, data)
    problems = {(each.position, each.rule, each.place) for each in sent.closing.refusals}
    assert problems == {
        ("line 2", "contradicts-row", "day"), ("line 2", "contradicts-row", "sex"), ("line 5", "unknown-code", "what"),
        ("line 7", "contradicts-row", "case"),
    }  # fmt: skip
    assert (sent.closing.rows, sent.closing.refused, sent.closing.complete) == (1, 3, True)
    assert [row["day"] for row in sent.refused["line 2"]] == ["01-02-2025", "02-02-2025"]
    assert sum(not facts for _, _, facts in sent.rows) == 3  # still stated: a complete delivery retracts none of them


ROWS = st.lists(
    st.tuples(st.sampled_from("1234"), st.sampled_from(["talk", "law", "home", "?"]), st.sampled_from(["5", "20", ""]),
              st.sampled_from(["f", "f", "", "m"])),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_no_order_of_rows_matters(tmp_path_factory: Any, rows: list[tuple[str, ...]], order: Any) -> None:
    adapter = made(tmp_path_factory.getbasetemp(), SERVICES)
    head = "no;case;day;what;min;sex"
    lines = [f"{no};C{no};01-02-2025;{what};{minutes};{sex}" for no, what, minutes, sex in rows]
    shuffled = order.sample(lines, len(lines))
    one, other = left(adapter, csv(head, *lines)), left(adapter, csv(head, *shuffled))
    assert sorted(one.rows) == sorted(other.rows)
    assert (one.closing.rows, one.closing.refused) == (other.closing.rows, other.closing.refused)
    assert one.closing.rows + one.closing.refused == len({no for no, *_ in rows})


def test_a_record_of_several_rows_is_one_record_of_the_log(pipe: Pipe) -> None:
    mapping = write_mapping(pipe.folder, SERVICES)
    head, rows = (
        "no;case;day;what;min;sex",
        ["1;C;01-02-2025;talk;20;f", "2;D;01-02-2025;law;5;m", "1;C;01-02-2025;law;9;f"],
    )

    def take(name: str, *lines: str, complete: bool) -> dict[str, int]:
        path = pipe.folder / name
        path.write_bytes(csv(head, *lines))
        said = pipe.take_file(path, mapping, complete=complete)
        return {count: said[count] for count in ("received", "accepted", "unchanged", "events")}

    # The same rows, whole or in part, in any order: two records, and never more.
    assert take("a.csv", *rows, complete=True) == {"received": 2, "accepted": 2, "unchanged": 0, "events": 2}
    assert take("b.csv", *reversed(rows), complete=True) == {"received": 2, "accepted": 0, "unchanged": 2, "events": 0}
    assert take("c.csv", rows[2], rows[0], complete=False)["events"] == 0
    # One service less: one correction.
    assert take("d.csv", *rows[:2], complete=True)["events"] == 1
    assert {tuple(row[0]) for row in pipe.current(columns="services")} == {("EMOTIONAL",), ("LEGAL_ADVICE",)}
