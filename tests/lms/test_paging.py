"""Paging ends, asks for each page once, and never says more than it has seen."""

from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from rkreport.core.models import CourseKind
from rkreport.core.snapshot import ListReading, Reason, Verdict
from rkreport.lms.lists import USERS, assignments_of, batches_of
from rkreport.lms.paging import ListKey, ListReader, PageRead, PageRef
from rkreport.lms.rows import PageRows, rows_of

SIZE = 10


@dataclass
class ModelServer:
    """A list behind pages: rows are numbers, `total` may lie, `change` may move rows before each answer."""

    rows: list[int]
    total: int | str | None = "true"
    total_pages: int | str = "true"
    step: int = SIZE
    answered: list[PageRef] = field(default_factory=list)

    def page(self, ref: PageRef) -> PageRead:
        """Answer one request."""
        self.answered.append(ref)
        rows = self.rows[(ref.page - 1) * self.step : ref.page * self.step]
        total = len(self.rows) if self.total == "true" else self.total
        pages = -(-len(self.rows) // self.step) if self.total_pages == "true" else self.total_pages
        assert not isinstance(total, str)
        assert not isinstance(pages, str)
        return PageRead(tuple(rows), total, pages)


def read(server: ModelServer, order: st.DataObject | None = None, at_most: int = 2_000) -> ListReading:
    """Read a list to its end; `order` shuffles the answers that are on their way."""
    reader, on_their_way = ListReader(USERS, SIZE), list[PageRef]()
    while not reader.is_done:
        on_their_way += reader.wanted()
        index = order.draw(st.integers(0, len(on_their_way) - 1)) if order else 0
        ref = on_their_way.pop(index)
        reader.received(ref, server.page(ref))
        assert len(server.answered) <= at_most
    assert not on_their_way
    return reader.reading()


def asked_once(server: ModelServer) -> bool:
    """Whether no page was asked for twice in one pass."""
    return max(Counter(server.answered).values()) == 1


@given(st.integers(0, 300), st.data())
@settings(max_examples=60)
def test_a_quiet_list_is_read_whole_in_any_order_of_answers(count: int, data: st.DataObject) -> None:
    """Every row is read, each page once per pass, lists of several pages twice, and that is proven."""
    server = ModelServer(list(range(count)))
    reading = read(server, data)
    assert (reading.rows_expected, reading.rows_received) == (count, count)
    assert asked_once(server)
    pages = max(1, -(-count // SIZE))
    assert reading.verdict is Verdict.PROVEN
    assert reading.pages_received == pages * (2 if pages > 1 else 1)


@pytest.mark.parametrize("count", [7, 10, 35, 100, 240])
@pytest.mark.parametrize("lie", [-7, -1, 1, 7, 100_000])
def test_a_total_that_lies_is_named_and_bounded(count: int, lie: int) -> None:
    """Too small or too large: the list is incomplete with both numbers, after few requests, never a wrong number."""
    server = ModelServer(list(range(count)), total=max(0, count + lie))
    reading = read(server, at_most=5 * (count // SIZE + 64 + 2))
    assert reading.verdict is Verdict.INCOMPLETE
    assert reading.reason is not None
    assert reading.reason.values == {"received": count, "expected": max(0, count + lie)}
    assert reading.reason.code == ("rows_missing" if lie > 0 else "rows_too_many")


def test_a_missing_total_proves_nothing() -> None:
    """A list that announces no total is read, and called incomplete for that reason."""
    reading = read(ModelServer(list(range(35)), total=None))
    assert reading.verdict is Verdict.INCOMPLETE
    assert reading.reason == Reason("total_missing")
    assert reading.rows_received == 35


def test_the_number_of_pages_may_lie_too_small() -> None:
    """`totalPage` alone does not end the reading."""
    reading = read(ModelServer(list(range(35)), total_pages=1))
    assert (reading.verdict, reading.rows_received) == (Verdict.PROVEN, 35)


def test_the_number_of_pages_may_lie_too_large() -> None:
    """An empty page ends the reading whatever `totalPage` says."""
    server = ModelServer(list(range(35)), total_pages=90_000)
    reading = read(server, at_most=80)
    assert (reading.verdict, reading.rows_received) == (Verdict.PROVEN, 35)


def test_a_server_with_smaller_pages_is_followed() -> None:
    """A server that gives fewer rows a page than asked for is read by its own count of pages."""
    reading = read(ModelServer(list(range(35)), step=4))
    assert (reading.verdict, reading.rows_received) == (Verdict.PROVEN, 35)


def test_a_page_repeated_for_ever_ends() -> None:
    """A server that sends its first page for every page is noticed after few requests."""
    reader, asked = ListReader(USERS, SIZE), 0
    while not reader.is_done:
        for ref in reader.wanted():
            asked += 1
            reader.received(ref, PageRead(tuple(range(SIZE)), 35, 4))
    assert asked <= 30
    assert reader.reading().verdict is Verdict.INCOMPLETE


def test_a_list_that_never_ends_is_cut_off() -> None:
    """Full pages of ever new rows past the announced end are followed for a bounded while."""
    reader, asked = ListReader(USERS, SIZE), 0
    while not reader.is_done:
        for ref in reader.wanted():
            asked += 1
            first = (ref.page - 1) * SIZE
            reader.received(ref, PageRead(tuple(range(first, first + SIZE)), 20, 2))
    assert asked < 1_000
    assert reader.reading().reason == Reason("endless", {"pages": 104})


def test_promises_of_pages_without_new_rows_are_not_followed() -> None:
    """A server that repeats its first page and always promises one more is noticed after few requests."""
    reader, asked = ListReader(USERS, SIZE), 0
    while not reader.is_done:
        for ref in reader.wanted():
            asked += 1
            reader.received(ref, PageRead(tuple(range(SIZE)), (ref.page + 1) * SIZE, ref.page + 1))
    assert asked <= 30
    assert reader.reading().verdict is not Verdict.PROVEN


def test_a_row_that_slipped_between_two_pages_is_not_hidden() -> None:
    """A deletion before the reading position hides a row from a forward reader: the list is read again."""
    server = ModelServer(list(range(35)))
    reader = ListReader(USERS, SIZE)
    (first,) = reader.wanted()
    reader.received(first, server.page(first))
    server.rows.remove(0)
    while not reader.is_done:
        for ref in reader.wanted():
            reader.received(ref, server.page(ref))
    reading = reader.reading()
    assert reading.verdict in {Verdict.PROVEN, Verdict.MOVING}
    assert reading.rows_received >= 34


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_what_is_called_proven_was_true_at_one_moment(data: st.DataObject) -> None:
    """While rows join and leave, also both at once, a proven list is exactly what the server had at some moment."""
    server = ModelServer(list(range(data.draw(st.integers(0, 90)))))
    reader, on_their_way, fresh = ListReader(USERS, SIZE), list[PageRef](), 1_000
    states = [frozenset(server.rows)]
    while not reader.is_done:
        on_their_way += reader.wanted()
        change = data.draw(st.sampled_from(["none"] * 12 + ["join", "leave", "swap"]))
        if change in {"leave", "swap"} and server.rows:
            server.rows.pop(data.draw(st.integers(0, len(server.rows) - 1)))
        if change in {"join", "swap"}:
            server.rows.insert(data.draw(st.integers(0, len(server.rows))), fresh)
            fresh += 1
        states.append(frozenset(server.rows))
        ref = on_their_way.pop(data.draw(st.integers(0, min(2, len(on_their_way) - 1))))
        reader.received(ref, server.page(ref))
    reading = reader.reading()
    event(str(reading.verdict))
    if reading.verdict is Verdict.PROVEN:
        assert frozenset(reader.identities()) in states
        assert reading.rows_received == reading.rows_expected
    else:
        assert reading.reason is not None


@given(st.data())
def test_a_moving_list_says_how_many_rows_moved(data: st.DataObject) -> None:
    """At least one, also where the same rows came every time and only the totals changed."""
    server, reader = ModelServer(list(range(15))), ListReader(USERS, SIZE)
    while not reader.is_done:
        for ref in reader.wanted():
            server.total = data.draw(st.integers(14, 17))
            reader.received(ref, server.page(ref))
    reading = reader.reading()
    event(reading.verdict)
    if reading.verdict is Verdict.MOVING:
        assert reading.reason is not None
        assert int(reading.reason.values["difference"]) >= 1


def test_a_page_that_stays_unreadable_is_the_reason() -> None:
    """A broken page makes the list incomplete and says which page and why."""
    reader = ListReader(USERS, SIZE)
    reason = Reason("page_unreadable", {"page": 2, "error": "The LMS failed at users, page 2 (HTTP 500)."})
    (first,) = reader.wanted()
    reader.received(first, PageRead(tuple(range(10)), 25, 3))
    (second,) = reader.wanted()
    reader.failed(second, reason)
    (third,) = reader.wanted()
    reader.received(third, PageRead(tuple(range(20, 25)), 25, 3))
    reading = reader.reading()
    assert (reading.verdict, reading.reason) == (Verdict.INCOMPLETE, reason)
    assert (reading.pages_expected, reading.pages_received, reading.rows_received) == (3, 2, 15)


def test_a_failed_second_reading_only_proves_nothing() -> None:
    """When the first pass added up and the second breaks, the list is checked instead of proven."""
    server = ModelServer(list(range(80)))
    reader = ListReader(USERS, SIZE)
    while not reader.is_done:
        for ref in reader.wanted():
            if ref == PageRef(1, 3):
                reader.failed(ref, Reason("page_unreadable", {"page": 3, "error": "x"}))
            else:
                reader.received(ref, server.page(ref))
    assert reader.reading().verdict is Verdict.CHECKED


def test_reading_once_is_only_checked() -> None:
    """Without `verify` a list that adds up is asked for once, and is not called proven."""
    server = ModelServer(list(range(80)))
    reader = ListReader(USERS, SIZE, verify=False)
    while not reader.is_done:
        for ref in reader.wanted():
            reader.received(ref, server.page(ref))
    assert (reader.reading().verdict, len(server.answered)) == (Verdict.CHECKED, 9)  # one look past a full last page


def test_the_same_row_twice_on_one_page_is_two_rows() -> None:
    """The server's own duplicates count as rows; the same row on two pages is one row."""
    reader = ListReader(USERS, SIZE)
    (ref,) = reader.wanted()
    reader.received(ref, PageRead((1, 1, 2), 3, 1))
    assert (reader.reading().verdict, reader.reading().rows_received) == (Verdict.PROVEN, 3)


def page(
    pass_number: int, identities: tuple[int, ...], rows: tuple[str, ...], total: int = 3, number: int = 1
) -> PageRows:
    """A page again, with its rows."""
    return PageRows(PageRef(pass_number, number), PageRead(identities, total, 2), rows)


def test_each_row_is_kept_once_as_it_was_read_last() -> None:
    """A row that was read again is there once, as it was read last; duplicates of one page stay two."""
    pages = [page(0, (1, 2, 2), ("1a", "2a", "2b")), page(0, (2, 3), ("2c", "3a"), number=2), page(1, (1,), ("1b",))]
    assert rows_of(pages, None) == ["1b", "2a", "2b", "3a"]


def test_a_proof_keeps_the_rows_it_is_about() -> None:
    """A row that had left before the proven moment, or joined after it, is not among them."""
    pages = [page(0, (1, 2), ("1a", "2a")), page(1, (2, 3), ("2b", "3b")), page(2, (2, 3, 4), ("2c", "3c", "4c"))]
    assert rows_of(pages, (1, 2)) == ["2c", "3c"]


@given(st.text(), st.text(), st.sampled_from(CourseKind))
def test_the_name_of_a_list_is_read_back(course: str, batch: str, kind: CourseKind) -> None:
    """Hostile serials survive the way into the store and back."""
    for key in (USERS, batches_of(course), assignments_of(course, batch, kind)):
        assert ListKey.parse(key.name) == key
