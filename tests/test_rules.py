"""The catalogue of rules is held against the code: what is raised is in it, and what is in it is raised."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.adapters import rules
from hub.adapters.rules import LANGUAGES, catalogue, page, read_catalogue, words
from hub.errors import Stop

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("hub/adapters", "hub/edge", "hub/log", "hub/vault", "hub/transport")
FORM = re.compile(r"[a-z]+(-[a-z]+)*")
RAISING = {"Rejected", "Broken", "Damaged", "_damaged", "Problem", "Refusal", "Reject", "UnbelievableError", "wrong"}
"""Calls in which a rule is named: first or last of their texts."""
NOT_RULES = {"name-birth", "encryption-data", "primeromodule-gbv", "content-type", "kafka-secure"}
"""Hyphenated words of other lists: a scheme of identifiers, an element of ODF, a module of Primero."""
VERIFYING = {"verify.py", "streams.py", "rehash.py"}
"""What `hub verify` finds is about the log, not about a partner's data: docs/proofs.md has its list."""


def named_in(tree: ast.AST, *, codes: bool = False) -> Iterator[str]:
    """Every text in a module that is a rule's id by its form: with hyphens anywhere, a single word in a call.

    `codes`: the module holds codes of the same form (FHIR's `in-progress`): only where something is refused.
    """
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    if not codes:
        yield from (text for node in ast.walk(tree) if id(node) not in docs for text in _hyphenated(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and isinstance(first := node.values[0], ast.Constant):
            if str(first.value).endswith("-") and FORM.fullmatch(str(first.value)[:-1]):
                yield from (rule for rule in catalogue() if rule.startswith(str(first.value)))
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in RAISING and node.args:
                ends = [inner for arg in (node.args[0], node.args[-1]) for inner in ast.walk(arg)]
                yield from (text for inner in ends for text in _hyphenated(inner))
                words = [inner.value for inner in ends if isinstance(inner, ast.Constant)]
                yield from (text for text in words if text in ONE_WORD)
        elif codes and isinstance(node, ast.Assign) and {*map(ast.unparse, node.targets)} & {"rule", "_FAULTS"}:
            yield from (text for inner in ast.walk(node.value) for text in _hyphenated(inner))


def _hyphenated(node: ast.AST) -> list[str]:
    text = node.value if isinstance(node, ast.Constant) else None
    return [text] if isinstance(text, str) and "-" in text and FORM.fullmatch(text) else []


ONE_WORD = {name for name in catalogue() if "-" not in name} | {"made"}
"""A rule of one word looks like any word: those that are known, and one that is made up by a test below."""


def raised(root: Path) -> dict[str, str]:
    """Each rule that the code can raise, and a file that names it."""
    found = {}
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if path.name not in {"rules.py", *VERIFYING}:
                named = named_in(ast.parse(path.read_text("utf-8")), codes=path.name.startswith("fhir"))
                found |= dict.fromkeys(named, path.relative_to(root).as_posix())
    return {rule: path for rule, path in found.items() if rule not in NOT_RULES}


def test_every_rule_that_is_raised_is_in_the_catalogue():
    assert {rule: path for rule, path in raised(ROOT).items() if rule not in catalogue()} == {}


OF_READERS = {
    "fhir.py": {name for name, rule in catalogue().items() if rule.place == "resource"}
    | {"not-xml", "not-fhir-xml", "document-type"},
    "primero.py": {"not-a-record", "error-response", "deleted-record", "duplicate-record", "other-module"},
}
"""Rules of a reader that may come later than its words: with the reader, they must be raised."""


def test_every_rule_in_the_catalogue_is_raised():
    here = (file for file in OF_READERS if not (ROOT / "hub" / "adapters" / file).exists())
    to_come = set().union(*(OF_READERS[file] for file in here))
    assert sorted(catalogue().keys() - raised(ROOT).keys() - to_come) == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('raise Rejected("made-up", "place")', "made-up"),
        ('problems.append(("made-up", column))', "made-up"),
        ('raise Reject(f"delivery {name} is made up", "made")', "made"),
        ('RULES = {date: ("made-up", parse)}', "made-up"),
        ('problems.append((f"missing-{what}", column))', "missing-key"),
    ],
)
def test_a_rule_that_is_new_in_the_code_is_seen(line: str, rule: str, tmp_path: Path):
    file = tmp_path / "hub" / "adapters" / "new.py"
    file.parent.mkdir(parents=True)
    file.write_text(f'"""Not a-rule."""\n\n\ndef read():\n    {line}\n', "utf-8")
    assert rule in raised(tmp_path)


def test_every_rule_has_words_in_every_language_and_none_of_them_is_another_ones():
    for language in LANGUAGES:
        said = [words(rule, language) for rule in catalogue()]
        assert all(text[-1] in ".?" and hint[-1] == "." for text, hint in said)
        assert len({text for text, _ in said}) == len(said)
    for name, rule in catalogue().items():
        assert len({rule.said(language) for language in LANGUAGES}) == len(LANGUAGES), name


def test_commands_and_keys_in_a_hint_are_the_same_in_every_language():
    for name, rule in catalogue().items():
        if name not in ("not-a-mapping", "not-an-integer", "not-a-number", "unknown-code", "missing-subject"):
            named = {frozenset(re.findall(r"`[^`]+`", " ".join(rule.said(each)))) for each in LANGUAGES}
            assert len(named) == 1, name


def test_a_rule_that_nobody_wrote_down_speaks_for_itself():
    assert words("of-a-partners-own", "fi") == ("Of a partners own.", "")


@pytest.mark.parametrize(
    "text",
    [
        "torn: {place: nowhere, mend: data, en: [a., b.]}",
        "torn: {place: file, mend: data, en: [a., b.]}",
        "torn: {place: file, mend: data, en: [a.]}",
        "torn: 1",
        "- torn",
        "torn: &a {place: file}",
    ],
)
def test_a_catalogue_that_is_wrong_is_not_read(text: str, tmp_path: Path):
    path = tmp_path / "rules.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(Stop, match=r"rules\.yaml"):
        read_catalogue(path)


def test_the_page_is_what_the_catalogue_says():
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == page(), "make schemas"


def test_the_words_name_no_file_of_this_machine_and_no_value():
    assert "/" not in "".join(text for rule in catalogue().values() for each in rule.words.values() for text in each)
    assert rules.FILE.name == "rules.yaml"
