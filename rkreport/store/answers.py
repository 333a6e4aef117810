"""The answers: what managers wrote into their workbooks, and which returned files were read. Knows no file.

A note may say anything about a person, so answers are purged with the edition that they answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from rkreport.core.answers.taking import Answer
from rkreport.core.models import CourseSerial, ManagerId
from rkreport.sentence import Sentence
from rkreport.store.database import Database, Write, intact

_DAMAGED = Sentence("What managers answered, in {path}, is damaged; restore the file from a backup.")
_COLUMNS = (
    "period, revision, manager_id, address, employee_id, user_serial, name_sha256, course, choice, reason, planned_on,"
    " note, sent_at, collected_at, file_sha256"
)
_REPLACE = f"REPLACE INTO answer ({_COLUMNS}) VALUES ({', '.join('?' * 15)})"  # noqa: S608 - ours
_SAME = (
    "SELECT sent_at, collected_at FROM answer WHERE manager_id = ? AND address = ? AND employee_id = ?"
    " AND user_serial = ? AND name_sha256 = ? AND course = ?"
)
_FILE_COLUMNS = "file_sha256, period, revision, manager_id, sent_at, collected_at"
_NOTE_FILE = f"INSERT OR IGNORE INTO returned ({_FILE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608 - as above
_OF_WORKBOOK = "period = ? AND revision = ? AND manager_id = ?"


class AnsweredKey(NamedTuple):
    """A manager's workbook that came back."""

    period: str
    revision: int
    manager_id: ManagerId


@dataclass(frozen=True, slots=True)
class ReturnedFile:
    """A file that was read: its digest, and the edition and manager that it is of."""

    file_sha256: str
    period: str
    revision: int
    manager_id: ManagerId
    sent_at: datetime
    collected_at: datetime

    @property
    def workbook(self) -> tuple[str, int, ManagerId]:
        """Which workbook came back."""
        return self.period, self.revision, self.manager_id


class AnswerStore:
    """The answers of a store."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    def all(self) -> tuple[Answer, ...]:
        """Every answer, in a fixed order.

        Raises:
            StoreError: one is not what was stored.
        """
        rows = self._database.read(f"SELECT {_COLUMNS} FROM answer ORDER BY manager_id, employee_id, course, address")  # noqa: S608 - as above
        with intact(self._database.path, _DAMAGED):
            return tuple(_answer(*row) for row in rows)

    def files(self) -> tuple[ReturnedFile, ...]:
        """Every file that was read."""
        rows = self._database.read(f"SELECT {_FILE_COLUMNS} FROM returned ORDER BY file_sha256")  # noqa: S608 - as above
        with intact(self._database.path, _DAMAGED):
            return tuple(_file(*row) for row in rows)

    def keep(self, file: ReturnedFile, answers: Iterable[Answer]) -> None:
        """Keep the answers of a file, each in place of the one that was known, and note the file: all or nothing."""
        with self._database.transaction() as write:
            for answer in answers:
                write(_REPLACE, _values(answer))
            _note(write, file)

    def take_in(self, answers: Iterable[Answer], files: Iterable[ReturnedFile]) -> int:
        """Take over answers that are newer than those here, and files that were read; returns how many answers."""
        taken = 0
        with self._database.transaction() as write, intact(self._database.path, _DAMAGED):
            for answer in answers:
                known = write(_SAME, answer.key).fetchone()
                if known is None or tuple(map(datetime.fromisoformat, known)) < (answer.sent_at, answer.collected_at):
                    write(_REPLACE, _values(answer))
                    taken += 1
            for file in files:
                _note(write, file)
        return taken

    def kept_before(self, moment: datetime) -> tuple[AnsweredKey, ...]:
        """The workbooks with answers, or files that were read, that went before a moment."""
        rows = self._database.read(
            "SELECT period, revision, manager_id, sent_at FROM answer"
            " UNION SELECT period, revision, manager_id, sent_at FROM returned ORDER BY 1, 2, 3, 4"
        )
        sent_at = {AnsweredKey(period, revision, ManagerId(who)): at for period, revision, who, at in rows}
        with intact(self._database.path, _DAMAGED):
            return tuple(key for key, at in sent_at.items() if datetime.fromisoformat(at) < moment)

    def count_of(self, keys: Iterable[AnsweredKey]) -> int:
        """How many answers there are to some workbooks."""
        sql = f"SELECT count(*) FROM answer WHERE {_OF_WORKBOOK}"  # noqa: S608 - as above
        return sum(int(self._database.read(sql, *key)[0][0]) for key in keys)

    def forget(self, keys: Iterable[AnsweredKey]) -> None:
        """Delete all answers to some workbooks; only `Database.fold_side_file` clears them from the disk."""
        with self._database.transaction() as write:
            for key in keys:
                write(f"DELETE FROM answer WHERE {_OF_WORKBOOK}", key)  # noqa: S608 - as above
                write(f"DELETE FROM returned WHERE {_OF_WORKBOOK}", key)  # noqa: S608 - as above


def _note(write: Write, file: ReturnedFile) -> None:
    times = file.sent_at.isoformat(), file.collected_at.isoformat()
    write(_NOTE_FILE, (file.file_sha256, file.period, file.revision, file.manager_id, *times))


def _values(answer: Answer) -> tuple[object, ...]:
    return (
        *(answer.period, answer.revision, *answer.key, answer.choice, answer.reason),
        *(answer.planned_on.isoformat() if answer.planned_on else None, answer.note),
        *(answer.sent_at.isoformat(), answer.collected_at.isoformat(), answer.file_sha256),
    )


def _answer(*columns: Any) -> Answer:  # noqa: ANN401 - sqlite3 types its rows so
    period, revision, manager_id, address, employee_id, user_serial, name_sha256, course = columns[:8]
    choice, reason, planned_on, note, sent_at, collected_at, file_sha256 = columns[8:]
    return Answer(
        period=period,
        revision=revision,
        manager_id=ManagerId(manager_id),
        address=address,
        employee_id=employee_id,
        user_serial=user_serial,
        name_sha256=name_sha256,
        course=CourseSerial(course),
        choice=choice,
        reason=reason,
        planned_on=date.fromisoformat(planned_on) if planned_on else None,
        note=note,
        sent_at=datetime.fromisoformat(sent_at),
        collected_at=datetime.fromisoformat(collected_at),
        file_sha256=file_sha256,
    )


def _file(*columns: Any) -> ReturnedFile:  # noqa: ANN401 - as above
    file_sha256, period, revision, manager_id, sent_at, collected_at = columns
    times = datetime.fromisoformat(sent_at), datetime.fromisoformat(collected_at)
    return ReturnedFile(file_sha256, period, revision, ManagerId(manager_id), *times)
