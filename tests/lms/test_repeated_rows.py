"""Rows that a server holds twice: told apart from rows that moved, and each kept as often as it stands there."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rkreport.core.snapshot import ListReading, Reason, Verdict
from rkreport.lms.lists import USERS
from rkreport.lms.paging import ListReader, PageRead, PageRef
from rkreport.lms.rows import PageRows, rows_of

SIZE = 10
NOT_THERE = Reason("not_found")
Cut = Callable[[PageRef, int], Sequence[Hashable]]
"""The rows of a page of so many."""


def read(
    cut: Cut, total: int, *, verify: bool = True, page_size: int = SIZE
) -> tuple[ListReading, list[Hashable], int]:
    """The reading of a list, its rows, and how many pages were asked for."""
    reader, pages = ListReader(USERS, page_size, verify=verify), dict[PageRef, PageRows]()
    while not reader.is_done:
        for ref in reader.wanted():
            here = tuple(cut(ref, reader.page_size(ref)))
            answer = PageRead(here, total, -(-total // reader.page_size(ref)))
            pages[ref] = PageRows(ref, answer, here)
            reader.received(ref, answer)
            assert len(pages) < 500
    reading = reader.reading()
    rows = rows_of([pages[ref] for ref in sorted(pages)], reading.proof, has_repeats=reading.has_repeats)
    return reading, rows, len(pages)


def of(rows: Sequence[Hashable]) -> Cut:
    """A list that stands still."""
    return lambda ref, size: rows[(ref.page - 1) * size : ref.page * size]


@given(st.lists(st.integers(0, 60), max_size=120), st.booleans(), st.sampled_from([1, 2, 3, 10]))
@settings(max_examples=200, deadline=None)
def test_a_list_that_stands_still_is_proven_with_every_row_as_often_as_it_stands_there(
    rows: list[int],
    verify: bool,  # noqa: FBT001 - hypothesis gives it by name
    page_size: int,
) -> None:
    """However many rows stand twice or more, next to each other, apart, across the edge of a page."""
    reading, found, _ = read(of(rows), len(rows), verify=verify, page_size=page_size)
    assert reading.verdict is Verdict.PROVEN or (reading.verdict is Verdict.CHECKED and not verify)
    assert reading.rows_received == reading.rows_expected == len(rows)
    assert Counter(found) == Counter(rows)


def test_250_rows_of_249_people_are_read_whole() -> None:
    """A row that stands on two pages costs one pass more, with pages of another size."""
    rows = [*range(1, 120), 50, *range(120, 250)]
    reading, found, asked = read(of(rows), 250, page_size=100)
    assert (reading.verdict, reading.rows_received, Counter(found)[50]) == (Verdict.PROVEN, 250, 2)
    assert (reading.has_repeats, asked) == (True, 9)


def test_a_total_that_counts_doubles_once_is_as_good() -> None:
    """A fanned-out join shows a row twice and counts it once."""
    rows = [*range(1, 120), 50, 50, *range(120, 250)]
    reading, found, _ = read(of(rows), 249, page_size=100)
    assert (reading.verdict, len(set(found))) == (Verdict.PROVEN, 249)


@pytest.mark.parametrize("verify", [True, False])
def test_a_total_that_counts_doubles_once_loses_no_copy(verify: bool) -> None:  # noqa: FBT001 - a case
    """Both copies are kept where they stand on two pages too: they may differ in what they say."""
    rows = [*range(1, 120), 5, *range(120, 250)]
    reading, found, _ = read(of(rows), 249, page_size=100, verify=verify)
    assert (reading.verdict, Counter(found)) == (Verdict.PROVEN, Counter(rows))


def test_a_list_of_one_page_may_count_doubles_once() -> None:
    """The rows of one answer are all there."""
    reading, found, asked = read(of([1, 2, 2, 3]), 3)
    assert (reading.verdict, found, asked) == (Verdict.PROVEN, [1, 2, 2, 3], 1)


@pytest.mark.parametrize("is_stable", [True, False])
def test_an_order_that_depends_on_the_page_proves_nothing(is_stable: bool) -> None:  # noqa: FBT001 - a case
    """Row 10 is shown at the end of page 1 and again at the beginning of page 2, row 11 never, and the total agrees."""
    rows = list(range(1, 26))

    def cut(ref: PageRef, size: int) -> Sequence[int]:
        shown = list(rows)
        if ref.page == 2 or (not is_stable and ref.pass_number % 2):
            shown[size - 1], shown[size] = shown[size], shown[size - 1]
        return shown[(ref.page - 1) * size : ref.page * size]

    reading, found, _ = read(cut, len(rows))
    if reading.verdict is Verdict.PROVEN:
        assert Counter(found) == Counter(rows)
    else:
        assert reading.verdict in {Verdict.MOVING, Verdict.INCOMPLETE}


def test_a_server_that_keeps_to_its_own_pages_is_believed() -> None:
    """One that knows no page size shows the copies at equal offsets in three passes; more cannot be had of it."""
    rows = [*range(1, 15), 3, *range(15, 30)]
    reading, found, _ = read(lambda ref, _: rows[(ref.page - 1) * SIZE : ref.page * SIZE], len(rows))
    assert (reading.verdict, Counter(found)[3]) == (Verdict.PROVEN, 2)


def test_a_row_that_left_one_of_its_places_meanwhile_counts_once() -> None:
    """What a page of an earlier pass shows twice is believed only while later passes do."""
    before, after = [1, 2, 2, *range(3, 22)], list(range(1, 23))
    reading, found, _ = read(lambda ref, size: of(before if ref.pass_number == 0 else after)(ref, size), 22)
    assert (reading.verdict, Counter(found)) == (Verdict.PROVEN, Counter(after))


@pytest.mark.parametrize("place", range(1, 24))
def test_two_results_of_one_person_are_both_kept_wherever_pages_end(place: int) -> None:
    """Copies with other contents are rows of their own: what makes them one person's is the identity alone."""
    results = [(name, "first") for name in range(24)]
    results.insert(place, (0, "second"))
    reader, pages = ListReader(USERS, SIZE), dict[PageRef, PageRows]()
    while not reader.is_done:
        for ref in reader.wanted():
            here = of(results)(ref, reader.page_size(ref))
            names = of([name for name, _ in results])(ref, reader.page_size(ref))
            answer = PageRead(tuple(names), len(results), None)
            pages[ref] = PageRows(ref, answer, tuple(here))
            reader.received(ref, answer)
    reading = reader.reading()
    found = rows_of([pages[ref] for ref in sorted(pages)], reading.proof, has_repeats=reading.has_repeats)
    assert reading.verdict is Verdict.PROVEN
    assert Counter(found) == Counter(results)


