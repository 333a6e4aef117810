"""Reading one paged list, and what that proves: a pure state machine, fed with pages in any order.

The API has no snapshot paging: rows move between pages while they are read, and totals can be wrong. So:

* a list of one page is one atomic answer: `proven` when its rows equal its total;
* a longer one is read forwards, then backwards, and `proven` by the rule of `rkreport.lms.sightings`. One pass alone,
  even one that adds up, can miss a row while another leaves and a third joins: in 4 of 1,000 random schedules it did,
  unseen. Where reading once has to do, a list that adds up is `checked`.

Passes are bounded. A list that still does not add up is `moving` when rows came or went while it was read, else
`incomplete`.

Where rows seem to stand twice, passes are cut into pages of two sizes in turn: that tells a copy from a row that moved.
Nothing is followed further than a list can be long.
"""

import math
from collections import deque
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote, unquote

from rkreport.core.snapshot import ListKind, ListReading, Reason, Verdict
from rkreport.lms.sightings import Identity, Sightings, Span

SHORT_LIST_PAGES = 5
MOST_PASSES = {True: 3, False: 5}  # by whether the list is short
CLOSING_PASS = 100  # from here on passes only tell what has come or gone; far past those that a verdict can need
ASIDE = 200  # added to the pass of a page that ends a pass with a broken page: it must not count as that pass's end
LONGEST_LIST_ROWS = 400_000  # twice the largest company that this is made for; whatever announces more is wrong
_WINDOW = 64  # pages asked for ahead
_GROWTH_PAGES = 100  # a list may grow to twice what it announced first, and by this many pages
_GROWTH_ROWS = 11_000  # and no further than by these rows, whatever stands on a page


@dataclass(frozen=True, slots=True)
class ListKey:
    """Names one list. `variant` is the path segment of an assignment list: webinar or offline."""

    kind: ListKind
    course: str = ""
    batch: str = ""
    variant: str = ""

    @property
    def name(self) -> str:
        """One line that `parse` reads back; ids are quoted, since they come from outside."""
        parts = (self.course, self.batch, self.variant)
        return "/".join((self.kind, *(quote(part, safe="") for part in parts))).rstrip("/")

    @classmethod
    def parse(cls, name: str) -> "ListKey":
        """The key of a name."""
        kind, *parts = name.split("/")
        return cls(ListKind(kind), *(unquote(part) for part in parts))

    def __str__(self) -> str:
        """As in messages: `users`, `assignments of COURSE-1 BATCH-1`."""
        return f"{self.kind} of {self.course} {self.batch}".rstrip() if self.course else self.kind.value


@dataclass(frozen=True, slots=True, order=True)
class PageRef:
    """One request for one page: pass number, from 0 (odd ones run backwards), and page number, from 1."""

    pass_number: int
    page: int


@dataclass(frozen=True, slots=True)
class PageRead:
    """What a page said. `total` None: it gave none that is a number."""

    identities: tuple[Identity, ...]
    total: int | None
    total_pages: int | None


