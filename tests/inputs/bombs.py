"""Small or endless files that ask for more than a machine has. A name and a maker each, by the kind of file."""

import zipfile
from collections.abc import Callable, Iterable
from io import BytesIO

from tests import workbooks
from tests.inputs.samples import MARK

DEEP, WIDE, LONG = 100_000, 1_000_000, 20_000_000
Bomb = Callable[[], bytes]


def _zipped(name: str, part: Callable[[], bytes], times: int) -> bytes:
    """A workbook one part of which is a text many times over: packed a thousandth of it."""
    made = BytesIO()
    whole = workbooks.xlsx([["a"], ["b"]]) if name.startswith("xl/") else workbooks.ods([["a"], ["b"]])
    with (
        zipfile.ZipFile(BytesIO(whole)) as archive,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        for each in archive.namelist():
            if each != name:
                copy.writestr(each, archive.read(each))
        with copy.open(name, "w", force_zip64=True) as stream:
            piece = part()
            for _ in range(times):
                stream.write(piece)
    return made.getvalue()


def _parts(parts: Iterable[tuple[str, int, int]]) -> bytes:
    """A delivery of such parts: name, compression and megabytes of each."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, how, megabytes in parts:
            info = zipfile.ZipInfo(name)
            info.compress_type = how
            with archive.open(info, "w", force_zip64=True) as stream:
                for _ in range(megabytes):
                    stream.write(bytes(1_000_000))
    return made.getvalue()


COLUMNS = b"no;case;date;sex;age;phy;psy;name\n"
LAST = '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
TASK = b'<Task xmlns="http://hl7.org/fhir">'
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">'
    + b"".join(f'<!ENTITY x{n} "{f"&x{n - 1 or chr(0)};".replace(chr(0), "") * 10}">'.encode() for n in range(1, 10))
    + b"]><a>&x9;</a>"
)
LAUGHS = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    f"{chr(97 + n)}: &{chr(97 + n)} [{','.join([f'*{chr(96 + n)}'] * 9)}]\n".encode() for n in range(1, 20)
)
BOMBS: dict[str, dict[str, Bomb]] = {
    "csv": {
        "a million columns": lambda: b";".join(b"c%d" % n for n in range(WIDE)) + b"\n" + b";" * WIDE,
        "a million columns of no name": lambda: b";" * WIDE + b"\n" + b";" * WIDE,
        "a line without an end": lambda: f"no;case;{MARK}".encode() * (LONG // 10),
        "a row without an end": lambda: COLUMNS + b"1;" * (LONG // 2),
        "a quote without an end": lambda: COLUMNS + b'"' + b"x\n" * (LONG // 100),
        "a quote in each of many lines": lambda: COLUMNS + b'1;2;"\n' * (LONG // 200),
        "nothing but line ends": lambda: b"\n" * (LONG // 10),
        "nothing but zeros": lambda: bytes(LONG),
        "a number of a million digits": lambda: COLUMNS + b"1;1;01-01-2025;f;" + b"9" * 100_000 + b";n;n;x",
    },
    "yaml": {
        "deep brackets": lambda: b"a: " + b"[" * DEEP,
        "deep brackets, closed": lambda: b"a: " + b"[" * DEEP + b"]" * DEEP,
        "deep braces": lambda: b"{a: " * DEEP,
        "deep dashes": lambda: b"- " * DEEP,
        "deep indents": lambda: b"".join(b" " * n + b"a:\n" for n in range(3_000)),
        "a billion laughs": lambda: LAUGHS,
        "a key without an end": lambda: b"a" * LONG,
        "a million keys": lambda: b"".join(b"k%d: 1\n" % n for n in range(WIDE)),
        "a quote without an end": lambda: b'a: "' + b"x\n" * (LONG // 10),
        "nothing but zeros": lambda: bytes(LONG),
    },
    "json": {
        "deep brackets": lambda: b"[" * DEEP,
        "deep brackets, closed": lambda: b"[" * DEEP + b"]" * DEEP,
        "deep braces": lambda: b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        "a million keys": lambda: b"[{" + b",".join(b'"k%d":1' % n for n in range(WIDE)) + b"}]",
        "a number of a million digits": lambda: b'[{"no":' + b"9" * WIDE + b"}]",
        "an exponent": lambda: b'[{"no":1e999999999,"age":1E400}]',
        "a text without an end": lambda: b'[{"no":"' + b"x" * LONG,
        "nothing but brackets and commas": lambda: b"[" + b"{}," * (LONG // 10) + b"{}]",
        "nothing but zeros": lambda: bytes(LONG),
    },
    "xlsx": {
        "a sheet of a gigabyte": lambda: _zipped(SHEET, lambda: b"<row><c><v>1</v></c></row>" * 40_000, 1_000),
        "a sheet of zeros": lambda: _zipped(SHEET, lambda: bytes(1_000_000), 1_000),
        "entities": lambda: _zipped(SHEET, lambda: ENTITIES, 1),
        "deep elements": lambda: _zipped(SHEET, lambda: b"<a>" * DEEP, 1),
        "a cell in the last column of the last row": lambda: workbooks.xlsx({"S": LAST}),
        "no workbook": lambda: b"PK\x05\x06" + bytes(18),
    },
    "ods": {
        "a sheet of a gigabyte": lambda: _zipped("content.xml", lambda: b"<row/>" * 150_000, 1_000),
        "entities": lambda: _zipped("content.xml", lambda: ENTITIES, 1),
        "deep elements": lambda: _zipped("content.xml", lambda: b"<a>" * DEEP, 1),
        "no workbook": lambda: b"PK\x05\x06" + bytes(18),
    },
    "xml": {
        "entities": lambda: ENTITIES,
        "deep elements": lambda: b"<a>" * DEEP,
        "deep elements, closed": lambda: TASK + b"<a>" * DEEP + b"</a>" * DEEP + b"</Task>",
        "an attribute without an end": lambda: b'<Task xmlns="http://hl7.org/fhir" a="' + b"x" * LONG,
        "a million attributes": lambda: b"<Task " + b"".join(b'a%d="1" ' % n for n in range(WIDE)) + b"/>",
        "a million elements": lambda: TASK + b'<id value="1"/>' * WIDE + b"</Task>",
        "a comment without an end": lambda: b"<!--" + b"x" * LONG,
        "nothing but zeros": lambda: b"<" + bytes(LONG),
    },
    "delivery": {
        "a header of a gigabyte": lambda: _parts([("header.json", zipfile.ZIP_DEFLATED, 1_000)]),
        "a closing of a gigabyte": lambda: _parts([("closing", zipfile.ZIP_DEFLATED, 1_000)]),
        "a hundred thousand parts": lambda: _parts([(f"{n}.rows", zipfile.ZIP_STORED, 0) for n in range(DEEP)]),
        "no archive": lambda: b"PK\x05\x06" + bytes(18),
        "nothing but zeros": lambda: bytes(LONG),
    },
    "msgpack": {
        "deep arrays": lambda: b"\x91" * DEEP,
        "deep maps": lambda: b"\x81\xa1a" * DEEP,
        "an array of four billion": lambda: b"\xdd" + b"\xff" * 4,
        "a text of four billion": lambda: b"\xdb" + b"\xff" * 4,
        "nothing but zeros": lambda: bytes(LONG),
    },
    "sealed": {
        "nothing": lambda: b"",
        "nothing but zeros": lambda: bytes(LONG),
    },
}  # fmt: skip
ENDS = ("well", "raise", "grow", "die", "tell", "hang", "spin", "again")
BOMBS["rogue"] = {name: name.encode for name in ENDS}
"""For the reader that ends as it is told to."""
