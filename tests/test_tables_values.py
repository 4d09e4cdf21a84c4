"""Numbers and dates as tables write them: read in one way alone, or refused."""

from typing import Any

from hub.adapters.fields import compile_field
from hub.adapters.mapping_file import FieldRule
from hub.adapters.readings import MISSING
from hub.adapters.source import Source


def number(text: str, kind: str = "integer", **said: Any) -> Any:
    """A number, or the rule that the text breaks."""
    problems: list[tuple[str, str]] = []
    value = compile_field(FieldRule(column="n", **{"as": kind}), Source(**said))({"n": text}, problems)
    return problems[0][0] if problems else value


def test_a_count_with_a_mark_is_read_where_the_mark_is_stated_and_refused_where_it_is_not() -> None:
    assert number("2.887", thousands=".", decimal=",") == 2887
    assert number("2 887", thousands=" ") == number("2\u202f887", thousands=" ") == number("2\u00a0887", thousands=" ")
    assert number("2’887", thousands="'") == 2887
    for text in ("2.887", "2,887", "2 887", "2'887", "2.000", "1.234.567", "-2.887"):
        assert number(text) == number(text, "number") == "ambiguous-number"
        assert number(text, decimal=".") == "ambiguous-number"
    assert number("2.887", "number", decimal=".") == number("2,887", "number", decimal=",") == 2.887
    assert number("1.234.567", "number", decimal=".") == "ambiguous-number"
    assert (number("2.5", "number"), number("2.8870", "number"), number("-0.5", "number")) == (2.5, 2.887, -0.5)
    assert (number("2.5"), number("12,5")) == ("not-an-integer", "not-an-integer")
    assert number("2.000", thousands=",") == 2


MONTHS = [["janeiro", "jan"], "fevereiro", ["março", "marco"], "abril", "maio", "junho", "julho", "agosto", "setembro",
          "outubro", "novembro", "dezembro"]  # fmt: skip


def day(text: str, *formats: str, **said: Any) -> str:
    """A day and its precision, or the rule that the text breaks."""
    problems: list[tuple[str, str]] = []
    source = Source(dates=list(formats), **said)
    value = compile_field(FieldRule(column="d", **{"as": "date"}), source)({"d": text}, problems)
    return problems[0][0] if problems else "" if value is MISSING else f"{value.day} {value.precision}"


def test_dates_in_many_forms() -> None:
    assert day("31.12.2024", "%d.%m.%Y") == day("20241231", "%Y%m%d") == day("31/12/2024", "%Y", "%d/%m/%Y")
    assert day("1 de Março de 2024", "%d de %B de %Y", months=MONTHS) == "2024-03-01 D"
    assert day("JAN 2024", "%b %Y", months=MONTHS) == day("janeiro 2024", "%B %Y", months=MONTHS) == "2024-01-01 M"
    assert day("1 March 2015", "%d %B %Y") == "2015-03-01 D"
    assert day("1 March 2015", "%d %B %Y", months=MONTHS) == "not-a-date"
    assert (day("45657", "excel"), day("44195,75", "excel-1904")) == ("2024-12-31 D", "2024-12-31 D")
    assert (day("60", "excel"), day("9999999", "excel"), day("-1", "excel")) == ("not-a-date",) * 3
    assert day("999999", "excel") == "out-of-range"
    assert day("2024-12-31 08:30:00", "%d.%m.%Y", format="xlsx") == "2024-12-31 D"
    assert day("2024-12-31", "%d.%m.%Y") == "not-a-date"
