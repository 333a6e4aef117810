"""Names of the files a build writes: safe on every system, and never two alike. Pure.

Knows how ids and company names become parts of file names. Must not know folders or open a file.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from pathvalidate import sanitize_filename

from rkreport.core.compliance import Series

SLUG_LIMIT: Final = 40
_PART_LIMIT = 60
_HASH_LENGTH = 8
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def safe_names(identifiers: Iterable[str]) -> dict[str, str]:
    """Give each identifier a part of a file name: ASCII letters, digits and `. _ -`, at most 69 characters.

    A safe identifier stays as it is. A changed identifier ends in `~` and 8 hex digits of its hash, and so does one
    that differs from another only in case. All names stay distinct on every file system.
    """
    parts = {identifier: _safe(identifier) for identifier in identifiers}
    uses = Counter(part.lower() for part in parts.values())
    return {
        identifier: part if part == identifier and uses[part.lower()] == 1 else f"{part}~{_hash(identifier)}"
        for identifier, part in parts.items()
    }


def slug(company: str) -> str:
    """Give a company name as ASCII words in lower case with hyphens, at most 40 characters; `company` if none."""
    words = _NOT_SLUG.sub("-", _ascii(company).lower()).strip("-")
    return words[:SLUG_LIMIT].strip("-") or "company"


def master_file_name(company: str, series: Series, number: int) -> str:
    """Name the master workbook."""
    return f"{slug(company)}_training-compliance_{series.period}_master_{series.mark}{number}.xlsx"


def manager_file_name(safe_name: str, series: Series, number: int) -> str:
    """Name a manager's workbook; `safe_name` comes from `safe_names`."""
    return f"{safe_name}_{series.period}_{series.mark}{number}.xlsx"


def message_file_name(number: int, safe_name: str) -> str:
    """Name a message in the outbox by its place in the burst list, counted from 1."""
    return f"{number:04d}_{safe_name}.eml"


def _safe(identifier: str) -> str:
    words = _UNSAFE.sub("-", _ascii(identifier)).strip(".-")[:_PART_LIMIT].rstrip(".-")
    return sanitize_filename(words, platform="universal").strip(".") or "id"


def _ascii(text: str) -> str:
    """Letters without accents; a character without an ASCII form becomes a blank."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char if char.isascii() else " " for char in decomposed if not unicodedata.combining(char))


def _hash(identifier: str) -> str:
    return hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]
