"""The codebook as a file that a ministry's evaluator opens: an HTML page that asks nobody, Markdown, or a CSV table."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from hub import __version__
from hub.errors import Reject
from hub.release.codebook import Item, codebook
from hub.release.described import languages, said

HEADS = frozenset(("table", "list", "indicator"))
RULES = (
    "Every number about people is a sum of rounded cells: 0 or a multiple of the base. Shares of small numbers mean "
    "little.",
    "Counting units are never mixed: person, case, offence, contact, service act, referral. People are never summed "
    "over partners.",
    "U, NA, NR and REF are four things: unknown, not applicable, not recorded, refused. They stand as rows of their "
    "own.",
    "A quarter that a partner did not deliver is absent; a zero was stated. See delivery_status.",
    "In SQL this codebook is the table columns, and the code lists are the table codes.",
)
ABOUT = "What every table, column, code and indicator of the Victim Support Hub means. Version {version}."
ENCLAVE = "Exact tables that never leave the hub, for those who run it: what a release protects is made of them."
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:70rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}caption{text-align:start;padding:.2rem 0}"
    "th,td{border:1px solid #999;padding:.3rem .5rem;text-align:start;vertical-align:top}th{background:#eef2f6}"
    "code{font-family:monospace;white-space:nowrap}a{color:#1f4e79}nav ul{columns:16rem;list-style:none;padding:0}"
    "@media print{nav{display:none}h3{break-after:avoid}tr{break-inside:avoid}}"
)
Part = tuple[str, str, list[tuple[Item, list[Item]]]]
"""A section: its title, a sentence or none, and each of its headed groups of lines."""


def write(path: Path, lang: str, *, whole: bool = False) -> int:
    """Write the codebook in the form that the file's name ends in; how many lines it has."""
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise Reject(f"a codebook is written as {', '.join(FORMS)}")
    items = list(codebook(lang, whole=whole))
    path.write_text(form(items, lang), "utf-8")
    return len(items)


def write_all(folder: Path) -> None:
    """The page in every language, beside the releases that it explains."""
    for lang in languages():
        write(folder / f"codebook.{lang}.html", lang)


def as_csv(items: Iterable[Item], _lang: str) -> str:
    """One line an item, in UTF-8 with the mark that spreadsheets look for."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Item._fields)
    writer.writerows(items)
    return "\ufeff" + text.getvalue()


def as_markdown(items: Sequence[Item], lang: str) -> str:
    """Headings and tables."""
    lines = [f"# {said('Codebook', lang)}", "", _about(lang), "", f"## {said('How to read it', lang)}", ""]
    lines += [f"- {said(rule, lang)}" for rule in RULES]
    for title, note, groups in _parts(items, lang):
        lines += ["", f"## {title}", *(["", note] if note else [])]
        for head, rows in groups:
            lines += ["", f"### {_heading(head)}", "", _cell(head.text), ""]
            names = [said(name, lang) for name in _columns(head)]
            lines += [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
            lines += [f"| {' | '.join(map(_cell, _values(row)))} |" for row in rows]
    return "\n".join(lines) + "\n"


def as_html(items: Sequence[Item], lang: str) -> str:
    """One page without a script and without anything from elsewhere."""
    parts = _parts(items, lang)
    links = [
        f"<h3>{escape(title)}</h3><ul>"
        + "".join(f'<li><a href="#{_anchor(head)}">{escape(_heading(head))}</a></li>' for head, _ in groups)
        + "</ul>"
        for title, _, groups in parts
    ]
    rules = "".join(f"<li>{escape(said(rule, lang))}</li>" for rule in RULES)
    body = [
        f"<h1>{escape(said('Codebook', lang))}</h1><p>{escape(_about(lang))}</p>",
        f"<nav><h2>{escape(said('Contents', lang))}</h2>{''.join(links)}</nav>",
        f"<h2>{escape(said('How to read it', lang))}</h2><ul>{rules}</ul>",
    ]
    for title, note, groups in parts:
        body += [f"<h2>{escape(title)}</h2>", f"<p>{escape(note)}</p>" if note else ""]
        body += [_grid(head, rows, lang) for head, rows in groups]
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<title>{escape(said('Codebook', lang))} – Victim Support Hub</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{chr(10).join(filter(None, body))}\n</main></body></html>\n"
    )


FORMS: dict[str, Callable[[Sequence[Item], str], str]] = {".html": as_html, ".md": as_markdown, ".csv": as_csv}


def _grid(head: Item, rows: Iterable[Item], lang: str) -> str:
    names = "".join(f'<th scope="col">{escape(said(name, lang))}</th>' for name in _columns(head))
    lines = []
    for row in rows:
        first, *rest = map(escape, _values(row))
        if row.codes:
            rest[1] = f'<a href="#list-{rest[1]}">{rest[1]}</a>'
        cells = "".join(f"<td>{value}</td>" for value in rest)
        lines.append(f"<tr><td><code>{first}</code></td>{cells}</tr>")
    return (
        f'<h3 id="{_anchor(head)}">{escape(_heading(head))}</h3><p>{escape(head.text)}</p>'
        f"<table><thead><tr>{names}</tr></thead><tbody>\n{chr(10).join(lines)}\n</tbody></table>"
    )


def _parts(items: Iterable[Item], lang: str) -> list[Part]:
    """The items under their heads, and those under the titles of their sections."""
    groups: list[tuple[Item, list[Item]]] = []
    for item in items:
        if item.kind in HEADS:
            groups.append((item, []))
        else:
            groups[-1][1].append(item)
    titles = {"list": "Codes", "indicator": "Indicators"}
    found = []
    for (kind, where), some in groupby(groups, lambda group: (group[0].kind, group[0].of in ("", "release"))):
        title = titles.get(kind, "Tables of a release" if where else "Tables within the enclave")
        found.append((said(title, lang), "" if where else said(ENCLAVE, lang), list(some)))
    return found


def _columns(head: Item) -> tuple[str, ...]:
    return {
        "table": ("Column", "Type", "Code list", "What it says"),
        "list": ("Code", "Label"),
        "indicator": ("Figures", "What it says"),
    }[head.kind]


def _values(item: Item) -> tuple[str, ...]:
    return (item.name, item.type, item.codes, item.text) if item.kind == "column" else (item.name, item.text)


def _heading(head: Item) -> str:
    return head.name if head.kind != "indicator" else f"{head.name} {head.text}"


def _anchor(head: Item) -> str:
    return f"{head.of or head.kind}-{head.name}"


def _about(lang: str) -> str:
    return said(ABOUT, lang).format(version=__version__)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
