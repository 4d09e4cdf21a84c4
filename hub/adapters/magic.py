"""What a file is by its first bytes: a PDF named .csv and an encrypted workbook get their names."""

from typing import BinaryIO

from hub.adapters.base import Rejected
from hub.adapters.source import Source

LOOKED_AT = 512
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (ZIP, "a ZIP file, as XLSX, ODS and DOCX are"),
    (OLE, "an old Office file (XLS, DOC)"),
    (b"\x1f\x8b", "a gzip file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"Rar!", "a RAR file"),
    (b"{\\rtf", "an RTF text"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "a database"),
    (b"PAR1", "a Parquet file"),
)
"""https://www.garykessler.net/library/file_sigs.html"""
MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<table", "an HTML page"),
    (b"<?xml", "an XML file"),
)
UTF8_MARK, UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_LOOKED_AT_OLE = 1 << 20
WORKBOOKS = ("xlsx", "ods")


def check_format(file: BinaryIO, source: Source) -> None:
    """Raises Rejected where the first bytes are those of another format or encoding. The file stays where it was."""
    start = file.tell()
    head = file.read(LOOKED_AT)
    if head.startswith(OLE) and _ENCRYPTED in head + file.read(_LOOKED_AT_OLE):
        raise Rejected("encrypted", "file")
    file.seek(start)
    if not head:
        raise Rejected("empty-file", "file" if source.typed else "line 1")
    found = _named(head)
    if source.format in WORKBOOKS:
        if not head.startswith(ZIP):
            raise Rejected("wrong-format", f"file: it is {found or 'no workbook'}")
    elif found:
        raise Rejected("wrong-format", f"file: it is {found}")
    elif not source.typed:
        _check_mark(head, source.encoding.lower().replace("_", "-"))


def _named(head: bytes) -> str | None:
    text = head.removeprefix(UTF8_MARK).lstrip().lower()
    names = (name for signature, name in SIGNATURES if head.startswith(signature))
    return next(names, None) or next((name for signature, name in MARKUP if text.startswith(signature)), None)


def _check_mark(head: bytes, encoding: str) -> None:
    """A byte order mark says what the encoding is: read as another, the first heading would only look unknown."""
    if head.startswith(UTF8_MARK) and not encoding.startswith(("utf-8", "utf8")):
        raise Rejected("wrong-encoding", "file: it is UTF-8")
    if head.startswith(UTF16_MARKS) and not encoding.startswith(("utf-16", "utf16", "utf-32", "utf32")):
        raise Rejected("wrong-encoding", "file: it is UTF-16")
