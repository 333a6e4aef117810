"""Opens a package that came from anywhere, within bounds. Knows zip files, not the parts' contents.

`strict_zip` accounts for every byte and so refuses what Excel saves (it leaves room inside a part's header). Here
bytes beside the parts do no harm: only named parts are read, and nothing is passed on.
"""

from typing import Final

from rkreport.bounds import OutOfBounds, open_zip, read_part

LARGEST_FILE_BYTES: Final = 50 * 2**20  # a mail server takes half of it
_LARGEST_PART_BYTES = 100 * 2**20
_LARGEST_WHOLE_BYTES = 500 * 2**20  # of all parts, unpacked
_MOST_PARTS = 2_000


class NotBounded(Exception):
    """A package that is damaged, or larger than any workbook of ours."""


class BoundedPackage:
    """The parts of a package, each read when it is asked for."""

    def __init__(self, content: bytes) -> None:
        """Look at the list of parts.

        Raises:
            NotBounded: it is no zip file, is damaged, or goes beyond a bound.
        """
        if len(content) > LARGEST_FILE_BYTES:
            raise NotBounded("too large")
        try:
            self._archive = open_zip(content)
        except OutOfBounds as error:
            raise NotBounded("no zip file") from error
        entries = self._archive.infolist()
        self._entries = {entry.filename: entry for entry in entries}
        names = {entry.filename.casefold() for entry in entries}
        if len(entries) > _MOST_PARTS or len(names) < len(entries):
            raise NotBounded("too many parts, or two of one name")
        if sum(entry.file_size for entry in entries) > _LARGEST_WHOLE_BYTES:
            raise NotBounded("too large when unpacked")

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._entries

    def part(self, name: str) -> bytes:
        """The unpacked bytes of a part.

        Raises:
            NotBounded: it is missing, encrypted, damaged, or too large.
        """
        entry = self._entries.get(name)
        if entry is None or entry.file_size > _LARGEST_PART_BYTES:
            raise NotBounded("a part is missing or too large")
        try:
            return read_part(self._archive, entry)
        except OutOfBounds as error:
            raise NotBounded("a part is damaged or encrypted") from error
