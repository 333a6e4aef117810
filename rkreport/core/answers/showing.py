"""Puts answers beside the rows that they are about. Pure.

A person is known again by employee id and serial, or by employee id and name: whoever got an old id later is another
person. An answer is over once its person completed the course after the report that it answers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from rkreport.core.answers.sheet import FoundCell, shown_text
from rkreport.core.answers.taking import Answer, name_digest
from rkreport.core.compliance import Series
from rkreport.core.models import CourseSerial, Manager, Person, Requirement
from rkreport.core.period import add_days, add_months

AnswersShown = Mapping[tuple[str, CourseSerial], Answer]
"""Answers by the person's key and the course."""


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers that are known."""

    known: tuple[Answer, ...] = ()

    def beside(
        self, requirements: Iterable[Requirement], reader: Manager | None = None
    ) -> dict[tuple[str, CourseSerial], Answer]:
        """The newest answer about each of the requirements.

        With a `reader` only the reader's own answers, if they came from the reader's present address.
        """
        about: dict[tuple[str, CourseSerial], list[Answer]] = {}
        for answer in self.known:
            if reader is None or _is_by(answer, reader):
                about.setdefault((answer.employee_id, answer.course), []).append(answer)
        if not about:
            return {}
        found: dict[tuple[str, CourseSerial], Answer] = {}
        for requirement in requirements:
            person, course = requirement.person, requirement.course.serial
            own = [one for one in about.get((_same(person.employee_id), course), ()) if _is_about(one, person)]
            newest = max(own, default=None, key=lambda one: (one.sent_at, one.collected_at))
            if newest and not newest.is_empty and not _is_over(newest, requirement):
                found[person.key, course] = newest
        return found


NO_ANSWERS: Final = Answers()


def without_texts(shown: AnswersShown, is_withheld: Callable[[str], bool]) -> dict[tuple[str, CourseSerial], Answer]:
    """The answers without the texts of which `is_withheld` is true."""
    return {place: _harmless(answer, is_withheld) for place, answer in shown.items()}


def _harmless(answer: Answer, is_withheld: Callable[[str], bool]) -> Answer:
    reason, note = ("" if text and is_withheld(text) else text for text in (answer.reason, answer.note))
    return answer.with_texts(reason, note)


def _is_by(answer: Answer, reader: Manager) -> bool:
    return bool(answer.address) and (answer.manager_id, answer.address) == (reader.manager_id, reader.email.casefold())


def _is_about(answer: Answer, person: Person) -> bool:
    serial = _same(person.user_serial or "")
    is_same_serial = bool(serial) and serial == answer.user_serial
    return is_same_serial or name_digest(_same(person.name)) == answer.name_sha256


def _is_over(answer: Answer, requirement: Requirement) -> bool:
    completed = requirement.completed_on
    return completed is not None and completed > min(_last_day(answer.period), answer.sent_at.date())


def _last_day(period: str) -> date:
    month = Series.parse(period).period
    return add_days(add_months(date(month.year, month.month, 1), 1) or date.max, -1) or date.max


def _same(text: str) -> str:
    """A text of the LMS as a cell shows it."""
    return shown_text(FoundCell(text))