def test_a_list_longer_than_any_is_not_followed() -> None:
    """A total of 10^12 ends the list after one page, with the number in the sentence."""
    reading, _, asked = read(lambda ref, size: range(ref.page * size, (ref.page + 1) * size), 10**12)
    assert (reading.verdict, asked) == (Verdict.INCOMPLETE, 1)
    assert reading.reason is not None
    assert (reading.reason.code, reading.reason.values) == ("too_long", {"rows": 10**12})


@pytest.mark.parametrize("past_the_end", ["empty", "zero", "none", "refused"])
def test_what_comes_past_the_last_page_is_no_statement_about_the_list(past_the_end: str) -> None:
    """A full last page is followed by one look further; whatever comes there, 30 rows of 30 are all."""
    totals = {"empty": 30, "zero": 0, "none": None}
    reader = ListReader(USERS, SIZE)
    while not reader.is_done:
        for ref in reader.wanted():
            if ref.page <= 3:
                reader.received(ref, PageRead(tuple(range(ref.page * SIZE, (ref.page + 1) * SIZE)), 30, 3))
            elif past_the_end == "refused":
                reader.failed(ref, NOT_THERE)
            else:
                reader.received(ref, PageRead((), totals[past_the_end], None))
    assert (reader.reading().verdict, reader.reading().rows_received) == (Verdict.PROVEN, 30)


@pytest.mark.parametrize("total", [0, None])
def test_an_empty_list_may_leave_its_total_out(total: int | None) -> None:
    """Servers that leave out 0 leave out the total of an empty list."""
    reader = ListReader(USERS, SIZE)
    (ref,) = reader.wanted()
    reader.received(ref, PageRead((), total, None))
    assert (reader.reading().verdict, reader.reading().rows_expected) == (Verdict.PROVEN, 0)


@pytest.mark.parametrize("lie", [-3, -1, 1, 3])
@pytest.mark.parametrize("count", [21, 24, 33, 47])
def test_a_total_that_lies_is_no_proof_for_a_list_with_copies(count: int, lie: int) -> None:
    """Whatever number a row that stands twice could explain, nothing is called proven with a row or a copy missing."""
    rows = [*range(1, count), 4]
    reading, found, _ = read(of(rows), len(rows) + lie)
    assert reading.verdict is Verdict.INCOMPLETE or Counter(found) == Counter(rows)
