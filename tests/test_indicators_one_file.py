"""Adding an indicator is one file: what docs/indicators.md tells to do is done here, in a copy."""

import re
import shutil
from datetime import date
from pathlib import Path

from hub.indicators.definition import read
from hub.indicators.written import DEFINITIONS, MODELS, PAGE, write
from tests.indicator_warehouse import ROOT, Figures
from tests.indicators_made import ANYBODY, dated

NAMES = {"pt": "Contactos por telefone ou chat", "fr": "Contacts par téléphone ou tchat"}


def test_an_indicator_that_is_not_in_the_list_is_one_file_more(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(ROOT / DEFINITIONS, copy / DEFINITIONS)
    (copy / "docs").mkdir()
    shutil.copy(ROOT / PAGE, copy / PAGE)
    write(copy)
    (copy / DEFINITIONS / "i31.yaml").write_text(from_the_page(), "utf-8")
    written = write(copy)
    assert f"{MODELS}/ind_i31.sql" in written
    assert not [path for path in written if re.search(r"ind_i(?!31)", path)]
    assert "I31 Contacts by phone or chat" in (copy / PAGE).read_text("utf-8")

    channels = ["PHONE", "CHAT", "F2F_OFFICE", "EMAIL", "NR"]
    contacts = [
        {**ANYBODY, **dated("held", date(2025, 7, 1)), "channel": channel, "subject": f"p{n}"}
        for n, channel in enumerate(channels)
    ]
    figures = Figures(tmp_path / "built", [read(copy / DEFINITIONS / "i31.yaml")], {"fct_contacts": contacts})
    counted = "period, numerator, denominator, value, known_share"
    assert figures.rows(counted, "breakdown = 'TOTAL'") == [("2025", 2, 4, 0.5, 0.8), ("2025Q3", 2, 4, 0.5, 0.8)]


def from_the_page() -> str:
    """The example of docs/indicators.md, with the names that it leaves out."""
    page = (ROOT / PAGE).read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert found
    names = re.compile(r"(pt|fr|nl|fi|it|hr|bg): \.\.\.")
    return names.sub(lambda said: f"{said[1]}: {NAMES.get(said[1], 'Contacts by phone or chat')}", found[1])
