"""The reading of one list as a state machine against a list that moves: whatever happens in whatever order.

Answers are made and arrive at different moments, pages fail, and the run is killed and goes on from what was stored.
"""

from math import ceil

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rkreport.core.snapshot import ListKind, Reason, Verdict
from rkreport.lms.paging import MOST_PASSES, ListKey, ListReader, PageRead, PageRef

SIZE = 3
MOST_ROWS = 30
KEY = ListKey(ListKind.USERS)
GROWTH_PAGES = 100  # as in paging: no list is followed further than to twice its length and this


class Paging(RuleBasedStateMachine):
    """A reader, the list it reads, and what is on its way between them."""

    def __init__(self) -> None:
        """Nothing has happened."""
        super().__init__()
        self.reader = ListReader(KEY, SIZE)
        self.rows: list[int] = []
        self.newest = 0
        self.moments: list[frozenset[int]] = []
        self.asked: set[PageRef] = set()  # on their way to the server
        self.made: dict[PageRef, PageRead] = {}  # on their way back
        self.stored: dict[PageRef, PageRead] = {}
        self.has_failed = False
        self.requests = 0
        self.restarts = 0

    @initialize(rows=st.integers(0, MOST_ROWS))
    def begin(self, rows: int) -> None:
        """A list of some rows, and the first question."""
        self.rows = list(range(rows))
        self.newest = rows
        self.moments.append(frozenset(self.rows))
        self.ask()

    def ask(self) -> None:
        """Send what the reader wants and the store does not have."""
        while refs := self.reader.wanted():
            for ref in refs:
                assert ref not in self.asked, "asked for twice at once"
                assert ref not in self.made, "asked for twice at once"
                if ref in self.stored:
                    self.reader.received(ref, self.stored[ref])
                else:
                    self.asked.add(ref)
                    self.requests += 1

    @rule(place=st.integers(0, MOST_ROWS))
    def join(self, place: int) -> None:
        """Somebody new."""
        self.newest += 1
        self.rows.insert(place % (len(self.rows) + 1), self.newest)
        self.moments.append(frozenset(self.rows))

    @precondition(lambda self: self.rows)
    @rule(place=st.integers(0, MOST_ROWS))
    def leave(self, place: int) -> None:
        """Somebody goes."""
        del self.rows[place % len(self.rows)]
        self.moments.append(frozenset(self.rows))

    @precondition(lambda self: self.rows)
    @rule(left=st.integers(0, MOST_ROWS), joined=st.integers(0, MOST_ROWS))
    def pair(self, left: int, joined: int) -> None:
        """One goes, one comes, no total shows it."""
        del self.rows[left % len(self.rows)]
        self.newest += 1
        self.rows.insert(joined % (len(self.rows) + 1), self.newest)
        self.moments.append(frozenset(self.rows))

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0))
    def make(self, which: int) -> None:
        """The server makes an answer."""
        ref = sorted(self.asked)[which % len(self.asked)]
        self.asked.remove(ref)
        start = (ref.page - 1) * SIZE
        rows = tuple(self.rows[start : start + SIZE])
        self.made[ref] = PageRead(rows, len(self.rows), ceil(len(self.rows) / SIZE))

    @precondition(lambda self: self.made)
    @rule(which=st.integers(0))
    def arrive(self, which: int) -> None:
        """An answer arrives, in an order of its own."""
        ref = sorted(self.made)[which % len(self.made)]
        read = self.made.pop(ref)
        assert ref not in self.stored, "read twice"
        self.stored[ref] = read
        self.reader.received(ref, read)
        self.ask()

    @rule(steps=st.integers(1, 60))
    def calm(self, steps: int) -> None:
        """For a while nothing but questions and answers."""
        for _ in range(steps):
            if self.asked:
                self.make(0)
            if self.made:
                self.arrive(0)

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0))
    def fail(self, which: int) -> None:
        """A page stays unreadable."""
        ref = sorted(self.asked)[which % len(self.asked)]
        self.asked.remove(ref)
        self.has_failed = True
        self.reader.failed(ref, Reason("page_unreadable", {"page": ref.page, "error": "x"}))
        self.ask()

    @rule()
    def restart(self) -> None:
        """The run is killed; another goes on from the stored pages, and stands where the first stood."""
        before, was_done = self.asked | self.made.keys(), self.reader.is_done
        self.reader, self.asked, self.made = ListReader(KEY, SIZE), set(), {}
        self.restarts += 1
        self.ask()
        if not self.has_failed:
            assert self.reader.is_done == was_done
            assert self.asked == before
        self.has_failed = False  # what failed is asked for again

    @invariant()
    def what_is_proven_was_so(self) -> None:
        """The rows of a proven list are those of one moment, all of them."""
        if self.reader.is_done and self.reader.reading().verdict is Verdict.PROVEN:
            assert self.reader.identities() in self.moments

    @invariant()
    def something_is_on_its_way_or_it_is_over(self) -> None:
        """Reading never stands still."""
        assert not self.moments or self.reader.is_done or self.asked or self.made

    @invariant()
    def requests_are_bounded(self) -> None:
        """However the list moves, reading it ends."""
        longest = max(map(len, self.moments), default=0)
        most = MOST_PASSES[False] * (2 * ceil(longest / SIZE) + GROWTH_PAGES)
        assert self.requests <= most * (self.restarts + 1)


Paging.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestPaging = Paging.TestCase


def test_the_end_of_a_broken_pass_proves_nothing_later() -> None:
    """A page breaks, the last one is read, the run dies; meanwhile somebody joins, then the page is mended."""
    stored: dict[PageRef, PageRead] = {}
    rows = list(range(7))

    def answer(reader: ListReader, ref: PageRef) -> None:
        if ref not in stored:
            start = (ref.page - 1) * SIZE
            stored[ref] = PageRead(tuple(rows[start : start + SIZE]), len(rows), ceil(len(rows) / SIZE))
        reader.received(ref, stored[ref])

    first = ListReader(KEY, SIZE)
    while refs := first.wanted():
        for ref in refs:
            if ref.page == 2:
                first.failed(ref, Reason("page_unreadable", {"page": 2, "error": "x"}))
            else:
                answer(first, ref)
    assert first.reading().rows_received == 4, "the rows of the last page are kept"
    rows.insert(3, 7)
    second = ListReader(KEY, SIZE)
    while refs := second.wanted():
        for ref in refs:
            answer(second, ref)
    assert second.reading().verdict is Verdict.PROVEN
    assert second.identities() == set(rows)
