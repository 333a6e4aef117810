"""What first sheets say of data that were not read soon after the month."""

from dataclasses import replace
from datetime import datetime

import pytest

from rkreport.core.report.completeness import extraction_sentences
from rkreport.core.report.master import master_plan
from rkreport.core.report.sheets import SummarySheet
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import COURSES, company, manager_plan, owed, somebody, team
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")


@pytest.mark.parametrize(
    ("read", "keys"),
    [
        (datetime(2026, 10, 31, 23, 59, 59, tzinfo=JAKARTA), ["early"]),
        (datetime(2026, 11, 1, 0, 0, tzinfo=JAKARTA), []),
        (datetime(2026, 11, 10, 23, 59, 59, tzinfo=JAKARTA), []),
        (datetime(2026, 11, 11, 0, 0, tzinfo=JAKARTA), ["late"]),
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=JAKARTA), ["late"]),
        (datetime(2026, 12, 1, 0, 0, tzinfo=JAKARTA), ["late", "outside"]),
        (datetime(2027, 2, 1, 0, 0, tzinfo=JAKARTA), ["late", "outside"]),
    ],
)
def test_when_the_data_were_read(read: datetime, keys: list[str]) -> None:
    """Before the month's end, in its first ten days after, later, and not in the month after: to the second."""
    edition = factories.edition(extraction_finished=read)
    for words in (EN, ID):
        values = {"moment": words.timestamp(read), "month": words.month(2026, 10)}
        days = {"days": words.number((read.date() - datetime(2026, 10, 31, tzinfo=JAKARTA).date()).days)}
        wanted = {"late": values | days, "early": values, "outside": {"month": values["month"]}}
        expected = tuple(words.text(f"extracted.{key}", **wanted[key]) for key in keys)
        assert extraction_sentences(edition, words) == expected


def test_both_first_sheets_say_so() -> None:
    """The master's and the manager's, in their languages."""
    run = company((owed(somebody(1), COURSES[0]),), teams=(team(1, (somebody(1),)),))
    late = replace(run.edition, extraction_finished=datetime(2026, 12, 4, 9, 0, tzinfo=JAKARTA))
    run = replace(run, edition=late)
    for plan, words in (
        (master_plan(run, EN, JAKARTA), EN),
        (manager_plan(run, run.teams[0], ID, JAKARTA), ID),
    ):
        first = plan.sheets[0]
        assert isinstance(first, SummarySheet)
        assert set(extraction_sentences(late, words)) <= set(first.sentences)
        assert any("34" in str(sentence) for sentence in first.sentences)
