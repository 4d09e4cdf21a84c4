"""A draft of a mapping from a sample: what it finds, what it never shows, and what it leaves to a person."""

import csv
import io
from pathlib import Path

import pytest

from examples.shelter import COLUMNS, FINISHED, shelter, write
from hub.adapters.base import Rejected
from hub.adapters.candidates import codes_of, find_code, heading_code
from hub.adapters.mapping import load_mapping
from hub.adapters.profile import profile
from hub.adapters.scaffold import About, draft, still_open
from hub.adapters.sniff import sniff
from hub.errors import Stop
from tests.typed import Call

ABOUT = About("pt_x", "pt-x", "PT", "pt")


def drafted(rows: list[list[str]], separator: str = ";", encoding: str = "utf-8", about: About = ABOUT) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    return draft(sniff(io.BytesIO(text.getvalue().encode(encoding)), about.language), about)[0]


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["03-02-2025", "31-12-2024"], ("%d-%m-%Y",)),
        (["3/2/2025", "13/2/2025"], ("%d/%m/%Y",)),
        (["12/31/2025", "12/13/2025"], ("%m/%d/%Y",)),
        (["05.03.25", "06.03.25"], ("%d.%m.%y",)),
        (["20250131", "20251231"], ("%Y%m%d",)),
        (["2025-01-31 23:59", "2025-02-01 00:00"], ("%Y-%m-%d %H:%M",)),
        (["31-01-2025", "28-02-2025", "1987", "03-2025"], ("%d-%m-%Y", "%m-%Y", "%Y")),
    ],
)
def test_dates_are_known_in_all_their_formats(texts: list[str], formats: tuple[str, ...]) -> None:
    found = profile("Data", texts * 20)
    assert (found.kind, found.mixed) == ("date", 0)
    assert set(found.formats) == set(formats)


@pytest.mark.parametrize(
    ("heading", "texts", "kind"),
    [
        ("Coluna", ["a", "b", "c"] * 9, "codes"),
        ("Coluna", ["Sim", "Não", ""] * 9, "flag"),
        ("Coluna", [f"A{n:03}" for n in range(60)], "identifier"),
        ("Coluna", [f"A{n % 45:03}" for n in range(90)], "person"),
        ("Coluna", ["1.250,00", "85,5", "0"] * 9, "number"),
        ("Coluna", ["2.887", "12", "1"] * 9, "integer"),
        ("Coluna", ["", "n/d", "---"] * 9, "empty"),
        ("NIF", ["123456789"] * 9, "national"),
        ("Nome", ["a", "b"] * 9, "never"),
        ("Coluna", [f"palavra {n} e mais" for n in range(60)], "never"),
    ],
)
def test_a_column_is_known_by_heading_and_texts(heading: str, texts: list[str], kind: str) -> None:
    assert profile(heading, texts).kind == kind


@pytest.mark.parametrize(
    ("heading", "texts", "kind"),
    [
        ("N_PROC", [f"2025{n % 45:05}" for n in range(90)], "person"),
        ("PROC", [f"2025{n:05}" for n in range(90)], "identifier"),
        ("Nr. dos.", [f"10{n % 45:07}" for n in range(90)], "person"),
        ("N_PROC", [f"+351 91 555 {n:04}" for n in range(90)], "never"),
        ("N_PROC", [f"91555{n:04}" for n in range(45)] + [f"21555{n:05}" for n in range(45)], "never"),
        ("Contacto", [f"91555{n:04}" for n in range(90)], "never"),
        ("Procedência", [f"91555{n:04}" for n in range(90)], "never"),
    ],
)
def test_a_number_of_records_may_be_as_long_as_a_telephones_where_its_heading_says_what_it_is(
    heading: str, texts: list[str], kind: str
) -> None:
    assert profile(heading, texts).kind == kind


@pytest.mark.parametrize(
    ("ages", "asked"),
    [
        (["34", "51", "99"] * 9, "99 in 9 rows"),
        (["34", "999", ""] * 9, "999 in 9 rows"),
        (["34", "0"] * 9, "0 in 9 rows"),
        (["3", "0", "7"] * 9, ""),
        ([str(age) for age in range(18, 100)], ""),
    ],
)
def test_a_draft_asks_what_a_number_means_that_is_hardly_an_age(ages: list[str], asked: str) -> None:
    rows = [[f"F{n:03}", f"{n % 28 + 1:02}-03-2025", age] for n, age in enumerate(ages)]
    text = drafted([["Ficha", "Data", "Idade"], *rows])
    (line,) = (line for line in text.splitlines() if "age: {column: Idade" in line)
    assert (f"# TODO {asked}: an age" in line) if asked else ("TODO" not in line)
    assert any("age" in each.place for each in still_open(text)) is bool(asked)


