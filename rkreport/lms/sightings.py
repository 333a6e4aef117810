"""Records which pass saw which rows of a list, and what that proves. Pure; must not know which pages come next.

The proof: passes follow each other. A row that was seen by the end of one pass and again after it existed at the
moment in between. If the number of such rows equals the server's total at that moment, they are exactly the server's
rows. The total comes from the page that ends the pass. That page has to be requested alone: with requests in flight
we cannot tell which total is newest.
A list of one page is one answer: its rows existed at the same moment, and only its own total counts.

A server may hold a row twice. Two copies on one page are two rows. Copies on two pages may be one row that moved during
the reading. They count as two only at the same offsets in two passes with different page sizes. A row moves across the
edge of a page, and the other pass has its edges elsewhere.

    pages of 3   a b c | c d      c at offsets 2 and 3: twice, or moved?
    pages of 2   a b | c c | d    c at offsets 2 and 3 again, now on one page: twice
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

Identity = Hashable

Span = tuple[int, int]
"""(a, b): the rows seen in pass a or earlier and again in pass b or later."""

_Place = tuple[int, int]
"""Page, and index on the page."""


@dataclass(slots=True)
class _Sighting:
    """The passes that saw a row, and its first place in the last of them."""

    first: int
    last: int
    passes: int
    page: int
    index: int


@dataclass(slots=True)
class _Pass:
    """The pages of one pass. `end_total` is the total of the page that came last; None if that is unknown."""

    totals: set[int | None] = field(default_factory=set)
    end_total: int | None = None
    rows_on: dict[int, int] = field(default_factory=dict)  # by page
    whole: int | None = None  # rows of an answer that held its whole total


class Sightings:
    """The rows of one list by pass. Pass numbers increase; the pages of one pass may come in any order."""

    def __init__(self) -> None:
        """Start without rows."""
        self._rows: dict[Identity, _Sighting] = {}
        self._passes: dict[int, _Pass] = {}
        self._repeats: dict[Identity, dict[int, set[_Place]]] = {}  # places by pass, for rows seen twice in one pass

    def see(self, pass_number: int, page: int, identities: Sequence[Identity], total: int | None) -> bool:
        """Take the rows and the total of one page; return True if a row is new.

        After a page without rows and total, the pass keeps the total of its other pages, if they agree.
        """
        here = self._passes.setdefault(pass_number, _Pass())
        if identities or total is not None:
            here.totals.add(total)
            here.end_total = total
            # A server may count a row once and show it twice.
            if total in {len(identities), len(set(identities))}:
                here.whole = max(len(identities), here.whole or 0)
        elif len(here.totals) > 1:
            here.end_total = None
        here.rows_on[page] = len(identities)
        before, rows = len(self._rows), self._rows
        for index, identity in enumerate(identities):  # one by one, and often: nothing is called for a usual row
            row = rows.get(identity)
            if row is None:
                rows[identity] = _Sighting(pass_number, pass_number, 1, page, index)
            elif row.last != pass_number:
                row.last = pass_number
                row.passes += 1
                row.page = page
                row.index = index
            else:
                places = self._repeats.setdefault(identity, {}).setdefault(pass_number, {(row.page, row.index)})
                places.add((page, index))
        return len(rows) > before

    def rows(self, span: Span | None = None, *, with_repeats: bool = False) -> dict[Identity, int]:
        """Return all rows, or those of a span, each with the number of its copies on the server."""
        if span is None:
            found = dict.fromkeys(self._rows, 1)
        else:
            begin, end = span
            found = {name: 1 for name, row in self._rows.items() if row.first <= begin and row.last >= end}
        for name in self._repeats.keys() & found.keys():
            found[name] = self._times(name, span, with_repeats=with_repeats)
        return found

    @property
    def known(self) -> int:
        """How many different rows were seen."""
        return len(self._rows)

    def served(self) -> int:
        """How many rows the pages of the last pass held."""
        return sum(self._passes[max(self._passes)].rows_on.values())

    def come_and_gone(self) -> int:
        """How many rows were missing from at least one pass."""
        return sum(row.passes < len(self._passes) for row in self._rows.values())

    def proof(self, *, is_one_page: bool) -> Span | None:
        """Return the latest span whose rows are exactly the server's rows of one moment; None if none is proven.

        The number of different rows may equal the server's total with or without its duplicates.
        """
        numbers = list(self._passes)
        if is_one_page:
            settled = ((one, one) for one in reversed(numbers) if self._is_whole(one))
        else:
            spans = zip(reversed(numbers[:-1]), reversed(numbers[1:]), strict=True)
            settled = (span for span in spans if self._adds_up(span))
        return next(settled, None)

    def _is_whole(self, pass_number: int) -> bool:
        return sum(self.rows((pass_number, pass_number)).values()) == self._passes[pass_number].whole

    def _adds_up(self, span: Span) -> bool:
        rows, total = self.rows(span), self._passes[span[0]].end_total
        return total is not None and total in {len(rows), sum(rows.values())}

    def shows_copies(self) -> bool:
        """True if one pass saw a row on two pages: it is a duplicate, or it moved."""
        return any(
            len({page for page, _ in places}) > 1 for by_pass in self._repeats.values() for places in by_pass.values()
        )

    def with_copies(self) -> int | None:
        """Count the rows between the last two passes, if copies on two pages have equal offsets in both."""
        if len(self._passes) < 2 or not self.shows_copies():  # noqa: PLR2004 - a place is compared with another pass's
            return None
        found, on_one_page = (sum(self.rows(self._last_two(), with_repeats=both).values()) for both in (True, False))
        return found if found > on_one_page else None

    def copies_prove(self) -> Span | None:
        """Return the last two passes if every page gave the total of their rows and copies.

        The total may count a duplicate once, as `proof` allows.
        """
        span = self._last_two()
        totals = self._passes[span[0]].totals | self._passes[span[1]].totals
        return span if totals in ({self.with_copies()}, {len(self.rows(span))}) else None

    def _last_two(self) -> Span:
        before, last = list(self._passes)[-2:]
        return before, last

    def _times(self, identity: Identity, span: Span | None, *, with_repeats: bool) -> int:
        """Count a row's copies: as many on one page before and after the moment, or at equal offsets."""
        places = self._repeats[identity]
        on_one_page = {number: max(Counter(page for page, _ in here).values()) for number, here in places.items()}
        if span is None:
            return max(on_one_page.values())
        before, after = (
            max((count for number, count in on_one_page.items() if is_in(number)), default=1)
            for is_in in (span[0].__ge__, span[1].__le__)
        )
        return max(min(before, after), self._at_equal_offsets(places, span) if with_repeats else 1)

    def _at_equal_offsets(self, places: dict[int, set[_Place]], span: Span) -> int:
        before, last = (self._offsets(number, places.get(number, set())) for number in span)
        return len(last) if before == last else 1

    def _offsets(self, pass_number: int, places: set[_Place]) -> set[int]:
        """Return the offsets of these places in the whole list, as the pass was served."""
        rows_on = self._passes[pass_number].rows_on
        return {sum(count for page, count in rows_on.items() if page < at) + index for at, index in places}
