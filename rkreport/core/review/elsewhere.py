"""What others know of a period's messages that this ledger does not: another state of it, another folder, the archive.

Pure. Such knowledge is never ignored: it stops the sending, and is taken over once somebody has looked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rkreport.core.compliance import Series
from rkreport.core.edition_words import Numbered
from rkreport.core.mail.delivery import Delivery, knows_more
from rkreport.core.review.guards import Guard, GuardCode


class Source(StrEnum):
    """Who knows of it."""

    LATER = "later"  # a later state or another copy of this very data folder
    OTHER = "other"  # another data folder, or one of which nobody can tell
    ARCHIVE = "archive"  # the files kept as sent: nobody can tell what became of their messages


@dataclass(frozen=True, slots=True)
class Witness:
    """What one source knows of the messages of one edition; `place` names a file or folder."""

    source: Source
    place: str
    series: Series
    revision: int
    rows: tuple[Delivery, ...]


_KEYS: Final = MappingProxyType(
    {
        Source.LATER: "guard.state_later",
        Source.OTHER: "guard.state_other",
        Source.ARCHIVE: "guard.state_archive",
    }
)
_Key = tuple[str, int, str]


def news_of(own: Iterable[Delivery], witnesses: Iterable[Witness]) -> tuple[Witness, ...]:
    """Of what all witnesses know, what the own rows do not, each message where it is told first."""
    known: dict[_Key, Delivery] = {_key(row): row for row in own}
    found = []
    for each in witnesses:
        rows = tuple(row for row in each.rows if knows_more(row, known.get(_key(row))))
        known.update((_key(row), row) for row in rows)
        if rows:
            found.append(replace(each, rows=rows))
    return tuple(found)


def guards_of_news(news: Iterable[Witness]) -> Iterator[Guard]:
    """One reason to stop for each that knows more."""
    for each in news:
        yield Guard(
            GuardCode.STATE_ELSEWHERE,
            _KEYS[each.source],
            {"count": len(each.rows), "edition": Numbered(each.series, each.revision), "place": each.place},
        )


def _key(row: Delivery) -> _Key:
    return row.period, row.revision, row.manager_id
