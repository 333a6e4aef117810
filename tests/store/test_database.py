"""The SQLite file: how it is opened, and the one sentence for each way in which it cannot be."""

import gc
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from rkreport.errors import RkreportError, StoreError
from rkreport.store.database import FILE_NAME, Database
from rkreport.store.snapshots import Snapshots
from tests.store.conftest import Clock

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)]
)
def test_settings_are_really_on(database: Database, pragma: str, value: object) -> None:
    """WAL with FULL (2), so that what was committed survives a power cut; deleted data are overwritten."""
    assert database.read(f"PRAGMA {pragma}") == [(value,)]


@posix
def test_folder_and_files_are_for_their_owner_alone(folder: Path) -> None:
    """Folder 0700, and file and side files 0600, even with an open umask."""
    before = os.umask(0)
    try:
        with closing(Database(folder)) as database:
            database.write("CREATE TABLE t (x)")
            names = {path.name for path in folder.iterdir()}
            assert names == {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"}
            assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@posix
def test_store_that_was_open_to_others_is_closed_to_them(folder: Path) -> None:
    """A store that a copy or a backup opened to others is made private; a folder the admin made keeps its rights."""
    folder.mkdir()
    folder.chmod(0o755)
    (folder / FILE_NAME).touch()
    (folder / FILE_NAME).chmod(0o644)
    Database(folder).close()
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_what_was_written_is_there_after_a_kill(folder: Path) -> None:
    """A process killed without closing loses nothing of what `write` returned for."""
    script = (
        "import os, signal, sys; from pathlib import Path; from rkreport.store.database import Database\n"
        "d = Database(Path(sys.argv[1])); d.write('CREATE TABLE t (x)')\n"
        "for n in range(20): d.write('INSERT INTO t VALUES (?)', n)\n"
        "os.kill(os.getpid(), signal.SIGTERM if sys.platform == 'win32' else signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(folder)], check=False, cwd=Path(__file__).parents[2])  # noqa: S603 - our own script
    assert done.returncode != 0
    with closing(Database(folder)) as database:
        assert database.read("SELECT count(*), sum(x) FROM t") == [(20, 190)]


def test_deleted_text_is_gone_from_the_files(folder: Path) -> None:
    """Personal data that were deleted are in no file any more once the store is closed."""
    with closing(Database(folder)) as database:
        database.write("CREATE TABLE t (x)")
        for _ in range(50):
            database.write("INSERT INTO t VALUES (?)", "Sari Wulandari " * 20)
    assert b"Sari Wulandari" in (folder / FILE_NAME).read_bytes()
    with closing(Database(folder)) as database:
        database.write("DELETE FROM t")
    assert not [path for path in folder.iterdir() if b"Sari Wulandari" in path.read_bytes()]


def test_newer_store_is_refused_untouched(folder: Path) -> None:
    """A store of a newer version is told by its format, and not written to."""
    Database(folder).close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as other:
        other.execute("PRAGMA user_version = 99")
    before = (folder / FILE_NAME).read_bytes()
    with pytest.raises(StoreError, match=r"made by a newer rkreport .*; update rkreport, or choose another data_dir"):
        Database(folder)
    assert (folder / FILE_NAME).read_bytes() == before


def test_store_that_is_refused_is_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused store does not stay open: on Windows nobody could move it away."""
    folder.mkdir()
    (folder / FILE_NAME).write_text("no database " * 20)
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def watch(*arguments: object, **options: object) -> sqlite3.Connection:
        opened.append(connect(*arguments, **options))  # type: ignore[call-overload]  # as they came
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", watch)
    with pytest.raises(StoreError):
        Database(folder)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"These are my notes about the courses. " * 50,
            "the file is something else or damaged; restore a backup; only without one move it",
        ),
        (b"SQLite format 3\0" + b"\xff" * 4080, "the file is something else or damaged|it is damaged"),
    ],
    ids=["text", "broken"],
)
def test_file_that_is_no_store(folder: Path, content: bytes, sentence: str) -> None:
    """Something else under the store's name is told so, and left as it is."""
    folder.mkdir()
    (folder / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError, match=sentence):
        Database(folder)
    assert (folder / FILE_NAME).read_bytes() == content


def test_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """A data_dir that names a file, or lies below one, gets a sentence with the key to change."""
    path = tmp_path / "data"
    path.write_text("x")
    with pytest.raises(StoreError, match="is a file, not a folder; choose another data_dir"):
        Database(path)
    with pytest.raises(
        StoreError, match=r"(cannot be used: Not a directory|is a file, not a folder); choose another data_dir"
    ):
        Database(path / "below")


def test_folder_in_place_of_the_file(folder: Path) -> None:
    """A folder under the store's name gets a sentence."""
    (folder / FILE_NAME).mkdir(parents=True)
    with pytest.raises(StoreError, match=r"The data folder .* cannot be used: (Is a directory|Permission denied)"):
        Database(folder)


def test_folder_without_rights(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which nothing may be written gets a sentence."""

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreError, match="cannot be used: Permission denied; choose another data_dir"):
        Database(folder)


def test_read_only_store(folder: Path, database: Database) -> None:
    """A store that may be read only says what to do."""
    database.write("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="it is read-only; make it writable and say the same command again"):
        database.write("CREATE TABLE t (x)")


def test_store_that_another_program_holds(folder: Path, database: Database) -> None:
    """A database browser with an open transaction is named as the cause."""
    database.write("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(folder / FILE_NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program holds it; close that"):
            database.write("CREATE TABLE t (x)")


def test_full_disk_leaves_all_before_it(database: Database) -> None:
    """When the disk is full the true cause is said, what was written stays whole, and with room it goes on."""
    database.write("CREATE TABLE t (x)")
    ((pages,),) = database.read("PRAGMA page_count")
    database.write(f"PRAGMA max_page_count = {pages + 5}")
    kept = 0

    def fill() -> None:
        nonlocal kept
        for kept in range(100):  # noqa: B007 - how many were written before
            database.write("INSERT INTO t VALUES (?)", b"x" * 2000)

    with pytest.raises(StoreError, match="the disk is full; make room and say the same command again, nothing is lost"):
        fill()
    assert 5 < kept < 20
    assert database.read("SELECT count(*) FROM t") == [(kept,)]
    assert database.read("PRAGMA integrity_check") == [("ok",)]
    database.write("PRAGMA max_page_count = 1000")
    database.write("INSERT INTO t VALUES (?)", b"room")
    assert database.read("SELECT count(*) FROM t") == [(kept + 1,)]


def test_interrupted_migration_leaves_no_half_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version's tables come all or none, so that the next start does them again."""
    Database(folder).close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as other:
        ((version,),) = other.execute("PRAGMA user_version")
    scripts = ("-- done",) * version + ("CREATE TABLE extra (x); CREATE TABLE page (x);",)
    monkeypatch.setattr("rkreport.store.database.MIGRATIONS", scripts)
    with pytest.raises(StoreError, match="table page already exists"):
        Database(folder)
    with closing(sqlite3.connect(folder / FILE_NAME)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (version,)
        assert other.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)


def test_any_damage_is_an_error_of_ours(folder: Path) -> None:
    """A byte changed anywhere in the file is harmless, or found and told in a sentence, never a library's error."""
    clock = Clock()
    with closing(Database(folder)) as database:
        snapshots = Snapshots(database, clock)
        row = snapshots.begin("plan", "host")
        snapshots.finish(row.snapshot_id, ())
    whole = (folder / FILE_NAME).read_bytes()
    sentences = set()
    for place in range(0, len(whole), 97):
        (folder / FILE_NAME).write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            with closing(Database(folder)) as database:
                Snapshots(database, clock).finished(None)
        except RkreportError as error:
            sentences.add(str(error))
    assert sentences


def test_closing_waits_for_the_thread_that_writes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is not closed under a page that a worker thread is still writing when the run is interrupted.

    SQLite as built here would wait by itself; Apple's, which leaves that to its user, is stood in for.
    """
    is_writing, may_go_on = threading.Event(), threading.Event()
    done = []

    class Connection:
        """One that does whatever it is told at once."""

        def execute(self, *_: object) -> None:
            """Write for as long as the test wants."""
            is_writing.set()
            assert may_go_on.wait(5)
            done.append("written")

        def close(self) -> None:
            """Close."""
            done.append("closed")

    with monkeypatch.context() as patch:
        patch.setattr(database, "_connection", Connection())
        writer = threading.Thread(target=database.write, args=("INSERT",))
        writer.start()
        assert is_writing.wait(5)
        closer = threading.Thread(target=database.close)
        closer.start()
        closer.join(0.02)
        may_go_on.set()
        writer.join()
        closer.join()
    assert done == ["written", "closed"]


def test_rows_left_unread_when_the_store_closes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader that an error stopped is thrown away after the store was closed, and says nothing of that."""
    store = Database(tmp_path / "left")
    rows = store.stream("SELECT 1 UNION SELECT 2")
    assert next(rows) == (1,)
    store.close()
    del rows
    gc.collect()
    assert capsys.readouterr().err == ""
