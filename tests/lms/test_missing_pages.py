"""Pages that a list had and that are gone: no snapshot is made of the others, and no sound one is refused."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rkreport.core.snapshot import ListReading, Snapshot, Traffic
from rkreport.errors import StoreError
from rkreport.lms.assemble import FetchRecord, Received, assemble
from rkreport.lms.lists import stored_content
from rkreport.lms.paging import ASIDE, CLOSING_PASS, ListKey
from rkreport.run.keep.carrying import FileCheck
from tests.lms.plain import NOW, Fetch
from tests.plain_lms import PlainLms

Pages = dict[tuple[str, int, int], bytes]


async def fetched() -> tuple[Snapshot, Pages]:
    """A snapshot with lists of several pages, and its pages."""
    fetch = Fetch(PlainLms(), page_size=2)
    return await fetch.run(), fetch.store.pages


def assembled(lists: Iterable[ListReading], pages: Pages, *, is_part: bool = False) -> Snapshot:
    """A snapshot of these pages."""
    record = FetchRecord("s", "h", NOW, NOW, tuple(lists), Traffic(1, 0))
    return assemble(record, ((*place, pages[place]) for place in sorted(pages)), is_part=is_part)


def check_file(lists: Iterable[ListReading], pages: Pages) -> None:
    """Look at these pages as an import does."""
    check = FileCheck()
    for (name, pass_number, page), body in pages.items():
        check.page(name, pass_number, page, body)
    check.lists(lists)


async def test_any_page_that_is_gone_is_noticed() -> None:
    """By a build and by an import, whichever page it is; a whole list that is gone too."""
    snapshot, pages = await fetched()
    assert assembled(snapshot.lists, pages) == replace(snapshot, traffic=Traffic(1, 0), snapshot_id="s")
    check_file(snapshot.lists, pages)
    gone = [{place} for place in pages if place[1] % ASIDE < CLOSING_PASS]
    gone += [{place for place in pages if place[0] == name} for name, _, _ in pages]
    for some in gone:
        others = {place: body for place, body in pages.items() if place not in some}
        with pytest.raises(StoreError, match=r"lacks pages of .* that belong to snapshot s"):
            assembled(snapshot.lists, others)
        with pytest.raises(ValueError, match="ListReading"):
            check_file(snapshot.lists, others)


async def test_a_page_with_other_rows_is_noticed() -> None:
    """A page of the same list in the place of another: as many pages, fewer rows."""
    snapshot, pages = await fetched()
    for name in {name for name, _, page in pages if page > 1}:
        first = {place: pages[name, place[1], 1] for place in pages if place[0] == name}
        with pytest.raises(StoreError, match="lacks pages"):
            assembled(snapshot.lists, pages | first)


async def test_more_pages_than_the_reading_has_are_taken() -> None:
    """Of an earlier try, of a closing pass, past the end; and of a part only its own lists are looked at."""
    snapshot, pages = await fetched()
    key = next(ListKey.parse(name) for name, _, page in pages if page > 1)
    more = {(key.name, number, 1): pages[key.name, 0, 1] for number in (CLOSING_PASS, ASIDE, ASIDE + CLOSING_PASS)}
    assembled(snapshot.lists, pages | more)
    part = {place: body for place, body in pages.items() if place[0] == key.name}
    assembled(snapshot.lists, part, is_part=True)
    part.popitem()
    with pytest.raises(StoreError, match="lacks pages"):
        assembled(snapshot.lists, part, is_part=True)


async def test_pages_past_the_end_do_not_make_up_for_others() -> None:
    """An empty page counts only where it is the first."""
    snapshot, pages = await fetched()
    received = Received()
    for name, number, page in pages:
        key = ListKey.parse(name)
        received.note_page(key, number, page, stored_content(key, page if page == 1 else 99, b""))
    assert received.first_short(snapshot.lists) is not None
