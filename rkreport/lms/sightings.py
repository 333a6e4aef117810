"""Which rows of a list were seen in which pass over it, and what that proves. Pure; knows nothing of pages to come.

The proof: passes follow each other, so a row that was seen up to the end of one pass and again after it existed at
the moment in between. When the rows of which that is known are as many as the total that the server gave just then,
they are the server's rows of that moment, all of them and no others. The total is that of the page that ends the pass,
which therefore has to be asked for alone: with others on their way, nobody knows which of them the server made last.
A list of one page is one answer: its rows existed at once, and only that answer's own total counts.
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

Identity = Hashable

Span = tuple[int, int]
"""(a, b): the rows seen in pass a or before, and in pass b or after."""


@dataclass(slots=True)
class _Sighting:
    """How often the page that shows a row most often shows it, and in which passes it was seen."""

    count: int
    first: int
    last: int
    passes: int


class Sightings:
    """The rows of one list, pass by pass. Passes are numbered upwards; the pages of one pass may come in any order."""

    def __init__(self) -> None:
        """Nothing seen."""
        self._rows: dict[Identity, _Sighting] = {}
        self._passes: list[int] = []
        self._total_at_end: dict[int, int | None] = {}
        self._whole: dict[int, int] = {}  # by pass, the rows of an answer that held as many as it said there are

    def see(self, pass_number: int, identities: Iterable[Identity], total: int | None) -> bool:
        """Take the rows and the total of one page; True when one of the rows is new."""
        if pass_number not in self._total_at_end:
            self._passes.append(pass_number)
        self._total_at_end[pass_number] = total
        is_new = False
        here = Counter(identities)
        if here.total() == total:
            self._whole[pass_number] = max(total, self._whole.get(pass_number, 0))
        for identity, count in here.items():
            row = self._rows.get(identity)
            if row is None:
                self._rows[identity] = _Sighting(count, pass_number, pass_number, 1)
                is_new = True
                continue
            row.count = max(row.count, count)
            if row.last != pass_number:
                row.last = pass_number
                row.passes += 1
        return is_new

    def distinct(self, span: Span | None = None) -> int:
        """How many rows there are in all, or within a span."""
        return sum(
            row.count for row in self._rows.values() if span is None or (row.first <= span[0] and row.last >= span[1])
        )

    def come_and_gone(self) -> int:
        """How many rows were not seen in every pass."""
        return sum(row.count for row in self._rows.values() if row.passes < len(self._passes))

    def identities(self, span: Span | None = None) -> set[Identity]:
        """The rows in all, or within a span."""
        rows = self._rows.items()
        return {name for name, row in rows if span is None or (row.first <= span[0] and row.last >= span[1])}

    def proof(self, *, is_one_page: bool) -> Span | None:
        """The span whose rows are exactly the server's rows of one moment, the latest such moment; None: not proven."""
        if is_one_page:
            settled = (
                (one, one) for one in reversed(self._passes) if self.distinct((one, one)) == self._whole.get(one)
            )
        else:
            spans = zip(reversed(self._passes[:-1]), reversed(self._passes[1:]), strict=True)
            settled = (span for span in spans if self.distinct(span) == self._total_at_end[span[0]])
        return next(settled, None)
