"""The auditor's door: is the log what it says, does a receipt prove what it says, has the log only grown?"""

import json
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub import keyfiles
from hub.cli.answer import JsonFlag, answer, progress
from hub.errors import Reject, Stop
from hub.settings import Settings

if TYPE_CHECKING:
    from hub.log.notes import Verifier
    from hub.log.store import LogStore

app = typer.Typer()
SHOWN = 50
"""Findings that are shown to people; --json has more of them."""
Key = Annotated[str | None, typer.Option(metavar="KEY|FILE", help="The log's public key, or a file with it.")]


@app.command(epilog="Example: hub verify --receipt receipt.json --key log.key")
def verify(
    receipt: Annotated[Path | None, typer.Option(help="Check this receipt alone, offline: needs --key.")] = None,
    key: Key = None,
    since: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint or receipt kept elsewhere: the log must contain it.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Hash every event again and hold log, tree, checkpoints and receipts to it. Exit 5 with what was found."""
    if receipt is not None:
        if key is None:
            raise typer.BadParameter("a receipt is checked with the log's public key", param_hint="--key")
        answer(_receipt(receipt, _key(key)), as_json)
        return
    settings = Settings.from_env()
    anchors = [_note(path) for path in since or ()]  # before the log is opened: it only grows
    own = _text(settings.anchor_path) if settings.anchor_path.exists() else None
    if own is None:
        progress(
            f"no checkpoint outside of the log ({settings.anchor_path.name}): that it was put back would not be seen"
        )
    with _log(settings) as store:
        result = _log_verified(store, _key(key) if key else _own_key(settings), [*anchors, *([own] if own else [])])
    answer(result if as_json else {name: said for name, said in result.items() if name != "findings"}, as_json)
    if result["found"]:
        _tell(result["findings"])
        raise Stop("the log is not what it says it is")


@app.command(epilog="Example: hub checkpoint --since 120000 > growth.txt")
def checkpoint(
    since: Annotated[
        int | None, typer.Option(min=0, help="With the proof that it has only grown since this size.")
    ] = None,
    show_key: Annotated[bool, typer.Option("--show-key", help="The public key that it is checked with.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """The log's newest signed checkpoint, for partners to keep and to co-sign."""
    from hub.log import merkle, tiles
    from hub.log.checkpoint import latest
    from hub.log.notes import read_checkpoint
    from hub.log.witness import write_growth

    settings = Settings.from_env()
    with _log(settings) as store, store.reading() as connection:
        public = _own_key(settings)
        if show_key:
            answer({"key": str(public)}, as_json) if as_json else print(public)
            return
        note = latest(connection)
        if note is None:
            raise Stop("the log has no checkpoint yet: nothing was ever appended")
        newest = read_checkpoint(note, public)
        if since is not None and since > newest.size:
            raise Stop(f"the log is at {newest.size:,}: it never was at {since:,}, or it was put back")
        path = merkle.consistency_proof(since or 0, newest.size, tiles.node_reader(connection))
    if as_json:
        proof = [b64encode(each).decode() for each in path]
        answer(
            {"checkpoint": note, "size": newest.size, "since": since, "consistency": proof, "key": str(public)}, as_json
        )
    else:
        sys.stdout.write(note if since is None else write_growth(since, path, note))


@app.command(epilog="Example: hub cosign growth.txt --key log.key --name pt-apav > cosigned.txt")
def cosign(
    file: Annotated[Path, typer.Argument(help="What `hub checkpoint --since` wrote.")],
    name: Annotated[str, typer.Option(help="Who co-signs: the partner's name.")],
    key: Annotated[str, typer.Option(metavar="KEY|FILE", help="The log's public key, or a file with it.")],
    seen: Annotated[Path | None, typer.Option(help="The last checkpoint co-signed here; moves on.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """At a partner: check that the log has only grown since the last time, and add the partner's signature."""
    from hub.log.anchor import anchored, write_anchor
    from hub.log.notes import COSIGNED, read_checkpoint, signer
    from hub.log.witness import NOTHING, read_growth, witness

    settings = Settings.from_env()
    log = _key(key)
    growth = read_growth(_text(file))
    kept = seen or settings.home / "cosigned"
    before = anchored(kept)
    signed_by = signer(keyfiles.secret(settings.keys_dir / "cosign" / name), name, COSIGNED)
    last = read_checkpoint(before, log) if before else NOTHING
    note = witness(growth, last, log, signed_by, int(time.time()))
    write_anchor(kept, note)
    size = read_checkpoint(note, log).size
    progress(f"the log has grown from {last.size:,} to {size:,} and says what it said before")
    if as_json:
        answer({"checkpoint": note, "since": last.size, "size": size, "key": str(signed_by.verifier)}, as_json)
    else:
        sys.stdout.write(note)


def _receipt(path: Path, key: "Verifier") -> dict[str, Any]:
    from hub.log.receipts import check_receipt

    facts = check_receipt(path.read_bytes(), key)
    return {**facts.receipt, "log": facts.checkpoint.origin, "size": facts.checkpoint.size, "proven": True}


def _log_verified(store: "LogStore", key: "Verifier", anchors: list[str]) -> dict[str, Any]:
    from hub.log.verify import RULES, verify_log

    report = verify_log(store, key, anchors, echo=progress)
    return {
        "events": report.events,
        "checkpoints": report.checkpoints,
        "receipts": report.receipts,
        "anchors": report.anchors,
        "purged": report.purged,
        "found": report.found.total(),
        "rules": dict(report.found),
        "findings": [
            {"position": each.position, "rule": each.rule, "says": RULES[each.rule]} for each in report.findings
        ],
    }


def _tell(findings: list[dict[str, Any]]) -> None:
    for each in findings[:SHOWN]:
        progress(f"position {each['position']:,}: {each['rule']}: {each['says']}")
    if len(findings) > SHOWN:
        progress("... and more: --json")


@contextmanager
def _log(settings: Settings) -> Iterator["LogStore"]:
    from hub.database import open_database
    from hub.log.store import LogStore

    if settings.database is None and not settings.log_path.exists():
        raise Stop("there is no log here: HUB_HOME, HUB_DATABASE")
    with closing(LogStore(open_database(settings.log_url, "log"))) as store:
        yield store


def _own_key(settings: Settings) -> "Verifier":
    """The public half of the hub's own key, which is there: a log without it was signed by another."""
    from hub.log.notes import log_signer
    from hub.vault.keys import key_files

    return log_signer(key_files(settings.keys_dir, lambda _name: True)).verifier


def _key(given: str) -> "Verifier":
    from hub.log.notes import read_key

    return read_key(given if "+" in given and not Path(given).is_file() else _text(Path(given)))


def _note(path: Path) -> str:
    """The checkpoint in a file: alone, with its proof, or in a receipt."""
    from hub.log.witness import read_growth

    text = _text(path)
    try:
        return str(json.loads(text)["proof"]["checkpoint"]) if text.startswith("{") else read_growth(text).note
    except (ValueError, LookupError, TypeError):
        raise Reject(f"{path.name} holds no checkpoint") from None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Reject(f"{path.name} is not text") from None
