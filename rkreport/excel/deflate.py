"""Entries of a zip file by ISA-L where it is installed: ten times as fast as zlib, for a quarter more bytes."""

import zlib
from typing import IO, Any
from zipfile import ZipFile, ZipInfo

isal_zlib: Any
try:
    from isal import isal_zlib
except ImportError:  # there is no build of it for every machine
    isal_zlib = None

_ISAL_LEVEL = 2
_ZLIB_LEVEL = 1  # half the time of the usual level, for 40 % more bytes
_RAW = -15  # deflate without a header, as zip wants it


def deflating(archive: ZipFile, entry: ZipInfo) -> IO[bytes]:
    """Open an entry to be written."""
    hidden: Any = entry
    hidden._compresslevel = _ZLIB_LEVEL  # noqa: SLF001 - no public way before Python 3.13
    part: Any = archive.open(entry, "w")
    if isal_zlib is not None and hasattr(part, "_compressor"):
        part._compressor = isal_zlib.compressobj(_ISAL_LEVEL, zlib.DEFLATED, _RAW)  # noqa: SLF001 - no public way
    opened: IO[bytes] = part
    return opened
