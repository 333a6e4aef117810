"""Join: every assignment finds its learner by serial, else by employee id, never by name.

Knows the snapshot alone. No assignment is ever dropped: what finds nobody stays, as unmatched, under the name it came
with.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rkreport.core.models import (
    Assignment,
    Batch,
    BatchSerial,
    CourseSerial,
    Finding,
    JoinedAssignment,
    Learner,
    Level,
    MatchedBy,
    Snapshot,
)


@dataclass(frozen=True, slots=True)
class Joined:
    """The assignments in the snapshot's order, each with its learner and batch, and what was odd about them."""

    assignments: tuple[JoinedAssignment, ...]
    findings: tuple[Finding, ...]


class LearnerIndex:
    """Learners by serial and by employee id (outer blanks trimmed). An id that several records share finds nobody."""

    def __init__(self, learners: Iterable[Learner]) -> None:
        """Take the user list in any order."""
        self.by_serial: dict[str, Learner] = {}
        self.by_employee_id: dict[str, Learner] = {}
        self.ambiguous: dict[str, list[Learner]] = {}
        grouped: defaultdict[str, list[Learner]] = defaultdict(list)
        for learner in learners:
            if learner.serial:
                self.by_serial[learner.serial] = learner
            if learner.employee_id.strip():
                grouped[learner.employee_id.strip()].append(learner)
        for employee_id, owners in grouped.items():
            if len(owners) == 1:
                self.by_employee_id[employee_id] = owners[0]
            else:
                self.ambiguous[employee_id] = owners

    def match(self, assignment: Assignment) -> tuple[Learner | None, MatchedBy]:
        """The learner of an assignment.

        An employee id can change hands, a serial cannot: where both sides have a serial and they differ, the id does
        not join them.
        """
        by_serial = self.by_serial.get(assignment.user_serial) if assignment.user_serial else None
        if by_serial:
            return by_serial, MatchedBy.SERIAL
        by_id = self.by_employee_id.get(assignment.employee_id.strip())
        if by_id and not (by_id.serial and assignment.user_serial):
            return by_id, MatchedBy.EMPLOYEE_ID
        return None, MatchedBy.UNMATCHED


def join(snapshot: Snapshot) -> Joined:
    """Join all assignments of a snapshot to its learners and batches."""
    index = LearnerIndex(snapshot.learners)
    batches = {(batch.course_serial, batch.serial): batch for batch in snapshot.batches}
    rows = tuple(_joined(assignment, index, batches) for assignment in snapshot.assignments)
    findings = (
        *_learner_findings(snapshot.learners, index),
        *_match_findings(rows, index),
        *_repeat_findings(rows),
        *_batch_findings(rows, batches),
    )
    return Joined(rows, findings)


def _joined(
    assignment: Assignment, index: LearnerIndex, batches: Mapping[tuple[CourseSerial, BatchSerial], Batch]
) -> JoinedAssignment:
    learner, matched_by = index.match(assignment)
    batch = batches.get((assignment.course_serial, assignment.batch_serial)) or Batch(
        course_serial=assignment.course_serial,
        serial=assignment.batch_serial,
        name="",
        session_start=None,
        session_end=None,
        post_activity_end=None,
        status="",
    )
    return JoinedAssignment(assignment, batch, learner, matched_by)


def _learner_findings(learners: Iterable[Learner], index: LearnerIndex) -> Iterator[Finding]:
    for employee_id in index.ambiguous:
        yield Finding("ambiguous_employee_id", Level.CHECK, employee_id)
    alike: defaultdict[str, set[str]] = defaultdict(set)
    for employee_id in (*index.by_employee_id, *index.ambiguous):
        alike[employee_id.casefold().lstrip("0")].add(employee_id)
    for ids in alike.values():
        if len(ids) > 1:
            yield Finding("look_alike_employee_ids", Level.CHECK, ", ".join(sorted(ids)))
    for learner in learners:
        if learner.is_active and not learner.email.strip():
            yield Finding("learner_without_email", Level.INFO, learner.employee_id or learner.name)
        if not learner.name.strip():
            yield Finding("blank_name", Level.INFO, learner.employee_id or str(learner.serial or ""))


def _match_findings(rows: Iterable[JoinedAssignment], index: LearnerIndex) -> Iterator[Finding]:
    """One finding per person and kind, however many assignments they have."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        finding = _match_finding(row, index)
        if finding and (finding.code, finding.example) not in seen:
            seen.add((finding.code, finding.example))
            yield finding


def _match_finding(row: JoinedAssignment, index: LearnerIndex) -> Finding | None:
    assignment = row.assignment
    employee_id = assignment.employee_id.strip()
    owner = index.by_employee_id.get(employee_id)
    example = f"{employee_id} ({assignment.user_serial})" if assignment.user_serial else employee_id
    if row.matched_by is MatchedBy.UNMATCHED:
        if owner:
            return Finding("serial_and_employee_id_disagree", Level.CHECK, example)
        return Finding("unmatched_assignment", Level.CHECK, example or assignment.name)
    own_id = row.learner.employee_id.strip() if row.learner else ""
    if row.matched_by is MatchedBy.SERIAL and employee_id not in ("", own_id):
        if owner or employee_id in index.ambiguous:
            return Finding("serial_and_employee_id_disagree", Level.CHECK, example)
        return Finding("employee_id_changed", Level.INFO, f"{employee_id} → {own_id}")
    return None


def _repeat_findings(rows: Iterable[JoinedAssignment]) -> Iterator[Finding]:
    places: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        who = _who(row)
        place = (row.batch.course_serial, row.batch.serial, who)
        places[place] += 1
        if who and places[place] == 2:  # noqa: PLR2004 - once per place, however often it repeats
            example = (row.learner and row.learner.employee_id.strip()) or who
            yield Finding("duplicate_in_batch", Level.CHECK, f"{example}, {row.batch.serial}")


def _who(row: JoinedAssignment) -> str:
    """One text per person, however their rows name them; `""` when nothing does."""
    serial, employee_id = row.assignment.user_serial, row.assignment.employee_id
    if row.learner:
        serial, employee_id = row.learner.serial, row.learner.employee_id
    return serial or employee_id.strip()


def _batch_findings(
    rows: Iterable[JoinedAssignment], batches: Mapping[tuple[CourseSerial, BatchSerial], Batch]
) -> Iterator[Finding]:
    used = {(row.batch.course_serial, row.batch.serial): row.batch for row in rows}
    for place, batch in used.items():
        if place not in batches:
            yield Finding("batch_unknown", Level.BLOCK, f"{batch.course_serial} / {batch.serial}")
        elif batch.session_start is None:
            yield Finding("batch_without_session", Level.CHECK, f"{batch.course_serial} / {batch.serial}")
