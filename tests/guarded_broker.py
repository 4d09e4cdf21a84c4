"""A broker that asks who comes, with TLS, SASL and the access rules that docs/kafka.md gives."""

import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import kafka
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ACLResourcePatternType, ResourcePattern, ResourceType

from hub.cli.cluster import cluster_of
from hub.transport import topics
from hub.transport.kafka import Cluster, make_topics
from tests.authority import Authority
from tests.broker import ROOT, Brokers, brokers

HUB, OURS, OTHER, CERTIFIED, PORTAL = "vs-hub", "pt-ours", "pt-other", "pt-certified", "portal"
PASSWORDS = {name: f"password-of-{name}-{secrets.token_hex(8)}" for name in (HUB, OURS, OTHER, PORTAL)}
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


@contextmanager
def a_guarded_broker(folder: Path) -> Iterator[Guarded]:
    """With topics for three partners, and for all who may read what is public."""
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
        yield Guarded(made, authority, folder)
