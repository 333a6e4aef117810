"""One valid value per factory, overridden by keyword. All people are made up."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from rkreport.core.compliance import Compliance, Edition, Period, Team
from rkreport.core.mail.delivery import Delivery, DeliveryState, TeamFigures
from rkreport.core.models import (
    Assignment,
    Batch,
    BatchSerial,
    Counts,
    Course,
    CourseSerial,
    DueRule,
    EmployeeId,
    JoinedAssignment,
    Learner,
    Manager,
    ManagerId,
    MatchedBy,
    Person,
    Requirement,
    Status,
    Tag,
    Unit,
    UnitSerial,
    UserSerial,
)
from rkreport.core.percent import Percent
from rkreport.core.rules import CoursePolicy, Rules
from rkreport.core.snapshot import ListKind, ListReading, SetAside, Snapshot, Traffic, Verdict
from rkreport.core.units import UnitTree
from rkreport.lms import states

JAKARTA = ZoneInfo("Asia/Jakarta")
AS_OF = datetime(2026, 10, 31, 23, 59, 59, tzinfo=JAKARTA)


def learner(**overrides: Any) -> Learner:
    """An active learner in unit COMPWEST0001."""
    fields: dict[str, Any] = {
        "employee_id": EmployeeId("00417"),
        "serial": UserSerial("SARIW0K2L4M6N8P0"),
        "name": "Sari Wulandari",
        "username": "sariw",
        "email": "sari.w@contoh.test",
        "phone": "628120000417",
        "is_active": True,
        "company": "PT Contoh Sejahtera",
        "company_serial": "CMP-CONTOH",
        "unit_name": "Penjualan Barat",
        "unit_serial": UnitSerial("COMPWEST0001"),
        "tags": (Tag("RUKRTAG-0A1B2C3D", "Frontliner"),),
    }
    return Learner(**(fields | overrides))


def unit(**overrides: Any) -> Unit:
    """The unit of `learner`, below a root."""
    fields: dict[str, Any] = {
        "serial": UnitSerial("COMPWEST0001"),
        "name": "Penjualan Barat",
        "is_active": True,
        "path": (UnitSerial("COMPROOT0001"), UnitSerial("COMPWEST0001")),
    }
    return Unit(**(fields | overrides))


def course(**overrides: Any) -> Course:
    """A course."""
    fields: dict[str, Any] = {"serial": CourseSerial("COURSE-K3DASAR"), "name": "K3 Dasar"}
    return Course(**(fields | overrides))


def batch(**overrides: Any) -> Batch:
    """A batch held on 6 October 2026, 09:00 to 12:00 WIB, without post activity."""
    fields: dict[str, Any] = {
        "course_serial": CourseSerial("COURSE-K3DASAR"),
        "serial": BatchSerial("BATCH-K3-01"),
        "name": "K3 Gelombang 1",
        "session_start": datetime(2026, 10, 6, 2, 0, tzinfo=UTC),
        "session_end": datetime(2026, 10, 6, 5, 0, tzinfo=UTC),
        "post_activity_end": None,
        "status": "Completed",
    }
    return Batch(**(fields | overrides))


def assignment(**overrides: Any) -> Assignment:
    """The assignment of `learner` in `batch`, cleared. Status and post activity are given as the LMS's words."""
    fields: dict[str, Any] = {
        "course_serial": CourseSerial("COURSE-K3DASAR"),
        "batch_serial": BatchSerial("BATCH-K3-01"),
        "user_serial": UserSerial("SARIW0K2L4M6N8P0"),
        "employee_id": EmployeeId("00417"),
        "name": "Sari Wulandari",
        "attended": True,
        "status": "Cleared",
        "post_activity": "",
        "post_test_attempts": 1,
        "post_test_score": 85.0,
        "passing_score": 70.0,
        "absent_reason": "",
    }
    fields |= overrides
    status, activity = states.assignment_status(fields["status"]), states.post_activity(fields["post_activity"])
    return Assignment(**(fields | {"status": status, "post_activity": activity}))


def joined(**overrides: Any) -> JoinedAssignment:
    """`assignment` joined to `learner` by serial."""
    fields: dict[str, Any] = {
        "assignment": assignment(),
        "batch": batch(),
        "learner": learner(),
        "matched_by": MatchedBy.SERIAL,
    }
    return JoinedAssignment(**(fields | overrides))


def person(**overrides: Any) -> Person:
    """`learner` as somebody who must comply."""
    who = overrides.get("learner", learner())
    fields: dict[str, Any] = {
        "key": "p1",
        "learner": who,
        "employee_id": EmployeeId("00417"),
        "user_serial": UserSerial("SARIW0K2L4M6N8P0"),
        "name": "Sari Wulandari",
    }
    if who is not None:
        fields |= {"employee_id": who.employee_id, "user_serial": who.serial, "name": who.name}
    return Person(**(fields | overrides))


