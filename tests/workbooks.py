"""Workbooks written tag by tag, as no library would: errors, formulas without a result, hidden rows."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from hub.adapters.sheet import letter

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"


class Error(NamedTuple):
    """A cell that shows an error."""

    shown: str = "#DIV/0!"


class Formula(NamedTuple):
    """A cell with a formula, and the result that was saved with it. None: none was."""

    result: float | str | None


class Written(NamedTuple):
    """A sheet: its rows of cells, ranges that are merged (`A1:C1`), rows that are hidden (from 1)."""

    rows: Sequence[Sequence[Any]]
    merged: Sequence[str] = ()
    hidden_rows: Sequence[int] = ()
    hidden: bool = False


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def xlsx(
    sheets: Mapping[str, Written | str] | Sequence[Sequence[Any]], *, since_1904: bool = False, shared: bool = False
) -> bytes:
    """An XLSX file. A sheet may be given as its XML; rows alone are one. `shared`: texts stand apart, as in Excel."""
    texts: dict[str, int] | None = {} if shared else None
    if not isinstance(sheets, Mapping):
        sheets = {"Data": Written(sheets)}
    numbered = list(enumerate(sheets.items(), 1))
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}"'
        f'{" state=" + quoteattr("hidden") if isinstance(each, Written) and each.hidden else ""} r:id="rId{n}"/>'
        for n, (name, each) in numbered
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n, _ in numbered
    )
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22))
    parts = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
        f"{'<workbookPr date1904=' + quoteattr('1') + '/>' if since_1904 else ''}<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="s" Type="{LINKS}/styles" Target="styles.xml"/>'
        f'<Relationship Id="t" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="3">{formats}</cellXfs></styleSheet>',
    }
    for number, (_, each) in numbered:
        inside = each if isinstance(each, str) else sheet_xml(each, since_1904=since_1904, texts=texts)
        parts[f"xl/worksheets/sheet{number}.xml"] = f'{HEAD}<worksheet xmlns="{MAIN}">{inside}</worksheet>'
    listed = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts or ())
    parts["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{MAIN}">{listed}</sst>'
    return packed(parts)


def sheet_xml(sheet: Written, *, since_1904: bool = False, texts: dict[str, int] | None = None) -> str:
    """The inside of a sheet. `texts`: those that stand apart, with their numbers."""
    rows = "".join(
        f'<row r="{n}"{" hidden=" + quoteattr("1") if n in sheet.hidden_rows else ""}>'
        + "".join(
            _xlsx_cell(f"{letter(at)}{n}", cell, since_1904, texts) for at, cell in enumerate(row) if cell is not None
        )
        + "</row>"
        for n, row in enumerate(sheet.rows, 1)
    )
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in sheet.merged)
    return f"<sheetData>{rows}</sheetData>" + (f"<mergeCells>{merged}</mergeCells>" if merged else "")


def _xlsx_cell(at: str, cell: Any, since_1904: bool, texts: dict[str, int] | None) -> str:
    if isinstance(cell, Error):
        return f'<c r="{at}" t="e"><f>1/0</f><v>{cell.shown}</v></c>'
    if isinstance(cell, Formula):
        if cell.result is None:
            return f'<c r="{at}"><f>1+1</f><v></v></c>'
        kind = ' t="str"' if isinstance(cell.result, str) else ""
        return f'<c r="{at}"{kind}><f>1+1</f><v>{cell.result}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        day_0 = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        days = (moment - day_0).total_seconds() / 86_400
        return f'<c r="{at}" s="{2 if isinstance(cell, datetime) else 1}"><v>{days!r}</v></c>'
    if isinstance(cell, (int, float)):
        return f'<c r="{at}"><v>{cell!r}</v></c>'
    if texts is not None:
        return f'<c r="{at}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'


def ods(sheets: Mapping[str, Written | str] | Sequence[Sequence[Any]]) -> bytes:
    """An ODS file. A sheet may be given as its XML; rows alone are one sheet."""
    if not isinstance(sheets, Mapping):
        sheets = {"Data": Written(sheets)}
    spaces = " ".join(f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "style", "table", "text"))
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("shown", "true"), ("hidden", "false"))
    )
    tables = "".join(
        f'<table:table table:name={quoteattr(name)} table:style-name="'
        f'{"hidden" if isinstance(each, Written) and each.hidden else "shown"}">'
        f"{each if isinstance(each, str) else _ods_rows(each)}</table:table>"
        for name, each in sheets.items()
    )
    content = (
        f'{HEAD}<office:document-content {spaces} xmlns:calcext="urn:calcext"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def _ods_rows(sheet: Written) -> str:
    spans, covered = _spans(sheet.merged)
    rows = (
        "<table:table-row>"
        + "".join(_ods_cell(cell, spans.get((n, at), ""), (n, at) in covered) for at, cell in enumerate(row))
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for n, row in enumerate(sheet.rows)
    )
    return "".join(rows) + (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )


def _spans(merged: Iterable[str]) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    spans, covered = {}, set()
    for area in merged:
        (top, left), (bottom, right) = (_place(each) for each in area.split(":"))
        rows, columns = bottom - top + 1, right - left + 1
        spans[top, left] = f' table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}"'
        covered |= {(n, at) for n in range(top, bottom + 1) for at in range(left, right + 1)} - {(top, left)}
    return spans, covered


def _place(reference: str) -> tuple[int, int]:
    return int(reference[1:]) - 1, ord(reference[0]) - ord("A")


def _ods_cell(cell: Any, span: str, covered: bool) -> str:
    tag = "table:covered-table-cell" if covered else "table:table-cell"
    value, shown = "", ""
    if isinstance(cell, Error):
        value, shown = ' table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"', cell.shown
    elif isinstance(cell, Formula):
        value = ' table:formula="of:=1+1"'
        if isinstance(cell.result, str):
            value, shown = f'{value} office:value-type="string"', cell.result
        elif cell.result is not None:
            value, shown = f'{value} office:value-type="float" office:value="{cell.result!r}"', f"{cell.result:.2f}"
    elif isinstance(cell, bool):
        value, shown = f' office:value-type="boolean" office:boolean-value="{str(cell).lower()}"', "WAHR"
    elif isinstance(cell, date):
        value, shown = f' office:value-type="date" office:date-value="{cell.isoformat()}"', f"{cell:%d/%m/%y}"
    elif isinstance(cell, (int, float)):
        value, shown = f' office:value-type="float" office:value="{cell!r}"', f"{cell:.1f}"
    elif cell is not None:
        value, shown = ' office:value-type="string"', cell
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n")) if value else ""
    return f"<{tag}{span}{value}>{paragraphs}</{tag}>"
