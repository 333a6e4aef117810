"""Join: every assignment finds its learner by serial, else by employee id, never by name.

Knows the snapshot alone. Never drops an assignment: without a learner it stays as unmatched, under its own name.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from rkreport.core.completions import Batches, CompletionDates
from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.learners import LearnerIndex, label_of, trimmed
from rkreport.core.models import Assignment, Batch, Completed, Course, JoinedAssignment, MatchedBy
from rkreport.core.snapshot import Snapshot
from rkreport.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Joined:
    """The assignments in the snapshot's order, each with its learner and batch, and what was odd about them.

    `earlier` holds the cleared assignments that only earlier snapshots have.
    """

    learners: LearnerIndex
    assignments: tuple[JoinedAssignment, ...]
    findings: tuple[Finding, ...]
    earlier: tuple[JoinedAssignment, ...] = ()


def join(snapshot: Snapshot, earlier: Iterable[tuple[Assignment, Batch]] = ()) -> Joined:
    """Join all assignments of a snapshot, and earlier ones, to its learners and batches."""
    index = LearnerIndex(snapshot.learners)
    carried = _carried(snapshot.assignments, index)
    doubtful_ids = _doubtful_ids(carried, index)
    batches = {(batch.course_serial, batch.serial): batch for batch in snapshot.batches}
    dates = CompletionDates(snapshot, batches)
    rows = tuple(
        _joined(assignment, index, doubtful_ids, batches, dates.of(assignment)) for assignment in snapshot.assignments
    )
    findings = (
        *index.findings,
        *_match_findings(rows, index),
        *_handover_findings(carried, index),
        *_repeat_findings(rows),
        *_batch_findings(rows, batches),
        *_twice_findings(snapshot),
        *dates.findings,
    )
    before = tuple(
        _joined(one, index, doubtful_ids, {(one.course_serial, one.batch_serial): batch}, one.completed_at)
        for one, batch in earlier
    )
    return Joined(index, rows, findings, before)


_Carried = Mapping[str, Collection[tuple[str, str]]]
"""By employee id, the serials and names of the assignments that are matched by it."""


def _carried(assignments: Iterable[Assignment], index: LearnerIndex) -> _Carried:
    found: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for assignment in assignments:
        serial = trimmed(assignment.user_serial)
        if serial and index.match(assignment)[1] is MatchedBy.EMPLOYEE_ID:
            found[assignment.employee_id.strip()].add((serial, _compared(assignment.name)))
    return found


def _doubtful_ids(carried: _Carried, index: LearnerIndex) -> frozenset[str]:
    """Shared employee ids whose assignments carry several serials and names, or the name of another owner."""
    return frozenset(
        employee_id
        for employee_id, found in carried.items()
        if employee_id in index.shared and (_are_several(found) or _names_another(employee_id, found, index))
    )


def _are_several(found: Collection[tuple[str, str]]) -> bool:
    """Whether both the serials and the names differ."""
    return all(len({each[part] for each in found}) > 1 for part in (0, 1))


def _names_another(employee_id: str, found: Collection[tuple[str, str]], index: LearnerIndex) -> bool:
    others = {_compared(owner.name) for owner in index.shared[employee_id]}
    others.discard(_compared(index.by_employee_id[employee_id].name))
    return any(name in others for _, name in found)


def _handover_findings(carried: _Carried, index: LearnerIndex) -> Iterator[Finding]:
    """Ids that may have changed hands: only one record has them, but assignments carry its name and others."""
    for employee_id, found in carried.items():
        own = _compared(index.by_employee_id[employee_id].name)
        if employee_id not in index.shared and _are_several(found) and any(name == own for _, name in found):
            yield Finding(FindingCode.ID_OF_SEVERAL_NAMES, Level.CHECK, employee_id)


def _compared(name: str) -> str:
    """A name in the form in which names are compared: case and blanks do not matter."""
    return " ".join(name.split()).casefold()


def _joined(
    assignment: Assignment,
    index: LearnerIndex,
    doubtful_ids: Collection[str],
    batches: Batches,
    completed_at: Completed | None,
) -> JoinedAssignment:
    learner, matched_by = index.match(assignment)
    is_doubtful = matched_by is MatchedBy.EMPLOYEE_ID and assignment.employee_id.strip() in doubtful_ids
    if learner and is_doubtful and _compared(assignment.name) != _compared(learner.name):
        learner, matched_by = None, MatchedBy.UNMATCHED
    batch = batches.get((assignment.course_serial, assignment.batch_serial)) or Batch(
        course_serial=assignment.course_serial,
        serial=assignment.batch_serial,
        name="",
        session_start=None,
        session_end=None,
        post_activity_end=None,
        status="",
    )
    return JoinedAssignment(assignment, batch, learner, matched_by, completed_at)


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
            if owner.serial:
                return Finding(FindingCode.SERIAL_AND_EMPLOYEE_ID_DISAGREE, Level.CHECK, example)
            return Finding(FindingCode.SHARED_ID_OTHER_NAME, Level.CHECK, example)
        return Finding(FindingCode.UNMATCHED_ASSIGNMENT, Level.CHECK, example or assignment.name)
    own_id = row.learner.employee_id.strip() if row.learner else ""
    if row.matched_by is MatchedBy.SERIAL and employee_id not in ("", own_id):
        if owner or employee_id in index.ambiguous:
            return Finding(FindingCode.SERIAL_AND_EMPLOYEE_ID_DISAGREE, Level.CHECK, example)
        return Finding(FindingCode.EMPLOYEE_ID_CHANGED, Level.INFO, f"{employee_id} → {own_id}")
    return None


def _repeat_findings(rows: Iterable[JoinedAssignment]) -> Iterator[Finding]:
    places: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        who = _who(row)
        place = (row.batch.course_serial, row.batch.serial, who)
        places[place] += 1
        if who and places[place] == 2:  # noqa: PLR2004 - once per place, however often it repeats
            example = label_of(row.learner) if row.learner else who
            yield Finding(
                FindingCode.DUPLICATE_IN_BATCH,
                Level.CHECK,
                Sentence("{example}, {serial}", example=example, serial=row.batch.serial),
            )


def _who(row: JoinedAssignment) -> str:
    """The serial, else the employee id, of a row's person, from the learner if matched; `""` without either."""
    serial, employee_id = row.assignment.user_serial, row.assignment.employee_id
    if row.learner:
        serial, employee_id = row.learner.serial, row.learner.employee_id
    return trimmed(serial) or employee_id.strip()


