"""Deliveries that this ledger lacks and other records have: a later copy of it, another folder, the archive.

Pure. Such a delivery stops the sending, and is taken over once a person accepts it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rkreport.core.compliance import Numbered, Series
from rkreport.core.mail.delivery import Delivery, knows_more
from rkreport.core.review.guard import Guard, GuardCode


class Source(StrEnum):
    """Which record knows of a delivery."""

    LATER = "later"  # a later state or another copy of this very data folder
    OTHER = "other"  # another data folder, or one of unknown origin
    ARCHIVE = "archive"  # the files kept as sent; what became of their messages is unknown


@dataclass(frozen=True, slots=True)
class OtherLedger:
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


def unknown_to(own: Iterable[Delivery], others: Iterable[OtherLedger]) -> tuple[OtherLedger, ...]:
    """What the others know beyond the own rows; each message counts for the first ledger that has it."""
    known: dict[_Key, Delivery] = {_key(row): row for row in own}
    found = []
    for each in others:
        rows = tuple(row for row in each.rows if knows_more(row, known.get(_key(row))))
        known.update((_key(row), row) for row in rows)
        if rows:
            found.append(replace(each, rows=rows))
    return tuple(found)


def guards_of_other_ledgers(other_ledgers: Iterable[OtherLedger]) -> Iterator[Guard]:
    """One guard per other ledger."""
    for each in other_ledgers:
        yield Guard(
            GuardCode.STATE_ELSEWHERE,
            _KEYS[each.source],
            {"count": len(each.rows), "edition": Numbered(each.series, each.revision), "place": each.place},
        )


def _key(row: Delivery) -> _Key:
    return row.period, row.revision, row.manager_id
