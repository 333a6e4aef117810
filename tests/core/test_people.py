"""People: whom rows without a user record belong to."""

from rkreport.core.models import JoinedAssignment, MatchedBy
from rkreport.core.people import People
from tests import factories


def nameless(status: str) -> JoinedAssignment:
    """A row of "Anisa" without serial and employee id."""
    own = factories.assignment(user_serial=None, employee_id="", name="Anisa", status=status)
    return factories.joined(assignment=own, learner=None, matched_by=MatchedBy.UNMATCHED)


def test_rows_that_differ_in_their_status_alone_keep_their_people() -> None:
    """Whichever comes first: two rows of one name in one batch are two people, each always the same."""
    rows = [nameless("Cleared"), nameless("Failed")]
    there, back = People((), rows), People((), rows[::-1])
    assert [there.of(row).key for row in rows] == [back.of(row).key for row in rows]
    assert len({there.of(row).key for row in rows}) == 2
