"""Sheets of texts as an XLSX file (ECMA-376), written as the rows come: a mark on a cell, and a note beside it.

Every cell is an inline text, so nothing in it can be a formula, a date or a link.
"""

import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, NamedTuple
from xml.sax.saxutils import escape, quoteattr

MOST_ROWS = 1_048_576
"""Rows of a sheet; a longer one goes on in the next."""
MOST_NOTES = 5_000
"""Notes of a sheet: a program that opens more of them takes minutes. The marks go on."""
MOST_CHARACTERS = 32_767
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PLAIN, BOLD, MARKED, WRAPPED = range(4)
"""Styles of cells, in the order of `_STYLES`."""
_STYLES = f"""<styleSheet {_MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/>\
<sz val="11"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill>\
<patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/>\
</patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>\
<cellXfs count="4"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/><xf xfId="0" fillId="2" applyFill="1"/>\
<xf xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>"""


class Cell(NamedTuple):
    """A text, how it looks, and a note beside it."""

    text: str
    style: int = PLAIN
    note: str = ""


Rows = Iterable[Sequence[Cell]]


class Sheet(NamedTuple):
    """A sheet's name, the widths of its first columns in characters, and its rows; the first is repeated as a head."""

    name: str
    widths: Sequence[int]
    rows: Rows


def write_workbook(path: Path, sheets: Iterable[Sheet]) -> None:
    """Write a new file that its owner alone may read, whole or not at all; one of that name is replaced."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with (
            open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        ):
            _fill(archive, sheets)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _fill(archive: zipfile.ZipFile, sheets: Iterable[Sheet]) -> None:
    names = []
    for name, widths, rows in chain.from_iterable(map(_pages, sheets)):
        names.append(name)
        notes: list[tuple[int, int, str]] = []
        with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as part:
            _write_sheet(part, widths, rows, notes)
        _write_notes(archive, len(names), notes)
    _write_book(archive, names)


def _pages(sheet: Sheet) -> Iterator[Sheet]:
    """A sheet, and those in which it goes on, each with its head."""
    rows = iter(sheet.rows)
    head = list(islice(rows, 1))
    for number, first in enumerate(chain([None], rows), 1):
        begun = [] if first is None else [first]
        name = sheet.name if number == 1 else f"{sheet.name} {number}"
        yield Sheet(name, sheet.widths, chain(head, begun, islice(rows, MOST_ROWS - len(head) - len(begun))))


def _write_sheet(part: IO[bytes], widths: Sequence[int], rows: Rows, notes: list[tuple[int, int, str]]) -> None:
    part.write(
        f'{_XML}<worksheet {_MAIN} xmlns:r="{_OFFICE}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'.encode()
    )
    columns = (f'<col min="{n}" max="{n}" width="{wide}" customWidth="1"/>' for n, wide in enumerate(widths, 1))
    part.write(f"<cols>{''.join(columns)}</cols><sheetData>".encode() if widths else b"<sheetData>")
    for number, row in enumerate(rows):
        cells = "".join(_cell(f"{_letters(at)}{number + 1}", cell) for at, cell in enumerate(row))
        part.write(f'<row r="{number + 1}">{cells}</row>'.encode())
        notes += [(number, at, cell.note) for at, cell in enumerate(row) if cell.note and len(notes) < MOST_NOTES]
    part.write(b"</sheetData>" + (b'<legacyDrawing r:id="rId1"/>' if notes else b"") + b"</worksheet>")


def _cell(place: str, cell: Cell) -> str:
    style = f' s="{cell.style}"' if cell.style else ""
    if not cell.text:
        return f'<c r="{place}"{style}/>' if style else ""
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{_text(cell.text)}</t></is></c>'


def _write_notes(archive: zipfile.ZipFile, sheet: int, notes: list[tuple[int, int, str]]) -> None:
    if not notes:
        return
    said = "".join(
        f'<comment ref="{_letters(at)}{row + 1}" authorId="0"><text><t xml:space="preserve">{_text(note)}</t></text>'
        "</comment>"
        for row, at, note in notes
    )
    boxes = "".join(
        '<v:shape type="#note" style="visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:textbox/><x:ClientData ObjectType="Note"><x:AutoFill>False</x:AutoFill>'
        f"<x:Anchor>{at + 1}, 15, {row}, 2, {at + 4}, 15, {row + 5}, 4</x:Anchor>"
        f"<x:Row>{row}</x:Row><x:Column>{at}</x:Column></x:ClientData></v:shape>"
        for row, at, _ in notes
    )
    archive.writestr(
        f"xl/comments{sheet}.xml",
        f"{_XML}<comments {_MAIN}><authors><author>hub</author></authors><commentList>{said}</commentList></comments>",
    )
    archive.writestr(
        f"xl/drawings/notes{sheet}.vml",
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="note" coordsize="21600,21600" o:spt="202" '
        f'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/></v:shapetype>{boxes}</xml>',
    )
    archive.writestr(
        f"xl/worksheets/_rels/sheet{sheet}.xml.rels",
        _relations(("vmlDrawing", f"../drawings/notes{sheet}.vml"), ("comments", f"../comments{sheet}.xml")),
    )


def _write_book(archive: zipfile.ZipFile, names: Sequence[str]) -> None:
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    book = f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
    archive.writestr("xl/workbook.xml", book)
    archive.writestr("xl/styles.xml", _XML + _STYLES)
    of_sheets = [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    archive.writestr("xl/_rels/workbook.xml.rels", _relations(*of_sheets, ("styles", "styles.xml")))
    archive.writestr("_rels/.rels", _relations(("officeDocument", "xl/workbook.xml")))
    kinds = {"/xl/workbook.xml": "sheet.main", "/xl/styles.xml": "styles"}
    kinds |= {f"/xl/worksheets/sheet{n}.xml": "worksheet" for n in numbers}
    kinds |= {f"/xl/comments{n}.xml": "comments" for n in numbers if f"xl/comments{n}.xml" in archive.NameToInfo}
    overrides = "".join(
        f'<Override PartName="{part}" ContentType="{_TYPES}.{kind}+xml"/>' for part, kind in kinds.items()
    )
    archive.writestr(
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="vml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>{overrides}</Types>',
    )


def _relations(*targets: tuple[str, str]) -> str:
    said = (
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(said)}</Relationships>'


def _text(text: str) -> str:
    """As XML holds it: what it cannot hold becomes a question mark in a diamond."""
    return escape(_ESCAPE.sub("_x005F_", _NOT_XML.sub("\ufffd", text[:MOST_CHARACTERS])))


def _letters(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
