"""The control: readers as one writes them in a hurry. What does no harm to ours must crash, hang or give away these."""

import csv
import json
import os
import signal
import threading
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from xml.etree import ElementTree

import msgspec
import yaml

from hub.edge.kept import open_rows
from tests.delivered import PARTNER
from tests.inputs import readers
from tests.inputs.deliveries import DELIVERY
from tests.inputs.readers import Reader, Said
from tests.inputs.samples import MARK


def _csv(data: bytes) -> Said:
    said = []
    for each in csv.DictReader(StringIO(data.decode("utf-8")), delimiter=";"):
        try:
            datetime.strptime(each["date"], "%d-%m-%Y")
            int(each["age"])
        except ValueError as error:
            said.append(str(error))
    return said


def _json(data: bytes) -> Said:
    return [str(each["age"])[:0] for each in json.loads(data)]


def _yaml(data: bytes) -> Said:
    return [str(_depth(yaml.safe_load(data)))[:0]]


def _depth(tree: Any) -> int:
    """Walks a tree, as whoever reads one does."""
    inside = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    return 1 + max(map(_depth, inside), default=0)


def _zip(data: bytes) -> Said:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
        return [str(len(list(ElementTree.fromstring(part).iter())))[:0] for part in parts]


def _xml(data: bytes) -> Said:
    return [str(_deep(ElementTree.fromstring(data)))[:0]]


def _deep(element: ElementTree.Element) -> int:
    return 1 + max(map(_deep, element), default=0)


def _archive(data: bytes) -> Said:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return [str(len(archive.read(name)))[:0] for name in archive.namelist()]


def _msgpack(data: bytes) -> Said:
    return [str(msgspec.msgpack.decode(data)[0])[:0]]


def _of(kind: str, read: Callable[[bytes], Said]) -> Reader:
    alike = next(reader for reader in readers.READERS if reader.kind == kind)
    return Reader(f"careless {kind}", kind, read, alike.samples)


BY_KIND: dict[str, Reader] = {
    "csv": _of("csv", _csv),
    "json": _of("json", _json),
    "yaml": _of("yaml", _yaml),
    "xlsx": _of("xlsx", _zip),
    "ods": _of("ods", _zip),
    "xml": _of("xml", _xml),
    "delivery": _of("delivery", _archive),
    "msgpack": _of("msgpack", _msgpack),
    "sealed": _of("sealed", lambda data: open_rows(data, PARTNER, DELIVERY) and []),
}


def _rogue(data: bytes) -> Said:
    """Ends as it is told to."""
    match data:
        case b"raise":
            raise KeyError
        case b"grow":
            return [str(len(bytes(1 << 33)))]
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"tell":
            return [MARK]
        case b"hang":
            threading.Event().wait()
        case b"spin":
            while True:
                pass
    return []


ROGUE = Reader("rogue", "rogue", _rogue, lambda: [b"well"])
