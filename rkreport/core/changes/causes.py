"""The cause of one requirement's change between two reports. Knows two sides of a requirement, no sum and no words.

docs/rules.md has the causes in words.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rkreport.core.models import COMPLIANT, Counts, ManagerId, Requirement, Status
from rkreport.core.review.last_sent import NOBODY
from rkreport.core.routing import FALLBACK_ID


class Cause(StrEnum):
    """Why a requirement changed, in the order in which the causes are tried; the value is the code for other programs.

    `BATCH`: a batch came, went or began. `CORRECTED`: whatever else changed in the LMS.
    """

    RULES = "rules"
    JOINED = "joined"
    LEFT = "left"
    EXCEPTION = "exception"
    BATCH = "batch"
    EXPIRED = "expired"
    OVERDUE = "overdue"
    DONE = "done"
    CORRECTED = "corrected"
    MOVED = "moved"


_ABSENT = frozenset({Counts.INACTIVE, Counts.UNMATCHED})  # the counts of people who are not active learners


@dataclass(frozen=True, slots=True)
class Side:
    """A requirement in one report. `manager_id` is NOBODY for people without a manager, whoever gets their workbook."""

    status: Status
    counts: Counts
    manager_id: ManagerId

    @property
    def counted(self) -> bool:
        """Whether it counts in the rate."""
        return self.counts is Counts.YES

    @property
    def compliant(self) -> bool:
        """Whether it counts and complies."""
        return self.counted and self.status in COMPLIANT

    @property
    def is_of_learner(self) -> bool:
        """Whether the person is an active learner."""
        return self.counts not in _ABSENT


@dataclass(frozen=True, slots=True)
class Pair:
    """A requirement in both reports; None in the one that lacks it.

    `was_there`, `is_there`: whether the person had any requirement as an active learner then, and has one now. `now` is
    today's requirement.
    """

    before: Side | None
    after: Side | None
    was_there: bool
    is_there: bool
    now: Requirement | None

    @property
    def compliant(self) -> int:
        """The change of the compliant requirements."""
        return bool(self.after and self.after.compliant) - bool(self.before and self.before.compliant)

    @property
    def counted(self) -> int:
        """The change of the requirements that count."""
        return bool(self.after and self.after.counted) - bool(self.before and self.before.counted)

    @property
    def counts_in_both(self) -> bool:
        """Whether it counted then and counts now."""
        return bool(self.before and self.before.counted and self.after and self.after.counted)

    @property
    def has_moved(self) -> bool:
        """Whether it has another manager and counts in either report."""
        if self.before is None or self.after is None:
            return False
        return self.before.manager_id != self.after.manager_id and (self.before.counted or self.after.counted)

    def becomes(self, status: Status) -> bool:
        """Whether it counts in both and has newly this status."""
        if self.before is None or self.after is None or not self.counts_in_both:
            return False
        return self.after.status is status and self.before.status is not status


def one_team(manager_id: ManagerId | None) -> ManagerId:
    """The id of a team: people without a manager are one team, with a fallback or without."""
    return NOBODY if manager_id is None or manager_id == FALLBACK_ID else manager_id


def cause_of(pair: Pair, *, is_by_rules: bool, since: datetime) -> Cause | None:  # noqa: PLR0911 - one return per cause
    """The first cause that holds; None if the change is neither one of the figures nor one to tell.

    `is_by_rules`: today's rules alone change it. `since` is the moment of the earlier report.
    """
    if not (pair.compliant or pair.counted or pair.becomes(Status.EXPIRED) or pair.becomes(Status.OVERDUE)):
        return Cause.MOVED if pair.has_moved else None
    if is_by_rules:
        return Cause.RULES
    if pair.is_there and not pair.was_there:
        return Cause.JOINED
    if pair.was_there and not pair.is_there:
        return Cause.LEFT
    if _is_exempt(pair.before) != _is_exempt(pair.after):
        return Cause.EXCEPTION
    if _is_by_batch(pair, since):
        return Cause.BATCH
    if pair.becomes(Status.EXPIRED):
        return Cause.EXPIRED
    if pair.becomes(Status.OVERDUE):
        return Cause.OVERDUE
    return Cause.DONE if pair.counts_in_both and pair.compliant > 0 else Cause.CORRECTED


def _is_exempt(side: Side | None) -> bool:
    return side is not None and side.counts is Counts.EXEMPT


def _is_by_batch(pair: Pair, since: datetime) -> bool:
    """Whether a batch came, went or began, and that changes the figures; a completion in a new batch is `DONE`."""
    before, after = pair.before, pair.after
    counting = pair.now.counting if pair.now else None
    if pair.counted > 0:
        return counting is not None if before is None else before.counts is Counts.NOT_BEGUN
    if pair.counted < 0:
        was_assigned = before is not None and before.status is not Status.NOT_ASSIGNED
        return was_assigned and (after is None or after.counts is Counts.NOT_BEGUN)
    if pair.compliant >= 0 or after is None or after.status is Status.EXPIRED:
        return False
    start = counting.batch.session_start if counting else None
    return counting is None or (start is not None and start > since)
