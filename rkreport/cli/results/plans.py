"""The results of `courses --plans`: lines, blocks to paste, and JSON. Invisible characters from the LMS are removed.

Must not know how plans are read.
"""

from typing import Any
from zoneinfo import ZoneInfo

from rkreport.config.config_writer import plan_block
from rkreport.core.leaks.text_folding import visible
from rkreport.core.models import PlanCourse
from rkreport.core.words import counted
from rkreport.lms.browse import CoursesOfPlan
from rkreport.run.fetch.browsing import PlanCatalogue
from rkreport.sentence import Sentence, joined


def plan_lines(catalogue: PlanCatalogue, search: str, zone: ZoneInfo) -> list[str]:
    """Return a line per plan and, below it, a line per course, the earliest deadline first."""
    wanted = Sentence(', with "{search}" in name or serial', search=visible(search)) if search else ""
    lines: list[str] = [
        Sentence(
            "{plans:,} of {learning_plans}{wanted}.",
            plans=len(catalogue.plans),
            learning_plans=counted(catalogue.of, "learning plan"),
            wanted=wanted,
        )
    ]
    for one in catalogue.plans:
        lines.append(
            Sentence(
                "{serial}  {name}: {courses}",
                serial=visible(one.plan.serial),
                name=visible(one.plan.name),
                courses=_courses(one),
            )
        )
        lines += ["    " + _course_line(course, zone) for course in _by_deadline(one)]
    return lines


def plan_blocks(catalogue: PlanCatalogue, *, ascii_only: bool) -> list[str]:
    """Return the lines of `[[learning_plans]]` blocks to paste."""
    blocks = [plan_block(one.plan.serial, one.plan.name, ascii_only=ascii_only) for one in catalogue.plans]
    return "\n".join(blocks).splitlines()


def plan_document(catalogue: PlanCatalogue, zone: ZoneInfo) -> dict[str, Any]:
    """Return all plans and their courses for other programs; times in the report's zone."""
    return {
        "of": catalogue.of,
        "whole": catalogue.is_whole,
        "learning_plans": [
            {
                "serial": one.plan.serial,
                "name": one.plan.name,
                "trouble": one.trouble,
                "courses": [
                    {
                        "serial": each.course.serial,
                        "name": each.course.name,
                        "deadline": each.deadline and each.deadline.astimezone(zone).isoformat(),
                    }
                    for each in _by_deadline(one)
                ],
            }
            for one in catalogue.plans
        ],
    }


def _courses(one: CoursesOfPlan) -> str:
    if one.trouble:
        return Sentence("its courses cannot be read. {trouble}", trouble=visible(one.trouble))
    count = len(one.courses)
    return counted(count, "course")


def _course_line(one: PlanCourse, zone: ZoneInfo) -> str:
    due = (
        Sentence("until {deadline:%Y-%m-%d}", deadline=one.deadline.astimezone(zone))
        if one.deadline
        else Sentence("no deadline")
    )
    return joined("  ", (visible(part) for part in (one.course.serial, due, one.course.name) if part))


def _by_deadline(one: CoursesOfPlan) -> list[PlanCourse]:
    def key(each: PlanCourse) -> tuple[bool, str, str]:
        return each.deadline is None, each.deadline.isoformat() if each.deadline else "", each.course.serial

    return sorted(one.courses, key=key)
