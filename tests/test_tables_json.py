"""Rows from JSON: what is nested has a column of its own, and what is wrong refuses its object alone."""

import json

from tests.tables_read import read, refusal, rows


def test_nested_objects_and_arrays_of_json() -> None:
    items = [
        {
            "no": 1,
            "person": {"sex": "F", "born": None},
            "forms": ["PHY", "SEX"],
            "paid": 2.887,
            "by": [{"r": "a"}, {"q": 1}],
        },
        {"no": 2, "person": {}, "forms": [], "paid": 1e3, "by": []},
        {
            "no": 12345678901234567890,
            "person": {"sex": "M", "born": "1990"},
            "forms": ["PHY"],
            "paid": True,
            "by": None,
        },
    ]
    names = ("no", "person.sex", "person.born", "forms", "paid", "by.r", "by.q")
    assert rows(json.dumps({"data": {"items": items}}).encode(), *names, format="json", path="data.items") == [
        ("1", "F", "", "PHY|SEX", "2.8870", "a|", "|1"),
        ("2", "", "", "", "1000", "", ""),
        ("12345678901234567890", "M", "1990", "PHY", "true", "", ""),
    ]


def test_what_is_wrong_in_an_object_refuses_it_alone() -> None:
    wrong = {
        '{"a": 1, "a": 2}': ("column-twice", ""),
        '{"a": 1, "MARIA": 2}': ("column-unknown", "value 2"),
        '{"a": "x|y", "a.b": 1}': ("column-unknown", "value 2"),
        '{"a": ["x|y"]}': ("ambiguous-list", ""),
        '{"a": [[1]]}': ("too-deep", ""),
        '{"a": NaN}': ("not-json", ""),
        '{"a": 1': ("not-json", ""),
        "[1]": ("row-shape", ""),
        '{"a": 1e999}': ("inexact-number", ""),
        '{"a":' * 100_000: ("too-deep", ""),
    }
    data = "\n".join(['{"a": 0}', *wrong, '{"a": 9}']).encode()
    good, bad = read(data, "a", format="jsonl")
    assert [row["a"] for row in good] == ["0", "9"]
    assert list(bad.values()) == list(wrong.values())
    assert next(iter(bad)) == "line 2"


def test_a_column_that_no_object_has_is_missing_and_an_array_without_elements_is_no_damage() -> None:
    assert refusal(b'[{"a": 1}, {"a": 2}]', "a", "b", format="json") == [("column-missing", "b")]
    assert rows(b'[{"a": 1}, {"b": 2}]', "a", "b", format="json") == [("1", ""), ("", "2")]
    assert rows(b"[]", "a", format="json") == []
