"""The audit log's file: for its owner alone, no line lost by a kill, and every change of a byte found."""

import os
import random
import stat
import sys
from pathlib import Path

import pytest

from rkreport.core.audit_chain import Damage, Head, damage_of, digest_of, line_of
from rkreport.errors import StoreError
from rkreport.store.audit_log import AUDIT_FILE, AuditLog
from rkreport.store.database import Database
from tests.core.test_audit_chain import entry


def add(log: AuditLog, count: int = 1) -> None:
    """Add lines, as `rkreport.run.auditing` does."""
    for _ in range(count):
        log.mend()
        log.append(lambda head: line_of(entry(head.number + 1, before=head.sha256)))


def damage(log: AuditLog) -> Damage:
    """What is found now."""
    return damage_of(list(log.links()), log.head())


@pytest.fixture
def log(database: Database) -> AuditLog:
    """A log of five lines whose run has ended."""
    made = AuditLog(database)
    add(made, 5)
    made.confirm()
    return made


def test_a_folder_without_a_log_begins_one(database: Database) -> None:
    """Nothing is said about it; the first line has number 1."""
    log = AuditLog(database)
    assert (log.mend(), log.head(), list(log.lines())) == ([], Head(), [])
    add(log)
    (line,) = log.path.read_bytes().splitlines()
    assert log.head() == Head(1, digest_of(line))


@pytest.mark.skipif(sys.platform == "win32", reason="has no such rights")
def test_it_is_the_owner_s_alone(database: Database) -> None:
    """Whatever the umask, and after another program opened it to others."""
    before = os.umask(0)
    try:
        log = AuditLog(database)
        add(log)
        assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    finally:
        os.umask(before)
    log.path.chmod(0o666)
    add(log)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600


def test_a_kill_at_any_byte_loses_no_line(database: Database) -> None:
    """What is torn is kept aside and said; the line is written again, and the chain goes on."""
    log = AuditLog(database)
    add(log, 2)
    before = log.path.stat().st_size
    add(log)
    whole = log.path.read_bytes()
    for cut in range(before, len(whole)):
        log.path.write_bytes(whole[:cut])
        (said,) = log.mend()
        assert said.startswith(f"The last line of {log.path} was not whole when rkreport was ended; it was written")
        assert ("What was there is in audit.jsonl.torn-3." in said) == (cut > before)
        assert (log.path.read_bytes(), damage(log)) == (whole, Damage())
    torn = log.path.with_name(f"{AUDIT_FILE}.torn-3")
    assert torn.read_bytes() == whole[before:-1]
    assert sys.platform == "win32" or not stat.S_IMODE(torn.stat().st_mode) & 0o077
    log.path.write_bytes(whole[:before] + bytes(50))  # as a power cut leaves it on some file systems
    assert len(log.mend()) == 1
    add(log)
    assert (log.head().number, damage(log), log.mend()) == (4, Damage(), [])


def no_space(_descriptor: int) -> None:
    """As on a full disk."""
    raise OSError(28, "No space left on device")