def requirement(**overrides: Any) -> Requirement:
    """A completed requirement that counts."""
    decisive = joined()
    fields: dict[str, Any] = {
        "person": person(),
        "course": course(),
        "status": Status.COMPLETED,
        "counts": Counts.YES,
        "counting": decisive,
        "attempts": ((decisive, Counts.YES),),
        "due": date(2026, 12, 31),
        "due_rule": DueRule.COURSE,
        "completed_on": date(2026, 10, 6),
        "valid_until": None,
        "days_overdue": None,
        "exception": None,
        "first_completed_on": date(2026, 10, 6),
        "times_completed": 1,
    }
    return Requirement(**(fields | overrides))


def manager(**overrides: Any) -> Manager:
    """A manager who reads Indonesian."""
    fields: dict[str, Any] = {
        "manager_id": ManagerId("M-001"),
        "name": "Budi Santoso",
        "email": "budi.s@contoh.test",
        "cc": (),
        "language": "id",
    }
    return Manager(**(fields | overrides))


def reading(**overrides: Any) -> ListReading:
    """A user list of one page, proven."""
    fields: dict[str, Any] = {
        "kind": ListKind.USERS,
        "course": "",
        "batch": "",
        "verdict": Verdict.PROVEN,
        "pages_expected": 1,
        "pages_received": 1,
        "rows_expected": 1,
        "rows_received": 1,
        "reason": None,
    }
    return ListReading(**(fields | overrides))


def snapshot(**overrides: Any) -> Snapshot:
    """One learner with one cleared assignment."""
    fields: dict[str, Any] = {
        "snapshot_id": "20261101-010203",
        "host": "api.contoh.test",
        "started_at": datetime(2026, 11, 1, 1, 2, 3, tzinfo=UTC),
        "finished_at": datetime(2026, 11, 1, 1, 9, 3, tzinfo=UTC),
        "learners": (learner(),),
        "units": (unit(serial=UnitSerial("COMPROOT0001"), name="Contoh", path=(UnitSerial("COMPROOT0001"),)), unit()),
        "courses": (course(),),
        "batches": (batch(),),
        "assignments": (assignment(),),
        "lists": (reading(),),
        "traffic": Traffic(requests=6, retries=0),
    }
    return Snapshot(**(fields | overrides))


def policy(**overrides: Any) -> CoursePolicy:
    """The rules of `course`: nothing special."""
    fields: dict[str, Any] = {"serial": CourseSerial("COURSE-K3DASAR")}
    return CoursePolicy(**(fields | overrides))


def rules(**overrides: Any) -> Rules:
    """One course, no exceptions, target 95 %."""
    fields: dict[str, Any] = {
        "courses": (policy(),),
        "exceptions": (),
        "due_soon_days": 14,
        "target_percent": 95.0,
    }
    return Rules(**(fields | overrides))


def edition(**overrides: Any) -> Edition:
    """October 2026, first revision."""
    fields: dict[str, Any] = {
        "company": "PT Contoh Sejahtera",
        "period": Period(2026, 10),
        "as_of": AS_OF,
        "revision": 1,
        "run_id": "20261101-010203",
        "version": "0.1.0",
        "config_sha256": "0" * 64,
        "extraction_started": datetime(2026, 11, 1, 8, 2, 3, tzinfo=JAKARTA),
        "extraction_finished": datetime(2026, 11, 1, 8, 9, 3, tzinfo=JAKARTA),
    }
    return Edition(**(fields | overrides))


def compliance(**overrides: Any) -> Compliance:
    """One person, one requirement, one team."""
    snap = overrides.get("snapshot", snapshot())
    fields: dict[str, Any] = {
        "edition": edition(),
        "rules": rules(),
        "snapshot": snap,
        "requirements": (requirement(),),
        "teams": (Team(manager(), (person(),)),),
        "findings": (),
        "units": UnitTree.of_snapshot(snap),
    }
    return Compliance(**(fields | overrides))


def set_aside(**overrides: Any) -> SetAside:
    """A row of an assignment list whose attendance could not be read."""
    fields: dict[str, Any] = {
        "kind": ListKind.ASSIGNMENTS,
        "course": "C-1",
        "batch": "B-1",
        "page": 3,
        "field": "isAttend",
        "row_id": "00417",
    }
    return SetAside(**(fields | overrides))


def percent(share: float, decimals: int = 1) -> Percent:
    """A share as it is written here, with so many decimals."""
    return Percent(Fraction(str(share)), decimals)


def delivery(**overrides: Any) -> Delivery:
    """Budi's workbook of October, first revision, sent on 2 November."""
    fields: dict[str, Any] = {
        "period": "2026-10",
        "revision": 1,
        "manager_id": ManagerId("M-001"),
        "recipient": "budi@contoh.test",
        "cc": (),
        "language": "en",
        "message_id": "<rk.2026-10.0123456789abcdef@contoh.test>",
        "file": "managers/M-001_2026-10_rev1.xlsx",
        "file_sha256": "a" * 64,
        "content_sha256": "c" * 64,
        "figures": TeamFigures(people=27, counted=120, compliant=100, overdue=4),
        "state": DeliveryState.SENT,
        "attempts": 1,
        "planned_at": datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
        "changed_at": datetime(2026, 11, 2, 1, 30, tzinfo=UTC),
    }
    return Delivery(**(fields | overrides))
