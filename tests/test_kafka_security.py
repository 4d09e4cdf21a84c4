"""Who may do what on a real broker: TLS, SASL and the access rules of docs/kafka.md, and who tries the rest."""

import re
import secrets
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import kafka
import pytest
from kafka import errors
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType
from kafka.structs import TopicPartition

from hub.cli.cluster import cluster_of
from hub.cli.shipping import Way
from hub.cli.streaming import follow
from hub.errors import HubError, Retry, Stop
from hub.events.cloudevent import CloudEvent
from hub.transport import topics
from hub.transport.kafka import PATIENCE, Cluster, make_topics, messages, sending
from hub.transport.kafka_reader import Reader
from tests.authority import Authority
from tests.broker import ROOT, Brokers, brokers
from tests.kafka_pipe import Wire, open_wire
from tests.pipe import quiet, row

pytestmark = pytest.mark.filterwarnings(
    # kafka-python leaves sockets that it opened, and then not needed, to the collector.
    "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning",
    "ignore:.*unclosed <socket:ResourceWarning",
)
HUB, OURS, OTHER, CERTIFIED = "vs-hub", "pt-ours", "pt-other", "pt-certified"
PASSWORDS = {name: f"password-of-{name}-{secrets.token_hex(8)}" for name in (HUB, OURS, OTHER)}
ROWS = [row(n) for n in range(5)]
GRANTED = re.compile(
    r"kafka-acls --add --allow-principal User:(\S+)((?: +--operation \w+)+) +--(topic|group|transactional-id) (\S+)"
    r"(?: --resource-pattern-type (prefixed))?"
)


class Guarded(NamedTuple):
    """A broker that asks who comes, and where those who may come have what they show."""

    brokers: Brokers
    authority: Authority
    folder: Path

    def as_(self, who: str, *, second: bool = False, **said: str | None) -> Cluster:
        """The broker as one user's kafka.yaml has it; `said` is said instead, or with None left out."""
        home = self.folder / secrets.token_hex(6)
        home.mkdir()
        lines = {"ca": str(self.authority.certificate), "user": who, "password": PASSWORDS.get(who), **said}
        path = home / "kafka.yaml"
        path.write_text("".join(f"{name}: {value}\n" for name, value in lines.items() if value), "utf-8")
        path.chmod(0o600)
        node = self.brokers.nodes[0]
        return cluster_of(f"kafka://localhost:{node.second if second else node.port}", home)


def granted(page: str, partner: str) -> list[ACL]:
    """The rules that docs/kafka.md gives, for this partner."""
    found = []
    for user, operations, kind, name, prefixed in GRANTED.findall(page.replace("pt-apav", partner)):
        pattern = ACLResourcePatternType.PREFIXED if prefixed else ACLResourcePatternType.LITERAL
        on = ResourcePattern(ResourceType[kind.upper().replace("-", "_")], name, pattern)
        for operation in re.findall(r"--operation (\w+)", operations):
            found.append(ACL(f"User:{user}", "*", ACLOperation[operation.upper()], ACLPermissionType.ALLOW, on))
    return found


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("guarded")
    authority = Authority(folder / "authority")
    shown, key = authority.signed("broker")
    keystore = folder / "broker.keystore"
    keystore.write_bytes(key.read_bytes() + shown.read_bytes())
    made = brokers(more={
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": "User:ANONYMOUS",  # the brokers among themselves, and whoever rules them, on INTERNAL
        "ssl.keystore.type": "PEM", "ssl.keystore.location": str(keystore),
        "ssl.truststore.type": "PEM", "ssl.truststore.location": str(authority.certificate),
        "listener.name.outside.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.outside.scram-sha-512.sasl.jaas.config":
            "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "listener.name.second.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^CN=([a-z-]+)$/$1/,DEFAULT",
    }, outside="SASL_SSL", second="SSL")  # fmt: skip
    users = [f"SCRAM-SHA-512=[name={name},password={word}]" for name, word in PASSWORDS.items()]
    with closing(made.start(*(word for user in users for word in ("--add-scram", user)))):
        page = (ROOT / "docs" / "kafka.md").read_text("utf-8")
        make_topics(made.inside, topics.of_partners([OURS, OTHER, CERTIFIED]), copies=1)
        with closing(kafka.KafkaAdminClient(bootstrap_servers=list(made.inside.servers))) as admin:
            rules = [rule for partner in (OURS, OTHER, CERTIFIED) for rule in granted(page, partner)]
            assert len(rules) == 3 * page.count("--operation")
            admin.create_acls(rules)
        for topic in (*topics.of_partners([OURS, OTHER]),):
            one(topic, made.inside)  # so that there is something to steal
        yield Guarded(made, authority, folder)


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


ALLOWED: dict[str, tuple[str, Callable[[Cluster], Any]]] = {
    "a partner writes to its deliveries": (OURS, lambda cluster: one(topics.deliveries(OURS), cluster) == 1),
    "another to its own": (OTHER, lambda cluster: one(topics.deliveries(OTHER), cluster) == 1),
    "a partner reads its receipts": (OURS, lambda cluster: read(topics.receipts(OURS), cluster) >= 0),
    "the hub answers": (HUB, lambda cluster: one(topics.receipts(OTHER), cluster) == 1),
    "the hub puts aside": (HUB, lambda cluster: one(topics.DEAD_LETTERS, cluster) == 1),
    "the hub reads what it put aside": (HUB, lambda cluster: read(topics.DEAD_LETTERS, cluster) > 0),
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
