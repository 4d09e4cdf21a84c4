"""What a process holds stays in it: no core dump, no debugger, and no value in what it says when it fails."""

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli import beside
from hub.cli.guarded import kind_and_place
from hub.cli.operator import serve_pages
from tests.typed import Call

LIMITS = """
import atexit, ctypes, resource, sys
from hub.cli import main
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
atexit.register(lambda: print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)))
sys.argv = ["hub", "adapters", "list", "--json"]
main()
"""
FAILING = """
import logging, sys, threading
from hub.cli.guarded import guard
guard()
thread = threading.Thread(target=lambda: int("CANARY of a thread"))
thread.start(); thread.join()
class Final:
    def __del__(self): int("CANARY of a finaliser")
Final()
try: int("CANARY of a library")
except ValueError: logging.getLogger("some.library").exception("read CANARY and %s", "CANARY")
logging.getLogger("some.library").warning("%d", "CANARY that fits no number")
int("CANARY of all")
"""


def ran(script: str, **variables: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    return done.stdout, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_command_leaves_no_core_dump_and_lets_nobody_look_into_it() -> None:
    out, err = ran(LIMITS)
    assert out.splitlines()[-1] == "(0, 0) 0", err
    control, _ = ran(LIMITS.replace("main()", ""))
    assert control.splitlines()[-1] != "(0, 0) 0", "it must have been possible before"


def test_the_edges_own_process_says_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(beside, "guard", lambda: done.append("guarded"))
    monkeypatch.setattr(beside, "delivered", lambda *_: done.append("begun") or int("CANARY"))
    ours, theirs = multiprocessing.Pipe(duplex=False)
    beside._edge(None, theirs)  # type: ignore[arg-type]
    kind, said = ours.recv()
    assert done == ["guarded", "begun"]
    assert kind == "error"
    assert "ValueError at test_guarded.py" in str(said)
    assert "CANARY" not in str(said)


def test_threads_finalisers_libraries_and_the_last_line_say_kind_and_place() -> None:
    _, err = ran(FAILING)
    assert err.splitlines() == [
        "hub: unexpected ValueError at <string>:5",
        "hub: unexpected ValueError at <string>:8",
        "hub: ERROR of some.library: ValueError at <string>:10",
        "hub: WARNING of some.library",
        "hub: unexpected ValueError at <string>:13",
    ]
    _, whole = ran(FAILING, HUB_TRACEBACK="1")
    assert whole.count("CANARY") > 4, "the control: without it they quote what they read"


def test_an_error_without_a_traceback_has_a_kind_alone() -> None:
    assert kind_and_place("ValueError", None) == "ValueError"


def test_the_log_has_a_line_a_command_and_a_delivery_without_any_value(
    hub_home: Path, call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.pipe import row, write_mapping, write_table

    table = write_table(tmp_path / "CANARY.csv", [row(1), row(2, sex="CANARY"), row(3)])
    words = ("--adapter", str(write_mapping(tmp_path)), "--json")
    assert call("ingest", str(table), *words)[2].count("{") == 0, "unless it is asked for"
    monkeypatch.setenv("HUB_LOG", "json")
    assert call("push", str(table), *words, "--to", str(hub_home / "deliveries" / "inbox"))[0] == 0
    typed = (("receive", "--json"), ("release", "CANARY"), ("adapters", "CANARY"), ("CANARY",))
    lines = [line for each in typed for line in call(*each)[2].splitlines()]
    said = [json.loads(line) for line in lines if line.startswith("{")]
    assert [(each["event"], each.get("command")) for each in said] == [
        ("received", None), ("command", "receive"), ("command", "release"), ("command", "adapters"), ("command", ""),
    ]  # fmt: skip
    received, done, failed, *_ = said
    assert (received["received"], received["unchanged"], received["quarantined"]) == (3, 2, 1)
    assert received["rules"] == {"unknown-code": 1}
    assert len(received["delivery"]) == 32
    assert (done["exit"], done["error"], failed["exit"], failed["error"]) == (0, "", 3, "Reject")
    assert "CANARY" not in str(said)


def test_the_pages_start_without_anything_that_leads_to_the_enclave(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[dict[str, str]] = []
    for name in ("HUB_HOME", "HUB_DATABASE", "HUB_VAULT_DATABASE", "HUB_WAREHOUSE_DATABASE", "PGPASSWORD", "LANG"):
        monkeypatch.setenv(name, "CANARY")
    monkeypatch.setattr(os, "execve", lambda _path, _words, environment: started.append(environment))
    serve_pages(tmp_path / "release.duckdb", 0, True)
    (environment,) = started
    assert {name for name, value in environment.items() if value == "CANARY"} == {"LANG"}
    assert environment["HUB_RELEASE"] == str(tmp_path / "release.duckdb")
