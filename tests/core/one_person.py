"""Sari at the end of October 2026: her assignments in made-up batches, and the verdict on them."""

from datetime import datetime, timedelta
from typing import Any

from rkreport.core.assess import Assessed, assess
from rkreport.core.join import join
from rkreport.core.models import Assignment, Batch, BatchSerial, CourseException, EmployeeId, Requirement
from rkreport.core.rules import Audience
from tests import factories
from tests.factories import AS_OF

TODAY = AS_OF.date()
EVERYBODY = Audience(("COMPROOT0001",), ())


def judged(
    *rows: Assignment,
    batches: tuple[Batch, ...] | None = None,
    excused: tuple[CourseException, ...] = (),
    **policy: object,
) -> Assessed:
    """Sari's verdict at the end of October 2026, from these assignments in these batches."""
    snapshot = factories.snapshot(
        assignments=rows, batches=(factories.batch(),) if batches is None else batches, learners=(factories.learner(),)
    )
    rules = factories.rules(courses=(factories.policy(**policy),), exceptions=excused)
    return assess(join(snapshot), snapshot, rules, AS_OF)


def sari(
    *rows: Assignment,
    batches: tuple[Batch, ...] | None = None,
    excused: tuple[CourseException, ...] = (),
    **policy: object,
) -> Requirement:
    """As `judged`, her one requirement."""
    (only,) = judged(*rows, batches=batches, excused=excused, **policy).requirements
    return only


def held(day: datetime, serial: str = "BATCH-K3-01", **values: object) -> Batch:
    """A batch of three hours that begins at `day`."""
    return factories.batch(
        serial=BatchSerial(serial), session_start=day, session_end=day + timedelta(hours=3), **values
    )


def place(serial: str, status: str, **values: object) -> Assignment:
    """Sari's assignment in a batch."""
    return factories.assignment(batch_serial=BatchSerial(serial), status=status, **values)


CLEARED = factories.assignment()
FAILED = factories.assignment(status="Failed")


def untouched(**values: object) -> Assignment:
    """Assigned, and nothing done but this."""
    fields = {"status": "Ongoing", "attended": False, "post_test_attempts": 0, "post_activity": "NOT STARTED"}
    return factories.assignment(**(fields | values))


UNTOUCHED = untouched()


def excuse(**values: object) -> CourseException:
    """Sari is excused from everything, for ever."""
    fields: dict[str, Any] = {
        "employee_id": EmployeeId("00417"),
        "course": "*",
        "until": None,
        "reason": "Cuti",
        "approved_by": "HR",
        "line": 2,
    }
    return CourseException(**(fields | values))
