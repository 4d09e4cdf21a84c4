"""A file → the resources in it, wherever they stand: alone, a line each, in bundles, in bundles within bundles, XML.

Every one comes out with its place, damaged ones too. Nothing of a resource is judged here but that it is one.
"""

from collections.abc import Iterator
from itertools import chain, count
from typing import Any, BinaryIO, NamedTuple

import msgspec

from hub.adapters.base import Rejected
from hub.adapters.fhir_text import DOCUMENT_LIMIT, parse, too_deep
from hub.adapters.fhir_xml import to_json

NESTING_LIMIT = 4
"""Bundles within bundles."""
ENTRIES_LIMIT = 200_000


class Envelope(msgspec.Struct, frozen=True):
    """What tells of which record a resource speaks. Nothing is sure of its values yet."""

    resourceType: Any = None  # noqa: N815 - as FHIR names it
    id: Any = None
    meta: Any = None
    subject: Any = None
    patient: Any = None
    of: Any = msgspec.field(default=None, name="for")
    focus: Any = None
    basedOn: Any = None  # noqa: N815
    partOf: Any = None  # noqa: N815


class Scope(NamedTuple):
    """The bundle that a resource stands in: its number in the file, its time, and its entries by their full URLs."""

    number: int
    timestamp: str | None
    by_url: dict[str, str]


class Found(NamedTuple):
    """A resource, or what stands where one should. `rule`: why it is none. `deleted`: its place, if it was deleted."""

    position: str
    text: bytes
    envelope: Envelope
    scope: Scope | None = None
    full_url: str | None = None
    deleted: str | None = None
    rule: str | None = None


class _Entry(msgspec.Struct):
    fullUrl: Any = None  # noqa: N815
    resource: msgspec.Raw = msgspec.Raw()
    request: Any = None


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = []
    timestamp: Any = None


def read_resources(source: BinaryIO) -> Iterator[Found]:
    """Every resource of a file, in its order. Raises Rejected for a file that holds none at all."""
    bundles = count(1)
    empty = True
    for position, text, rule in _documents(source):
        empty = False
        if rule:
            yield _damaged(position, text, rule)
        else:
            yield from _resources(position, text, bundles, None, 0)
    if empty:
        raise Rejected("empty-file", "file")


def _documents(source: BinaryIO) -> Iterator[tuple[str, bytes, str | None]]:
    """The texts of a file, each with its place, and the rule that one breaks: lines, or the file as one."""
    first = source.readline(DOCUMENT_LIMIT + 1).removeprefix(b"\xef\xbb\xbf")
    number = 1
    while first and not first.strip():
        first, number = source.readline(DOCUMENT_LIMIT + 1), number + 1
    second = source.readline(DOCUMENT_LIMIT + 1)
    if first.lstrip().startswith(b"<"):
        try:
            yield "resource 1", to_json(_whole(first, second, source)), None
        except Rejected as rejected:
            raise Rejected(rejected.problems[0].rule, "file") from None
    elif first.rstrip().endswith(b"}") or second.startswith(b'{"'):
        rest = iter(lambda: source.readline(DOCUMENT_LIMIT + 1), b"")
        for line, text in enumerate(chain((first, second), rest), number):
            yield from _line(f"line {line}", text, source)
    elif first.strip():
        yield "resource 1", _whole(first, second, source).strip(), None


def _line(position: str, text: bytes, source: BinaryIO) -> Iterator[tuple[str, bytes, str | None]]:
    if len(text) > DOCUMENT_LIMIT:
        while text and not text.endswith(b"\n"):
            text = source.readline(DOCUMENT_LIMIT)
        yield position, b"", "too-large"
    elif text.strip():
        yield position, text.strip(), None


def _whole(first: bytes, second: bytes, source: BinaryIO) -> bytes:
    text = first + second + source.read(DOCUMENT_LIMIT + 1)
    if len(text) > DOCUMENT_LIMIT:
        raise Rejected("too-large", "file")
    return text


def _resources(
    position: str, text: bytes, bundles: Iterator[int], scope: Scope | None, depth: int, full_url: str | None = None
) -> Iterator[Found]:
    if too_deep(text):
        yield _damaged(position, text, "too-deep")
        return
    try:
        envelope = _ENVELOPE.decode(text)
    except (msgspec.DecodeError, RecursionError, ValueError):
        yield _damaged(position, text, "not-json")
        return
    if envelope.resourceType == "Bundle":
        yield from _entries(position, text, bundles, depth)
    elif not isinstance(envelope.resourceType, str):
        yield _damaged(position, text, "no-resource-type")
    else:
        yield Found(position, text, envelope, scope, full_url)


def _entries(position: str, text: bytes, bundles: Iterator[int], depth: int) -> Iterator[Found]:
    number = next(bundles)
    try:
        parse(text, position)
        bundle = _BUNDLE.decode(text)
    except Rejected as rejected:
        yield _damaged(position, text, rejected.problems[0].rule)
        return
    except (msgspec.DecodeError, ValueError):
        yield _damaged(position, text, "not-a-bundle")
        return
    if depth >= NESTING_LIMIT or len(bundle.entry) > ENTRIES_LIMIT:
        yield _damaged(position, text, "too-deep" if depth >= NESTING_LIMIT else "too-large")
        return
    if not bundle.entry:
        yield _damaged(position, text, "empty-bundle")
        return
    where = f"bundle {number}" if depth == 0 else position
    time = bundle.timestamp if isinstance(bundle.timestamp, str) else None
    scope = Scope(number, time, {})
    found = [_entry(f"entry {place} of {where}", entry, scope) for place, entry in enumerate(bundle.entry, 1)]
    for each in found:
        if each.rule or each.deleted:
            yield each
        else:
            yield from _resources(each.position, each.text, bundles, scope, depth + 1, each.full_url)


def _entry(position: str, entry: _Entry, scope: Scope) -> Found:
    text = bytes(entry.resource)
    url = entry.fullUrl
    if url is not None and (not isinstance(url, str) or ":" not in url):
        return _damaged(position, text, "not-a-full-url")
    if not text:
        request = entry.request if isinstance(entry.request, dict) else {}
        gone = request.get("url") if request.get("method") == "DELETE" else None
        if isinstance(gone, str):
            return Found(position, b"", Envelope(), scope, url, gone)
        return _damaged(position, b"", "no-resource")
    if url is not None:
        try:
            envelope = _ENVELOPE.decode(text)
        except (msgspec.DecodeError, RecursionError, ValueError):
            return _damaged(position, text, "not-json")
        scope.by_url[url] = reference_of(envelope, url)
    return Found(position, text, Envelope(), scope, url)


def reference_of(envelope: Envelope, full_url: str | None) -> str:
    """`Encounter/7`: by the resource's own id, or else by the end of its full URL. Nothing after the slash: no id."""
    own = envelope.id if isinstance(envelope.id, str) else last(full_url or "")
    return f"{envelope.resourceType}/{own}"


def last(url: str) -> str:
    """The id at the end of a URL, a URN or a reference."""
    return url.partition("/_history/")[0].rstrip("/").rpartition("/")[2].rpartition(":")[2]


def _damaged(position: str, text: bytes, rule: str) -> Found:
    return Found(position, text, Envelope(), rule=rule)


_ENVELOPE = msgspec.json.Decoder(Envelope)
_BUNDLE = msgspec.json.Decoder(_Bundle)