def test_a_full_disk_stops_and_loses_nothing(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is one sentence; the line stands once there is room."""
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        with pytest.raises(StoreError, match=r"audit\.jsonl cannot be used: No space left on device;"):
            add(log)
    add(log)
    assert (log.head().number, damage(log)) == (7, Damage())


def manipulated(whole: bytes, chance: random.Random, kind: int) -> bytes:
    """The file after one of eight kinds of change."""
    first, last = sorted(chance.sample(range(len(whole)), 2))
    lines = whole.splitlines(keepends=True)
    return [
        whole[:first] + bytes([whole[first] ^ chance.randrange(1, 256)]) + whole[first + 1 :],
        whole[:first] + whole[last:],
        whole[:first] + chance.randbytes(chance.randrange(1, 99)) + whole[first:],
        whole[:last] + whole[first:last] + whole[last:],
        whole[last:] + whole[:last],
        whole[:first],
        whole + b"\n",
        b"".join(chance.sample(lines, len(lines))),
    ][kind]


def test_hundred_of_hundred_manipulations_are_found(log: AuditLog) -> None:
    """Of the file's bytes: one changed, some dropped, some added, parts doubled or moved, the end cut off."""
    add(log, 20)
    log.confirm()
    chance, whole = random.Random(17), log.path.read_bytes()  # noqa: S311 - the same each time
    found = 0
    for number in range(100):
        changed = manipulated(whole, chance, number % 8)
        assert changed != whole
        log.path.write_bytes(changed)
        found += bool(damage(log))
    assert found == 100
    log.path.write_bytes(whole)
    assert not damage(log)


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_line_break_that_is_cut_off_is_written_again(database: Database, log: AuditLog, is_begun: bool) -> None:  # noqa: FBT001 - a case
    """And said; nothing else was done to the log then, also where a kill kept the next line from the file."""
    whole = log.path.read_bytes()
    if is_begun:
        after = line_of(entry(6, before=log.head().sha256))
        database.write("UPDATE audit_head SET pending = ?", after.decode())
    log.path.write_bytes(whole[:-1])
    assert log.mend() == [f"The last line of {log.path} had lost its line break; it was written again."]
    assert (log.path.read_bytes() == whole, damage(log), log.mend()) == (not is_begun, Damage(), [])
    log.path.write_bytes(log.path.read_bytes()[:-2])
    assert log.mend() == [f"{log.path} is not as rkreport left it; rkreport audit --verify says what was done."]
    assert damage(log)


@pytest.mark.parametrize(
    "change",
    [
        *("UPDATE audit_head SET pending = 'é'", "DELETE FROM audit_head", "UPDATE audit_head SET sha256 = 'x'"),
        *("UPDATE audit_head SET size = -1", "UPDATE audit_head SET number = -1"),
        *("UPDATE audit_head SET number = 9223372036854775807", "UPDATE audit_head SET size = 9223372036854775807"),
        "INSERT INTO audit_head SELECT * FROM audit_head",
    ],
)
def test_a_head_that_cannot_be_is_a_damaged_store(database: Database, log: AuditLog, change: str) -> None:
    """Whatever is asked of the log."""
    database.write(change)
    for asked in (log.head, log.mend, log.confirm, log.written):
        with pytest.raises(StoreError, match=r"The store .* cannot be used: it is damaged; restore it from a backup"):
            asked()


def test_the_end_cannot_be_cut_off(log: AuditLog) -> None:
    """A line, its line break alone, or the file."""
    whole = log.path.read_bytes()
    for rest in (whole[: whole[:-1].rindex(b"\n") + 1], whole[:-1], b""):
        log.path.write_bytes(rest)
        assert damage(log)
    log.path.unlink()
    assert damage(log).missing == ((1, 5),)


@pytest.mark.parametrize("change", ["cut", "gone", "added", "other"])
def test_a_change_from_outside_is_said_and_stops_nothing(log: AuditLog, change: str) -> None:
    """The chain goes on from the store's end; what was done stays to be found."""
    whole = log.path.read_bytes()
    if change == "gone":
        log.path.unlink()
    else:
        log.path.write_bytes({"cut": whole[:-50], "added": whole + b"no line", "other": b"{}\n" + whole}[change])
    found = bool(damage(log))
    (said,) = log.mend()
    assert (found, said) == (
        True,
        f"{log.path} is not as rkreport left it; rkreport audit --verify says what was done.",
    )
    add(log, 2)
    assert log.mend() == []
    assert (log.head().number, bool(damage(log))) == (7, True)
    assert log.path.read_bytes().count(b"\n") == len([*log.lines()])


@pytest.mark.skipif(sys.platform == "win32", reason="has no such files")
@pytest.mark.parametrize("kind", ["link", "fifo", "folder"])
def test_what_is_no_file_is_refused(database: Database, tmp_path: Path, kind: str) -> None:
    """A link is not written through, a FIFO does not hold the program up."""
    log, other = AuditLog(database), tmp_path / "other"
    other.write_text("untouched")
    if kind == "link":
        log.path.symlink_to(other)
    elif kind == "fifo":
        os.mkfifo(log.path)
    else:
        log.path.mkdir()
    with pytest.raises(StoreError, match="cannot be used"):
        add(log)
    assert other.read_text() == "untouched"
