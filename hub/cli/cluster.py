"""Which broker, and how to speak with it: the URL that is typed, and `kafka.yaml`, which may hold a password."""

import re
import ssl
from pathlib import Path
from typing import Any

import msgspec

from hub.errors import Stop
from hub.transport.kafka import Cluster

SCHEME = "kafka://"
_SERVERS = re.compile(r"kafka://[A-Za-z0-9.\-\[\]:]+(,[A-Za-z0-9.\-\[\]:]+)*/?")
OPEN_TO_OTHERS = 0o077
MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")


class Security(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`kafka.yaml`: how a broker knows us, and we know it. Paths are relative to the file.

    `ca`: who signs brokers' certificates; with `certificate` and `key`, we show one too. `user` and `password`: SASL.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    mechanism: str = MECHANISMS[0]
    user: str | None = None
    password: str | None = None


def cluster_of(url: str, home: Path) -> Cluster:
    """The brokers of a URL, `kafka://one:9093,two:9093`, spoken with as `kafka.yaml` in the folder says.

    Raises Stop for a URL of another form, and for a file that others may read, or that is wrong. No value is told.
    """
    if not _SERVERS.fullmatch(url):
        raise Stop("the broker is not of the form kafka://host:port (user and password stand in kafka.yaml)")
    servers = tuple(url.removeprefix(SCHEME).rstrip("/").split(","))
    return Cluster(servers, _options(home / "kafka.yaml"))


def _options(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    _closed_to_others(path)
    said = _said(path.name, content)
    options: dict[str, Any] = {}
    if said.ca is not None:
        options["ssl_context"] = _context(path, said)
    if said.user is not None:
        options |= {
            "sasl_mechanism": said.mechanism,
            "sasl_plain_username": said.user,
            "sasl_plain_password": said.password,
        }
    protocol = ("SASL_" if said.user is not None else "") + ("SSL" if said.ca is not None else "PLAINTEXT")
    return {**options, "security_protocol": protocol}


def _said(name: str, content: bytes) -> Security:
    """What the file says, if it says no half things. A password without TLS is told to whoever listens."""
    try:
        said = msgspec.yaml.decode(content, type=Security)
    except msgspec.ValidationError as error:
        raise Stop(f"{name}: {error}") from None
    except msgspec.DecodeError:
        raise Stop(f"{name} is not YAML") from None
    if (said.user is None) != (said.password is None) or (said.key is None) != (said.certificate is None):
        raise Stop(f"{name}: user and password, and certificate and key, go together")
    if said.ca is None and (said.user is not None or said.certificate is not None):
        raise Stop(f"{name}: a password or a certificate needs TLS: `ca` names who signs the brokers' certificates")
    if said.mechanism not in MECHANISMS:
        raise Stop(f"{name}: mechanism is one of {', '.join(MECHANISMS)}")
    return said


def _closed_to_others(path: Path) -> None:
    if path.stat().st_mode & OPEN_TO_OTHERS:
        raise Stop(f"{path.name} can be read by others: chmod 600")


def _context(path: Path, said: Security) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(path.parent / (said.ca or "")))
        if said.certificate is not None and said.key is not None:
            _closed_to_others(path.parent / said.key)
            # With a password of none, a key that is locked by one is an error, and not a question on the terminal.
            context.load_cert_chain(path.parent / said.certificate, path.parent / said.key, password="")
    except (OSError, ssl.SSLError):
        raise Stop(f"{path.name}: a certificate or key cannot be read") from None
    return context