def _batch_findings(rows: Iterable[JoinedAssignment], batches: Batches) -> Iterator[Finding]:
    used = {(row.batch.course_serial, row.batch.serial): row.batch for row in rows if not row.assignment.is_online}
    for place, batch in used.items():
        if place not in batches:
            yield Finding(FindingCode.BATCH_UNKNOWN, Level.BLOCK, f"{batch.course_serial} / {batch.serial}")
        elif batch.session_start is None:
            yield Finding(FindingCode.BATCH_WITHOUT_SESSION, Level.CHECK, f"{batch.course_serial} / {batch.serial}")
        elif batch.ends_before_start:
            yield Finding(FindingCode.SESSION_ENDS_BEFORE_START, Level.CHECK, f"{batch.course_serial} / {batch.serial}")


def _twice_findings(snapshot: Snapshot) -> Iterator[Finding]:
    """Courses and batches that the LMS lists more than once; the later listing wins."""
    courses = [(course.serial, course) for course in snapshot.courses]
    batches = [(f"{batch.course_serial} / {batch.serial}", batch) for batch in snapshot.batches]
    for listed in (courses, batches):
        first: dict[str, Course | Batch] = {}
        for name, record in listed:
            known = first.setdefault(name, record)
            if known is not record:
                yield Finding(FindingCode.LISTED_TWICE, Level.INFO if known == record else Level.CHECK, name)
