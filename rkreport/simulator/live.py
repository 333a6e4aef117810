"""A list that may change while it is read. Knows keys only, not the rows behind them."""

from array import array
from collections.abc import Iterator, Sequence


class LiveList:
    """Keys in the order of the list. 0 to `size` - 1 were there at the start; greater ones joined since.

    Until the first change it is a range; from then on an array of four bytes a row.
    """

    def __init__(self, size: int) -> None:
        """Start with `size` rows in their first order."""
        self._size = size
        self._next_key = size
        self._order: range | array[int] = range(size)
        self._removed: set[int] = set()

    @property
    def changes(self) -> int:
        """How often a row has joined or left."""
        return self._next_key - self._size + len(self._removed)

    def __len__(self) -> int:
        """How many rows the list has now."""
        return len(self._order)

    def __contains__(self, key: int) -> bool:
        """Whether the row is in the list now."""
        return 0 <= key < self._next_key and key not in self._removed

    def slice(self, start: int, stop: int) -> Sequence[int]:
        """The keys from place `start` to before `stop`."""
        return self._order[start:stop]

    def insert(self, place: int) -> int:
        """Let a new row join before `place`; returns its key."""
        key = self._next_key
        self._next_key += 1
        self._changeable().insert(place, key)
        return key

    def remove(self, place: int) -> int:
        """Take the row at `place` out; returns its key."""
        key = self._changeable().pop(place)
        self._removed.add(key)
        return key

    def stable(self) -> Iterator[int]:
        """The keys that have been in the list from the start until now."""
        return (key for key in range(self._size) if key not in self._removed)

    def _changeable(self) -> "array[int]":
        if isinstance(self._order, range):
            self._order = array("I", self._order)
        return self._order
