"""The outbox holds this build's messages, whole, and nobody else's."""

import stat
import sys
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import OutcomeKind
from rkreport.delivery.mime import Message
from rkreport.delivery.outbox import OutboxTransport, prepared_outbox, write_message
from rkreport.errors import OutputError


def a_message(manager_id: str, text: str = "Halo – é", date: str = "") -> Message:
    """A short message."""
    message = EmailMessage(policy=policy.SMTP)
    message["To"] = "budi.s@contoh.test"
    message["Message-ID"] = f"<{len(manager_id)}@contoh.test>"
    message.set_content(text, cte="quoted-printable")
    if date:
        message["Date"] = date
    return Message(message["Message-ID"], message.as_bytes())


def write_outbox(
    folder: Path, manager_ids: Sequence[str], burst_list: Sequence[str], text: str = "Halo – é"
) -> list[Path]:
    """Write messages as a build does; return their paths."""
    paths = prepared_outbox(folder, burst_list)
    for manager_id in manager_ids:
        content = paths[manager_id], write_message(paths[manager_id], a_message(manager_id, text))
        assert sha256(content[0].read_bytes()).hexdigest() == content[1]
    return [paths[manager_id] for manager_id in manager_ids]


def names(folder: Path) -> list[str]:
    """Give the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_messages_are_numbered_by_the_burst_list(tmp_path: Path) -> None:
    """Files carry place and manager, in whatever order they are written."""
    folder = tmp_path / "rev1" / "outbox"
    written = write_outbox(folder, ["M-22", "M-1"], ["M-1", "M-22"])
    assert names(folder) == ["0001_M-1.eml", "0002_M-22.eml"]
    assert [path.name for path in written] == ["0002_M-22.eml", "0001_M-1.eml"]
    for path in written:
        content = path.read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n")
        assert message_from_bytes(content, policy=policy.default)["To"] == "budi.s@contoh.test"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_outbox_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the server can list the folder or read a message."""
    (path,) = write_outbox(tmp_path / "outbox", ["M-1"], ["M-1"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_older_build_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    """Messages of a manager who is gone or has another number go; files that are not ours stay."""
    for name in ("0001_GONE.eml", "0002_M-1.eml", "10000_X.eml", ".0003_GONE.eml.part"):
        (tmp_path / name).write_bytes(b"old")
    for name in ("notes.txt", "001_x.eml", "copy of 0001_GONE.eml", "0001_GONE.eml.bak"):
        (tmp_path / name).write_bytes(b"mine")
    write_outbox(tmp_path, ["M-1"], ["M-1"])
    assert names(tmp_path) == sorted(
        ["0001_M-1.eml", "notes.txt", "001_x.eml", "copy of 0001_GONE.eml", "0001_GONE.eml.bak"]
    )


def test_second_part_of_a_build_keeps_the_first(tmp_path: Path) -> None:
    """Said again for those that are left, the messages already written stay as they are, under the same numbers."""
    burst_list = ["M-1", "M-2"]
    (first,) = write_outbox(tmp_path, ["M-1"], burst_list, "first")
    before = first.read_bytes()
    write_outbox(tmp_path, ["M-2"], burst_list)
    assert names(tmp_path) == ["0001_M-1.eml", "0002_M-2.eml"]
    assert first.read_bytes() == before


def test_hostile_ids_stay_in_the_folder(tmp_path: Path) -> None:
    """Ids that are paths, device names or alike without case become different files in this folder."""
    ids = ["../../evil", "..", "CON", "m-1", "M-1", "a\r\nb", ""]
    written = write_outbox(tmp_path / "outbox", ids, ids)
    assert len({path.name.lower() for path in written}) == len(ids)
    assert all(path.resolve().parent == (tmp_path / "outbox").resolve() for path in written)
    assert names(tmp_path) == ["outbox"]


def test_message_of_a_stranger_is_a_bug(tmp_path: Path) -> None:
    """A message to somebody who is not in the burst list is never written."""
    with pytest.raises(KeyError):
        write_outbox(tmp_path, ["M-2"], ["M-1"])
    assert names(tmp_path) == []


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the folder should be gives one sentence with the path."""
    (tmp_path / "outbox").write_bytes(b"")
    with pytest.raises(OutputError, match=r"Cannot write .*outbox: File (already )?exists"):
        write_outbox(tmp_path / "outbox", ["M-1"], ["M-1"])


def test_old_message_that_cannot_be_removed_stops_everything(tmp_path: Path) -> None:
    """A left-over message that stays would be mailed by hand to the wrong person: nothing is written beside it."""
    (tmp_path / "0009_GONE.eml").mkdir()
    with pytest.raises(OutputError, match=r"Cannot remove .*0009_GONE\.eml"):
        write_outbox(tmp_path, ["M-1"], ["M-1"])
    assert names(tmp_path) == ["0009_GONE.eml"]


# ---- as a way to send


async def test_the_folder_takes_messages_like_a_server(tmp_path: Path) -> None:
    """The file has the burst list's number; the ledger is written first; an unknown message is named after its id."""
    seen = []
    folder = tmp_path / "outbox"
    message = a_message("M-1")
    async with OutboxTransport(folder, {"<3@contoh.test>": "0002_M-1.eml"}) as transport:
        outcome = await transport.deliver(message, "ld@contoh.test", [], lambda: seen.append(folder.exists()))
        other = a_message("M-20")
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
        message = a_message("M-1", text, date)
        assert (await transport.deliver(message, "", [], lambda: None)).kind is OutcomeKind.TAKEN
        bodies.append(path.read_bytes())
    assert bodies[0] == bodies[1] != bodies[2]


async def test_a_folder_that_cannot_be_written_stops(tmp_path: Path) -> None:
    """It would befall every message; nothing is in doubt."""
    (tmp_path / "outbox").write_text("a file")
    outcome = await OutboxTransport(tmp_path / "outbox", {}).deliver(a_message("M-1"), "", [], lambda: None)
    assert outcome.kind is OutcomeKind.STOP
