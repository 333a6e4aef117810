"""What changed, for other programs: the rows of `changes.csv`, and a sum per cause for the manifest. Pure.

Codes and English statuses, whatever the report's language.
"""

from collections.abc import Iterator
from typing import Final

from rkreport.core.changes.causes import Cause, Side
from rkreport.core.changes.comparison import CauseSum, Change, Comparison
from rkreport.core.changes.points import Score, points_of, shown_points
from rkreport.core.compliance import Compliance
from rkreport.core.models import ManagerId
from rkreport.core.review.last_sent import NOBODY
from rkreport.core.units import UnitTree

HEADER: Final = (
    "cause",
    "employee_id",
    "name",
    "unit",
    "manager_id",
    "course_serial",
    "before",
    "after",
    "compliant_change",
    "counted_change",
)
_DECIMALS = 4

CsvRow = tuple[str | int, ...]


def csv_rows(compliance: Compliance, comparison: Comparison) -> Iterator[CsvRow]:
    """The cells below `HEADER`; the last two columns add up to the move of numerator and denominator.

    `before` and `after` are empty where a report lacks the requirement. People who are gone have the name and the unit
    that the user lists gave them last.
    """
    fallback = next((team.manager.manager_id for team in compliance.teams if team.manager.is_fallback), NOBODY)
    for change in comparison.changes:
        yield (
            change.cause.value,
            employee_id_of(change),
            name_of(change),
            unit_of_change(change, compliance.units),
            manager_of(change) or fallback,
            change.course,
            _status(change.before),
            _status(change.after),
            change.score.compliant,
            change.score.counted,
        )


def changes_by_cause(comparison: Comparison) -> dict[str, dict[str, int | float | None]]:
    """Cause → its requirements, changes and percentage points; empty without a comparison, else it names every cause.

    The points add up to the move of the rate; None where one of the two rates does not exist.
    """
    if comparison.missing:
        return {}
    occurring = {each.cause: each for each in comparison.by_cause}
    sums = [occurring.get(cause, CauseSum(cause, 0, Score())) for cause in Cause]
    points = [points_of(each.score, comparison.before, comparison.after) for each in sums]
    known = [each for each in points if each is not None]
    shown: tuple[float | None, ...] = (None,) * len(sums)
    if len(known) == len(sums):
        shown = tuple(map(float, shown_points(known, _DECIMALS)))
    return {
        each.cause.value: {
            "requirements": each.requirements,
            "compliant": each.score.compliant,
            "counted": each.score.counted,
            "points": point,
        }
        for each, point in zip(sums, shown, strict=True)
    }


def employee_id_of(change: Change) -> str:
    """The employee id; the base's own id for a person whom no user list knows."""
    if change.now:
        return change.now.person.employee_id
    return change.known.employee_id or change.person


def name_of(change: Change) -> str:
    """The person's name, `""` for one whom no user list knows."""
    return change.now.person.name if change.now else change.known.name


def unit_of_change(change: Change, units: UnitTree) -> str:
    """The name of the person's unit, as it is now or was last; `""` for none."""
    learner = change.now.person.learner if change.now else None
    if learner is None:
        return change.known.unit_name
    return units.name_of(units.unit_of(learner)) or learner.unit_name


def manager_of(change: Change) -> ManagerId:
    """The manager, as it is now or was last; NOBODY without one."""
    side = change.after or change.before
    return side.manager_id if side else NOBODY


def _status(side: Side | None) -> str:
    return side.status.value if side else ""
