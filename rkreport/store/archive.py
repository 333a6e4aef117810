"""Workbooks and lists of changes exactly as they were sent, each named after its SHA-256. Knows bytes, not whose.

A copy, never a hard link: the file in the report's folder may be edited after it was sent.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from rkreport.bounds import read_regular
from rkreport.errors import OutputError
from rkreport.files import reason_of, sha256_of, write_whole
from rkreport.store.folder import make_private_folder

FOLDER = "sent"
_SUFFIX, _TABLE_SUFFIX = ".xlsx", ".csv"
_DIGEST = re.compile("[0-9a-f]{64}")


class Archive:
    """The files of a data folder that were sent."""

    def __init__(self, data_dir: Path) -> None:
        """Take the data folder; the archive's own folder is made when something is kept."""
        self._folder = data_dir / FOLDER

    def keep(self, path: Path, sha256: str) -> None:
        """Keep the bytes of a workbook, or of a table, that is about to be sent. Call it before the message leaves.

        Raises:
            OutputError: the file cannot be read, has other bytes than those that were checked, or cannot be copied.
        """
        try:
            content = read_regular(path)
        except OSError as error:
            raise OutputError(
                "{path} cannot be read: {reason}; build the reports again.", path=path, reason=reason_of(error)
            ) from error
        suffix = _TABLE_SUFFIX if path.suffix == _TABLE_SUFFIX else _SUFFIX
        self.keep_bytes(content, sha256, source=str(path), suffix=suffix)

    def keep_bytes(self, content: bytes, sha256: str, *, source: str, suffix: str = _SUFFIX) -> None:
        """Like `keep`, for bytes at hand; `source` names them in an error."""
        if sha256_of(content) != sha256:
            raise OutputError("{source} has changed since it was checked; build the reports again.", source=source)
        place = self._place(sha256, suffix)
        with suppress(OSError):
            if sha256_of(place) == sha256:
                return
        make_private_folder(place.parent)
        try:
            write_whole(place, content)
        except OSError as error:
            raise OutputError(
                "{source} cannot be copied to {place}: {reason}; check the free space and the rights.",
                source=source,
                place=place,
                reason=reason_of(error),
            ) from error

    def find(self, sha256: str) -> Path | None:
        """The path of the file with this digest, None when it is not kept. Does not check the file's content."""
        if not _DIGEST.fullmatch(sha256):
            return None
        places = (self._place(sha256, suffix) for suffix in (_SUFFIX, _TABLE_SUFFIX))
        return next((place for place in places if place.is_file()), None)

    def read(self, sha256: str) -> bytes:
        """The bytes that were sent.

        Raises:
            OutputError: they are not kept (any more), cannot be read, or are not those that were sent.
        """
        place = self.find(sha256)
        if place is None:
            raise OutputError(
                "The file with the SHA-256 {sha256} is not in {folder}: it was purged, or never sent"
                " from here; look for it in a backup.",
                sha256=sha256,
                folder=self._folder,
            )
        try:
            content = read_regular(place)
        except OSError as error:
            raise OutputError(
                "{place} cannot be read: {reason}; check its rights.", place=place, reason=reason_of(error)
            ) from error
        if sha256_of(content) != sha256:
            raise OutputError(
                "{place} is damaged: it is not the file that was sent; restore it from a backup.", place=place
            )
        return content

    def kept(self) -> Iterator[tuple[str, datetime]]:
        """The digest of each file that is kept, and since when, in UTC."""
        places = (place for suffix in (_SUFFIX, _TABLE_SUFFIX) for place in self._folder.glob(f"??/*{suffix}"))
        for place in sorted(places):
            if _DIGEST.fullmatch(place.stem) and not place.is_symlink():
                yield place.stem, datetime.fromtimestamp(place.stat().st_mtime, UTC)

    def parts(self) -> Iterator[Path]:
        """Partial files that killed runs left behind."""
        yield from (place for place in sorted(self._folder.glob("??/.*")) if not place.is_symlink())

    def remove(self, sha256: str) -> None:
        """Delete a file, and its folder if that is empty then.

        Raises:
            OSError: it cannot be deleted.
        """
        place = self.find(sha256) or self._place(sha256, _SUFFIX)
        place.unlink()
        with suppress(OSError):
            place.parent.rmdir()

    def _place(self, sha256: str, suffix: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}{suffix}"
