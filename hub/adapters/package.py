"""The ZIP file that a workbook is, opened within limits: a lie about its size is found before anything reads it."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hub.adapters.base import Rejected

FILE_BYTES = 128 << 20
"""The largest workbook, as it is sent."""
UNPACKED_BYTES = 1 << 30
"""The largest one, unpacked: a full sheet of 20 columns has about 900 MiB."""
PARTS = 10_000
CHUNK = 1 << 20
_LOCAL_HEADER, _ENCRYPTED = 30, 0x1


class Package(NamedTuple):
    """A workbook's bytes and its parts by their names."""

    data: bytes
    parts: dict[str, ZipInfo]

    def unpack(self, name: str) -> Iterator[bytes]:
        """A part's content, some at a time. Raises Rejected where it is damaged, or not as long as it says."""
        part = self.parts[name]
        packed = memoryview(self.data)[_begin(self.data, part) :][: part.compress_size]
        size = crc = 0
        for chunk in [bytes(packed)] if part.compress_type == ZIP_STORED else _inflated(packed):
            size, crc = size + len(chunk), zlib.crc32(chunk, crc)
            if size > part.file_size:
                break
            yield chunk
        if size != part.file_size or crc != part.CRC:
            raise Rejected("damaged-file", "file")

    def read(self, name: str, most: int) -> bytes:
        """A small part whole. Raises Rejected where it is missing or has more than `most` bytes."""
        if name not in self.parts:
            raise Rejected("damaged-file", "file")
        if self.parts[name].file_size > most:
            raise Rejected("too-large", "file")
        return b"".join(self.unpack(name))

    def only(self, names: Iterable[str], changed: Mapping[str, bytes] | None = None) -> bytes:
        """A file of some of the parts, as they are packed, and of those that are `changed`."""
        made, changed = BytesIO(self.data), changed or {}
        with ZipFile(made, "a") as file:
            file.filelist[:] = [file.NameToInfo[name] for name in names if name not in changed]
            file.NameToInfo = {part.filename: part for part in file.filelist}
            file.comment = b""  # else a file to which nothing is added keeps its list
            for name, content in changed.items():
                file.writestr(name, content)
        return made.getvalue()


def open_package(file: BinaryIO) -> Package:
    """The parts of a ZIP file. Raises Rejected: too large, encrypted, damaged."""
    data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise Rejected("too-large", "file")
    try:
        listed = ZipFile(BytesIO(data)).infolist()
    except (BadZipFile, ValueError, NotImplementedError, OverflowError, UnicodeError, EOFError):
        raise Rejected("damaged-file", "file") from None
    if len(listed) > PARTS or sum(part.file_size for part in listed) > UNPACKED_BYTES:
        raise Rejected("too-large", "file")
    if any(part.flag_bits & _ENCRYPTED for part in listed):
        raise Rejected("encrypted", "file")
    parts = {part.filename: part for part in listed}
    known = (ZIP_STORED, ZIP_DEFLATED)
    if len({name.lower() for name in parts}) < len(listed) or any(part.compress_type not in known for part in listed):
        raise Rejected("damaged-file", "file")  # two parts of one name: which one is read would be chance
    if any(part.header_offset < 0 for part in listed):
        raise Rejected("damaged-file", "file")  # cut off at its beginning
    return Package(data, parts)


def _begin(data: bytes, part: ZipInfo) -> int:
    """Where a part's bytes begin: after a header whose own lengths count."""
    at = part.header_offset
    header = data[at : at + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise Rejected("damaged-file", "file")
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return at + _LOCAL_HEADER + lengths


def _inflated(packed: memoryview) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = packed
    try:
        while rest and not unpacker.eof:
            yield unpacker.decompress(rest, CHUNK)
            rest = unpacker.unconsumed_tail
        while not unpacker.eof and (chunk := unpacker.decompress(b"", CHUNK)):
            yield chunk
    except zlib.error:
        raise Rejected("damaged-file", "file") from None
