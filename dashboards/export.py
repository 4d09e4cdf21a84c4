"""The download: what the page shows, tidy, with codes and labels, release and state. Safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Mapping

COLUMNS = (
    *("release_id", "period", "country", "country_label", "context", "context_label", "sex", "sex_label"),
    *("age", "age_label", "measure", "measure_label", "value", "numerator", "denominator", "state", "state_label"),
)
SEPARATORS = {"en": ",", "pt": ";"}
"""What a spreadsheet of that language takes for a column's end; the semicolon where the comma is the decimal sign."""


def text(rows: Iterable[Mapping[str, object]], lang: str) -> bytes:
    """The rows as CSV: UTF-8 with a byte order mark, so that spreadsheets read the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATORS.get(lang, ";"), lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return "" if value is None else value
