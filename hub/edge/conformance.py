"""What leaves of a good file, tried: whole, nothing marked, corrections and retractions there and back, golden files.

Deliveries are made as always and opened at once, with keys that were drawn for the trial and go with it.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from random import Random
from typing import Any, BinaryIO, NamedTuple

from hub.adapters.base import Adapter, Record, Statement
from hub.adapters.contract import Check, judged, outcome
from hub.adapters.damage import leaves, replaced
from hub.edge.deliver import Sender, deliver
from hub.edge.opened import Left, Secrets, open_all
from hub.edge.seal import Readers
from hub.edge.tokens import PartnerTokens
from hub.events.wire import TOKEN_BYTES, public_key

CHANGED = 20
"""Records that are corrected, and as many that are withdrawn."""
MARKED = 3
"""Records whose every field is marked, in each of the forms of a mark."""
FORMS = ("CANARY{}", "Canary{} da Silva", "91827{:05}", "canary{}@example.org", "canary-{}")
Rows = dict[bytes, Any]


class Trial(NamedTuple):
    """An adapter, whose file it is, and the keys drawn for it."""

    adapter: Adapter
    sender: Sender
    tokens: PartnerTokens
    secrets: Secrets

    def left(self, adapter: Adapter, source: BinaryIO) -> Left:
        """What leaves of a file that an adapter reads, opened."""
        readers = Readers(*map(public_key, self.secrets))
        header, parts = deliver(
            adapter, source, self.sender, tokens=self.tokens, readers=readers, complete=True, confirmed=True
        )
        return open_all(header, list(parts), self.secrets)

    def of_records(self, records: Sequence[Record]) -> Left:
        """What leaves of records, read one by one."""
        return self.left(Again(self.adapter, tuple(records)), BytesIO())


class Again(NamedTuple):
    """An adapter whose records were read already."""

    adapter: Adapter
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """The dataset."""
        return self.adapter.name

    def read(self, _source: BinaryIO) -> Iterator[Record]:
        """The records as they are."""
        return iter(self.records)

    def translate(self, record: Record) -> Statement:
        """As the adapter does."""
        return self.adapter.translate(record)


def trial(adapter: Adapter, sender: Sender) -> Trial:
    """A trial with keys of its own."""
    tokens = PartnerTokens(secrets.token_bytes(32), partner=sender.partner, country=sender.country)
    return Trial(adapter, sender, tokens, Secrets(*(secrets.token_bytes(32) for _ in range(3))))


def conformance(adapter: Adapter, sender: Sender, data: bytes, golden: str | None, *, seed: int = 0) -> list[Check]:
    """The checks of what leaves. `golden`: what should leave, as `golden_lines` wrote it once; None: not compared.

    Raises Rejected for a file that the adapter refuses as a whole.
    """
    tried, rng = trial(adapter, sender), Random(seed)  # noqa: S311 - for trying, not for keys
    records = list(adapter.read(BytesIO(data)))
    whole = tried.left(adapter, BytesIO(data))
    return [
        judged("whole", "a good file is taken whole", _refused(whole)),
        judged("shuffled", "its records in another order leave the same", _shuffled(tried, records, whole, rng)),
        judged("canaries", "what is marked in any field does not leave", _leaks(tried, records, rng)),
        *_there_and_back(tried, records, rng),
        _golden(adapter, sender, data, golden),
    ]


def golden_lines(adapter: Adapter, sender: Sender, data: bytes) -> str:
    """What leaves of a file, a line a record: coarse facts, and no token. The same for the same file, always."""
    left = trial(adapter, sender).left(adapter, BytesIO(data))
    facts = [[[topic, part, json.loads(said)] for topic, part, said in facts] for _, _, facts in left.rows if facts]
    lines = sorted(json.dumps(each, ensure_ascii=False) for each in facts)
    rules = Counter((refusal.rule, refusal.place) for refusal in left.closing.refusals)
    lines += [json.dumps({"refused": rule, "place": place, "rows": n}) for (rule, place), n in sorted(rules.items())]
    return "".join(f"{line}\n" for line in lines)


def _refused(whole: Left) -> Iterator[str]:
    """Problems by rule and place: how many rows have each, and where the first of them stands."""
    counts = Counter((refusal.rule, refusal.place) for refusal in whole.closing.refusals)
    for (rule, place), rows in counts.most_common():
        first = next(each.position for each in whole.closing.refusals if (each.rule, each.place) == (rule, place))
        yield f"{rule} at {place}: {rows} rows, the first at {first}"
    if not whole.rows:
        yield "nothing of it leaves"
    elif not whole.closing.complete:
        yield "rows that name no record: a complete file would not count as complete"


def _shuffled(tried: Trial, records: Sequence[Record], whole: Left, rng: Random) -> Iterator[str]:
    again = tried.of_records(rng.sample(list(records), len(records)))
    if Counter((tokens, facts) for tokens, _, facts in whole.rows if facts) != Counter(
        (tokens, facts) for tokens, _, facts in again.rows if facts
    ):
        yield "other facts, or of other records"


def _leaks(tried: Trial, records: Sequence[Record], rng: Random) -> Iterator[str]:
    """Marks one field of some records at a time: what the delivery then says must not hold the mark."""
    some = rng.sample(list(records), min(MARKED, len(records)))
    places = dict.fromkeys(place for record in some for place in leaves(record.data))
    for number, place in enumerate(places):
        for form in FORMS:
            mark = form.format(number)
            has = [record for record in some if place in set(leaves(record.data))]
            left = tried.of_records([each._replace(data=replaced(each.data, place, mark)) for each in has])
            if mark.casefold() in f"{left.rows} {left.closing}".casefold():
                yield f"{'.'.join(map(str, place)) or 'the record'} leaves as it is"


def _there_and_back(tried: Trial, records: Sequence[Record], rng: Random) -> list[Check]:
    """A file, then one in which some records say something else, or are gone, then the first one again."""
    says = (
        ("corrections", "a record that says something else is corrected, and no other"),
        ("retractions", "a record that is gone is retracted, and no other"),
    )
    keyed = _keyed(tried.adapter, records)
    if not keyed:
        return [Check(name, said, "not tried", ("the source names none of its records",)) for name, said in says]
    before = _by_record(tried.of_records(records))
    changed = dict(_changed(tried.adapter, records, keyed, rng))
    gone = set(rng.sample(keyed, min(CHANGED, len(keyed) - 1)))
    found = [
        _differs(tried, records, [changed.get(at, each) for at, each in enumerate(records)], set(changed), before),
        _differs(tried, records, [each for at, each in enumerate(records) if at not in gone], gone, before),
    ]
    checks = [judged(name, said, each) for (name, said), each in zip(says, found, strict=True)]
    if not changed:
        checks[0] = Check(*says[0], "not tried", ("no two records of the sample differ in a field alone",))
    if not gone:
        checks[1] = Check(*says[1], "not tried", ("the sample has one record alone",))
    return checks


def _differs(
    tried: Trial, records: Sequence[Record], later: Sequence[Record], touched: set[int], before: Rows
) -> Iterator[str]:
    """Later, only records that were touched may say something else; with the first file again, none may."""
    after = _by_record(tried.of_records(later))
    own = set(_by_record(tried.of_records([records[at] for at in sorted(touched)])))
    different = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if different - own:
        yield f"{len(different - own)} other records say something else"
    if touched and not different:
        yield "nothing of the change is seen"
    if _by_record(tried.of_records(records)) != before:
        yield "the first file again says something else than at first"


def _keyed(adapter: Adapter, records: Sequence[Record]) -> list[int]:
    """The records that have a key, and share it with no other."""
    said = {at: each for at, record in enumerate(records) if isinstance(each := outcome(adapter, record), Statement)}
    counts = Counter((each.kind, each.key) for each in said.values())
    return [at for at, each in said.items() if each.key is not None and counts[each.kind, each.key] == 1]


def _changed(
    adapter: Adapter, records: Sequence[Record], keyed: Sequence[int], rng: Random
) -> Iterator[tuple[int, Record]]:
    """Records with one field of another record, which then say something else of the same record and person."""
    for at in rng.sample(list(keyed), min(CHANGED, len(keyed))):
        before = outcome(adapter, records[at])
        other = records[rng.choice(list(keyed))]
        theirs = {place: _at(other.data, place) for place in leaves(other.data)}
        for place in leaves(records[at].data):
            if place in theirs:
                changed = records[at]._replace(data=replaced(records[at].data, place, theirs[place]))
                after = outcome(adapter, changed)
                if _corrects(before, after):
                    yield at, changed
                    break


def _corrects(before: Any, after: Any) -> bool:
    """Whether something else is said of the same record and person."""
    if not isinstance(before, Statement) or not isinstance(after, Statement):
        return False
    return after != before and after[:3] == before[:3]


def _at(data: Any, place: Sequence[Any]) -> Any:
    for step in place:
        data = data[step]
    return data


def _by_record(left: Left) -> Rows:
    """What is said of each record, by its token."""
    return {tokens[:TOKEN_BYTES]: (tokens, facts) for tokens, _, facts in left.rows if facts}


def _golden(adapter: Adapter, sender: Sender, data: bytes, golden: str | None) -> Check:
    says = "what leaves is what the golden file says"
    if golden is None:
        return Check("golden", says, "not tried", ("no golden file: --golden",))
    now, then = Counter(golden_lines(adapter, sender, data).splitlines()), Counter(golden.splitlines())
    more, fewer = (now - then).total(), (then - now).total()
    found = [f"{more} records leave that are not in it, {fewer} that are in it do not leave"] if more or fewer else []
    return judged("golden", says, iter(found))
