"""Who may do what on a real broker: TLS, SASL and the access rules of docs/kafka.md, and who tries the rest."""

import secrets
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import kafka
import pytest
from kafka import errors
from kafka.structs import TopicPartition

from hub.cli.relaying import WRITER, keep_up
from hub.cli.shipping import Way
from hub.cli.streaming import follow
from hub.errors import HubError, Retry, Stop
from hub.events.cloudevent import CloudEvent
from hub.transport import topics
from hub.transport.kafka import PATIENCE, Cluster, make_topics, messages, sending
from hub.transport.kafka_reader import Reader
from hub.transport.kafka_topic import owned
from tests.authority import Authority
from tests.broker import ROOT
from tests.guarded_broker import CERTIFIED, HUB, OTHER, OURS, PASSWORDS, PORTAL, Guarded, a_guarded_broker, granted
from tests.kafka_pipe import Wire, open_wire
from tests.pipe import quiet, row

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves sockets that it opened, and then not needed, to the collector.
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
    "ignore:.*unclosed <socket:ResourceWarning",
)
ROWS = [row(n) for n in range(5)]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with a_guarded_broker(tmp_path_factory.mktemp("guarded")) as opened:
        for topic in topics.of_partners([OURS, OTHER]):
            if topic != topics.PUBLIC:  # which its relay alone writes
                one(topic, opened.brokers.inside)  # so that there is something to steal
        yield opened


@pytest.fixture
def wire(guarded: Guarded, tmp_path: Path) -> Iterator[Wire]:
    """Our edge and the hub; topics are made by whoever rules the broker."""
    with open_wire(tmp_path, guarded.brokers.inside, partner=OURS) as opened:
        yield opened


def one(topic: str, cluster: Cluster) -> int:
    with sending(cluster) as send:
        return send(topic, secrets.token_hex(16), [CloudEvent("1", "/x", topics.FRAME, b"sealed")])


def read(topic: str, cluster: Cluster) -> int:
    return len(list(messages(cluster, topic, 1.0)))


def join(group: str, pattern: str, cluster: Cluster) -> bool:
    """Whether a member of a group is given anything to read."""
    reader = Reader(cluster, pattern, group, lambda _: None, lambda _: None, lambda *_: None)
    with closing(reader):
        for _ in range(20):
            reader.read(0.25)
            if reader.placed:
                return True
    return False


def relay_as(cluster: Cluster) -> None:
    """What a second relay would do: put an end to the first one, and go on in its place."""
    with owned(cluster, topics.PUBLIC, f"{WRITER}.{topics.PUBLIC}"):
        pass


def through(guarded: Guarded, wire: Wire, cluster: Cluster) -> None:
    """A delivery by this way, into the log, and its receipt back."""
    wire.seal(ROWS)
    way: Way = wire.way._replace(cluster=cluster)
    assert way.go()["sent"] == 1
    assert follow(wire.pipe.hub, guarded.as_(HUB), stopping=lambda: False, echo=quiet, once=True)["deliveries"] == 1
    assert way.go()["received"] == 1


def test_a_partner_delivers_and_gets_its_receipt_over_tls_with_a_password(guarded: Guarded, wire: Wire) -> None:
    through(guarded, wire, guarded.as_(OURS))


def test_a_partner_delivers_and_gets_its_receipt_with_a_certificate(guarded: Guarded, tmp_path: Path) -> None:
    certificate, key = guarded.authority.signed(CERTIFIED)
    shown = {"user": None, "password": None, "certificate": str(certificate), "key": str(key)}
    with open_wire(tmp_path, guarded.brokers.inside, partner=CERTIFIED) as wire:
        through(guarded, wire, guarded.as_(CERTIFIED, second=True, **shown))
    with pytest.raises(Stop, match="TopicAuthorizationFailed"):
        one(topics.deliveries(OURS), guarded.as_(CERTIFIED, second=True, **shown))


