"""Months of which the LMS gave no completion dates."""

import pytest

from rkreport.core.completions import CompletionDates
from rkreport.core.findings import FindingCode, Level
from rkreport.core.snapshot import ListKind, Reason, Verdict
from tests import factories


@pytest.mark.parametrize(
    ("reason", "level"),
    [
        (Reason("dates_refused", {"status": "403"}), Level.INFO),
        (Reason("dates_unreadable", {"error": "The connection broke."}), Level.CHECK),
    ],
)
def test_what_another_fetch_may_bring_is_to_be_checked(reason: Reason, level: Level) -> None:
    """A month that could not be read is no month that the account may not see: its dates may change statuses."""
    reading = factories.reading(kind=ListKind.COMPLETIONS, batch="2026-10", verdict=Verdict.ABSENT, reason=reason)
    (finding,) = CompletionDates(factories.snapshot(lists=(factories.reading(), reading)), {}).findings
    assert (finding.code, finding.level) == (FindingCode.COMPLETION_DATES_MISSING, level)
