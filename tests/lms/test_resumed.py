"""A run that dies goes on: whatever page was the last to be kept, none is kept twice and the end is the same."""

from dataclasses import replace

import pytest

from rkreport.errors import StoreError
from tests.lms.plain import Fetch
from tests.lms.test_fetch import Memory
from tests.plain_lms import (
    BATCHES,
    COURSES,
    PLANS,
    PlainLms,
    assigned_to,
    assignment,
    batch,
    completion,
    online,
    online_users,
    plan,
    plan_course,
    plan_user,
)


class Dying(Memory):
    """A store that fails after so many pages, as if the machine had been switched off."""

    def __init__(self, pages: dict[tuple[str, int, int], bytes], after: int) -> None:
        """Take the pages that are kept already."""
        super().__init__()
        self.pages = pages
        self._left = after

    async def commit(self, name: str, pass_number: int, page: int, body: bytes) -> None:
        """Keep a page, or die."""
        if not self._left:
            raise StoreError("The current is off.")
        self._left -= 1
        await super().commit(name, pass_number, page, body)


def company() -> PlainLms:
    """A webinar, an online course and a learning plan with one more of each; completions in two months."""
    return PlainLms(
        {
            COURSES: [{"serial": f"C-{number}", "name": ""} for number in range(1, 5)],
            BATCHES: [batch("B-1", "2026-10-05T02:00:00.000Z")],
            f"{COURSES}/C-3/batches": [batch("B-3", "2026-10-05T02:00:00.000Z")],
            assigned_to("B-3", "C-3"): [assignment(number) for number in range(1, 15)],
            online_users("C-2"): [online(number, "completed", "2026-10-06") for number in range(1, 15)],
            online_users("C-4"): [online(1)],
            PLANS: [plan("P-1")],
            f"{PLANS}/P-1/courses": [plan_course("C-3"), plan_course("C-4")],
            f"{PLANS}/P-1/users": [plan_user(number) for number in range(1, 15)],
        },
        completions={"2026-10": [completion(1, "2026-10-06T15:15:00+07:00")] * 2},
    )


@pytest.mark.parametrize("every", [1, 2, 3, 7])
async def test_a_run_that_dies_again_and_again_ends_like_one_that_does_not(every: int) -> None:
    """It dies after every page, or every few; each page is kept once."""
    how = {"courses": ("C-1", "C-2"), "plans": ("P-1",), "dates": True, "page_size": 10}
    fetch = Fetch(company(), **how)  # type: ignore[arg-type]  # by name
    whole = await fetch.run()
    lms, pages, deaths = company(), dict[tuple[str, int, int], bytes](), 0
    while True:
        # One request at once, so that none is cut when it dies.
        again = Fetch(lms, store=Dying(pages, every), max_in_flight=1, **how)  # type: ignore[arg-type]  # by name
        try:
            snapshot = await again.run()
        except StoreError:
            deaths += 1
            assert deaths <= len(fetch.store.pages)
        else:
            break
    assert deaths == (len(fetch.store.pages) - 1) // every
    assert pages.keys() == fetch.store.pages.keys()
    assert replace(snapshot, traffic=whole.traffic) == whole
