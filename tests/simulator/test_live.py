"""Lists that change while they are read."""

from hypothesis import given
from hypothesis import strategies as st

from rkreport.simulator.live import LiveList


@given(st.integers(0, 20), st.lists(st.tuples(st.booleans(), st.integers(0, 1000)), max_size=60))
def test_live_list_behaves_as_a_list(size: int, changes: list[tuple[bool, int]]) -> None:
    """Joining and leaving do what they do to a plain list; stable are the first rows that never left."""
    live, model = LiveList(size), list(range(size))
    for joins, where in changes:
        if joins or not model:
            place = where % (len(model) + 1)
            model.insert(place, live.insert(place))
        else:
            place = where % len(model)
            assert live.remove(place) == model.pop(place)
    assert list(live.slice(0, len(live))) == model
    assert len(set(model)) == len(model)
    assert sorted(live.stable()) == sorted(key for key in model if key < size)
    assert all(key in live for key in model)
    assert -1 not in live
    assert live.changes == len(changes)


def test_removed_row_is_no_longer_in_the_list() -> None:
    """What has left is not found any more."""
    live = LiveList(3)
    assert live.remove(1) == 1
    assert 1 not in live
    assert 3 not in live
