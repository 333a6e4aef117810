"""The base: what was last sent about each person, for comparison with the next month. Pure.

Knows how to identify a person from month to month, not where the base is kept.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from rkreport.core.compliance import Compliance
from rkreport.core.models import COMPLIANT, Counts, CourseSerial, ManagerId, Person, Status
from rkreport.core.rollup import managers_by_person

NOBODY = ManagerId("")  # stands for the manager of people in no team, when there is no fallback


class Identity(NamedTuple):
    """The fields by which the LMS identifies a person."""

    employee_id: str
    user_serial: str
    name: str


@dataclass(frozen=True, slots=True)
class BaseRow:
    """One requirement as it was sent. `person` is as `person_ids` gives it, `manager_id` NOBODY outside all teams."""

    person: str
    manager_id: ManagerId
    course: CourseSerial
    status: Status
    counts: Counts

    @property
    def complies(self) -> bool:
        """Whether it counts and complies."""
        return self.counts is Counts.YES and self.status in COMPLIANT


@dataclass(frozen=True, slots=True)
class WentTo:
    """The addresses of one report."""

    recipient: str
    cc: tuple[str, ...] = ()

    @property
    def all(self) -> frozenset[str]:
        """All addresses that got it, in lower case."""
        return frozenset(address.casefold() for address in (self.recipient, *self.cc))


@dataclass(frozen=True, slots=True)
class LastSent:
    """What a new report is compared with; empty if nothing was ever sent.

    `went_to`: by manager, the addresses of their newest sent report. `manager_of`: by person, their manager in the
    newest sent edition. `is_whole`: `manager_of` includes the people without a manager. `unmatched`: the share of its
    requirements whose people have no user record, None if it is not known.
    """

    went_to: Mapping[ManagerId, WentTo] = field(default_factory=dict)
    manager_of: Mapping[str, ManagerId] = field(default_factory=dict)
    is_whole: bool = True
    unmatched: Fraction | None = None


def person_ids(identities: Iterable[Identity]) -> dict[Identity, str]:
    """A text that identifies each person: the employee id, if no other person has it.

    Else the employee id, a slash, and the serial or a digest of the name: `00417/U-9`, or `/U-9` without an employee
    id.
    """
    found = tuple(dict.fromkeys(identities))
    owners = Counter(employee_id for employee_id, _ in {(one.employee_id.strip(), _other(one)) for one in found})
    return {one: _person_id(one, is_shared=owners[one.employee_id.strip()] > 1) for one in found}


def possible_ids(one: Identity) -> tuple[str, str]:
    """Both ids that `person_ids` may give a person, depending on who else is there."""
    return _person_id(one, is_shared=False), _person_id(one, is_shared=True)


def identity_of(person: Person) -> Identity:
    """The identity of a person."""
    return Identity(person.employee_id, person.user_serial or "", person.name)


def base_of(compliance: Compliance) -> tuple[BaseRow, ...]:
    """The base of a run: one row per requirement, in the order of the report."""
    managers = managers_by_person(compliance.teams)
    ids = person_ids(identity_of(each.person) for each in compliance.requirements)
    return tuple(
        BaseRow(
            person=ids[identity_of(each.person)],
            manager_id=managers[each.person.key].manager_id if each.person.key in managers else NOBODY,
            course=each.course.serial,
            status=each.status,
            counts=each.counts,
        )
        for each in compliance.requirements
    )


def _person_id(one: Identity, *, is_shared: bool) -> str:
    employee_id = one.employee_id.strip()
    if employee_id and not is_shared:
        return employee_id
    return f"{employee_id}/{_other(one)}"


def _other(one: Identity) -> str:
    serial = one.user_serial.strip()
    return serial or f"name:{hashlib.sha256(one.name.strip().encode()).hexdigest()[:16]}"
