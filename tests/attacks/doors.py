"""Marked strings in every kind of file and variable that a command takes, whole and damaged: none is said again."""

import contextlib
import io
import json
import os
import random
import shutil
import sys
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from hub import cli
from tests.attacks.attack import Attack, Outcome
from tests.attacks.canaries import MARK, damaged, holding
from tests.pipe import ROOT, row, write_mapping, write_table

COPIES = 40
"""Damaged copies of each file."""
TEXT = MARK.decode()
PERSON = f"{TEXT}-Maria"
SERVER = "postgresql://hub:{}@127.0.0.1/none?port=1&connect_timeout=1"
Words = list[str]


def _run(folder: Path, scale: float) -> Outcome:
    """Every door with files as they are and with damaged copies: what it prints, and what it leaves below its home."""
    home = folder / "home"
    doors = _doors(folder, home)
    rng, copies = random.Random(11), max(2, round(COPIES * scale))
    said, tries = list[tuple[str, str]](), 0
    for file, words in doors:
        most = min(200, 3 + file.stat().st_size // 100)
        copy = folder / "damaged" / f"copy{file.suffix}"
        for path in (file, *(damaged(file, copy, rng, most) for _ in range(copies))):
            path.chmod(0o600)
            said.append(_typed(home, [str(path) if word == "FILE" else word for word in words(path)]))
            tries += 1
    for name, value in _variables():
        said += [_typed(home, [command, "--json"], **{name: value}) for command in ("status", "receive", "project")]
        tries += 3
    said += [_failing(home), _failing(home, HUB_TRACEBACK="")]
    shutil.rmtree(home / "deliveries" / "rejected")  # what was put aside is kept as it came
    found = sum(TEXT in str(text).upper() for text in said) + len(holding(home, MARK))
    (home / "planted").write_bytes(MARK)
    control = (TEXT in str(_failing(home, HUB_TRACEBACK="1"))) + len(holding(home, MARK))
    return Outcome(tries + 2, found, control)


def _doors(folder: Path, home: Path) -> list[tuple[Path, Callable[[Path], Words]]]:
    """A file that holds marks, and the words of the command that takes it."""
    mapping = write_mapping(folder)
    table = write_table(folder / "table.csv", [row(n, case=PERSON, name=PERSON) for n in range(6)])
    headless = folder / "headless.csv"
    headless.write_text("\n".join(f"{PERSON};{PERSON}{n};x" for n in range(3)))
    by = ["--adapter", str(mapping), "--json"]
    sent = json.loads(_typed(home, ["push", str(table), *by, "--to", str(folder)])[0])
    taken = json.loads(_typed(home, ["ingest", str(table), *by])[0])
    receipt = home / "deliveries" / "receipts" / f"{taken['delivery_id']}.json"
    key, secret = folder / "log.key", folder / "anna.key"
    key.write_text(_typed(home, ["checkpoint", "--show-key"])[0])
    secret.write_bytes((MARK * 6)[:32])
    text = folder / "persons.txt"
    text.write_text(f"{PERSON}\n{PERSON}\t{PERSON}\n")
    one, note, share = (folder / name for name in ("receipt.json", "note.txt", "a.share"))
    one.write_text(receipt.read_text().replace('"pt-test"', f'"{PERSON}"'))
    note.write_text(_typed(home, ["checkpoint", "--since", "0"])[0] + PERSON)
    share.write_text(json.dumps({"key": PERSON, "custodian": PERSON, "check": PERSON, "sealed": PERSON}))
    log, forms = str(key), folder / "forms.yaml"
    forms.write_text(mapping.read_text().replace("f: F", f"{PERSON}: F").replace('"%d-%m-%Y"', f'"{PERSON}"'))
    plan = folder / "plan.yaml"
    plan.write_text(
        (ROOT / "examples/programmes/invictus/pt.yaml").read_text().replace("adopted_on: 2", f"x: {PERSON}")
    )
    forget = ["--adapter", str(mapping), "--reason", "OBJECTION", "--json"]

    def waiting(path: Path) -> Words:
        """A delivery from the inbox; a name is the carrier's, so that it is told."""
        inbox = home / "deliveries" / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, inbox / f"{random.randbytes(16).hex()}.delivery")
        return ["receive", "--json"]

    return [
        (table, lambda _: ["ingest", "FILE", "--adapter", str(mapping)]),
        (table, lambda _: ["adapters", "preview", "FILE", "--adapter", str(mapping), "--json"]),
        (headless, lambda _: ["ingest", "FILE", "--adapter", str(mapping)]),
        (forms, lambda _: ["ingest", str(table), "--adapter", "FILE"]),
        (plan, lambda _: ["adapters", "preview", "FILE", "--adapter", "plan_file"]),
        (Path(sent["delivery"]), waiting),
        (_with_marks(Path(sent["delivery"]), folder / "marked.delivery"), waiting),
        (one, lambda _: ["verify", "--receipt", "FILE", "--key", log, "--json"]),
        (note, lambda _: ["verify", "--since", "FILE", "--json"]),
        (note, lambda _: ["cosign", "FILE", "--key", log, "--name", "pt-test"]),
        (text, lambda _: ["verify", "--receipt", str(receipt), "--key", "FILE"]),
        (text, lambda _: ["forget", "FILE", *forget]),
        (text, lambda _: ["forget", "FILE", "--records", "--to", str(folder / "out"), *forget]),
        (share, lambda _: ["custody", "join", "FILE", "FILE", "--key", str(secret), "--key", str(secret)]),
        (secret, lambda _: ["custody", "join", str(share), str(share), "--key", "FILE", "--key", "FILE"]),
    ]


def _with_marks(path: Path, into: Path) -> Path:
    """The delivery with marks in its header, which stands in clear."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(into, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'"pt-test"', b'"' + PERSON.encode() + b'"'))
        new.comment = PERSON.encode()
    return into


def _variables() -> Iterator[tuple[str, str]]:
    for name in ("HUB_DATABASE", "HUB_VAULT_DATABASE", "HUB_WAREHOUSE_DATABASE"):
        for value in (TEXT, SERVER.format(TEXT), SERVER.format(f"{TEXT}@{TEXT}"), f"postgresql://h:{TEXT}@h:{TEXT}/x"):
            yield name, value
        yield name, f"postgresql://127.0.0.1/none?port=1&{TEXT}={TEXT}"
        yield name, f"postgresql://127.0.0.1/none?port=1&sslmode={TEXT}"
    yield "HUB_ANSWER_EVERY", TEXT


def _typed(home: Path, words: Words, **variables: str) -> tuple[str, str]:
    """What a command prints on its two streams; a traceback too, where it dies of one."""
    environment = {"HUB_HOME": str(home), "HUB_ANSWER_EVERY": "0", "HUB_LOG": "json", **variables}
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(sys, "argv", ["hub", *words]),
        mock.patch.object(cli, "guard"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        contextlib.suppress(SystemExit),
    ):
        try:
            cli.main()
        except Exception:  # noqa: BLE001 - what Python would print
            traceback.print_exc(file=err)
    return out.getvalue(), err.getvalue()


def _failing(home: Path, **variables: str) -> tuple[str, str]:
    """What a fault in our own code says, that quotes what it read."""
    with mock.patch("hub.cli.overview.overview", side_effect=ValueError(PERSON)):
        return _typed(home, ["status"], **variables)


DOORS = Attack(
    "marked strings in every file and variable that a command takes, damaged too",
    "a whole traceback, and a planted file",
    _run,
)
