"""An authority of a test: it signs certificates for brokers and for those who show one too. PEM, for a day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """`certificate` is its own, as a file; `signed` a certificate that it gave somebody, and the key to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("authority")
        self.certificate = folder / "ca.pem"
        own = self._about(self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
        self.certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def signed(self, name: str, host: str = "localhost") -> tuple[Path, Path]:
        """A certificate for whoever is called so, good for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._about(_name(name), key.public_key(), x509.SubjectAlternativeName([x509.DNSName(host)]))
        shown, kept = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        kept.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        kept.chmod(0o600)
        return shown, kept

    def _about(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self._key, hashes.SHA256())
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
