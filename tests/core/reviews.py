"""Made-up reviews: how messages leave, kept months, and a whole source to review."""

from typing import Any

from rkreport.core.compliance import Compliance, Period, PeriodResult
from rkreport.core.mail.delivery import SMTP
from rkreport.core.review.burst_list import DeliveryStatus, SendSettings, Workbook
from rkreport.core.review.guard import GuardLimits
from rkreport.core.review.guards import guards_of
from rkreport.core.review.last_sent import LastSent
from rkreport.core.review.page import ReviewSource, review_figures
from rkreport.core.rollup import overall, period_result

LIMITS = GuardLimits(
    people_change_percent=20, rate_change_points=15, team_moved_percent=20, fallback_percent=10, unmatched_percent=5
)


def is_allowed(address: str) -> bool:
    """Only contoh.test."""
    return address.endswith("@contoh.test")


POSTING = SendSettings(
    channel=SMTP,
    host="smtp.contoh.test",
    messages_per_minute=25,
    max_message_bytes=25_000_000,
    has_sender=True,
    is_allowed=is_allowed,
)


def result(period: Period, **overrides: Any) -> PeriodResult:
    """The figures of a month: 100 people, 300 requirements, 240 of them complied with."""
    fields: dict[str, Any] = {
        "period": period,
        "people": 100,
        "people_compliant": 70,
        "counted": 300,
        "compliant": 240,
        "overdue": 5,
        "failed": 4,
        "not_assigned": 3,
        "rules_sha256": "r",
        "snapshot_id": "s",
        "people_by_manager": {},
    }
    return PeriodResult(**(fields | overrides))


def now_of(run: Compliance) -> PeriodResult:
    """The figures of a run, by the rules of `result`."""
    return period_result(
        run.edition.period, overall(run.requirements), teams=run.teams, rules_sha256="r", snapshot_id="s"
    )


def source_of(run: Compliance, **overrides: Any) -> ReviewSource:
    """A run to review, in which every team has a workbook."""
    now = now_of(run)
    fields: dict[str, Any] = {
        "compliance": run,
        "figures": review_figures(run, now),
        "workbooks": {
            each.manager.manager_id: Workbook(f"managers/{each.manager.manager_id}_2026-10_rev1.xlsx", 43_210)
            for each in run.teams
        },
        "posted": DeliveryStatus(),
        "guards": guards_of(run, now, LIMITS, is_allowed, LastSent()),
        "posting": POSTING,
    }
    return ReviewSource(**(fields | overrides))
