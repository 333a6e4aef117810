"""What managers already have of this month, and their figures of the month before. Reads ledger and results.

Knows what may be compared, not how to word it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rkreport.core.answers.showing import NO_ANSWERS, Answers
from rkreport.core.changes.comparison import NOTHING, Comparison
from rkreport.core.compliance import Compliance, Period
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import Delivery, DeliveryState, TeamFigures, received_of
from rkreport.core.models import ManagerId
from rkreport.core.period import month_before
from rkreport.core.report.fingerprint import content_sha256
from rkreport.core.report.team_view import team_views
from rkreport.core.report.told import MONTHS_BEFORE, TeamMonth
from rkreport.core.review.elsewhere import OtherLedger
from rkreport.core.review.guards import shared_addresses
from rkreport.core.review.last_sent import LastSent
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import Results, Standing


@dataclass(frozen=True, slots=True)
class Earlier:
    """All that a build compares itself with.

    `received` holds what managers have of earlier revisions, `last_month` their figures of the month before.
    `last_sent` holds what was last sent, and where it went. `other_ledgers` says what only others know. `changes` holds
    what changed since the last month-end report. `months` has the teams' figures of the months before, `answers` what
    managers wrote into their workbooks.
    """

    received: Mapping[ManagerId, Delivery]
    last_month: Mapping[ManagerId, LastMonth]
    last_sent: LastSent
    other_ledgers: tuple[OtherLedger, ...]
    changes: Comparison = NOTHING
    months: Mapping[ManagerId, tuple[TeamMonth, ...]] = field(default_factory=dict)
    answers: Answers = NO_ANSWERS


def received_by(ledger: Ledger, compliance: Compliance) -> dict[ManagerId, Delivery]:
    """Return what each manager has, or may have, of this month's earlier revisions at their present address."""
    edition = compliance.edition
    recipients = {team.manager.manager_id: team.manager.email for team in compliance.teams}
    rows = ledger.of_period(str(edition.series))
    if edition.is_interim:  # a reminder: messages of another day do not count
        day, zone = edition.as_of.date(), edition.as_of.tzinfo
        rows = tuple(row for row in rows if row.changed_at and row.changed_at.astimezone(zone).date() == day)
    shared = shared_addresses(compliance.teams)
    teams = [team for team in compliance.teams if team.manager.email.casefold() in shared]
    views = team_views(compliance, teams) if teams else ()
    contents = {view.team.manager.manager_id: content_sha256(view) for view in views}
    return received_of(rows, edition.revision, recipients, contents)


def last_months(
    database: Database, utc_now: Callable[[], datetime], period: Period, rules_sha256: str
) -> Mapping[ManagerId, LastMonth]:
    """Return the last figures for each manager whose report of the month before was sent or is in the outbox.

    `rules_sha256` identifies this month's rules. Figures whose rules are unknown are left out. If a mail server sent
    that month, its files in the outbox do not count: no manager got them.
    """
    rules, told = _told(database, utc_now, month_before(period))
    return {manager_id: LastMonth(figures, rules == rules_sha256) for manager_id, figures in told.items()}


def months_told(
    database: Database, utc_now: Callable[[], datetime], period: Period
) -> dict[ManagerId, tuple[TeamMonth, ...]]:
    """Return, by manager, the figures of the months before as they were sent or written, oldest first."""
    found: dict[ManagerId, tuple[TeamMonth, ...]] = {}
    for _ in range(MONTHS_BEFORE):
        period = month_before(period)
        rules, told = _told(database, utc_now, period)
        for manager_id, figures in told.items():
            found[manager_id] = (TeamMonth(period, figures, rules), *found.get(manager_id, ()))
    return found


def _told(
    database: Database, utc_now: Callable[[], datetime], month: Period
) -> tuple[str, dict[ManagerId, TeamFigures]]:
    """Return the digest of a month's rules, and the last figures for each manager; none if nothing went out."""
    rows = Ledger(database, utc_now).of_period(str(month))
    kept = Results(database, utc_now).standing(month)
    if kept is None or not kept.is_base:
        return "", {}
    ends = {DeliveryState.SENT} if kept.standing is Standing.SENT else {DeliveryState.SENT, DeliveryState.WRITTEN}
    told = {
        row.manager_id: row.figures  # later rows win: the newest revision comes last
        for row in rows
        if row.figures.people and row.state in ends
    }
    if kept.standing is Standing.WRITTEN:  # no row has a newer revision than the build's own
        told |= kept.result.told_by_manager or {}
    return kept.result.rules_sha256, told
