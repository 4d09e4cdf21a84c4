"""Whether a broker's door is closed to us for good: TLS and the password, tried once before anything else is said.

kafka-python 3.0 would try again for half a minute and not say why: over TLS it loses the broker's refusal, as that and
the end of the connection come at once. Besides this file, only `kafka.py` knows it.
"""

import socket
import ssl
import struct
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from kafka.net.sasl import get_sasl_mechanism

SECONDS = 5.0
PORT = 9092
LARGEST = 65_536
"""Bytes of an answer: those that we ask for are small."""
_HANDSHAKE, _AUTHENTICATE = (17, 1), (36, 0)
"""Requests and their versions (Kafka protocol guide, SaslHandshake and SaslAuthenticate)."""
_FINE, _UNSUPPORTED, _NO_SASL, _REFUSED = 0, 33, 34, 58
"""Error codes (same guide): none, UNSUPPORTED_SASL_MECHANISM, ILLEGAL_SASL_STATE where a broker asks for no password,
SASL_AUTHENTICATION_FAILED. Any other may pass."""
_ALERT = 0x15
"""How a TLS record begins that refuses (RFC 8446, 5.1)."""


class _ClosedError(Exception):
    """Why, as its only argument."""


def closed(server: str, options: Mapping[str, Any]) -> str | None:
    """Why a broker, `host:port`, will not speak with us however often we try; None where it does, or is not there."""
    parts = urlsplit(f"//{server}")
    host, context = parts.hostname or "", options.get("ssl_context")
    try:
        with socket.create_connection((host, parts.port or PORT), SECONDS) as plain:
            if context is None:
                _enter(plain, options)
            else:
                with context.wrap_socket(plain, server_hostname=host) as encrypted:
                    _enter(encrypted, options)
    except _ClosedError as error:
        return str(error.args[0])
    except ssl.SSLCertVerificationError as error:
        return f"shows a certificate that we do not trust: {_reason(error)}"
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return None
    except ssl.SSLError as error:
        ours = "ALERT" in (error.reason or "")
        return f"{'does not take our certificate' if ours else 'speaks no TLS that we speak'}: {_reason(error)}"
    except OSError:
        return None
    return None


def _enter(door: socket.socket, options: Mapping[str, Any]) -> None:
    """Say who we are, if the broker asks. Raises _ClosedError."""
    name = options.get("sasl_mechanism")
    said = (name or "NONE").encode()
    (code,) = struct.unpack_from(">h", _asked(door, _HANDSHAKE, struct.pack(">h", len(said)) + said))
    if name is None and code == _UNSUPPORTED:
        raise _ClosedError("asks for a user and a password, and kafka.yaml names none")
    if name is not None and code == _NO_SASL:
        raise _ClosedError("asks for no password: kafka.yaml names another door's")
    if name is not None and code == _UNSUPPORTED:
        raise _ClosedError("does not take passwords in the way that `mechanism` names")
    if name is None or code != _FINE:
        return
    mechanism = get_sasl_mechanism(name)(host="", **options)
    while not mechanism.is_done():
        token = mechanism.auth_bytes()
        answer = _asked(door, _AUTHENTICATE, struct.pack(">i", len(token)) + token)
        code, length = struct.unpack_from(">hh", answer)
        if code == _REFUSED:
            raise _ClosedError("does not let us in: user and password are not right")
        if code != _FINE:
            return
        try:
            mechanism.receive(answer[8 + max(length, 0) :])
        except (ValueError, KeyError):
            raise _ClosedError("does not prove that it knows the password") from None


def _asked(door: socket.socket, request: tuple[int, int], body: bytes) -> bytes:
    """A request and its answer, without the sizes and numbers around them."""
    door.sendall(struct.pack(">ihhih", 10 + len(body), *request, 0, -1) + body)
    head = _exactly(door, 4)
    if head[0] == _ALERT:
        raise _ClosedError("speaks TLS, and kafka.yaml names no `ca`")
    return _exactly(door, min(int.from_bytes(head), LARGEST))[4:]


def _exactly(door: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = door.recv(count - len(found))
        if not more:
            raise ConnectionResetError
        found += more
    return found


def _reason(error: ssl.SSLError) -> str:
    """OpenSSL's name of what was wrong: it holds no value of the certificate."""
    return (error.reason or "no reason given").lower().replace("_", " ")
