"""The command line, typed in this process."""

import sys
from collections.abc import Callable

import pytest

from hub import cli

Call = Callable[..., tuple[int, str, str]]
"""Words after `hub` → exit code, stdout, stderr."""


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run `hub`: exit code, stdout, stderr."""
    monkeypatch.setattr(sys, "argv", ["hub", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err
