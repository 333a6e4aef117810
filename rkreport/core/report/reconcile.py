"""Whether every row that came from the LMS is in the report. Counts both ends apart from each other."""

from dataclasses import dataclass

from rkreport.core.compliance import Compliance
from rkreport.core.models import Assignment, MatchedBy
from rkreport.core.report.detail import has_own_row
from rkreport.core.rollup import matched_counts
from rkreport.core.words import Words


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Rows of assignments. `unlisted` were fetched for courses or batches that the rules do not list (any more)."""

    fetched: int
    by_serial: int
    by_employee_id: int
    unmatched: int
    unlisted: int
    without_assignment: int  # requirements that stand in the detail by themselves

    @property
    def matched(self) -> int:
        """Assignments with a user record."""
        return self.by_serial + self.by_employee_id

    @property
    def adds_up(self) -> bool:
        """True when no fetched row is missing or told twice."""
        return self.fetched == self.matched + self.unmatched + self.unlisted


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
        return batches is None or assignment.batch_serial in batches

    assignments = compliance.snapshot.assignments
    return Reconciliation(
        fetched=len(assignments),
        by_serial=matched[MatchedBy.SERIAL],
        by_employee_id=matched[MatchedBy.EMPLOYEE_ID],
        unmatched=matched[MatchedBy.UNMATCHED],
        unlisted=sum(not is_listed(assignment) for assignment in assignments),
        without_assignment=sum(map(has_own_row, compliance.requirements)),
    )


def assignments_sentence(found: Reconciliation, words: Words) -> str:
    """Fetched = matched + unmatched, with the numbers; says so loudly if it is not."""
    numbers = {
        "fetched": words.number(found.fetched),
        "matched": words.number(found.matched),
        "unmatched": words.number(found.unmatched),
        "unlisted": words.number(found.unlisted),
    }
    if not found.adds_up:
        return words.text("health.does_not_add_up", **numbers)
    if found.unlisted:
        return words.text("health.adds_up_with_unlisted", **numbers)
    return words.text("health.adds_up", **numbers)


def detail_sentence(found: Reconciliation, rows: int, words: Words) -> str:
    """Detail rows = assignments + requirements without one, with the numbers."""
    return words.text(
        "health.detail",
        rows=words.number(rows),
        assignments=words.number(found.matched + found.unmatched),
        without=words.number(found.without_assignment),
    )
