"""Who is excused from what. Knows the rows of the list of exceptions, not its format."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from rkreport.core.findings import FindingCode, Level
from rkreport.core.learners import LearnerIndex
from rkreport.core.list_rows import EXCEPTIONS_FILE, RowFinding, is_excel_error
from rkreport.core.models import CourseException, Person
from rkreport.core.rules import CoursePolicy

ANY_COURSE = "*"


class ExceptionIndex:
    """The exceptions that hold on one day. Expired, ambiguous and unknown rows become findings."""

    def __init__(
        self,
        rows: Iterable[CourseException],
        learners: LearnerIndex,
        policies: Iterable[CoursePolicy],
        today: date,
        file: str = EXCEPTIONS_FILE,
    ) -> None:
        """Sort the rows into those that hold on `today` and findings, which name `file`."""
        self._learners = learners
        self._holding: defaultdict[str, list[CourseException]] = defaultdict(list)
        self._file = file
        self._courses = {policy.serial for policy in policies}
        self._today = today
        self.findings = tuple(finding for row in rows if (finding := self._take(row)))

    def _take(self, row: CourseException) -> RowFinding | None:
        employee_id = row.employee_id.strip()
        if is_excel_error(employee_id) or is_excel_error(row.course):
            found_as = self._of_course if is_excel_error(row.course) else self._found
            return found_as(FindingCode.LIST_CELL_ERROR, row)
        if row.until and row.until < self._today:
            return replace(self._found(FindingCode.EXCEPTION_EXPIRED, row), level=Level.INFO)
        if employee_id in self._learners.ambiguous:
            return self._found(FindingCode.EXCEPTION_AMBIGUOUS_EMPLOYEE, row)
        if row.course != ANY_COURSE and row.course not in self._courses:
            return self._of_course(FindingCode.EXCEPTION_UNKNOWN_COURSE, row)
        self._holding[employee_id].append(row)
        if employee_id in self._learners.by_employee_id:
            return None
        found = self._found(FindingCode.EXCEPTION_UNKNOWN_EMPLOYEE, row)
        return replace(found, candidates=self._learners.look_alikes(employee_id))

    def _found(self, code: FindingCode, row: CourseException) -> RowFinding:
        return RowFinding(code, Level.CHECK, self._file, row.line, row.employee_id)

    def _of_course(self, code: FindingCode, row: CourseException) -> RowFinding:
        return RowFinding(code, Level.CHECK, self._file, row.line, row.course, person=row.employee_id)

    def covering(self, person: Person, course: str) -> CourseException | None:
        """The exception that excuses a person from a course; the longest-lasting if there are several."""
        held = self._holding.get(person.employee_id.strip())
        if not held or not self._learners.id_means(person):
            return None
        fitting = [row for row in held if row.course in (ANY_COURSE, course)]
        return max(fitting, key=lambda row: (row.until is None, row.until or date.min), default=None)