def test_the_relay_writes_by_its_rules_what_the_portal_reads_by_its_own(guarded: Guarded, wire: Wire) -> None:
    wire.pipe.take_file(ROOT / "examples" / "programmes" / "invictus" / "pt.yaml", "plan_file", complete=True)
    hub = guarded.as_(HUB)
    done = [keep_up(wire.pipe.hub, hub, stopping=lambda: False, echo=quiet)["messages"] for _ in range(2)]
    assert done[0] > 30
    assert done[1] == 0, "it reads its place from the topic"
    portal = guarded.as_(PORTAL)
    consumer = kafka.KafkaConsumer(
        bootstrap_servers=list(portal.servers), isolation_level="read_committed", enable_auto_commit=False,
        **portal.options,
    )  # fmt: skip
    place = TopicPartition(topics.PUBLIC, 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    end, found = consumer.end_offsets([place])[place], list[Any]()
    while consumer.position(place) < end:
        found += [each for records in consumer.poll(timeout_ms=1000).values() for each in records]
    consumer.close(autocommit=False)
    assert len(found) == done[0]
    assert any(b"INVICTUS" in each.value for each in found)


ALLOWED: dict[str, tuple[str, Callable[[Cluster], Any]]] = {
    "a partner writes to its deliveries": (OURS, lambda cluster: one(topics.deliveries(OURS), cluster) == 1),
    "another to its own": (OTHER, lambda cluster: one(topics.deliveries(OTHER), cluster) == 1),
    "a partner reads its receipts": (OURS, lambda cluster: read(topics.receipts(OURS), cluster) >= 0),
    "the hub answers": (HUB, lambda cluster: one(topics.receipts(OTHER), cluster) == 1),
    "the hub puts aside": (HUB, lambda cluster: one(topics.DEAD_LETTERS, cluster) == 1),
    "the hub reads what it put aside": (HUB, lambda cluster: read(topics.DEAD_LETTERS, cluster) > 0),
    "the portal reads what is public": (PORTAL, lambda cluster: read(topics.PUBLIC, cluster) >= 0),
    "the hub joins its group": (HUB, lambda cluster: join("vs.hub", topics.pattern(""), cluster)),
}
FORBIDDEN: dict[str, tuple[str, Callable[[Cluster], Any]]] = {
    "writes to another's deliveries": (OURS, lambda cluster: one(topics.deliveries(OTHER), cluster)),
    "forges an answer to itself": (OURS, lambda cluster: one(topics.receipts(OURS), cluster)),
    "forges an answer to another": (OURS, lambda cluster: one(topics.receipts(OTHER), cluster)),
    "reads its own deliveries back": (OURS, lambda cluster: read(topics.deliveries(OURS), cluster)),
    "reads another's deliveries": (OURS, lambda cluster: read(topics.deliveries(OTHER), cluster)),
    "reads another's receipts": (OURS, lambda cluster: read(topics.receipts(OTHER), cluster)),
    "reads dead letters": (OURS, lambda cluster: read(topics.DEAD_LETTERS, cluster)),
    "writes a dead letter": (OURS, lambda cluster: one(topics.DEAD_LETTERS, cluster)),
    "joins the hub's group": (OURS, lambda cluster: join("vs.hub", topics.pattern(""), cluster)),
    "joins a group under the hub's": (OURS, lambda cluster: join("vs.hub.pt", topics.pattern(""), cluster)),
    "reads what is public without a rule": (OURS, lambda cluster: read(topics.PUBLIC, cluster)),
    "writes what is public": (OURS, lambda cluster: one(topics.PUBLIC, cluster)),
    "writes in the relay's name": (OURS, lambda cluster: relay_as(cluster)),
    "the portal writes what is public": (PORTAL, lambda cluster: one(topics.PUBLIC, cluster)),
    "the portal writes in the relay's name": (PORTAL, lambda cluster: relay_as(cluster)),
    "the portal reads deliveries": (PORTAL, lambda cluster: read(topics.deliveries(OURS), cluster)),
    "the portal reads receipts": (PORTAL, lambda cluster: read(topics.receipts(OURS), cluster)),
    "makes a topic": (OURS, lambda cluster: make_topics(cluster, ["vs.deliveries.pt-ours-2"], copies=1)),
    "the hub makes one": (HUB, lambda cluster: make_topics(cluster, ["vs.deliveries.pt-more"], copies=1)),
    "the hub writes in a partner's name": (HUB, lambda cluster: one(topics.deliveries(OURS), cluster)),
}


@pytest.mark.parametrize("what", ALLOWED)
def test_what_the_rules_allow_is_done(guarded: Guarded, what: str) -> None:
    user, act = ALLOWED[what]
    assert act(guarded.as_(user))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_the_rules_do_not_allow_is_a_closed_door(guarded: Guarded, what: str) -> None:
    user, act = FORBIDDEN[what]
    told = refused(lambda: act(guarded.as_(user)))
    assert "does not let us" in told


def test_a_partner_alters_and_deletes_nothing(guarded: Guarded) -> None:
    topic, other = topics.deliveries(OURS), topics.receipts(OURS)
    cluster = guarded.as_(OURS)
    with closing(kafka.KafkaAdminClient(bootstrap_servers=list(cluster.servers), **cluster.options)) as admin:
        assert topic in admin.list_topics()
        assert topics.deliveries(OTHER) not in admin.list_topics(), "it does not even see who else is there"
        for name, act in {
            "delete": lambda: admin.delete_topics([topic]),
            "empty": lambda: admin.delete_records({TopicPartition(topic, 0): 0}),
            "widen": lambda: admin.create_partitions({other: 2}),
            "groups": lambda: admin.delete_groups(["vs.hub"]),
            "rules": lambda: admin.create_acls(granted((ROOT / "docs" / "kafka.md").read_text("utf-8"), OURS)[:1]),
        }.items():
            try:
                said = act()
            except errors.AuthorizationError:
                continue
            assert "AuthorizationFailed" in repr(said), name
    assert read(topics.receipts(OURS), cluster) >= 0


def refused(act: Callable[[], Any]) -> str:
    """What is told where it is a Stop; it holds nobody's password, and no file of ours."""
    with pytest.raises(HubError) as raised:
        act()
    told = str(raised.value)
    assert isinstance(raised.value, Stop), told
    assert not any(word in told for word in PASSWORDS.values())
    assert "ca.pem" not in told
    return told


def test_who_is_not_known_does_not_come_in(guarded: Guarded, tmp_path: Path) -> None:
    stranger, forged = Authority(tmp_path / "stranger"), "certificate that we do not trust"
    topic = topics.deliveries(OURS)
    node = guarded.brokers.nodes[0]

    def knock(cluster: Cluster) -> str:
        return refused(lambda: one(topic, cluster))

    assert one(topic, guarded.as_(OURS)) == 1
    assert "are not right" in knock(guarded.as_(OURS, password="wrong"))
    assert "are not right" in knock(guarded.as_("pt-nobody", password="wrong"))
    assert "are not right" in knock(guarded.as_(OTHER, password=PASSWORDS[OURS])), "another's password"
    assert "are not right" in knock(guarded.as_("ANONYMOUS", password="wrong")), "who rules the broker"
    assert forged in knock(guarded.as_(OURS, ca=str(stranger.certificate)))
    by_number = guarded.as_(OURS)._replace(servers=(f"127.0.0.1:{node.port}",))
    assert forged in knock(by_number), "the certificate is good for localhost alone"
    assert "speaks TLS" in knock(Cluster(guarded.brokers.servers, {}))
    assert "speaks TLS" in refused(lambda: read(topic, Cluster(guarded.brokers.servers, {})))


def test_a_certificate_of_another_authority_or_none_does_not_come_in(guarded: Guarded, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    topic = topics.deliveries(CERTIFIED)

    def knock(authority: Authority | None, name: str = CERTIFIED) -> Cluster:
        shown, key = authority.signed(name) if authority else (None, None)
        said = {"certificate": shown and str(shown), "key": key and str(key), "user": None, "password": None}
        return guarded.as_(name, second=True, **said)

    assert one(topic, knock(guarded.authority)) == 1
    assert "does not take our certificate" in refused(lambda: one(topic, knock(None)))
    assert "does not take our certificate" in refused(lambda: one(topic, knock(stranger)))
    assert "does not let us" in refused(lambda: one(topic, knock(guarded.authority, OTHER)))


def test_a_stolen_certificate_under_another_name_is_still_the_stolen_ones(guarded: Guarded, tmp_path: Path) -> None:
    """Where a password is asked for, a certificate says nothing; where a certificate is, a user's name says nothing."""
    shown, key = guarded.authority.signed(OTHER)
    stolen = {"certificate": str(shown), "key": str(key)}
    assert "are not right" in refused(
        lambda: one(topics.deliveries(OTHER), guarded.as_(OTHER, password="wrong", **stolen))
    )
    assert "does not let us" in refused(lambda: one(topics.deliveries(OTHER), guarded.as_(OURS, **stolen)))
    assert one(topics.deliveries(OURS), guarded.as_(OURS, **stolen)) == 1


def test_a_broker_that_is_away_is_no_closed_door(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PATIENCE, "bootstrap_timeout_ms", 500)
    with pytest.raises(Retry):
        one(topics.deliveries(OURS), guarded.as_(OURS)._replace(servers=("localhost:9",)))


def test_a_receiver_that_sees_no_topic_says_so_and_ends(guarded: Guarded, wire: Wire) -> None:
    told = refused(
        lambda: follow(wire.pipe.hub, guarded.as_(HUB), stopping=lambda: False, echo=quiet, once=True, only="xx-")
    )
    assert "no topic" in told


def test_no_word_of_the_file_is_shown(guarded: Guarded) -> None:
    cluster = guarded.as_(OURS)
    assert PASSWORDS[OURS] not in f"{cluster} {cluster!r}"
    context = cluster.options["ssl_context"]
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
