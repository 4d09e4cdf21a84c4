"""Across the partners of a country persons are linked by law or not at all, and across countries never."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from hub import keyfiles
from hub.cli.ingest import drain
from hub.cli.installation import national
from hub.errors import Reject, Stop
from hub.events.linkage import LinkageAuthorised, LinkageEnded
from hub.log import own
from hub.log.linkage import stream_name
from hub.settings import Settings
from tests.forgetting import readable
from tests.pipe import MAPPING, Pipe, open_pipe, row, write_mapping
from tests.postgres import ENGINES
from tests.typed import Call

OTHER = "pt-other"
ROWS = [row(n) for n in range(8)]
LINK = "evaluation"


@pytest.fixture(params=ENGINES)
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pipe]:
    with open_pipe(tmp_path, request.param) as opened:
        keyfiles.secret(opened.hub.settings.keys_dir / national("PT", LINK))
        keyfiles.secret(opened.hub.settings.keys_dir / national("ES", LINK))
        yield opened


def authorise(pipe: Pipe, country: str = "PT", purpose: str = LINK, valid_from: date = date(2025, 1, 1)) -> bool:
    return state(
        pipe,
        LinkageAuthorised(
            country=country, basis="PUBLIC_TASK", article="L1", purposes=(purpose,), valid_from=valid_from
        ),
    )


def end(pipe: Pipe) -> bool:
    return state(pipe, LinkageEnded(country="PT", ended_on=date(2026, 1, 1)))


def state(pipe: Pipe, event: LinkageAuthorised | LinkageEnded) -> bool:
    return own.state(pipe.hub.receiver, stream_name(event.country), event)


def abroad(pipe: Pipe) -> None:
    """The same persons, at a partner of another country that links too."""
    (pipe.folder / "es").mkdir()
    text = MAPPING.replace("pt-test", "es-test").replace("country: PT", "country: ES")
    authorise(pipe, "ES")
    pipe.take(ROWS, write_mapping(pipe.folder / "es", text), link=LINK)


def test_nothing_is_linked_without_a_basis_before_its_day_or_for_another_purpose(both: Pipe):
    with pytest.raises(Reject, match="no legal basis"):
        both.take(ROWS, link=LINK)
    authorise(both, purpose="care")
    with pytest.raises(Reject, match="purpose"):
        both.take(ROWS, link=LINK)
    authorise(both, valid_from=date(2999, 1, 1))
    with pytest.raises(Reject, match="before 2999-01-01"):
        both.take(ROWS, link=LINK)
    authorise(both, country="ES")
    with pytest.raises(Reject, match="before 2999"):
        both.take(ROWS, link=LINK)
    assert readable(both.hub) == {}
    assert authorise(both)
    assert not authorise(both), "the same again says nothing"
    assert both.take(ROWS, link=LINK)["accepted"] == 8


def test_a_person_of_two_partners_is_one_subject_where_it_is_lawful_and_two_elsewhere(both: Pipe):
    both.take(ROWS)
    both.take(ROWS, partner=OTHER)
    assert len(readable(both.hub)) == 8, "the default: each partner for itself"
    authorise(both)
    both.take(ROWS, link=LINK)
    both.take(ROWS, partner=OTHER, link=LINK)
    linked = {subject for subject, streams in readable(both.hub).items() if len(streams) == 4}
    assert len(linked) == 4, "two records at each of two partners"
    abroad(both)
    assert {subject for subject, streams in readable(both.hub).items() if len(streams) == 4} == linked


def test_when_it_has_ended_nothing_new_is_linked_and_it_may_begin_again(both: Pipe):
    authorise(both)
    both.take(ROWS[:4], link=LINK)
    late = both.drop(ROWS, partner=OTHER, link=LINK)
    assert end(both)
    told: list[str] = []
    drain(both.hub, told.append)
    assert "no legal basis" in told[-1]
    assert not late.exists()
    both.take(ROWS, partner=OTHER)
    assert max(len(streams) for streams in readable(both.hub).values()) == 2
    assert authorise(both)
    both.take(ROWS, partner=OTHER, link=LINK)
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
    assert (Settings(hub_home).keys_dir / national("PT", LINK)).stat().st_mode & 0o777 == 0o600


def test_without_the_countrys_key_nothing_is_sent_and_none_is_made(pipe: Pipe):
    authorise(pipe)
    with pytest.raises(Stop, match="missing"):
        pipe.take(ROWS, link=LINK)
    with pytest.raises(Stop, match="--link"):
        pipe.take(ROWS, link="../edge")
