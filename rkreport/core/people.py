"""All people of a run: those of the user list, and those who appear only in assignments.

Knows learners and joined rows, no rule.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from rkreport.core.learners import trimmed
from rkreport.core.models import EmployeeId, JoinedAssignment, Learner, Person
from rkreport.core.units import UnitTree


class People:
    """One `Person` per learner, and one per serial or employee id that no learner has."""

    def __init__(
        self, learners: Sequence[Learner], rows: Iterable[JoinedAssignment], earlier: Iterable[JoinedAssignment] = ()
    ) -> None:
        """Take the people of the user list and all joined assignments; `earlier` ones give no person their name."""
        self._key_of: dict[int, str] = {}
        self.by_key: dict[str, Person] = {}
        for number, learner in enumerate(learners):
            key = self._key_of[id(learner)] = f"u{number}"
            self.by_key[key] = Person(key, learner, learner.employee_id, learner.serial, learner.name)
        # Sorted: the id and name of an unmatched person must not depend on the order of the rows.
        unmatched = [
            sorted((row for row in group if row.learner is None), key=_unmatched_order) for group in (rows, earlier)
        ]
        for number, row in enumerate(chain(*unmatched)):
            assignment = row.assignment
            employee_id = EmployeeId(assignment.employee_id.strip())
            serial = trimmed(assignment.user_serial)
            # Without serial and id, two rows cannot be told to be one person, so each row is a person.
            by_id = f"e:{employee_id}" if employee_id else f"n:{number}"
            key = self._key_of[id(row)] = f"s:{serial}" if serial else by_id
            self.by_key.setdefault(key, Person(key, None, employee_id, assignment.user_serial, assignment.name))

    def of(self, known: Learner | JoinedAssignment) -> Person:
        """The person of a learner, or of an unmatched assignment."""
        return self.by_key[self._key_of[id(known)]]

    def ranks(self, tree: UnitTree) -> dict[str, int]:
        """The place of each person in the reports, by key: by unit path, name and employee id, then the unmatched."""
        in_order = sorted(self.by_key.values(), key=lambda person: _rank(person, tree))
        return {person.key: rank for rank, person in enumerate(in_order)}


def _unmatched_order(row: JoinedAssignment) -> tuple[bool, str, tuple[str, ...], tuple[str, ...]]:
    it = row.assignment
    employee_id = it.employee_id.strip()
    where = (it.name, it.user_serial or "", it.course_serial, it.batch_serial)
    # Two rows of one name in one batch differ in these alone, such as one cleared and one failed "Anisa".
    what = (it.status.word, it.post_activity.word, it.attended, it.post_test_attempts, it.post_test_score)
    return not employee_id, employee_id, where, tuple(map(str, what))


def _rank(person: Person, tree: UnitTree) -> tuple[bool, tuple[str, ...], str, str, str]:
    if person.learner is None:
        return True, (), person.name.casefold(), person.employee_id, person.key
    path = tuple(name.casefold() for name in tree.names_of(person.learner))
    return False, path, person.name.casefold(), person.employee_id, person.key
