"""The audit log's file, `audit.jsonl`: appends lines, mends what a kill left, reads it back.

A line stands in the store before it stands in the file, so that no kill loses one:

    store: the line before is whole, this one follows  →  file: the line, on the disk  →  … the next line, or the end

The caller holds the data folder's lock. Must not know what a line says.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import BinaryIO, Final, NamedTuple

from rkreport.core.audit_chain import Head, Link, digest_of, link_of
from rkreport.errors import StoreError
from rkreport.files import reason_of, write_private_file
from rkreport.sentence import Sentence
from rkreport.store.database import Database, Readable, damaged

AUDIT_FILE: Final = "audit.jsonl"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST = 2**62  # lines, bytes: one more can still be counted
_OTHERS = 0o077
_LONGEST_LINE = 65_536  # bytes; a longer one is read in pieces
_LONGEST_OF_OURS = 8_192  # the usual ones have 500
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)  # a FIFO must not hold the program up
_BINARY = getattr(os, "O_BINARY", 0)


class _End(NamedTuple):
    """How the log ends, as in the store: the line that is whole, the size up to there, and the line that follows it."""

    head: Head
    size: int
    pending: bytes


class AuditLogReader:
    """The audit log of a store that may be open for looking alone."""

    def __init__(self, store: Readable) -> None:
        """Take the store; the file is beside it."""
        self._store = store
        self.path = store.path.parent / AUDIT_FILE

    def head(self) -> Head:
        """The last line of the log."""
        end = self._end()
        return Head(end.head.number + 1, digest_of(end.pending)) if end.pending else end.head

    def written(self) -> tuple[Head, Iterator[Link]]:
        """The last line that was written whole, with the links of the lines up to it.

        Where a kill kept the last line from the file, that is the one before; the next `mend` writes it.
        """
        end = self._end()
        if not _is_torn(end, self._rest(end)):
            return self.head(), self.links()
        return end.head, _links(self._lines_within(end.size))

    def links(self) -> Iterator[Link]:
        """The links of all lines of the file, from the first; none where there is no file.

        Raises:
            StoreError: the file cannot be read.
        """
        return _links(self.lines())

    def lines(self) -> Iterator[bytes]:
        """The lines of the file with their line breaks; one that is too long to be ours comes in pieces."""
        if not self.path.exists() and not self.path.is_symlink():
            return
        with self._opened(writes=False) as file:
            while line := file.readline(_LONGEST_LINE):
                yield line

    def lacks_break(self) -> bool:
        """Whether the last line that was known to be whole lost its line break, and the log nothing else at its end."""
        if not self.path.exists():
            return False
        end = self._end()
        with self._opened(writes=False) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LONGEST_LINE))
            last = file.read(_LONGEST_LINE).rpartition(b"\n")[2]
        return size == end.size - 1 and digest_of(last) == end.head.sha256

    def tail(self, count: int) -> list[bytes]:
        """The last lines, without reading the others."""
        if not self.path.exists() and not self.path.is_symlink():
            return []
        with self._opened(writes=False) as file:
            begin = max(0, file.seek(0, os.SEEK_END) - count * _LONGEST_OF_OURS)
            file.seek(begin)
            lines = file.read(count * _LONGEST_OF_OURS).splitlines(keepends=True)
        return lines[-count:] if begin == 0 else lines[1:][-count:]

    # ---- inside

    def _lines_within(self, size: int) -> Iterator[bytes]:
        for line in self.lines():
            size -= len(line)
            if size < 0:
                return
            yield line

    def _rest(self, end: _End) -> bytes | None:
        """What stands after the line that is known to be whole, a line of it and more; None if that is gone."""
        if not self.path.exists():
            return None if end.size else b""
        with self._opened(writes=False) as file:
            if file.seek(0, os.SEEK_END) < end.size:
                return None
            file.seek(end.size)
            return file.read(_LONGEST_LINE)

    def _end(self) -> _End:
        found = [tuple(row) for row in self._store.read("SELECT number, sha256, size, pending FROM audit_head LIMIT 2")]
        if len(found) != 1:
            raise damaged(self._store.path)
        number, sha256, size, pending = found[0]
        if not (0 <= number <= _MOST and 0 <= size <= _MOST) or not _SHA256.fullmatch(sha256) or not pending.isascii():
            raise damaged(self._store.path)
        return _End(Head(number, sha256), size, pending.encode("ascii"))

    @contextmanager
    def _opened(self, *, writes: bool) -> Iterator[BinaryIO]:
        """Open the file, never through a link, and for its owner alone whatever the umask."""
        flags = (os.O_RDWR | os.O_CREAT if writes else os.O_RDONLY) | _NOFOLLOW | _NONBLOCK | _BINARY
        try:
            descriptor = os.open(self.path, flags, 0o600)
            with closing(os.fdopen(descriptor, "r+b" if writes else "rb")) as file:
                mode = os.fstat(descriptor).st_mode
                if not stat.S_ISREG(mode):
                    raise self._unusable("it is not a file")
                if writes and mode & _OTHERS:
                    self.path.chmod(mode & ~_OTHERS & 0o777)
                yield file
        except OSError as error:
            raise self._unusable(reason_of(error)) from error

    def _unusable(self, why: str) -> StoreError:
        return StoreError(
            Sentence(
                "The audit log {path} cannot be used: {why}; nothing goes on without it, so mend"
                " that and say the same command again.",
                path=self.path,
                why=why,
            )
        )


class AuditLog(AuditLogReader):
    """The audit log of a store that is open for writing."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        super().__init__(database)
        self._database = database

    def append(self, line_after: Callable[[Head], bytes]) -> None:
        """Add the line that `line_after` makes for the head; when this returns it is on the disk. `mend` comes first.

        Raises:
            StoreError: it cannot be written; it then stands in the store, and the next `mend` writes it.
        """
        with self._opened(writes=True) as file:
            head = self.head()
            line = line_after(head)
            self._expect(_End(head, os.fstat(file.fileno()).st_size, line))
            _write(file, line)

    def confirm(self) -> None:
        """Note that the last line is whole: from now on nothing that is missing at the end can be a kill's doing."""
        end = self._end()
        if end.pending and self._rest(end) == _line(end.pending):
            self._expect(_End(self.head(), end.size + len(_line(end.pending)), b""))

    def mend(self) -> list[str]:
        """Write what a kill kept from the file; returns a sentence for whatever was found.

        What does not come from a kill is left as it is: `audit --verify` says what was done.

        Raises:
            StoreError: the file cannot be read or written.
        """
        end = self._end()
        rest = self._rest(end)
        if rest == _line(end.pending):
            return []
        if not _is_torn(end, rest):
            lacks_break = self.lacks_break()
            self._settle(end, rest or b"")
            return [self._broken() if lacks_break else self._changed()]
        said = Sentence(
            "The last line of {path} was not whole when rkreport was ended; it was written again.", path=self.path
        )
        if rest:
            aside = self.path.with_name(f"{AUDIT_FILE}.torn-{end.head.number + 1}")
            write_private_file(aside, rest)
            said = Sentence("{said} What was there is in {name}.", said=said, name=aside.name)
        with self._opened(writes=True) as file:
            file.truncate(end.size)
            _write(file, end.pending)
        return [said]

    # ---- inside

    def _settle(self, end: _End, rest: bytes) -> None:
        """After a change from outside: no line of ours may get lost, and the next begins on a line of its own."""
        has_pending = rest.startswith(_line(end.pending))
        with self._opened(writes=True) as file:
            size = file.seek(0, os.SEEK_END)
            if size and _last_byte(file, size) != b"\n":
                file.write(b"\n")
            if not has_pending:
                _write(file, end.pending)
            size = file.seek(0, os.SEEK_END)
        self._expect(_End(self.head(), size, b""))

    def _expect(self, end: _End) -> None:
        sql = "UPDATE audit_head SET number = ?, sha256 = ?, size = ?, pending = ?"
        self._database.write(sql, end.head.number, end.head.sha256, end.size, end.pending.decode("ascii"))

    def _broken(self) -> str:
        return Sentence("The last line of {path} had lost its line break; it was written again.", path=self.path)

    def _changed(self) -> str:
        return Sentence(
            "{path} is not as rkreport left it; rkreport audit --verify says what was done.", path=self.path
        )


def _is_torn(end: _End, rest: bytes | None) -> bool:
    """Whether a kill kept the last line from the file, or part of it."""
    is_whole = rest == _line(end.pending)
    return bool(end.pending) and not is_whole and rest is not None and len(rest) <= len(_line(end.pending))


def _links(lines: Iterable[bytes]) -> Iterator[Link]:
    for line in lines:
        link = link_of(line.removesuffix(b"\n"))
        # What has no line break is not what was written, although it reads alike.
        yield link if line.endswith(b"\n") else replace(link, sha256=digest_of(line + b"\0"))


def _line(pending: bytes) -> bytes:
    return pending + b"\n" if pending else b""


def _last_byte(file: BinaryIO, size: int) -> bytes:
    file.seek(size - 1)
    return file.read(1)


def _write(file: BinaryIO, line: bytes) -> None:
    file.seek(0, os.SEEK_END)
    file.write(_line(line))
    file.flush()
    os.fsync(file.fileno())
