"""Every total of the master workbook, made once from the requirements. Knows no language."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from rkreport.core.compliance import Compliance, PeriodResult
from rkreport.core.models import CourseSerial, ManagerId
from rkreport.core.percent import target_of
from rkreport.core.report.detail import FirstRows, first_rows
from rkreport.core.report.labels import course_names
from rkreport.core.report.reconcile import Reconciliation, reconcile
from rkreport.core.rollup import (
    NOTHING,
    Tally,
    UnitTally,
    by_course,
    by_team,
    by_unit,
    managers_by_person,
    overall,
    period_result,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """The totals that several sheets show, so that they cannot differ. `by_course` is in the config's order.

    `target` is a share of 1.
    """

    overall: Tally
    by_course: Mapping[CourseSerial, Tally]
    by_manager: Mapping[ManagerId | None, Tally]
    by_unit: tuple[UnitTally, ...]
    course_names: Mapping[CourseSerial, str]
    first_rows: FirstRows
    reconciliation: Reconciliation
    this_period: PeriodResult
    target: Fraction


def make_figures(compliance: Compliance, rules_sha256: str) -> Figures:
    """All totals of one run; `rules_sha256` tells which rules they were made by."""
    requirements = compliance.requirements
    names = course_names(compliance)
    courses = by_course(requirements)
    managers = managers_by_person(compliance.teams)
    total = overall(requirements)
    return Figures(
        overall=total,
        by_course={serial: courses.get(serial, NOTHING) for serial in names},
        by_manager=by_team(requirements, compliance.teams),
        by_unit=by_unit(requirements, compliance.units),
        course_names=names,
        first_rows=first_rows(
            requirements,
            compliance.units,
            {key: manager.manager_id for key, manager in managers.items()},
        ),
        reconciliation=reconcile(compliance),
        this_period=period_result(
            compliance.edition.period,
            total,
            teams=compliance.teams,
            rules_sha256=rules_sha256,
            snapshot_id=compliance.snapshot.snapshot_id,
        ),
        target=target_of(compliance.rules.target_percent),
    )
