"""Where one person stands in one course, whatever its kind. Knows lists of batches, no wire name and no HTTP."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Protocol

from rkreport.simulator.assignments import Assignments
from rkreport.simulator.chance import Shuffle


class Standing(StrEnum):
    """How far somebody is; the value is the word of learning plans."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class Roll(Protocol):
    """A course's people, asked for by person."""

    def is_assigned(self, person: int) -> bool:
        """Whether a listed person is assigned."""

    def standing(self, person: int) -> Standing:
        """How far a listed person is; not started where they are not assigned."""


class BatchRoll:
    """All batches of one course, the oldest first; their people come in `order`."""

    def __init__(self, lists: Sequence[Assignments], order: Shuffle) -> None:
        """Note where each batch's people begin in `order`."""
        self._lists = lists
        self._order = order
        self._firsts = [rows.batch.first for rows in lists]
        self._people = lists[-1].batch.first + lists[-1].batch.fresh

    def is_assigned(self, person: int) -> bool:
        """Whether a listed person is in a batch."""
        return self._order.place_of(person) < self._people

    def standing(self, person: int) -> Standing:
        """The best that a listed person has reached in any batch."""
        found = Standing.NOT_STARTED
        for rows, key in self._seats(person):
            if rows.completed_at(key) is not None:
                return Standing.COMPLETED
            record = rows.record(key)
            if '"userAssignedStatus":"Failed"' in record:
                found = Standing.FAILED
            elif '"isAttend":true' in record:
                found = Standing.IN_PROGRESS
        return found

    def _seats(self, person: int) -> Iterator[tuple[Assignments, int]]:
        """The rows about a listed person: none, one, or a second one in the batch after."""
        if not self.is_assigned(person):
            return
        place = self._order.place_of(person)
        number = bisect_right(self._firsts, place) - 1
        for is_next, key in self._lists[number].keys_of(place - self._firsts[number]):
            yield self._lists[number + is_next], key
