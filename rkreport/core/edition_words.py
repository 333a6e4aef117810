"""Names an edition in the reader's language: its month, and its number among the month's editions. Pure."""

from dataclasses import dataclass

from rkreport.core.compliance import Series
from rkreport.core.words import Words


@dataclass(frozen=True, slots=True)
class Numbered:
    """An edition by its number, to be put into words."""

    series: Series
    number: int


def month_text(series: Series, words: Words) -> str:
    """The month; for an interim edition it adds that the month is not over."""
    month = words.month(series.period.year, series.period.month)
    return words.text("edition.so_far", month=month) if series.is_interim else month


def number_text(series: Series, number: int, words: Words) -> str:
    """`revision 2` or `interim 1`, for the middle of a sentence."""
    return words.text("edition.interim" if series.is_interim else "edition.revision", number=words.number(number))
