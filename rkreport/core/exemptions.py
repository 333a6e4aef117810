"""Who is excused from what. Knows the rows of exceptions.csv, not where they came from."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.learners import LearnerIndex
from rkreport.core.models import CourseException, Person
from rkreport.core.rules import CoursePolicy

ANY_COURSE = "*"


class ExceptionIndex:
    """The exceptions that hold on one day. Expired, ambiguous and unknown rows become findings."""

    def __init__(
        self, rows: Iterable[CourseException], learners: LearnerIndex, policies: Iterable[CoursePolicy], today: date
    ) -> None:
        """Sort the rows into those that hold on `today` and findings."""
        courses = {policy.serial for policy in policies}
        self._learners = learners
        self._holding: defaultdict[str, list[CourseException]] = defaultdict(list)
        found: list[Finding] = []
        for row in rows:
            employee_id = row.employee_id.strip()
            place = f"exceptions.csv:{row.line} {row.employee_id}"
            if row.until and row.until < today:
                found.append(Finding(FindingCode.EXCEPTION_EXPIRED, Level.INFO, place))
            elif employee_id in learners.ambiguous:
                found.append(Finding(FindingCode.EXCEPTION_AMBIGUOUS_EMPLOYEE, Level.CHECK, place))
            elif row.course != ANY_COURSE and row.course not in courses:
                found.append(Finding(FindingCode.EXCEPTION_UNKNOWN_COURSE, Level.CHECK, f"{place} {row.course}"))
            else:
                self._holding[employee_id].append(row)
                if employee_id not in learners.by_employee_id:
                    found.append(Finding(FindingCode.EXCEPTION_UNKNOWN_EMPLOYEE, Level.CHECK, place))
        self.findings = tuple(found)

    def covering(self, person: Person, course: str) -> CourseException | None:
        """The exception that excuses a person from a course; the longest-lasting if there are several."""
        held = self._holding.get(person.employee_id.strip())
        if not held or not self._learners.id_means(person):
            return None
        fitting = [row for row in held if row.course in (ANY_COURSE, course)]
        return max(fitting, key=lambda row: (row.until is None, row.until or date.min), default=None)
