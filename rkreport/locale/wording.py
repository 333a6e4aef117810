"""`rkreport.core.words.Words` from a catalogue and Babel. Knows languages; must not know what the texts are for."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from rkreport.core.percent import Percent
from rkreport.core.words import LANGUAGES
from rkreport.errors import ConfigError
from rkreport.sentence import filled

# Indonesian separates hours and minutes by a dot. Dates need no such table: both languages put the day first.
_CLOCK = {"en": "HH:mm", "id": "HH.mm"}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language. `texts` is flat: `sheet.summary.title`."""

    language: str
    texts: Mapping[str, str] = field(repr=False)
    locale: Locale = field(repr=False)

    def text(self, key: str, **values: str | int) -> str:
        """The text of a key, its placeholders filled.

        Values are data: braces in them mean nothing, and whole numbers stand as they are, without separators.
        `{count:person|people}` is the word for one, or for any other number.

        Raises:
            KeyError: the key is unknown, or a placeholder has no value.
        """
        return filled(self.texts[key], values)

    def number(self, value: float | Decimal) -> str:
        """A number in the language's form: 12,345.6 or 12.345,6. A float gets two decimals at most, a Decimal all."""
        if isinstance(value, int):
            return _whole_number(value, self.locale)
        is_exact = isinstance(value, Decimal)
        return format_decimal(value, format="#,##0.##", locale=self.locale, decimal_quantization=not is_exact)

    def percent(self, value: Percent | None) -> str:
        """A percentage with its decimals: 87.5% or 87,5%; a dash for None."""
        if value is None:
            return "–"
        shape = f"#,##0.{'0' * value.decimals}%"
        return format_percent(value.shown.scaleb(-2), format=shape, locale=self.locale)

    def date(self, value: date) -> str:
        """A date with the month in letters: 31 Oct 2026 or 31 Okt 2026."""
        # Equal datetimes of two zones share a cache entry but may have different days, so cache plain dates.
        day = value.date() if isinstance(value, datetime) else value
        return _day(day, self.locale)

    def timestamp(self, value: datetime) -> str:
        """An aware datetime in its own zone, named: 31 Oct 2026 23:59 WIB or 31 Okt 2026 23.59 WIB.

        Raises:
            ValueError: the datetime is naive; without a zone it is no moment.
        """
        zone = value.tzname()
        if zone is None:
            raise ValueError("A moment needs a time zone.")
        clock = format_datetime(value.replace(tzinfo=None), format=_CLOCK[self.language], locale=self.locale)
        return f"{self.date(value)} {clock} {zone}"

    def month(self, year: int, month: int) -> str:
        """A month in full: October 2026 or Oktober 2026."""
        return format_date(date(year, month, 1), format="MMMM yyyy", locale=self.locale)

    def short_month(self, year: int, month: int) -> str:
        """A month where there is little room: Oct 2026 or Okt 2026."""
        return format_date(date(year, month, 1), format="MMM yyyy", locale=self.locale)


@lru_cache(maxsize=4096)  # days left and counts of a report are few numbers, told many times
def _whole_number(value: int, locale: Locale) -> str:
    return format_decimal(value, format="#,##0", locale=locale)


@lru_cache  # one catalogue per language; a build asks for it with each manager
def load_words(language: str) -> Wording:
    """The wording of a language.

    Raises:
        ConfigError: there is no catalogue for it.
    """
    if language not in LANGUAGES:
        known = " or ".join(f'"{name}"' for name in sorted(LANGUAGES))
        raise ConfigError(
            'There are no texts in the language "{language}"; write {known}.', language=language, known=known
        )
    catalogue = tomllib.loads(resources.files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    return Wording(language, dict(_flat(catalogue, "")), Locale.parse(language))


@lru_cache(maxsize=4_096)  # the same days are in many sentences
def _day(value: date, locale: Locale) -> str:
    return format_date(value, format="d MMM yyyy", locale=locale)


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
