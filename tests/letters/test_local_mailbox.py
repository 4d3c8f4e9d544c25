"""The local mailbox: keeps each letter once, shows when one came again, reads them back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from mail_server import HOST, free_port

from letters.mailbox import Mailbox, list_letters, read_letter
from letters.render import Rendered
from letters.sending import Sender

AT = datetime(2026, 4, 14, 9, 30, tzinfo=UTC)


def letter(subject: str = "NB-2026-014: due") -> Rendered:
    return Rendered(subject=subject, text="To the board chair, café\n", html="<p>To the board chair</p>")


def sender(port: int) -> Sender:
    return Sender(HOST, port, tls="none", username="", password="", sender="reviews@board.example")


def came_again(folder: Path) -> list[str]:
    return [line for path in sorted(folder.glob("*.again")) for line in path.read_text().splitlines()]


async def test_letter_is_kept_as_a_file_that_can_be_read(tmp_path: Path) -> None:
    port = free_port()
    async with Mailbox(tmp_path / "mailbox", port):
        await sender(port).send(letter(), "chair@board.example", "<1@board.example>", AT)
    [kept] = list_letters(tmp_path / "mailbox")
    assert kept.path.name.startswith("20260414-093000-")
    assert kept.path.suffix == ".eml"
    assert (kept.message_id, kept.to, kept.subject, kept.date) == (
        "<1@board.example>",
        "chair@board.example",
        "NB-2026-014: due",
        AT,
    )
    assert kept.text.strip() == "To the board chair, café"
    assert read_letter(kept.path) == kept


async def test_letter_that_comes_again_later_is_kept_once_and_counted(tmp_path: Path) -> None:
    port = free_port()
    async with Mailbox(tmp_path, port):
        for minutes in range(3):
            at = AT + timedelta(minutes=minutes)
            await sender(port).send(letter(), "chair@board.example", "<1@board.example>", at)
    [kept] = list_letters(tmp_path)
    assert kept.date == AT
    assert came_again(tmp_path) == ["<1@board.example>"] * 2


async def test_different_letters_and_readers_are_kept_apart_in_order_of_their_dates(tmp_path: Path) -> None:
    port = free_port()
    async with Mailbox(tmp_path, port):
        by = sender(port)
        await by.send(letter("third"), "a@board.example", "<1@board.example>", AT + timedelta(hours=2))
        await by.send(letter("first"), "a@board.example", "<2@board.example>", AT)
        await by.send(letter("second"), "b@board.example", "<1@board.example>", AT + timedelta(hours=1))
    assert [kept.subject for kept in list_letters(tmp_path)] == ["first", "second", "third"]
    assert came_again(tmp_path) == []


async def test_mailbox_goes_on_with_what_it_kept_before(tmp_path: Path) -> None:
    for _ in range(2):
        port = free_port()
        async with Mailbox(tmp_path, port):
            await sender(port).send(letter(), "chair@board.example", "<1@board.example>", AT)
    assert len(list_letters(tmp_path)) == 1
    assert came_again(tmp_path) == ["<1@board.example>"]


async def test_no_half_written_letter_is_listed(tmp_path: Path) -> None:
    (tmp_path / "20260414-093000-0000.new").write_bytes(b"Subject: half")
    assert list_letters(tmp_path) == []


async def test_only_the_owner_may_look_into_a_new_mailbox(tmp_path: Path) -> None:
    async with Mailbox(tmp_path / "mailbox", free_port()):
        assert (tmp_path / "mailbox").stat().st_mode & 0o777 == 0o700
