"""What a workbook says about its people, as one text: equal texts, and nobody needs a second message."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from rkreport.core.models import Counts, JoinedAssignment, Person, Requirement, Verdict
from rkreport.core.report.team_view import TeamView

CONTENT_VERSION: Final = "2"
"""Goes up with the list of facts below. Digests of two versions say nothing about each other."""


def content_sha256(view: TeamView) -> str:
    """The version and a SHA-256 of the facts about a team, in whatever order: `2:…`.

    Facts are what the LMS gave and what the rules made of it. Words, headers, the order and number of sheets, times of
    the extraction and the revision are none, and neither is how the whole company stands.
    """
    digest = hashlib.sha256()
    for line in sorted(map(json.dumps, _facts(view))):
        digest.update(line.encode() + b"\n")
    return f"{CONTENT_VERSION}:{digest.hexdigest()}"


def content_version(digest: str) -> str:
    """Of which version a digest is; the first had no mark."""
    version, mark, _ = digest.partition(":")
    return version if mark else "1"


_Fact = list[object]


def _facts(view: TeamView) -> Iterator[_Fact]:
    for reading in view.lists:
        if reading.verdict is Verdict.INCOMPLETE:
            yield ["incomplete", reading.kind.value, reading.course, reading.batch]
    for person in view.team.people:
        yield ["person", *_person(person, view)]
    for requirement in view.requirements:
        yield ["requirement", *_requirement(requirement)]
        for joined, counts in requirement.attempts:
            yield ["attempt", *_who(requirement.person), *_attempt(joined, counts, view)]


def _who(person: Person) -> _Fact:
    return [person.employee_id, person.user_serial, person.name]


def _person(person: Person, view: TeamView) -> _Fact:
    learner = person.learner
    if learner is None:
        return _who(person)
    told: _Fact = [learner.email, learner.company, learner.unit_name, learner.is_active]
    tags = sorted(tag.name or tag.serial for tag in learner.tags)
    return [*_who(person), *told, tags, *([learner.phone] if view.edition.include_phone else ())]


def _requirement(requirement: Requirement) -> _Fact:
    return [
        *_who(requirement.person),
        requirement.course.serial,
        requirement.status.value,
        requirement.counts.value,
        _day(requirement.due),
        _day(requirement.completed_on),
        _day(requirement.valid_until),
        requirement.days_overdue,
    ]


def _attempt(joined: JoinedAssignment, counts: Counts, view: TeamView) -> _Fact:
    batch, own = joined.batch, joined.assignment
    return [
        *(batch.course_serial, batch.serial, batch.name, _moment(batch.session_start), _moment(batch.session_end)),
        *(own.employee_id, own.user_serial, own.name),
        *(own.attended, own.status, own.post_activity, own.post_test_attempts, counts.value),
        *([own.absent_reason] if view.edition.include_absent_reason else ()),
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
