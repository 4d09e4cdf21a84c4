"""What a mapping cannot say, a Python adapter of forty lines says: from a file, or installed by entry point."""

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hub import adapters
from hub.adapters import every, find
from hub.errors import Stop
from tests.delivered import left
from tests.pipe import ROOT, Pipe
from tests.typed import Call

SECOVA = ROOT / "examples" / "adapters" / "be_secova.py"
JOURNAL = """P|D1|F|1984|Esneux
C|1|03/02/2025|TEL|écoute
C|2|04/02/2025|DOM|absent

P|D2|H|CANARY
C|1|05/02/2025|TEL|écoute
P|D3|H|1999|Trooz
C|1|31/02/2025|BUR|droits
C|2|05/02/2025|BUR|autre
X|CANARY
""".encode("cp1252")


def test_the_example_has_forty_lines_and_puts_each_contact_below_its_person() -> None:
    assert len(SECOVA.read_text("utf-8").splitlines()) <= 40
    sent = left(find(f"{SECOVA}:adapter"), JOURNAL)
    assert sent.closing.rows == 3
    assert len({names for names, _, _ in sent.rows}) == 3
    assert {(each.position, each.rule) for each in sent.closing.refusals} == {
        ("line 5", "row-shape"), ("line 6", "row-shape"), ("line 8", "not-a-date"), ("line 10", "row-shape"),
    }  # fmt: skip
    assert "CANARY" not in repr((sent.rows, sent.closing))


def test_a_complete_file_of_it_speaks_for_its_months_only_where_nothing_was_refused(pipe: Pipe) -> None:
    lines = JOURNAL.decode("cp1252").splitlines()

    def take(name: str, *chosen: str) -> dict[str, int]:
        (pipe.folder / name).write_bytes("\n".join(chosen).encode("cp1252"))
        return pipe.take_file(pipe.folder / name, f"{SECOVA}:adapter", complete=True)

    assert take("a.txt", *lines[:3])["events"] == 2
    assert take("b.txt", *lines[:2], "C|9|x")["events"] == 0  # which contact that was nobody can tell
    assert take("c.txt", *lines[:2])["events"] == 1  # the second contact is stated no more


def test_an_adapter_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SECOVA.parent)
    point = EntryPoint("zone", "be_secova:adapter", "hub.adapters")
    monkeypatch.setattr(adapters, "entry_points", lambda group, name=point.name: [point] if name == point.name else [])
    assert find("zone").name == "be_secova"
    assert ("zone", "python") in list(every())


def test_a_file_that_holds_no_adapter_is_named_and_not_quoted(tmp_path: Path, call: Call) -> None:
    (tmp_path / "bad.py").write_text("raise ValueError('CANARY')\n", "utf-8")
    for wanted, named in ((f"{tmp_path}/bad.py:adapter", "bad.py:adapter is no adapter: ValueError"),
                          (f"{SECOVA}:nobody", "no adapter: AttributeError"),
                          (f"{tmp_path}/gone.py:adapter", "there is no Python file gone.py")):  # fmt: skip
        with pytest.raises(Stop, match=named) as caught:
            find(wanted)
        assert "CANARY" not in str(caught.value)
    (tmp_path / "empty.txt").write_bytes(b"")
    assert call("ingest", str(tmp_path / "empty.txt"), "--adapter", f"{SECOVA}:adapter")[0] == 3
