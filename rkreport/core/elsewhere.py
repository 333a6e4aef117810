"""What others know of a period's messages that this ledger does not: another state of it, another folder, the archive.

Pure. Such knowledge is never ignored: it stops the sending, and is taken over once somebody has looked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from rkreport.core.delivery import Delivery, knows_more
from rkreport.core.guards import Guard, GuardCode


class Source(StrEnum):
    """Who knows of it."""

    LATER = "later"  # a later state or another copy of this very data folder
    OTHER = "other"  # another data folder, or one of which nobody can tell
    ARCHIVE = "archive"  # the files kept as sent: nobody can tell what became of their messages


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one source says of the messages of one revision; `place` names a file or folder."""

    source: Source
    place: str
    revision: int
    rows: tuple[Delivery, ...]


_Key = tuple[str, int, str]


def news_of(own: Iterable[Delivery], testimonies: Iterable[Testimony]) -> tuple[Testimony, ...]:
    """Of all testimonies what the own rows do not know, each message where it is told first."""
    known: dict[_Key, Delivery] = {_key(row): row for row in own}
    found = []
    for each in testimonies:
        rows = tuple(row for row in each.rows if knows_more(row, known.get(_key(row))))
        known.update((_key(row), row) for row in rows)
        if rows:
            found.append(replace(each, rows=rows))
    return tuple(found)


def guards_of_news(news: Iterable[Testimony]) -> Iterator[Guard]:
    """One reason to stop for each that knows more."""
    for each in news:
        yield Guard(
            GuardCode.STATE_ELSEWHERE,
            f"guard.state_{each.source.value}",
            {"count": len(each.rows), "revision": each.revision, "place": each.place},
        )


def _key(row: Delivery) -> _Key:
    return row.period, row.revision, row.manager_id
