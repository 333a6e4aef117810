"""Which snapshot October's report is made from."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.core.compliance import Period
from rkreport.core.period import Candidate, choose_snapshot, month_after
from tests.factories import JAKARTA

OCTOBER = Period(2026, 10)


def read(text: str) -> Candidate:
    """A snapshot that was finished then, in Jakarta; `?` behind it: an incomplete one."""
    moment = datetime.fromisoformat(text.rstrip("?")).replace(tzinfo=JAKARTA)
    return Candidate(text, moment.astimezone(UTC), not text.endswith("?"))


@pytest.mark.parametrize(
    ("finished", "allowed", "expected"),
    [
        ("2026-11-02 2026-11-20", False, "2026-11-20"),
        ("2026-11-02 2026-12-04", False, "2026-11-02"),
        ("2026-11-30T23:59:59 2026-12-01", False, "2026-11-30T23:59:59"),
        ("2026-10-31T23:59:59 2026-11-01", False, "2026-11-01"),
        ("2026-11-02 2026-11-20?", False, "2026-11-02"),
        ("2026-11-02 2026-11-20?", True, "2026-11-02"),
        ("2026-11-02? 2026-11-20?", True, "2026-11-20?"),
        ("2026-11-02? 2026-11-20?", False, "2026-11-20?"),  # which is refused then
        ("2026-11-20? 2026-12-04", False, "2026-12-04"),
        ("2026-11-20? 2026-12-04", True, "2026-11-20?"),
        ("2026-10-20 2026-11-20?", False, "2026-11-20?"),
        ("2026-10-20 2026-10-30", False, "2026-10-30"),
        ("2026-12-04 2027-01-04", False, "2027-01-04"),
        ("2026-12-04 2027-01-04?", False, "2026-12-04"),
        ("2026-12-04? 2027-01-04?", False, "2027-01-04?"),
    ],
)
def test_the_newest_complete_one_of_the_month_after(finished: str, expected: str, *, allowed: bool) -> None:
    """Never December's by accident, never an incomplete one while there is a whole one; else what there is."""
    candidates = [read(text) for text in finished.split()]
    assert choose_snapshot(candidates, OCTOBER, JAKARTA, allow_incomplete=allowed).snapshot_id == expected


def test_the_zone_decides_the_month() -> None:
    """At 18:00 UTC on the last of October it is November in Jakarta."""
    late = Candidate("late", datetime(2026, 10, 31, 18, tzinfo=UTC), is_complete=True)
    later = Candidate("later", datetime(2026, 12, 2, tzinfo=UTC), is_complete=True)
    assert choose_snapshot([late, later], OCTOBER, JAKARTA, allow_incomplete=False) is late
    assert choose_snapshot([late, later], OCTOBER, UTC, allow_incomplete=False) is later


@given(
    st.lists(st.tuples(st.integers(-60, 120), st.booleans()), min_size=1, max_size=8),
    st.sampled_from([Period(2026, 10), Period(2026, 12), Period(2028, 1)]),
    st.booleans(),
)
def test_a_whole_one_of_the_month_after_always_wins(
    days: list[tuple[int, bool]],
    period: Period,
    allowed: bool,  # noqa: FBT001 - hypothesis gives it by place
) -> None:
    """Whatever else there is; and without one in that month, nothing from before it is preferred to what is newer."""
    begin, end = month_after(period, JAKARTA)
    finished = [Candidate(str(day), begin + timedelta(days=day), whole) for day, whole in sorted(days)]
    chosen = choose_snapshot(finished, period, JAKARTA, allow_incomplete=allowed)
    whole = [one for one in finished if begin <= one.finished_at < end and one.is_complete]
    if whole:
        assert chosen == whole[-1]
    elif chosen.finished_at < begin:
        assert chosen == finished[-1]
