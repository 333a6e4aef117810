"""Bounds for files that come from outside: regular files only, short lists of parts, XML that stays small in memory.

Each is checked before the file is read as what it claims to be. Knows no format's meaning.
"""

import errno
import os
import re
import stat
import struct
import sys
import zlib
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from pathlib import Path
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

LARGEST_FILE_BYTES = 2**30  # of one that this program made itself, such as a workbook
_LARGEST_LIST_BYTES = 2**20  # of a zip file's parts; Python reads it whole before anybody can count
_END, _END_BYTES, _SIZE_OF_LIST = b"PK\x05\x06", 22, 12
_LOCATOR, _LOCATOR_BYTES = b"PK\x06\x07", 20
_PIECE = 2**16  # bytes given to the parser at once
_BEGINS_AS_XML = re.compile(rb"[\s\0\xef\xbb\xbf\xfe\xff]*<")
_PACKED_WITH = {ZIP_STORED, ZIP_DEFLATED}  # as Excel does; the others unpack without a limit, or take gigabytes
_ENCRYPTED = 0x01
_DAMAGES = (
    *(BadZipFile, LargeZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError, KeyError),
    *(struct.error, zlib.error),
)


class NotRegular(OSError):
    """A pipe, a device or the like: reading it may wait or go on for ever."""


class TooLarge(OSError):
    """A file with more bytes than it may have."""


class OutOfBounds(Exception):
    """A content that goes beyond a bound; the message says which."""


class NotWhole(OutOfBounds):
    """A part of a zip file that is damaged, or that Excel would not have packed so."""


class NotSound(OutOfBounds):
    """XML that is not well-formed, or has a document type."""


def open_regular(path: Path, *, follow_links: bool = True) -> BufferedReader:
    """Open a file for reading; a pipe is not waited for.

    Raises:
        NotRegular: it is no regular file.
        OSError: it is a folder, or cannot be opened.
    """
    if sys.platform == "win32" and path.is_dir():  # Windows would report missing rights
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags if follow_links else flags | getattr(os, "O_NOFOLLOW", 0))
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return open(descriptor, "rb")  # noqa: PTH123 - Path.open takes no descriptor; the caller closes it
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise NotRegular(errno.EINVAL, "it is no regular file", str(path))


def read_regular(path: Path, most: int = LARGEST_FILE_BYTES, *, follow_links: bool = True) -> bytes:
    """The bytes of a file, at most `most`.

    Raises:
        TooLarge: it has more.
        NotRegular, OSError: as `open_regular`.
    """
    with open_regular(path, follow_links=follow_links) as file:
        content = file.read(most + 1) if os.fstat(file.fileno()).st_size <= most else None
    if content is None or len(content) > most:
        raise TooLarge(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return content


def check_zip_list(content: bytes) -> None:
    """Refuse a long list of parts before Python reads it: fifty megabytes of it would take a gigabyte of memory.

    Raises:
        OutOfBounds: it is too long, or there is none.
    """
    end = content.rfind(_END)
    if end < 0 or len(content) < end + _END_BYTES:
        raise OutOfBounds("no zip file")
    (size,) = struct.unpack_from("<I", content, end + _SIZE_OF_LIST)
    if size > _LARGEST_LIST_BYTES or content[max(end - _LOCATOR_BYTES, 0) : end].startswith(_LOCATOR):
        raise OutOfBounds("its list of parts is too long")


def open_zip(content: bytes) -> ZipFile:
    """Open a zip file for `read_part`.

    Raises:
        OutOfBounds: it is no zip file, is damaged, or has a long list of parts.
    """
    check_zip_list(content)
    try:
        return ZipFile(BytesIO(content))
    except _DAMAGES as error:
        raise OutOfBounds("no zip file") from error


def read_part(archive: ZipFile, entry: ZipInfo) -> bytes:
    """The bytes of a part: exactly as many as the list of parts says, so bound that number before.

    Whoever reads a part again with `ZipFile`, as openpyxl does, unpacks no more than this did.

    Raises:
        NotWhole: it has more or fewer, is damaged or encrypted, or is packed in a way that Excel does not use.
    """
    if entry.compress_type not in _PACKED_WITH or entry.flag_bits & _ENCRYPTED:
        raise NotWhole("a part that is packed in another way")
    longer = copy(entry)
    longer.file_size += 1  # a stream ends where its entry says, even if more follows
    try:
        with archive.open(longer) as stream:
            content = stream.read(longer.file_size)
    except _DAMAGES as error:
        raise NotWhole("a damaged part") from error
    if len(content) != entry.file_size:
        raise NotWhole("a part of another size")
    return content


def may_be_xml(content: bytes) -> bool:
    """Whether a parser would find an element in it, in any encoding it knows, whatever the part's name says."""
    return _BEGINS_AS_XML.match(content) is not None


@dataclass(frozen=True, slots=True)
class XmlBounds:
    """How large XML may be: elements in all, elements within each other, and bytes from one tag to the next."""

    most_elements: int
    deepest: int = 64
    longest_piece: int = 2**18


Visit = Callable[[str, Mapping[str, str], int], None]
"""Receives each element's name, as the namespace, a blank and the local name, its attributes, and its depth from 1."""

Hear = Callable[[str], None]
"""Receives each piece of text."""


def scan_xml(content: bytes, bounds: XmlBounds, visit: Visit | None = None, hear: Hear | None = None) -> None:
    """Go through XML once, in little memory, before a parser makes a tree of it.

    Raises:
        NotSound: it is no sound XML, or has a document type.
        OutOfBounds: it goes beyond a bound.
    """
    parser, depth, count, last = ParserCreate(namespace_separator=" "), 0, 0, 0
    most, deepest, longest = bounds.most_elements, bounds.deepest, bounds.longest_piece

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, count, last
        depth, count, before, last = depth + 1, count + 1, last, parser.CurrentByteIndex
        if depth > deepest or count > most or last - before > longest:
            raise OutOfBounds("too many elements, too deep, or too long a text")
        if visit:
            visit(name, attributes, depth)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise NotSound("a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    parser.CharacterDataHandler = hear
    view = memoryview(content)
    try:
        for offset in range(0, len(content), _PIECE):
            parser.Parse(bytes(view[offset : offset + _PIECE]), False)  # noqa: FBT003 - the library's flag for the last piece
            if offset - max(parser.CurrentByteIndex, last) > longest:
                raise OutOfBounds("a tag or text that never ends")
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except (ExpatError, ValueError) as error:
        raise NotSound("no sound XML") from error
