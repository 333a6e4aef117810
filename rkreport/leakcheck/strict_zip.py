"""Reads the parts of a package so that no byte of the file stays unread. Knows zip files, not the parts' contents.

An ordinary reader uses the list at the end of a zip file and ignores all bytes that are not listed. They may be before,
between and after the parts, or after a part's packed data. This reader accounts for every byte, or refuses the file.
"""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from rkreport.core.leaks.opened_file import Leak

LARGEST_BYTES = 2 * 2**30  # of all parts, unpacked: Excel opens no larger worksheet
_LOCAL = struct.Struct("<4s5H3I2H")
_ENCRYPTED, _DESCRIBED_BEHIND = 0x01, 0x08
_DESCRIPTORS = (0, 12, 16, 20, 24)  # bytes after a part that was written as a stream


class NotStrict(Exception):
    """A zip file in which a reader could overlook bytes."""

    def __init__(self, leak: Leak) -> None:
        """Keep the reason."""
        super().__init__(leak.name)
        self.leak = leak


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the unpacked parts by name.

    Raises:
        NotStrict: it is no zip file, is damaged, or holds bytes outside its parts.
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
            end, comment = archive.start_dir, archive.comment
    except (BadZipFile, LargeZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise NotStrict(Leak.DAMAGED) from error
    names = [entry.filename for entry in entries]
    if len({name.casefold() for name in names}) < len(names):
        raise NotStrict(Leak.TWICE)
    if sum(entry.file_size for entry in entries) > LARGEST_BYTES:
        raise NotStrict(Leak.DAMAGED)
    parts: dict[str, bytes] = {}
    offset = 0
    for number, entry in enumerate(entries):
        following = entries[number + 1].header_offset if number + 1 < len(entries) else end
        parts[entry.filename] = _part(content, entry, offset, following)
        offset = following
    if comment or not _is_directory(content[end:], entries):
        raise NotStrict(Leak.BESIDE)
    return parts


def _part(content: bytes, entry: ZipInfo, offset: int, following: int) -> bytes:
    """Return one part, which begins at `offset` and ends at `following`."""
    if entry.header_offset != offset or entry.comment or entry.extra or entry.orig_filename != entry.filename:
        raise NotStrict(Leak.BESIDE)
    try:
        mark, _, flags, _, _, _, _, _, _, name_length, extra_length = _LOCAL.unpack_from(content, offset)
    except struct.error as error:
        raise NotStrict(Leak.DAMAGED) from error
    if mark != b"PK\x03\x04" or flags & _ENCRYPTED:
        raise NotStrict(Leak.DAMAGED)
    start = offset + _LOCAL.size + name_length + extra_length
    name = content[offset + _LOCAL.size : start - extra_length]
    packed_end = start + entry.compress_size
    behind = following - packed_end
    if (
        behind not in _DESCRIPTORS
        or (behind and not flags & _DESCRIBED_BEHIND)
        or not _is_empty_zip64(content[start - extra_length : start])
    ):
        raise NotStrict(Leak.BESIDE)
    if name not in {entry.filename.encode("utf-8", "surrogatepass"), entry.filename.encode("cp437", "replace")}:
        raise NotStrict(Leak.BESIDE)
    return _unpacked(content[start:packed_end], entry)


def _is_empty_zip64(extra: bytes) -> bool:
    """True if the extra field holds only 64-bit sizes, as writers of streams add."""
    return not extra or (extra[:4] == b"\x01\x00\x10\x00" and len(extra) == 20)  # noqa: PLR2004 - two such sizes


def _unpacked(packed: bytes, entry: ZipInfo) -> bytes:
    if entry.compress_type == ZIP_STORED:
        part, rest = packed, b""
    elif entry.compress_type == ZIP_DEFLATED:
        inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            part = inflating.decompress(packed, entry.file_size + 1)
        except zlib.error as error:
            raise NotStrict(Leak.DAMAGED) from error
        rest = inflating.unused_data + inflating.unconsumed_tail
        if not inflating.eof:
            raise NotStrict(Leak.DAMAGED)
    else:
        raise NotStrict(Leak.DAMAGED)
    if rest:
        raise NotStrict(Leak.BESIDE)
    if len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise NotStrict(Leak.DAMAGED)
    return part


def _is_directory(tail: bytes, entries: list[ZipInfo]) -> bool:
    """True if the file ends with the list of parts and its end marks, and nothing else."""
    listed = sum(46 + len(entry.orig_filename.encode("utf-8", "surrogatepass")) for entry in entries)
    marks = len(tail) - listed
    return marks == 22 or (marks == 22 + 56 + 20 and tail[listed : listed + 4] == b"PK\x06\x06")  # noqa: PLR2004 - with and without 64 bits
