"""A kafka.yaml that says half of what it must, or lies open, is refused and not quoted."""

from pathlib import Path

import pytest

from hub.cli.cluster import cluster_of
from hub.errors import Stop
from tests.authority import Authority


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("user: pt-apav\npassword: very secret\n", "needs TLS"),
        ("certificate: a.pem\nkey: a.key\n", "needs TLS"),
        ("ca: ca.pem\nuser: pt-apav\n", "go together"),
        ("ca: ca.pem\ncertificate: a.pem\n", "go together"),
        ("ca: ca.pem\nuser: pt-apav\npassword: very secret\nmechanism: very secret\n", "mechanism is one of"),
        ("ca: ca.pem\nuser: pt-apav\npassword: [very secret]\n", "password"),
        ("ca: nowhere.pem\nuser: pt-apav\npassword: very secret\n", "cannot be read"),
        ("very secret", "kafka.yaml"),
        ("{very secret", "not YAML"),
        ("", "kafka.yaml"),
    ],
)
def test_half_a_file_is_refused_and_not_quoted(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "kafka.yaml"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(Stop, match=told) as raised:
        cluster_of("kafka://broker.example:9093", tmp_path)
    assert "very" not in str(raised.value)


def test_a_key_that_others_may_read_or_that_is_locked_is_refused(tmp_path: Path) -> None:
    shown, key = Authority(tmp_path / "authority").signed("pt-apav")
    path = tmp_path / "kafka.yaml"
    path.write_text(f"ca: authority/ca.pem\ncertificate: authority/{shown.name}\nkey: authority/{key.name}\n", "utf-8")
    path.chmod(0o600)
    assert "ssl_context" in cluster_of("kafka://broker.example:9093", tmp_path).options
    key.chmod(0o640)
    with pytest.raises(Stop, match="chmod 600"):
        cluster_of("kafka://broker.example:9093", tmp_path)
