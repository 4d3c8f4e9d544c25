"""Handing letters over to real mail servers: what they refuse, what they put off, how the connection is secured."""

import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from mail_server import HOST, LOGIN, PASSWORD, Rules, free_port, mail_server, own_certificate

from letters.render import Rendered
from letters.sending import MailServerAway, NotNow, RecipientRefused, Sender, without_addresses

AT = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)
READER = "chair@board.example"
LETTER = Rendered(
    subject="NB-2026-014: Décision due", text="To the board chair, naïve\n", html="<p>To the board chair, naïve</p>"
)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
def server(rules: Rules, port: int) -> Iterator[Rules]:
    with mail_server(rules, port):
        yield rules


def sender(port: int, **options: Any) -> Sender:
    given: dict[str, Any] = {"tls": "none", "username": "", "password": "", "sender": "reviews@board.example"}
    return Sender(HOST, port, timeout=10, **given | options)


async def send(by: Sender, to: str = READER) -> str:
    return await by.send(LETTER, to, by.message_id(["letter", "person"]), AT)


def message(taken: tuple[list[str], bytes]) -> EmailMessage:
    return email.message_from_bytes(taken[1], EmailMessage, policy=email.policy.default)


async def test_letter_arrives_whole_and_the_servers_answer_is_returned(server: Rules, port: int) -> None:
    by = sender(port)
    assert await send(by) == "queued as 4F2A"
    [taken] = server.taken
    made = message(taken)
    assert taken[0] == [READER]
    assert made["Subject"] == LETTER.subject
    assert made["Date"].datetime == AT
    assert made["Message-ID"] == by.message_id(["letter", "person"])
    assert made["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]
    parts = [part.get_content() for part in made.iter_parts() if isinstance(part, EmailMessage)]
    assert [part.strip() for part in parts] == [LETTER.text.strip(), LETTER.html]


def test_message_id_depends_on_each_part_and_nothing_else(port: int) -> None:
    by = sender(port)
    ids = {by.message_id(parts) for parts in (["a", "b"], ["a", "c"], ["ab"], ["b", "a"])}
    assert len(ids) == 4
    assert by.message_id(["a", "b"]) == sender(free_port()).message_id(["a", "b"])
    assert all(made.endswith("@board.example>") for made in ids)


@pytest.mark.parametrize("code", [550, 551, 553])
async def test_recipient_refused_for_good_is_told_without_the_address(server: Rules, port: int, code: int) -> None:
    server.recipients[READER] = f"{code} 5.1.1 <{READER}>: nobody of that name"
    with pytest.raises(RecipientRefused, match=rf"^{code} 5\.1\.1 \(address\): nobody of that name$"):
        await send(sender(port))
    assert server.taken == []


@pytest.mark.parametrize("code", [450, 451, 452])
async def test_recipient_put_off_is_for_later_and_the_server_is_not_away(server: Rules, port: int, code: int) -> None:
    server.recipients[READER] = f"{code} try again"
    with pytest.raises(NotNow, match=f"{code} try again") as raised:
        await send(sender(port))
    assert not isinstance(raised.value, MailServerAway)


async def test_content_refused_is_refused_and_content_put_off_is_for_later(server: Rules, port: int) -> None:
    server.data = "554 no"
    with pytest.raises(RecipientRefused, match="554 no"):
        await send(sender(port))
    server.data = "451 later"
    with pytest.raises(NotNow, match="451 later"):
        await send(sender(port))


@pytest.mark.parametrize("answer", ["550 you may not write", "530 log in first", "451 later"])
async def test_sender_that_is_not_accepted_is_no_readers_fault(server: Rules, port: int, answer: str) -> None:
    server.sender = answer
    with pytest.raises(MailServerAway, match="does not let us in"):
        await send(sender(port))


async def test_server_that_is_not_there_is_away(port: int) -> None:
    with pytest.raises(MailServerAway, match="cannot be reached"):
        await send(sender(port))


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        pytest.param([b"554 closed\r\n"], "does not let us in", id="turns us away"),
        pytest.param([b""], "cannot be reached", id="hangs up"),
        pytest.param([b"220 hello\r\n", b"250 hello\r\n", b"250 ok\r\n", b"421 going down\r\n"], "421", id="goes down"),
    ],
)
async def test_server_that_ends_the_talk_is_away(talk: list[bytes], why: str) -> None:
    with socket.create_server((HOST, 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                for number, line in enumerate(talk):
                    if number:
                        connection.recv(1000)
                    connection.sendall(line)

        speaking = threading.Thread(target=answer)
        speaking.start()
        with pytest.raises(MailServerAway, match=why):
            await send(sender(listening.getsockname()[1]))
        speaking.join()


@pytest.mark.parametrize(
    "address", ["chair@board.example, other@board.example", "chair@board.example\r\nBcc: a@b.example", "nobody", ""]
)
async def test_letter_goes_to_one_address_only(server: Rules, port: int, address: str) -> None:
    with pytest.raises(RecipientRefused):
        await send(sender(port), address)
    assert server.taken == []


def test_answer_of_the_server_keeps_everything_but_addresses() -> None:
    answer = "2.0.0 Ok: queued as 4F2A for <chair@board.example> by relay.example"
    assert without_addresses(answer) == "2.0.0 Ok: queued as 4F2A for (address) by relay.example"


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's side of a certificate that this machine trusts."""
    pem, context = own_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    return context


def login(rules: Rules, **options: Any) -> dict[str, Any]:
    return {"authenticator": rules.authenticate, "auth_required": True, **options}


async def test_login_over_starttls(rules: Rules, port: int, trusted: ssl.SSLContext) -> None:
    with mail_server(rules, port, **login(rules, tls_context=trusted, require_starttls=True)):
        await send(sender(port, tls="starttls", username=LOGIN.decode(), password=PASSWORD.decode()))
    assert (rules.logins, len(rules.taken)) == (1, 1)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the first byte
async def test_login_over_tls_from_the_first_byte(rules: Rules, port: int, trusted: ssl.SSLContext) -> None:
    with mail_server(rules, port, **login(rules, ssl_context=trusted, auth_require_tls=False)):
        await send(sender(port, tls="tls", username=LOGIN.decode(), password=PASSWORD.decode()))
    assert (rules.logins, len(rules.taken)) == (1, 1)


async def test_wrong_password_is_no_readers_fault_and_is_not_repeated_in_the_reason(
    rules: Rules, port: int, trusted: ssl.SSLContext
) -> None:
    with (
        mail_server(rules, port, **login(rules, tls_context=trusted, require_starttls=True)),
        pytest.raises(MailServerAway, match="does not let us in") as raised,
    ):
        await send(sender(port, tls="starttls", username=LOGIN.decode(), password="wrong password"))
    assert "wrong password" not in str(raised.value)
    assert rules.taken == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_certificate_that_nobody_vouches_for_gets_no_letter(
    rules: Rules, port: int, tmp_path: Path, tls: str
) -> None:
    _, context = own_certificate(tmp_path)
    options = {"ssl_context": context} if tls == "tls" else {"tls_context": context}
    with mail_server(rules, port, **options), pytest.raises(MailServerAway):
        await send(sender(port, tls=tls))
    assert rules.taken == []


async def test_server_without_starttls_gets_no_letter_where_it_is_wanted(server: Rules, port: int) -> None:
    with pytest.raises(MailServerAway):
        await send(sender(port, tls="starttls"))
    assert server.taken == []
