"""Across the partners of a country persons are linked by law or not at all, and across countries never."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from stdnum.pt.nif import calc_check_digit

from hub import keyfiles
from hub.cli.ingest import drain
from hub.cli.installation import national
from hub.edge.epochs import destroy_old, rotate_national
from hub.errors import Reject, Stop
from hub.events.linkage import LinkageAuthorised, LinkageEnded
from hub.events.wire import Header
from hub.log import own
from hub.log.linkage import stream_name
from hub.settings import Settings
from hub.vault import rotation
from tests.forgetting import readable
from tests.pipe import MAPPING, Pipe, Row, open_pipe, row, write_mapping
from tests.postgres import ENGINES
from tests.typed import Call

OTHER = "pt-other"
LINK = "evaluation"
BY_NUMBER = MAPPING.replace("subject: {columns: [case]}", "subject: {scheme: pt.nif, columns: [case]}")
BY_CONSENT = BY_NUMBER.replace(
    "columns: [case]}", "columns: [case], linked_when: [{column: name, in: [agreed]}]}"
).replace("ignore: [name]\n", "")


def nif(number: int) -> str:
    return f"2123456{number}{calc_check_digit(f'2123456{number}')}"


ROWS = [row(n, case=nif(n // 2)) for n in range(8)]


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as opened:
        for country in ("PT", "ES"):
            keyfiles.secret(opened.hub.settings.keys_dir / national(country, LINK) / "tokens")
        yield opened


def take(pipe: Pipe, rows: list[Row] = ROWS, mapping: str = BY_NUMBER, **options: Any) -> dict[str, Any]:
    return pipe.take(rows, write_mapping(pipe.folder, mapping), **options)


def authorise(pipe: Pipe, country: str = "PT", purpose: str = LINK, **said: Any) -> bool:
    stated = {"basis": "PUBLIC_TASK", "article": "L1", "purposes": (purpose,), "valid_from": date(2025, 1, 1), **said}
    return state(pipe, LinkageAuthorised(country=country, **stated))


def end(pipe: Pipe) -> bool:
    return state(pipe, LinkageEnded(country="PT", ended_on=date(2026, 1, 1)))


def state(pipe: Pipe, event: LinkageAuthorised | LinkageEnded) -> bool:
    return own.state(pipe.hub.receiver, stream_name(event.country), event)


def abroad(pipe: Pipe) -> None:
    """The same persons, at a partner of another country that links too."""
    (pipe.folder / "es").mkdir()
    text = BY_NUMBER.replace("pt-test", "es-test").replace("country: PT", "country: ES")
    authorise(pipe, "ES")
    pipe.take(ROWS, write_mapping(pipe.folder / "es", text), link=LINK)


def test_nothing_is_linked_without_a_basis_before_its_day_or_for_another_purpose(both: Pipe):
    with pytest.raises(Reject, match="no legal basis"):
        take(both, ROWS, link=LINK)
    authorise(both, purpose="care")
    with pytest.raises(Reject, match="purpose"):
        take(both, ROWS, link=LINK)
    authorise(both, valid_from=date(2999, 1, 1))
    with pytest.raises(Reject, match="before 2999-01-01"):
        take(both, ROWS, link=LINK)
    authorise(both, country="ES")
    with pytest.raises(Reject, match="before 2999"):
        take(both, ROWS, link=LINK)
    assert readable(both.hub) == {}
    assert authorise(both)
    assert not authorise(both), "the same again says nothing"
    assert take(both, ROWS, link=LINK)["accepted"] == 8


def test_a_person_of_two_partners_is_one_subject_where_it_is_lawful_and_two_elsewhere(both: Pipe):
    take(both, ROWS)
    take(both, ROWS, partner=OTHER)
    assert len(readable(both.hub)) == 8, "the default: each partner for itself"
    authorise(both)
    take(both, ROWS, link=LINK)
    take(both, ROWS, partner=OTHER, link=LINK)
    linked = {subject for subject, streams in readable(both.hub).items() if len(streams) == 4}
    assert len(linked) == 4, "two records at each of two partners"
    abroad(both)
    assert {subject for subject, streams in readable(both.hub).items() if len(streams) == 4} == linked


def test_the_partners_own_numbers_link_nobody_with_another_partner(both: Pipe):
    authorise(both)
    same = [row(n) for n in range(8)]
    take(both, same, MAPPING, link=LINK)
    take(both, same, MAPPING, partner=OTHER, link=LINK)
    persons = readable(both.hub)
    assert sorted(map(len, persons.values())) == [2] * 8, "number 7 of one partner is not number 7 of another"
    take(both, [row(9, case="C3")], MAPPING, link=LINK)
    assert sorted(map(len, readable(both.hub).values())) == [2] * 7 + [3], "the control: at one partner it is one"


def test_on_consent_only_those_are_linked_who_agreed(both: Pipe):
    authorise(both, basis="CONSENT")
    agreed = [{**each, "name": "agreed" if n < 4 else "no"} for n, each in enumerate(ROWS)]
    with pytest.raises(Reject, match="linked_when"):
        take(both, link=LINK)
    for partner in (None, OTHER):
        assert take(both, agreed, BY_CONSENT, partner=partner, link=LINK)["unlinked"] == 0
    assert sorted(map(len, readable(both.hub).values())) == [1] * 8 + [4, 4]


def test_where_nobody_links_it_does_not_matter_who_agreed(both: Pipe):
    take(both, [{**each, "name": "no"} for each in ROWS], BY_CONSENT)
    assert sorted(map(len, readable(both.hub).values())) == [2] * 4
    with pytest.raises(ValueError, match="nobody links"):
        Header("0" * 32, "pt-test", "PT", "d", "1", complete=True, asked=True)


def test_a_countrys_key_is_changed_and_everybody_keeps_her_subject(both: Pipe):
    authorise(both)
    for partner in (None, OTHER):
        take(both, partner=partner, link=LINK)
    before = readable(both.hub)
    folder, domain = both.hub.settings.keys_dir / national("PT", LINK), f"PT/{LINK}"
    assert rotate_national(folder) == 2
    with pytest.raises(Reject, match="rotating already"):
        rotate_national(folder)
    take(both, link=LINK)
    closed = rotation.close(both.hub.vault, domain, confirmed=False)
    assert (closed.domain, closed.epoch, closed.persons, closed.seen) == (domain, 1, 4, 4)
    assert destroy_old(folder, national=True) == 1
    assert [path.name for path in folder.iterdir()] == ["tokens-2"]
    assert take(both, partner=OTHER, link=LINK)["events"] == 0
    again = [{**each, "no": f"N{n}"} for n, each in enumerate(ROWS)]
    take(both, again, partner=OTHER, link=LINK)
    assert readable(both.hub).keys() == before.keys(), "under the new key everybody is who she was"
    keyfiles.destroy(folder / "tokens-2")
    keyfiles.secret(folder / "tokens")
    with pytest.raises(Reject, match="rows before are destroyed"):
        take(both, link=LINK)


def test_when_it_has_ended_nothing_new_is_linked_and_it_may_begin_again(both: Pipe):
    authorise(both)
    take(both, ROWS[:4], link=LINK)
    late = both.drop(ROWS, write_mapping(both.folder, BY_NUMBER), partner=OTHER, link=LINK)
    assert end(both)
    told: list[str] = []
    drain(both.hub, told.append)
    assert "no legal basis" in told[-1]
    assert not late.exists()
    take(both, ROWS, partner=OTHER)
    assert max(len(streams) for streams in readable(both.hub).values()) == 2
    assert authorise(both)
    take(both, ROWS, partner=OTHER, link=LINK)
    assert max(len(streams) for streams in readable(both.hub).values()) >= 4


def test_the_commands_record_a_basis_and_end_it(hub_home: Path, call: Call):
    said = ("--basis", "PUBLIC_TASK", "--article", "L130-2015.24", "--purpose", LINK, "--valid-from", "2025-01-01")
    assert call("linkage", "key", "PT", LINK)[0] == 0
    assert call("linkage", "key", "PT", LINK)[0] == 3, "a key is not written over"
    assert call("linkage", "key", "pt", "../x")[0] == 3
    code, out, _ = call("linkage", "authorise", "PT", *said, "--json")
    assert (code, json.loads(out)["new"]) == (0, True)
    assert json.loads(call("linkage", "authorise", "PT", *said, "--json")[1])["new"] is False
    assert call("linkage", "authorise", "Portugal", *said)[0] == 3
    assert call("linkage", "authorise", "PT", "--basis", "WHIM", *said[2:])[0] == 2
    assert json.loads(call("linkage", "end", "PT", "--json")[1])["new"] is True
    assert (Settings(hub_home).keys_dir / national("PT", LINK) / "tokens").stat().st_mode & 0o777 == 0o600


def test_without_the_countrys_key_nothing_is_sent_and_none_is_made(pipe: Pipe):
    authorise(pipe)
    with pytest.raises(Stop, match="missing"):
        take(pipe, ROWS, link=LINK)
    with pytest.raises(Stop, match="--link"):
        take(pipe, ROWS, link="../edge")
