"""The release of an edition by a second person: its code, and who may give it. Pure.

The code is a check sum over what would be sent, not a secret: it proves that both persons mean the same edition. That
there were two persons it cannot prove; ledger and audit log keep who said so.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import Final

from rkreport.core.leaks.look_alikes import letters_of_name
from rkreport.core.leaks.text_folding import visible
from rkreport.core.odd_ids import scripts_of

LETTERS: Final = "34679ACDEFHJKMNPRTWXY"
"""No two of them look alike, on a screen or in handwriting."""

LONGEST_NAME: Final = 100
_GROUP, _GROUPS = 4, 3
_SALT: Final = b"rkreport release"
_FILLERS: Final = "\u115f\u1160\u3164"  # letters by their category, blanks to the eye


@dataclass(frozen=True, slots=True)
class Release:
    """The code, who approved the edition, and the digest behind the code; all empty where none is wanted."""

    code: str = ""
    approved_by: str = ""
    sha256: str = ""


NO_RELEASE: Final = Release()


def release_sha256(said: object) -> str:
    """The digest over anything that JSON can hold. Two may be made that share a code, but none that share this."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def code_of(sha256: str) -> str:
    """The code of a digest, such as `7KHN-X4CF-PWT9`: what a person can read out.

    It is made slowly: whoever wants two contents with one code must make a hundred million.
    """
    number = int.from_bytes(hashlib.scrypt(sha256.encode(), salt=_SALT, n=2**14, r=8, p=1))
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


def is_name(text: str) -> bool:
    """Whether a text reads as somebody's name: two letters at least, all of one script."""
    plain = unicodedata.normalize("NFKC", text)
    letters = [char for char in plain if char.isalpha() and char not in _FILLERS]
    return len(letters) > 1 and len(scripts_of(plain) - {"MODIFIER"}) == 1  # as an apostrophe may be


def is_same_person(one: str, other: str) -> bool:
    """Whether two names read alike, whatever blanks, signs, marks and capitals they have."""
    return _letters(one) == _letters(other)


def _letters(name: str) -> str:
    return letters_of_name(name_of_person(name))


def _bare(code: str) -> str:
    return "".join(char for char in code.upper() if char.isalnum())
