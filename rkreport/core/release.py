"""The release of an edition by a second person: its code, and who may give it. Pure.

The code is a check sum over what would be sent, not a secret: it proves that both persons mean the same edition. That
there were two persons it cannot prove; ledger and audit log keep who said so.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from rkreport.core.leaks.text_folding import folded, visible

LETTERS: Final = "34679ACDEFHJKMNPRTWXY"
"""No two of them look alike, on a screen or in handwriting."""

LONGEST_NAME: Final = 100
_GROUP, _GROUPS = 4, 2


@dataclass(frozen=True, slots=True)
class Release:
    """The code, and the name of the person who approved the edition; both empty where none is wanted."""

    code: str = ""
    approved_by: str = ""


NO_RELEASE: Final = Release()


def code_of(said: object) -> str:
    """The code over anything that JSON can hold, such as `7KHN-X4CF`."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    letters = []
    for _ in range(_GROUP * _GROUPS):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "-".join("".join(letters[begin : begin + _GROUP]) for begin in range(0, len(letters), _GROUP))


def is_same_code(given: str, wanted: str) -> bool:
    """Whether a code that a person typed is the wanted one, however they set hyphens, blanks and capitals."""
    return _bare(given) == _bare(wanted) != ""


def name_of_person(text: str) -> str:
    """A name as it is kept: on one line, without invisible characters, of a bearable length."""
    return visible(text)[:LONGEST_NAME].strip()


def is_same_person(one: str, other: str) -> bool:
    """Whether two names read alike."""
    return folded(name_of_person(one)) == folded(name_of_person(other))


def _bare(code: str) -> str:
    return "".join(char for char in code.upper() if char.isalnum())
