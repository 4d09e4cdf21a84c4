"""One person, one canonical form: every scheme against made-up numbers, and against all ways of writing them."""

import random

import pytest
from stdnum import get_cc_module

from hub.edge.canonical import canonical
from hub.edge.schemes import SCHEMES
from hub.edge.summed import SUMMED, plainly_right
from hub.edge.tokens import PartnerTokens, People
from hub.errors import Stop
from tests.attacks.forms import TRANSFORMS, golden, librarys, others
from tests.pipe import ROOT

MEMBERS = (
    "at be bg cy cz de dk ee es fi fr gr hr hu ie it lt lu lv mt nl pl pt ro se si sk"  # Greece as python-stdnum has it
)


def test_each_country_has_a_scheme_and_each_scheme_good_and_bad_numbers() -> None:
    assert {scheme[:2] for scheme in SCHEMES} == set(MEMBERS.split())
    for wanted in (True, False):
        assert {scheme for scheme, _, form in golden() if (form is not None) is wanted} == set(SCHEMES)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_forms_are_what_they_always_were(scheme: str) -> None:
    """A form that moves splits persons: a change here is a new version of `canonical`."""
    for name, text, form in golden():
        if name == scheme:
            assert canonical(scheme, text) == form, text


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_however_it_is_written_it_is_one_person_or_nobody(transform: str) -> None:
    for scheme, text, form in golden():
        if form is not None:
            assert canonical(scheme, TRANSFORMS[transform](text)) in (form, None), (scheme, text)
            assert canonical(scheme, form) in (form, None), "a form is its own form, or no number any more (pt.cc)"


def test_what_the_library_alone_makes_of_them_is_not_one_person() -> None:
    """The control: without our rules some ways of writing a number are accepted, and become somebody else."""
    assert {("ie.pps", "Arabic-Indic digits"), ("se.personnummer", "as it is")} <= {*others(librarys)}


@pytest.mark.parametrize(
    ("scheme", "number"),
    [("fr.nir", "795109912611137"), ("it.codicefiscale", "00987920196"), ("pt.nif", "501964843")],
)
def test_numbers_that_last_a_while_or_are_a_companys_name_nobody(scheme: str, number: str) -> None:
    assert get_cc_module(*scheme.split(".")).is_valid(number), "the library takes it"
    assert canonical(scheme, number) is None


def test_a_citizen_card_that_is_renewed_is_the_same_person() -> None:
    module = get_cc_module("pt", "cc")
    cards = {f"123456789{version}{module.calc_check_digit('123456789' + version)}" for version in ("ZX", "ZZ", "AB")}
    assert {canonical("pt.cc", card) for card in cards} == {"123456789"}


def test_each_scheme_is_documented() -> None:
    documented = (ROOT / "docs" / "adapters.md").read_text("utf-8")
    assert [scheme for scheme in SCHEMES if f"`{scheme}`" not in documented] == []


@pytest.mark.parametrize("scheme", SUMMED)
def test_what_is_plainly_right_is_what_the_scheme_itself_makes_of_it(scheme: str) -> None:
    dice, by = random.Random(scheme), SUMMED[scheme]
    texts = [f"{dice.randrange(10 ** len(by.weights)):0{len(by.weights)}}" for _ in range(20_000)]
    right = [text for text in texts if plainly_right(scheme, text)]
    assert len(right) > 300
    assert [text for text in right if SCHEMES[scheme](text) != text] == []
    others = {f" {text}" for text in right} | {text[:-1] + "٣" for text in right} | {text[:-1] for text in right} | {""}
    assert not any(plainly_right(scheme, text) for text in others)


@pytest.mark.parametrize("scheme", SUMMED)
def test_nearly_all_good_numbers_are_plainly_right(scheme: str) -> None:
    """The control: a check that took nothing would be right too."""
    good = [text for name, text, form in golden() if name == scheme and form == text]
    assert good
    assert sum(plainly_right(scheme, text) for text in good) >= len(good) / 2


def test_an_unknown_scheme_stops() -> None:
    for scheme in ("nl.btw", "xx.id", "nl", ""):
        with pytest.raises(Stop, match="no identifier scheme"):
            canonical(scheme, "1")


def test_an_invalid_identifier_has_no_token_and_is_counted() -> None:
    people = People(PartnerTokens(b"k" * 32, partner="nl-test", country="NL"))
    tokens = people.tokens("nl.bsn", ["111222333", "111222334", "1112.22.333", "111222334", ""])
    assert tokens[0] == tokens[2] is not None
    assert tokens[1] is tokens[3] is tokens[4] is None
    assert people.unlinked == 3
