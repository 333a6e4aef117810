"""Rows of the admin's lists that do not do what they say. Knows how such a row is shown, not how it is found."""

import re
from dataclasses import dataclass

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.sentence import Sentence

MANAGERS_FILE, EXCEPTIONS_FILE = "managers.csv", "exceptions.csv"  # where no other name is said

_EXCEL_ERROR = re.compile(r"#(N/A|REF!|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA)")


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One row of a list: `value` is what matches nothing, `candidates` what may be meant, `person` whom it is about."""

    code: FindingCode
    level: Level
    file: str
    row: int
    value: str
    candidates: tuple[str, ...] = ()
    person: str = ""

    def finding(self) -> Finding:
        """As the reports show it: `managers.xlsx:4 417 (00417?)`."""
        named = Sentence("{person} {what}", person=self.person, what=self.value).strip()
        hint = Sentence(" ({candidates}?)", candidates=", ".join(self.candidates)) if self.candidates else ""
        return Finding(
            self.code,
            self.level,
            Sentence("{file}:{row} {named}{hint}", file=self.file, row=self.row, named=named, hint=hint),
        )


def place_of(file: str, row: int) -> str:
    """A row as the program that shows the file counts it: `managers.xlsx, row 4`, `managers.csv, line 4`."""
    if file.endswith(": managers.list"):
        return Sentence("{file} number {row}", file=file, row=row)
    return Sentence(
        "{file}, {more} {row}",
        file=file,
        more=Sentence("row") if file.casefold().endswith(".xlsx") else Sentence("line"),
        row=row,
    )


def is_excel_error(text: str) -> bool:
    """Whether a spreadsheet left an error instead of a value, such as `#N/A` of a look-up that found nobody.

    As an id or a unit it means nobody, even where the LMS has a record with this text.
    """
    return _EXCEL_ERROR.fullmatch(text.strip()) is not None
