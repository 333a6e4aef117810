"""Checks that every row from the LMS is in the report, by counting both ends independently.

Knows how many rows there are, no status.
"""

from dataclasses import dataclass

from rkreport.core.compliance import Compliance
from rkreport.core.models import Assignment, MatchedBy
from rkreport.core.report.detail import has_own_row
from rkreport.core.rollup import matched_counts
from rkreport.core.snapshot import assignments_set_aside
from rkreport.core.words import Words


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Rows of assignments. `unlisted` were fetched for courses or batches that the rules do not list (any more)."""

    fetched: int
    by_serial: int
    by_employee_id: int
    unmatched: int
    unlisted: int
    set_aside: int  # could not be read, and are no assignments
    without_assignment: int  # requirements with a detail row of their own

    @property
    def matched(self) -> int:
        """Assignments with a user record."""
        return self.by_serial + self.by_employee_id

    @property
    def adds_up(self) -> bool:
        """True when no fetched row is missing or counted twice."""
        return self.fetched == self.matched + self.unmatched + self.unlisted + self.set_aside


def reconcile(compliance: Compliance) -> Reconciliation:
    """Count the snapshot's rows, and the report's."""
    matched = matched_counts(compliance.requirements)
    listed = {
        policy.serial: None if policy.batches is None else frozenset(policy.batches)
        for policy in compliance.rules.courses
    }

    def is_listed(assignment: Assignment) -> bool:
        if assignment.course_serial not in listed:
            return False
        batches = listed[assignment.course_serial]
        return batches is None or assignment.is_online or assignment.batch_serial in batches

    assignments = compliance.snapshot.assignments
    set_aside = assignments_set_aside(compliance.snapshot.set_aside)
    return Reconciliation(
        fetched=len(assignments) + set_aside,
        by_serial=matched[MatchedBy.SERIAL],
        by_employee_id=matched[MatchedBy.EMPLOYEE_ID],
        unmatched=matched[MatchedBy.UNMATCHED],
        unlisted=sum(not is_listed(assignment) for assignment in assignments),
        set_aside=set_aside,
        without_assignment=sum(map(has_own_row, compliance.requirements)),
    )


def assignments_sentence(found: Reconciliation, words: Words) -> str:
    """Fetched = matched + unmatched + other rows, with the numbers; says loudly if they do not add up."""
    parts = [
        words.text("health.matched", count=words.number(found.matched)),
        words.text("health.unmatched", count=words.number(found.unmatched)),
    ]
    if found.unlisted:
        parts.append(words.text("health.unlisted", count=words.number(found.unlisted)))
    if found.set_aside:
        parts.append(words.text("health.set_aside", count=words.number(found.set_aside)))
    key = "health.adds_up" if found.adds_up else "health.does_not_add_up"
    return words.text(key, fetched=words.number(found.fetched), parts=" + ".join(parts))


def detail_sentence(found: Reconciliation, rows: int, words: Words) -> str:
    """Detail rows = assignments + requirements without one, with the numbers."""
    return words.text(
        "health.detail",
        rows=words.number(rows),
        assignments=words.number(found.matched + found.unmatched),
        without=words.number(found.without_assignment),
    )
