"""Reads one paged list and judges what the pages prove: a pure state machine, fed with pages in any order.

The API has no snapshot paging: rows move between pages during the reading, and totals can be wrong. Therefore:

* a list of one page is one atomic answer: `proven` when its rows equal its total;
* a longer list is read forwards, then backwards, and `proven` by the rule of `rkreport.lms.sightings`. A single pass
  that adds up can miss a row while another leaves and a third joins. It did, unseen, in 4 of 1,000 random schedules.
  If only one pass is allowed, a list that adds up is `checked`.

The number of passes is limited. A list that then does not add up is `moving` if rows came or went during the reading,
else `incomplete`.

If rows seem to appear twice, passes alternate between two page sizes: that tells a copy from a row that moved. No list
is read past the longest possible length.
"""

import math
from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from urllib.parse import quote, unquote

from rkreport.core.snapshot import ListKind, ListReading, Reason, Verdict
from rkreport.lms.sightings import Identity, Sightings, Span
from rkreport.sentence import Sentence, joined, ours

SHORT_LIST_PAGES = 5
MOST_PASSES = {True: 3, False: 5}  # by whether the list is short
CLOSING_PASS = 100  # passes from this number on only show what came or went; no verdict needs so many passes
ASIDE = 200  # added to the pass number of a last page beside a broken one: its rows count, its total does not
LONGEST_LIST_ROWS = 400_000  # twice the largest supported company; a larger total is wrong
_WINDOW = 64  # pages requested ahead
_GROWTH_PAGES = 100  # a list may grow to twice its first announced length, plus this many pages
_GROWTH_ROWS = 11_000  # and at most by this many rows, whatever the page size


@dataclass(frozen=True)
class ListKey:
    """Names one list. `variant` is the path segment of an assignment list: webinar or offline."""

    kind: ListKind
    course: str = ""
    batch: str = ""
    variant: str = ""

    @cached_property
    def name(self) -> str:
        """One line that `parse` reads back; ids come from outside and are quoted."""
        parts = (self.course, self.batch, self.variant)
        return "/".join((self.kind, *(quote(part, safe="") for part in parts))).rstrip("/")

    @classmethod
    def parse(cls, name: str) -> "ListKey":
        """Return the key of a name."""
        kind, *parts = name.split("/")
        return cls(ListKind(kind), *(unquote(part) for part in parts))

    def __str__(self) -> str:
        """Name the list for messages: `users`, `assignments of COURSE-1 BATCH-1`, `completions of 2026-10`."""
        whose = joined(" ", filter(None, (self.course, self.batch)))
        return Sentence("{kind} of {whose}", kind=self.kind, whose=whose) if whose else ours(self.kind.value)


@dataclass(frozen=True, slots=True, order=True)
class PageRef:
    """One request for one page: pass number, from 0 (odd ones run backwards), and page number, from 1."""

    pass_number: int
    page: int


@dataclass(frozen=True, slots=True)
class PageRead:
    """The content of a page. `total` is None if the page gave no number."""

    identities: tuple[Identity, ...]
    total: int | None
    total_pages: int | None