CANARIES = {
    "names": [f"Maria Canary{n % 7}" for n in range(90)],
    "one name alone": ["Rosa", "Teresa", "Paula"] * 30,
    "titles": ["Drª Canary", "Sgt. Canary", "outra"] * 30,
    "telephones": [f"+351 91{n % 5} 555 canary" for n in range(90)],
    "mail": ["canary@example.org", "x@example.org"] * 45,
    "rare": ["Casada"] * 89 + ["canary"],
    "long": ["canary " * 12] * 90,
    "many": [f"canary{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(90)],
}


@pytest.mark.parametrize("what", CANARIES)
@pytest.mark.parametrize("heading", ["Campo 7", "Sexo"])
def test_no_text_that_may_name_anybody_stands_in_a_draft(what: str, heading: str) -> None:
    rows = [["Ficha", heading, "Via"], *([f"F{n:03}", text, "Telef."] for n, text in enumerate(CANARIES[what]))]
    text = drafted(rows)
    assert "Telef.: PHONE" in text, "a code is shown: the test can fail"
    shown = [each for each in {*CANARIES[what]} if each.casefold() not in ("outra", "casada") and each in text]
    assert shown == []


def test_a_column_with_a_forbidden_heading_shows_nothing_however_few_its_texts_are() -> None:
    for heading in ("Técnica", "Naam medewerker", "Observações", "Osoite", "Téléphone", "Nome utente", "Iniciais"):
        rows = [["Ficha", heading], *([f"F{n:03}", "canary"] for n in range(40))]
        assert "canary" not in drafted(rows), heading


@pytest.mark.parametrize(
    "data", [b"F1;Maria Silva;1987-02-03\nF2;Ana Costa;1990-01-01\n", b"7;F\n8;F\n", b"only\none\n"]
)
def test_a_first_row_that_is_data_is_refused_and_not_quoted(data: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        sniff(io.BytesIO(data))
    assert all(problem.rule == "header" for problem in caught.value.problems)
    assert not any(word in str(caught.value) for word in ("Maria", "Silva", "1987", "only"))


@pytest.mark.parametrize("data", [b"", b" \n", b"PK\x03\x04rest", b"a;a\n1;2\n", b"a;b\n"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(Rejected):
        sniff(io.BytesIO(data))


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separator_and_encoding_are_found(separator: str, encoding: str) -> None:
    lines = [["Ficha", "Violência"], *([f"F{n:03}", "Física"] for n in range(40))]
    data = "\n".join(separator.join(line) for line in lines).encode(encoding)
    found = sniff(io.BytesIO(data), "pt")
    assert (found.separator, found.header, found.damaged) == (separator, ("Ficha", "Violência"), 0)
    assert found.encoding == encoding.removesuffix("-sig")


def test_words_are_known_by_labels_headings_and_what_others_wrote() -> None:
    held = {field: codes_of("contact.held", field) for field in ("violence_forms", "channel", "services", "source")}
    for text, field, heading, code in (
        ("Perseguição", "violence_forms", "", "STK"),
        ("Sexual", "violence_forms", "Tipo de Violência", "SEX"),
        ("Jur.", "services", "Apoios", "LEGAL_ADVICE"),
        ("Telef.", "channel", "", "PHONE"),
        ("Segurança Social", "source", "", "SOCIAL_SVC"),
        ("Sim", "violence_forms", "", ""),
        ("Outra", "source", "", "OTHER"),
        ("canary", "source", "", ""),
    ):
        assert find_code(text, field, held[field], "pt", heading).code == code, text
    assert heading_code("tipo_de_violencia_fisica", held["violence_forms"]) == "PHY"
    assert heading_code("grávida", held["violence_forms"]) == ""


def test_the_shelters_draft_leaves_few_questions_and_names_each_by_its_line(tmp_path: Path) -> None:
    write(tmp_path / "casa.csv")
    with (tmp_path / "casa.csv").open("rb") as source:
        text, plan = draft(sniff(source, "pt"), About("pt_casa_aurora", "pt-casa-aurora", "PT", "pt"))
    assert (plan.key, plan.subject, plan.record) == ("N.º Ficha", "Cód. Utente", "case")
    assert plan.events == ["case.opened", "case.closed", "contact.held"]
    assert len(plan.columns) == len(COLUMNS) == 30
    assert "CANARY" not in text
    lines = text.splitlines()
    left = list(still_open(text))
    assert 5 < len(left) < 30
    assert all("TODO" in lines[each.line - 1] for each in left)
    (tmp_path / "draft.yaml").write_text(text, "utf-8")
    with pytest.raises(Stop):
        load_mapping(tmp_path / "draft.yaml")


def test_the_finished_example_reads_every_row_of_the_export(tmp_path: Path) -> None:
    write(tmp_path / "casa.csv")
    adapter = load_mapping(FINISHED)
    with (tmp_path / "casa.csv").open("rb") as source:
        assert len([adapter.translate(record) for record in adapter.read(source)]) == len(shelter())


def test_columns_of_yes_and_no_become_codes_and_a_draft_without_todo_loads(tmp_path: Path) -> None:
    rows = [
        ["Nr", "Cliente", "Data", "Sexo", "Violência física", "Violência sexual"],
        *([f"R{n:03}", f"C{n % 50:03}", f"{n % 27 + 1:02}.03.2025", "Feminino", "Sim", "Não"] for n in range(90)),
    ]
    text = drafted(rows)
    assert list(still_open(text)) == []
    (tmp_path / "draft.yaml").write_text(text, "utf-8")
    stated = load_mapping(tmp_path / "draft.yaml")
    assert stated.mapping.facts[0].fields["violence_forms"].flags == {
        "Violência física": "PHY",
        "Violência sexual": "SEX",
    }


def test_the_command_writes_no_draft_over_another_file_and_shows_no_name(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "casa.csv")
    words = ("adapters", "new", "--sample", "casa.csv", "--partner", "pt-casa-aurora")
    code, out, err = call(*words)
    assert (code, "CANARY" in out + err) == (0, False)
    assert call(*words)[0] == 3
    assert call(*words[:-1], "Casa Aurora")[0] == 5
    assert call("adapters", "new", "--sample", "nothing.csv", "--partner", "pt-x")[0] == 3
    code, out, _ = call(*words, "--to", "other.yaml", "--json")
    assert (code, '"becomes"' in out) == (0, True)
