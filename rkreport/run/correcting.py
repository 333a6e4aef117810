"""Corrections: what each manager was told before, from the ledger. Knows rows, not how messages are worded or sent."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from rkreport.core.compliance import Period
from rkreport.core.delivery import Delivery, DeliveryState
from rkreport.core.models import ManagerId
from rkreport.core.report.kpis import month_before
from rkreport.core.since import LastMonth, ToldBefore
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import Results


def told_before(
    database: Database, utc_now: Callable[[], datetime], period: Period, revision: int, rules_sha256: str
) -> Mapping[ManagerId, ToldBefore]:
    """For each manager who was sent anything of this month before this revision, or of the month before.

    `rules_sha256` tells by which rules this revision is made.
    """
    ledger = Ledger(database, utc_now)
    this_month = _last_sent(row for row in ledger.of_period(str(period)) if row.revision < revision)
    before = month_before(period)
    rows = ledger.of_period(str(before))
    last_month = _last_sent(rows)
    kept = Results(database, utc_now).built(before)
    # Without the rules by which the sent figures were made there is nothing to say about last month at all.
    if kept is None or not _are_of_that_build(rows, kept.built_at):
        last_month = {}
    is_comparable = kept is not None and kept.result.rules_sha256 == rules_sha256
    return {
        manager_id: ToldBefore(
            revision=this_month[manager_id].revision if manager_id in this_month else 0,
            figures=this_month[manager_id].figures if manager_id in this_month else None,
            last_month=LastMonth(last_month[manager_id].figures, is_comparable) if manager_id in last_month else None,
        )
        for manager_id in {*this_month, *last_month}
    }


def _last_sent(rows: Iterable[Delivery]) -> dict[ManagerId, Delivery]:
    """The newest revision that each manager was sent for certain."""
    sent = [row for row in rows if row.state is DeliveryState.SENT]
    return {row.manager_id: row for row in sorted(sent, key=lambda row: row.revision)}


def _are_of_that_build(rows: Sequence[Delivery], built_at: datetime) -> bool:
    """Whether the newest plan of a month is of its newest build: managers it left out had the same content before."""
    return any(row.planned_at is not None and row.planned_at >= built_at for row in rows)