class ListReader:
    """Tells which pages of a list to request next, and finally the verdict."""

    def __init__(self, key: ListKey, page_size: int, *, verify: bool = True, first_pass: int = 0) -> None:
        """Start with no page read; without `verify` one pass that adds up suffices.

        Passes are numbered from `first_pass`, an even number.
        """
        self.key = key
        self._page_size = page_size
        self._seems_repeated = False  # rows may appear twice, so every other pass has another page size
        self._verify = verify
        self._sightings = Sightings()
        self._totals: list[int | None] = []
        self._failures: dict[PageRef, Reason] = {}
        self._pages_received = 0
        self._added_up = False  # a pass added up, but proved nothing
        self._announced_end = 1  # last page according to the totals
        self._end = 1  # last page worth requesting
        self._limit: float = math.inf  # last page to read in any case
        self._most_rows: float = math.inf
        self._fullest = 1  # rows of the fullest page
        self._first_pass = self._pass = first_pass
        self._unasked = deque([1])
        self._asked_end = 1
        self._first_empty: float = math.inf
        self._on_their_way: set[PageRef] = set()
        self._verdict: Verdict | None = None
        self._reason: Reason | None = None
        self._proof: Span | None = None

    def page_size(self, ref: PageRef) -> int:
        """Return how many rows to request for a page."""
        return self._size_in(ref.pass_number % ASIDE)

    def _size_in(self, pass_number: int) -> int:
        if not self._seems_repeated or pass_number % 2:
            return self._page_size
        return min(self._page_size, self._fullest) - 1 or 2  # a server may cap its pages below the requested size

    def _begin_pass(self, number: int) -> None:
        if self._seems_repeated:
            rows = max(self._sightings.served(), self._total() or 0)
            self._end = math.ceil(rows / min(self._size_in(number), self._fullest))
        self._pass = number
        self._announced_end = self._end  # where the previous pass found it
        self._unasked = deque(range(1, self._end + 1) if number % 2 == 0 else range(self._end, 0, -1))
        self._asked_end = self._end
        self._first_empty = math.inf

    @property
    def is_done(self) -> bool:
        """True if no request is left."""
        return self._verdict is not None

    def identities(self) -> set[Identity]:
        """The rows that the verdict is about."""
        return set(self._sightings.rows(self._proof))

    def wanted(self) -> list[PageRef]:
        """The pages to request now, in order. Each page is returned once; earlier ones may still be in flight.

        The last page of a pass is requested after all others: its total is the total at the pass's end. If another page
        is broken, the last page only gives rows: a later run may read the repaired page, after the end of the pass.
        """
        refs: list[PageRef] = []
        while self._unasked and len(self._on_their_way) < _WINDOW and not self.is_done:
            is_last = not any(page <= self._end for page in islice(self._unasked, 1, None))
            if is_last and self._on_their_way:
                break
            page = self._unasked.popleft()
            if page <= self._end:
                refs.append(PageRef(self._pass + (ASIDE if is_last and self._failures else 0), page))
                self._on_their_way.add(refs[-1])
        return refs

    def received(self, ref: PageRef, read: PageRead) -> None:
        """Take a wanted page."""
        if self.is_done:
            return
        total = read.total
        if not read.identities and not total:
            total = 0 if ref.page == 1 else None  # past the end some servers give a total of 0 or none
        if read.identities or total is not None:
            self._totals.append(total)
        self._pages_received += bool(read.identities) or ref.page == 1
        is_new = self._sightings.see(ref.pass_number, ref.page, read.identities, total)
        if (total or 0) > LONGEST_LIST_ROWS:
            self._verdict, self._reason = Verdict.INCOMPLETE, Reason("too_long", {"rows": total or 0})
            return
        self._fullest = max(self._fullest, len(read.identities))
        self._find_end(ref.page, read, is_new=is_new)
        if self._sightings.known > self._most_rows:
            self._verdict, self._reason = Verdict.INCOMPLETE, Reason("endless", {"pages": self._pages_received})
            return
        self._answered(ref)

    def failed(self, ref: PageRef, reason: Reason) -> None:
        """Note that a wanted page is unreadable; past the announced end this only shows that no page exists there."""
        if self.is_done:
            return
        if ref.page > self._announced_end:
            self.received(ref, PageRead((), None, None))
            return
        self._failures[ref] = reason
        self._answered(ref)

    def refused(self, reason: Reason) -> None:
        """Note that this account may not read the list; the report works without it."""
        self._verdict, self._reason = Verdict.ABSENT, reason

    def reading(self) -> ListReading:
        """Return the verdict and its figures, once done."""
        assert self._verdict is not None  # noqa: S101 - a caller's mistake, not a state of the data
        received = sum(self._sightings.rows(self._proof, with_repeats=self._seems_repeated).values())
        total = received if self._proof else self._total()
        return ListReading(
            kind=self.key.kind,
            course=self.key.course,
            batch=self.key.batch,
            verdict=self._verdict,
            pages_expected=self._pages_received + len(self._failures),
            pages_received=self._pages_received,
            rows_expected=received if total is None else total,
            rows_received=received,
            reason=self._reason,
            proof=self._proof,
            has_repeats=self._seems_repeated and self._proof is not None,
        )

    def _total(self) -> int | None:
        return self._totals[-1] if self._totals else None

    def _find_end(self, page: int, read: PageRead, *, is_new: bool) -> None:
        """Set the list's end: as announced, later while full pages bring new rows, earlier at an empty page."""
        count = len(read.identities)
        size = self._size_in(self._pass)
        most_pages = math.ceil(LONGEST_LIST_ROWS / size)
        announced = min(_announced_pages(read, size), most_pages)
        is_first = page == 1 and self._pass == self._first_pass
        if is_first:
            self._limit = min(2 * announced, most_pages) + _GROWTH_PAGES
            self._most_rows = min(2 * (read.total or 0), LONGEST_LIST_ROWS) + _GROWTH_ROWS
        if is_first or is_new:  # ignore the total of a page without new rows
            self._announced_end = max(self._announced_end, announced)
        if not count:
            self._first_empty = min(self._first_empty, page)
        leads_on = count >= size and page >= self._announced_end and is_new
        end = max(self._end, self._announced_end, page + 1 if leads_on else 0)
        self._end = int(max(1, min(end, self._first_empty - 1, self._limit)))
        if self._end > self._asked_end:
            self._unasked.extend(range(self._asked_end + 1, self._end + 1))
            self._asked_end = self._end

    def _answered(self, ref: PageRef) -> None:
        self._on_their_way.discard(ref)
        if self._on_their_way or any(page <= self._end for page in self._unasked):
            return
        self._judge()
        if self._verdict is None:
            self._begin_pass(self._pass + 1)

    def _judge(self) -> None:
        """Set the verdict after a whole pass, or leave it open so that another pass follows."""
        distinct, total = sum(self._sightings.rows().values()), self._total()
        is_short = self._end <= SHORT_LIST_PAGES
        passes = self._pass - self._first_pass + 1
        is_steady = len(set(self._totals)) == 1
        self._proof = None if self._failures else self._proven()
        if self._failures:
            # An unreadable page spoils the first pass; in a later pass it only prevents the proof.
            self._verdict = Verdict.CHECKED if self._added_up else Verdict.INCOMPLETE
            self._reason = min(self._failures.items())[1]
        elif self._end == self._limit:
            self._verdict, self._reason = Verdict.INCOMPLETE, Reason("endless", {"pages": self._end})
        elif total is None:
            self._verdict, self._reason = Verdict.INCOMPLETE, Reason("total_missing")
        elif self._proof:
            self._verdict = Verdict.PROVEN
        elif not self._verify and is_steady and distinct == total and not self._sightings.shows_copies():
            self._verdict = Verdict.CHECKED
        elif passes < MOST_PASSES[is_short]:
            self._added_up = self._added_up or (passes == 1 and is_steady and distinct == total)
        else:
            self._give_up(distinct, total)

    def _proven(self) -> Span | None:
        """Return the proof, if any. Copies on two pages first need a pass with another page size."""
        if self._end > 1 and self._sightings.with_copies():
            proof = self._sightings.copies_prove()
            is_first = proof is not None and not self._seems_repeated
            self._seems_repeated = self._seems_repeated or is_first
            return None if is_first else proof
        proof = self._sightings.proof(is_one_page=self._end == 1)
        self._seems_repeated = self._seems_repeated and not proof
        return proof

    def _give_up(self, distinct: int, total: int) -> None:
        """Set the verdict after the last pass without proof: rows came or went, or the server's totals are wrong."""
        lowest, highest = (among(value or 0 for value in self._totals) for among in (min, max))
        unsettled = max(self._sightings.come_and_gone(), abs(distinct - total), highest - lowest)
        if distinct >= lowest and (len(set(self._totals)) > 1 or self._sightings.come_and_gone()):
            self._verdict, self._reason = Verdict.MOVING, Reason("moving", {"difference": unsettled})
        else:
            received = distinct if distinct != total else self._sightings.with_copies() or distinct
            code = "rows_too_many" if received > total else "rows_missing"
            self._verdict, self._reason = Verdict.INCOMPLETE, Reason(code, {"received": received, "expected": total})


def _announced_pages(read: PageRead, size: int) -> int:
    """Return how many pages a page announces, by the larger of its numbers; a server may give smaller pages.

    A server may also give larger pages, so fewer of them: if the first page has all rows, it is the only page.
    """
    rows = len(read.identities)
    by_total = math.ceil((read.total or 0) / max(size, rows))
    return by_total if rows > size else max(read.total_pages or 1, by_total)
