"""The outbox holds this build's messages, whole, and nobody else's."""

import stat
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import OutcomeKind
from rkreport.delivery.mime import Message
from rkreport.delivery.outbox import OutboxMessage, OutboxTransport, write_outbox
from rkreport.errors import OutputError


def entry(manager_id: str, text: str = "Halo – é", date: str = "") -> OutboxMessage:
    """A short message."""
    message = EmailMessage(policy=policy.SMTP)
    message["To"] = "budi.s@contoh.test"
    message["Message-ID"] = f"<{len(manager_id)}@contoh.test>"
    message.set_content(text, cte="quoted-printable")
    if date:
        message["Date"] = date
    return OutboxMessage(manager_id, Message(message["Message-ID"], message.as_bytes()))


def names(folder: Path) -> list[str]:
    """Give the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_messages_are_numbered_by_the_burst_list(tmp_path: Path) -> None:
    """Files carry place and manager; the receipts say what is where, in the order of the messages."""
    folder = tmp_path / "rev1" / "outbox"
    receipts = write_outbox(folder, [entry("M-22"), entry("M-1")], burst_list=["M-1", "M-22"])
    assert names(folder) == ["0001_M-1.eml", "0002_M-22.eml"]
    assert [(one.manager_id, one.path.name, one.message_id) for one in receipts] == [
        ("M-22", "0002_M-22.eml", "<4@contoh.test>"),
        ("M-1", "0001_M-1.eml", "<3@contoh.test>"),
    ]
    for receipt in receipts:
        content = receipt.path.read_bytes()
        assert receipt.size_bytes == len(content)
        assert content.count(b"\n") == content.count(b"\r\n")
        assert message_from_bytes(content, policy=policy.default)["To"] == "budi.s@contoh.test"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_outbox_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the server can list the folder or read a message."""
    (receipt,) = write_outbox(tmp_path / "outbox", [entry("M-1")], burst_list=["M-1"])
    assert stat.S_IMODE(receipt.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(receipt.path.parent.stat().st_mode) == 0o700


def test_older_build_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    """Messages of a manager who is gone or has another number go; files that are not ours stay."""
    for name in ("0001_GONE.eml", "0002_M-1.eml", "10000_X.eml", ".0003_GONE.eml.part"):
        (tmp_path / name).write_bytes(b"old")
    for name in ("notes.txt", "001_x.eml", "copy of 0001_GONE.eml", "0001_GONE.eml.bak"):
        (tmp_path / name).write_bytes(b"mine")
    write_outbox(tmp_path, [entry("M-1")], burst_list=["M-1"])
    assert names(tmp_path) == sorted(
        ["0001_M-1.eml", "notes.txt", "001_x.eml", "copy of 0001_GONE.eml", "0001_GONE.eml.bak"]
    )


def test_second_part_of_a_build_keeps_the_first(tmp_path: Path) -> None:
    """Said again for those that are left, the messages already written stay as they are, under the same numbers."""
    burst_list = ["M-1", "M-2"]
    (first,) = write_outbox(tmp_path, [entry("M-1", "first")], burst_list=burst_list)
    before = first.path.read_bytes()
    write_outbox(tmp_path, [entry("M-2")], burst_list=burst_list)
    assert names(tmp_path) == ["0001_M-1.eml", "0002_M-2.eml"]
    assert first.path.read_bytes() == before


def test_hostile_ids_stay_in_the_folder(tmp_path: Path) -> None:
    """Ids that are paths, device names or alike without case become different files in this folder."""
    ids = ["../../evil", "..", "CON", "m-1", "M-1", "a\r\nb", ""]
    receipts = write_outbox(tmp_path / "outbox", map(entry, ids), burst_list=ids)
    assert len({receipt.path.name.lower() for receipt in receipts}) == len(ids)
    assert all(receipt.path.resolve().parent == (tmp_path / "outbox").resolve() for receipt in receipts)
    assert names(tmp_path) == ["outbox"]


def test_message_of_a_stranger_is_a_bug(tmp_path: Path) -> None:
    """A message to somebody who is not in the burst list is never written."""
    with pytest.raises(KeyError):
        write_outbox(tmp_path, [entry("M-2")], burst_list=["M-1"])
    assert names(tmp_path) == []


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the folder should be gives one sentence with the path."""
    (tmp_path / "outbox").write_bytes(b"")
    with pytest.raises(OutputError, match=r"Cannot write .*outbox: File exists"):
        write_outbox(tmp_path / "outbox", [entry("M-1")], burst_list=["M-1"])


def test_old_message_that_cannot_be_removed_stops_everything(tmp_path: Path) -> None:
    """A left-over message that stays would be mailed by hand to the wrong person: nothing is written beside it."""
    (tmp_path / "0009_GONE.eml").mkdir()
    with pytest.raises(OutputError, match=r"Cannot remove .*0009_GONE\.eml"):
        write_outbox(tmp_path, [entry("M-1")], burst_list=["M-1"])
    assert names(tmp_path) == ["0009_GONE.eml"]


# ---- as a way to send


async def test_the_folder_takes_messages_like_a_server(tmp_path: Path) -> None:
    """The file has the burst list's number; the ledger is written first; an unknown message is named after its id."""
    seen = []
    folder = tmp_path / "outbox"
    message = entry("M-1").message
    async with OutboxTransport(folder, {"<3@contoh.test>": "0002_M-1.eml"}) as transport:
        outcome = await transport.deliver(message, "ld@contoh.test", [], lambda: seen.append(folder.exists()))
        other = entry("M-20").message
        await transport.deliver(other, "ld@contoh.test", [], lambda: None)
    assert outcome.kind is OutcomeKind.TAKEN
    assert seen == [False]
    assert names(folder) == ["0002_M-1.eml", "4.eml"]
    assert (folder / "0002_M-1.eml").read_bytes() == message.content


async def test_a_file_that_says_the_same_stays(tmp_path: Path) -> None:
    """Another date makes no other message; another text does."""
    transport = OutboxTransport(tmp_path, {"<3@contoh.test>": "0001_M-1.eml"})
    path = tmp_path / "0001_M-1.eml"
    bodies = []
    for date, text in (("Mon, 02 Nov 2026 08:30:00 +0700", "a"), ("Tue, 03 Nov 2026 08:30:00 +0700", "a"), ("x", "b")):
        message = entry("M-1", text, date).message
        assert (await transport.deliver(message, "", [], lambda: None)).kind is OutcomeKind.TAKEN
        bodies.append(path.read_bytes())
    assert bodies[0] == bodies[1] != bodies[2]


async def test_a_folder_that_cannot_be_written_stops(tmp_path: Path) -> None:
    """It would befall every message; nothing is in doubt."""
    (tmp_path / "outbox").write_text("a file")
    outcome = await OutboxTransport(tmp_path / "outbox", {}).deliver(entry("M-1").message, "", [], lambda: None)
    assert outcome.kind is OutcomeKind.STOP
