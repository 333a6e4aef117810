"""The content of a manager's file as an independent reader found it, and all that can be wrong with it. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Leak(StrEnum):
    """What is wrong with a file. Each value completes the sentence "<file> …". None holds personal data."""

    EMPLOYEE_ID = "holds the employee id of somebody outside that team"
    SERIAL = "holds the user serial of somebody outside that team"
    EMAIL = "holds the email address of somebody outside that team"
    PHONE = "holds the phone number of somebody outside that team"
    NAME = "holds the name of somebody outside that team"
    USERNAME = "holds the user name of somebody outside that team"
    MISSING = "lacks somebody of that team"
    ABSENT = "is not there or cannot be read"
    CHANGED = "is not the file that was built"
    LOCKED = "does not open with the password in RKREPORT_WORKBOOK_PASSWORD"
    DAMAGED = "is no whole workbook"
    BESIDE = "holds bytes that belong to none of its parts"
    TWICE = "holds two parts of one name"
    MARKUP = "holds XML that no workbook of ours has"
    UNKNOWN_PART = "holds a part that is not known"
    COMMENT = "holds a comment"
    EXTERNAL = "holds a link to something outside of it"
    PIVOT = "holds a pivot table or its cache"
    MACRO = "holds a macro"
    EMBEDDED = "holds an embedded object"
    FORMULA = "holds a formula"
    UNKNOWN_PICTURE = "holds a picture other than the logo"
    HIDDEN = "has something hidden"
    DEFINED_NAME = "has a defined name other than those of printing"
    AUTHOR = "names an author other than the company"
    SHEETS = "has other sheets than a manager's workbook has"
    PROPERTIES = "has the properties of another file"


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """One worksheet: its name, and the texts of its cells, each whole."""

    name: str
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """All content of a file.

    `texts` are all texts that may be words, those of cells included. `marks` are texts of the format itself, such as
    names of styles. `numbers` are the whole numbers in cells that are too large for a date. `pictures` are SHA-256.
    """

    sha256: str
    sheets: tuple[OpenedSheet, ...] = ()
    texts: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    properties: tuple[tuple[str, str], ...] = ()
    authors: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()
    flaws: frozenset[Leak] = frozenset()
