"""Learners: which records of the user list are one person, and whom an employee id means.

Knows the user list alone. Ids and serials are compared without outer blanks and otherwise exactly.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.models import Assignment, Learner, MatchedBy, Person, PlanUser


class LearnerIndex:
    """The people of the user list, by serial and by employee id.

    `people` has each person once, as their latest record shows them. `shared` holds the ids that several people have;
    such an id means its only active owner. An id in `ambiguous` has no such owner and matches no person.
    """

    def __init__(self, records: Iterable[Learner]) -> None:
        """Take the user list in its order: a later record of a person is newer."""
        groups = _groups(records)
        self.people = tuple(group.person for group in groups)
        self.by_serial = {trimmed(record.serial): group.person for group in groups for record in group.records}
        self.by_serial.pop("", None)
        owners: defaultdict[str, list[Learner]] = defaultdict(list)
        for person in self.people:
            owners[person.employee_id.strip()].append(person)
        owners.pop("", None)
        self.shared = {employee_id: tuple(people) for employee_id, people in owners.items() if len(people) > 1}
        meant = {employee_id: _meant(people) for employee_id, people in owners.items()}
        self.by_employee_id = {employee_id: person for employee_id, person in meant.items() if person}
        self.ambiguous = frozenset(employee_id for employee_id, person in meant.items() if person is None)
        self.findings = (*_repeat_findings(groups), *self._id_findings(), *_gap_findings(self.people))

    def match(self, row: Assignment | PlanUser) -> tuple[Learner | None, MatchedBy]:
        """The learner of a row.

        An employee id can change hands, a serial cannot. If both sides have serials and they differ, the id does not
        match.
        """
        serial = trimmed(row.user_serial)
        by_serial = self.by_serial.get(serial)
        if by_serial:
            return by_serial, MatchedBy.SERIAL
        by_id = self.by_employee_id.get(row.employee_id.strip())
        if by_id and not (by_id.serial and serial):
            return by_id, MatchedBy.EMPLOYEE_ID
        return None, MatchedBy.UNMATCHED

    def id_means(self, person: Person) -> bool:
        """Whether an exception or a rule with the person's employee id means this very person.

        False for other owners of the id, past or present; the join keeps them apart.
        """
        employee_id = person.employee_id.strip()
        owner = self.by_employee_id.get(employee_id)
        return owner is person.learner if owner else employee_id not in self.ambiguous

    def look_alikes(self, employee_id: str) -> tuple[str, ...]:
        """The ids that differ from this one only in leading zeros or case: Excel turns `00417` into `417`."""
        return tuple(one for one in self._alike.get(_look(employee_id.strip()), ()) if one != employee_id.strip())

    @cached_property
    def _alike(self) -> Mapping[str, list[str]]:
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for employee_id in sorted({*self.by_employee_id, *self.ambiguous}):
            alike[_look(employee_id)].append(employee_id)
        return alike

    def _id_findings(self) -> Iterator[Finding]:
        for employee_id in self.shared:
            is_ambiguous = employee_id in self.ambiguous
            code = FindingCode.AMBIGUOUS_EMPLOYEE_ID if is_ambiguous else FindingCode.SHARED_EMPLOYEE_ID
            yield Finding(code, Level.CHECK, employee_id)
        for ids in self._alike.values():
            if len(ids) > 1:
                yield Finding(FindingCode.LOOK_ALIKE_EMPLOYEE_IDS, Level.CHECK, ", ".join(ids))


def _look(employee_id: str) -> str:
    return employee_id.casefold().lstrip("0")


class _Group(NamedTuple):
    """One person, and their records in the order of the user list."""

    person: Learner
    records: tuple[Learner, ...]


def _groups(records: Iterable[Learner]) -> list[_Group]:
    """Group records by serial, then merge groups with equal employee id, name, unit, tags and active state."""
    by_serial: defaultdict[Hashable, list[tuple[int, Learner]]] = defaultdict(list)
    for place, record in enumerate(records):
        by_serial[trimmed(record.serial) or place].append((place, record))
    by_likeness: defaultdict[Hashable, list[tuple[int, Learner]]] = defaultdict(list)
    for found in by_serial.values():
        place, latest = found[-1]
        by_likeness[_likeness(latest) or place] += found
    return [_group(sorted(found, key=lambda each: each[0])) for found in by_likeness.values()]


def _likeness(record: Learner) -> Hashable:
    """What records of one employee id must share to be one person; None without an id."""
    employee_id = record.employee_id.strip()
    unit = record.unit_serial.strip() or record.unit_name.strip()
    return (employee_id, record.name.strip(), unit, frozenset(record.tags), record.is_active) if employee_id else None


def _group(found: Sequence[tuple[int, Learner]]) -> _Group:
    """The latest record, with the latest serial among the records."""
    records = tuple(record for _, record in found)
    latest = records[-1]
    serial = next((record.serial for record in reversed(records) if trimmed(record.serial)), None)
    return _Group(latest if latest.serial == serial else replace(latest, serial=serial), records)


def _meant(people: Sequence[Learner]) -> Learner | None:
    """Whom an employee id means: its only owner, else the only active one."""
    if len(people) == 1:
        return people[0]
    active = [person for person in people if person.is_active]
    return active[0] if len(active) == 1 else None


def _repeat_findings(groups: Iterable[_Group]) -> Iterator[Finding]:
    for person, records in groups:
        if len(records) == 1:
            continue
        if all(record == person for record in records):
            yield Finding(FindingCode.USER_TWICE, Level.INFO, label_of(person))
        else:
            yield Finding(FindingCode.USER_TWICE_DIFFERING, Level.CHECK, label_of(person))


def _gap_findings(people: Iterable[Learner]) -> Iterator[Finding]:
    for person in people:
        if person.is_active and not person.email.strip():
            yield Finding(FindingCode.LEARNER_WITHOUT_EMAIL, Level.INFO, person.employee_id or person.name)
        if not person.name.strip():
            yield Finding(FindingCode.BLANK_NAME, Level.INFO, label_of(person))


def label_of(learner: Learner) -> str:
    """What names a learner in a finding: the employee id, else the serial, else the name."""
    return learner.employee_id.strip() or trimmed(learner.serial) or learner.name


def trimmed(serial: str | None) -> str:
    """A serial in the form in which serials are compared; `""` for none."""
    return (serial or "").strip()
