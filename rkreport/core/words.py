"""What core needs from a language. The catalogues are in `rkreport.locale`.

Must not know a text or a file.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, Protocol, get_args

from rkreport.core.percent import Percent
from rkreport.sentence import Sentence

Language = Literal["id", "en"]

LANGUAGES: Final[tuple[str, ...]] = get_args(Language)
"""Every language of reports and mails; no other module lists them."""


class Words(Protocol):
    """One language: texts by key, and dates and numbers as its readers write them."""

    @property
    def language(self) -> str:
        """One of `LANGUAGES`."""

    def text(self, key: str, **values: str | int) -> str:
        """The text of a key, its placeholders filled; an unknown key or a missing value is a KeyError."""

    def number(self, value: float | Decimal) -> str:
        """A number with the language's separators: 12,345 or 12.345."""

    def percent(self, value: Percent | None) -> str:
        """A percentage with its decimals: 87.5% or 87,5%; a dash for None."""

    def date(self, value: date) -> str:
        """A date with the month in letters: 31 Oct 2026 or 31 Okt 2026."""

    def timestamp(self, value: datetime) -> str:
        """An aware datetime in its own zone, named: 31 Oct 2026 23:59 WIB."""

    def month(self, year: int, month: int) -> str:
        """A month in full: October 2026 or Oktober 2026."""

    def short_month(self, year: int, month: int) -> str:
        """A month where there is little room: Oct 2026 or Okt 2026."""


def counted(count: int, one: str, many: str = "") -> Sentence:
    """Return a number with its noun: `1 row`, `1,200 rows`; `many` where an s is not enough."""
    return Sentence("{count:,} {noun}", count=count, noun=Sentence(one if count == 1 else many or f"{one}s"))
