"""A real mail server for tests, which refuses what it is told to refuse, and a certificate of its own making."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
LOGIN, PASSWORD = b"reviews", b"a good password"


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@dataclass
class Rules:
    """What the server says, and what it took."""

    sender: str = "250 OK"
    recipients: dict[str, str] = field(default_factory=dict)
    """Answers to recipients; 250 to all others."""
    data: str = "250 queued as 4F2A"
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    logins: int = 0

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """Answer to the sender."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        """Answer to a recipient."""
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the message, or not."""
        if self.data.startswith("2"):
            self.taken.append((list(envelope.rcpt_tos), envelope.content))
        return self.data

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        """Let the one user in who knows the password."""
        right = (login.login, login.password) == (LOGIN, PASSWORD)
        self.logins += right
        return AuthResult(success=right, handled=False)


@contextmanager
def mail_server(rules: Rules, port: int, **options: Any) -> Iterator[None]:
    """The server, for as long as the context lasts; options as of aiosmtpd's controller."""
    controller = Controller(rules, hostname=HOST, port=port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def own_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for the loopback address signed by itself: its file, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, secret)
    return pem, context
