"""A digest of what a workbook says about its people: while it stays the same, no second message is needed."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from rkreport.core.models import Batch, Counts, JoinedAssignment, Person, Requirement
from rkreport.core.report.team_view import TeamView
from rkreport.core.snapshot import Verdict

CONTENT_VERSION: Final = "2"
"""Raise it when the facts below change. Digests of two versions cannot be compared."""

_Fact = tuple[object, ...]


def content_sha256(view: TeamView) -> str:
    """The version and a SHA-256 of the facts about a team, whatever their order: `2:…`.

    Facts are the LMS's data and the results of the rules. Left out are words, headers, the order and number of sheets,
    times of the extraction, the revision and the figures of the whole company.
    """
    facts = (
        sorted(
            (str(reading.kind), reading.course, reading.batch)
            for reading in view.lists
            if reading.verdict is Verdict.INCOMPLETE
        ),
        sorted((_person(person, view) for person in view.team.people), key=_place),
        sorted(map(_batch, _batches(view)), key=_place),
        sorted((_requirement(each, view) for each in view.requirements), key=lambda fact: f"{fact[0]} {fact[3]}"),
    )
    text = json.dumps(facts, separators=(",", ":"))  # pure ASCII, the same in every version of Python
    return f"{CONTENT_VERSION}:{hashlib.sha256(text.encode()).hexdigest()}"


def content_version(digest: str) -> str:
    """The version of a digest; digests of the first version have no mark."""
    version, mark, _ = digest.partition(":")
    return version if mark else "1"


def _place(fact: _Fact) -> str:
    """Sort key: a fact begins with what it is about."""
    return str(fact[0])


def _who(person: Person) -> _Fact:
    return (f"{person.employee_id} {person.user_serial} {person.name}", person.employee_id, person.user_serial)


def _person(person: Person, view: TeamView) -> _Fact:
    learner = person.learner
    if learner is None:
        return _who(person)
    tags = sorted(tag.name or tag.serial for tag in learner.tags)
    phone = (learner.phone,) if view.edition.include_phone else ()
    return (*_who(person), learner.email, learner.company, learner.unit_name, learner.is_active, tags, *phone)


def _requirement(requirement: Requirement, view: TeamView) -> _Fact:
    return (
        *_who(requirement.person),
        requirement.course.serial,
        requirement.status,
        requirement.counts,
        _day(requirement.due),
        _day(requirement.completed_on),
        _day(requirement.valid_until),
        requirement.days_overdue,
        [_attempt(joined, counts, view) for joined, counts in requirement.attempts],
    )


def _attempt(joined: JoinedAssignment, counts: Counts, view: TeamView) -> _Fact:
    own = joined.assignment
    given = (own.attended, own.status.word, own.post_activity.word, own.post_test_attempts)
    absent_reason = (own.absent_reason,) if view.edition.include_absent_reason else ()
    return (own.batch_serial, own.employee_id, own.user_serial, own.name, *given, counts, *absent_reason)


def _batches(view: TeamView) -> Iterator[Batch]:
    """Each batch of the team's assignments, once."""
    batches = (joined.batch for each in view.requirements for joined, _ in each.attempts)
    yield from {(batch.course_serial, batch.serial): batch for batch in batches}.values()


def _batch(batch: Batch) -> _Fact:
    place = f"{batch.course_serial} {batch.serial}"
    return (place, batch.name, _moment(batch.session_start), _moment(batch.session_end))


@lru_cache(maxsize=4_096)  # all rows share a few
def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