class ListReader:
    """Which pages of a list to ask for next, and in the end its verdict."""

    def __init__(self, key: ListKey, page_size: int, *, verify: bool = True, first_pass: int = 0) -> None:
        """Start with nothing read; without `verify` one pass that adds up will do.

        Passes are numbered from `first_pass`, an even number.
        """
        self.key = key
        self._page_size = page_size
        self._seems_repeated = False  # rows may stand twice, so every other pass has pages of another size
        self._verify = verify
        self._sightings = Sightings()
        self._totals: list[int | None] = []
        self._failures: dict[PageRef, Reason] = {}
        self._pages_received = 0
        self._added_up = False  # a pass did, though it proved nothing
        self._announced_end = 1  # last page by totals
        self._end = 1  # last page worth asking for
        self._limit: float = math.inf  # no list is followed further than this
        self._most_rows: float = math.inf
        self._fullest = 1  # rows of the page that held most
        self._first_pass = self._pass = first_pass
        self._unasked = deque([1])
        self._asked_end = 1
        self._first_empty: float = math.inf
        self._on_their_way: set[PageRef] = set()
        self._verdict: Verdict | None = None
        self._reason: Reason | None = None
        self._proof: Span | None = None

    def page_size(self, ref: PageRef) -> int:
        """How many rows to ask for with a page."""
        return self._size_in(ref.pass_number % ASIDE)

    def _size_in(self, pass_number: int) -> int:
        if not self._seems_repeated or pass_number % 2:
            return self._page_size
        return min(self._page_size, self._fullest) - 1 or 2  # a server may cap its pages below what it is asked for

    def _begin_pass(self, number: int) -> None:
        if self._seems_repeated:
            rows = max(self._sightings.served(), self._total() or 0)
            self._end = math.ceil(rows / min(self._size_in(number), self._fullest))
        self._pass = number
        self._announced_end = self._end  # where the pass before found it
        self._unasked = deque(range(1, self._end + 1) if number % 2 == 0 else range(self._end, 0, -1))
        self._asked_end = self._end
        self._first_empty = math.inf

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to ask."""
        return self._verdict is not None

    def identities(self) -> set[Identity]:
        """The rows that the verdict is about."""
        return set(self._sightings.rows(self._proof))

    def wanted(self) -> list[PageRef]:
        """The pages to ask for now, in order; each is named once, and some may still be on their way.

        The last page of a pass is asked for when all others are here: its total is that of the pass's end. Where one of
        the others is broken it is only read for its rows: a later run may find the broken one mended, and then the end
        of the pass would come before it.
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
        """Take a page that was wanted."""
        if self.is_done:
            return
        total = read.total
        if not read.identities and not total:
            total = 0 if ref.page == 1 else None  # past the end some servers count nothing, or leave a 0 out
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
        """Take note that a wanted page stays unreadable; past the announced end that only says that there is none."""
        if self.is_done:
            return
        if ref.page > self._announced_end:
            self.received(ref, PageRead((), None, None))
            return
        self._failures[ref] = reason
        self._answered(ref)

    def refused(self, reason: Reason) -> None:
        """Take note that this account may not read the list, without which a report can do."""
        self._verdict, self._reason = Verdict.ABSENT, reason

    def reading(self) -> ListReading:
        """The verdict and its figures, once done."""
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
        """Where the list ends: as announced, later while full pages bring new rows, earlier at an empty page."""
        count = len(read.identities)
        size = self._size_in(self._pass)
        most_pages = math.ceil(LONGEST_LIST_ROWS / size)
        announced = min(_announced_pages(read, size), most_pages)
        is_first = page == 1 and self._pass == self._first_pass
        if is_first:
            self._limit = min(2 * announced, most_pages) + _GROWTH_PAGES
            self._most_rows = 2 * (read.total or 0) + _GROWTH_ROWS
        if is_first or is_new:  # a page that shows nothing new can promise what it likes
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
        """Set the verdict after a whole pass, or leave it open: then the list is read once more."""
        distinct, total = sum(self._sightings.rows().values()), self._total()
        is_short = self._end <= SHORT_LIST_PAGES
        passes = self._pass - self._first_pass + 1
        is_steady = len(set(self._totals)) == 1
        self._proof = None if self._failures else self._proven()
        if self._failures:
            # An unreadable page breaks a first pass; in a later one it only means that nothing is proven.
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
        """The proof, if there is one. Copies on two pages ask for passes of another page size before they are one."""
        if self._end > 1 and self._sightings.with_copies():
            proof = self._sightings.copies_prove()
            is_first = proof is not None and not self._seems_repeated
            self._seems_repeated = self._seems_repeated or is_first
            return None if is_first else proof
        proof = self._sightings.proof(is_one_page=self._end == 1)
        self._seems_repeated = self._seems_repeated and not proof
        return proof

    def _give_up(self, distinct: int, total: int) -> None:
        """The last pass is over and nothing is proven: rows came or went, or the server's numbers are wrong."""
        lowest = min(value or 0 for value in self._totals)
        unsettled = max(self._sightings.come_and_gone(), abs(distinct - total))
        if distinct >= lowest and (len(set(self._totals)) > 1 or self._sightings.come_and_gone()):
            self._verdict, self._reason = Verdict.MOVING, Reason("moving", {"difference": unsettled})
        else:
            received = distinct if distinct != total else self._sightings.with_copies() or distinct
            code = "rows_too_many" if received > total else "rows_missing"
            self._verdict, self._reason = Verdict.INCOMPLETE, Reason(code, {"received": received, "expected": total})


def _announced_pages(read: PageRead, size: int) -> int:
    """How many pages a page promises, whichever number says more; a server may give fewer rows a page than asked for.

    One that gives more has fewer pages: all rows on the first page are all.
    """
    rows = len(read.identities)
    by_total = math.ceil((read.total or 0) / max(size, rows))
    return by_total if rows > size else max(read.total_pages or 1, by_total)
