"""All completions of all courses by time: what User Course Status answers. Knows its wire names; no HTTP, no query.

Rows are made when asked for; kept is one number of eight bytes for each, in blocks of 30 days.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from math import ceil
from typing import Protocol

from rkreport.simulator.people import Identity
from rkreport.simulator.schedule import Course

_BLOCK_SECONDS = 30 * 24 * 3600
_KEY_BITS, _LIST_BITS = 24, 18  # and 22 for the second of a block

SpellMoment = Callable[[int, int], str]
"""How a moment (seconds since 1970) is written in the row with this number."""


class Rows(Protocol):
    """A list of assignments, of a batch or an online course."""

    course: Course
    assigned_course: str

    def __len__(self) -> int:
        """How many rows there are at the start."""

    def identity(self, key: int) -> Identity:
        """The person of a row."""

    def completed_at(self, key: int) -> int | None:
        """When the row was completed, in seconds since 1970."""


class Completions:
    """Every completion of these lists as they were at the start; changes of live lists do not reach it."""

    def __init__(self, lists: Sequence[Rows]) -> None:
        """Nothing is looked up before the first question."""
        self._lists = lists

    def between(self, start: datetime, end: datetime, spell: SpellMoment) -> Iterator[str]:
        """Items as JSON text of what was completed from `start` to before `end`, the earliest first."""
        first, stop = ceil(start.timestamp()), ceil(end.timestamp())
        for block in sorted(self._blocks):
            begins = block * _BLOCK_SECONDS
            if begins >= stop or begins + _BLOCK_SECONDS <= first:
                continue
            for packed in self._blocks[block]:
                moment = begins + (packed >> _KEY_BITS + _LIST_BITS)
                if first <= moment < stop:
                    number, key = packed >> _KEY_BITS & (1 << _LIST_BITS) - 1, packed & (1 << _KEY_BITS) - 1
                    yield _record(self._lists[number], number, key, moment, spell)

    @cached_property
    def _blocks(self) -> Mapping[int, "array[int]"]:
        blocks: defaultdict[int, list[int]] = defaultdict(list)
        for number, rows in enumerate(self._lists):
            for key in range(len(rows)):
                moment = rows.completed_at(key)
                if moment is not None:
                    block, second = divmod(moment, _BLOCK_SECONDS)
                    blocks[block].append(second << _KEY_BITS + _LIST_BITS | number << _KEY_BITS | key)
        return {block: array("Q", sorted(packed)) for block, packed in blocks.items()}


def _record(rows: Rows, number: int, key: int, moment: int, spell: SpellMoment) -> str:
    salt = number * 7 + key
    return (
        f'{{"assignedCourseSerial":"{rows.assigned_course}","employeeID":"{rows.identity(key).employee_id}",'
        f'"courseName":"{rows.course.name}","completedAt":"{spell(moment, salt)}",'
        f'"updatedAt":"{spell(moment + salt % 90, salt)}","status":"completed"}}'
    )
