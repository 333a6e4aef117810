"""What a master says of its data: complete or not, lists that moved, rows that could not be read."""

from datetime import UTC, datetime

import pytest

from rkreport.core.report.completeness import completeness_sentences
from rkreport.core.report.master import master_plan
from rkreport.core.snapshot import ListKind, Reason, Verdict, set_aside_findings
from rkreport.locale import load_words
from tests import factories
from tests.core.companies import manager_plan
from tests.core.plans import column, records, summary_of, table_of
from tests.factories import JAKARTA

EN, ID = load_words("en"), load_words("id")


def test_incomplete_data_are_said_on_every_sheet() -> None:
    """The banner names how many lists and the first two, and the first sheet tells each with its reason."""
    broken = [
        factories.reading(
            kind=ListKind.ASSIGNMENTS,
            course="C-1",
            batch=f"B-{number}",
            verdict=Verdict.INCOMPLETE,
            rows_expected=1200,
            reason=Reason("rows_missing", {"received": 1, "expected": 1200}),
        )
        for number in range(3)
    ]
    snapshot = factories.snapshot(lists=(factories.reading(), *broken))
    plan = master_plan(factories.compliance(snapshot=snapshot), EN, JAKARTA)
    assert plan.heading.banner == (
        "DATA NOT COMPLETE, the figures may be wrong: 3 of 4 lists could not be read in full"
        " (assignments of batch B-0 in course C-1; assignments of batch B-1 in course C-1; 1 more)."
    )
    assert plan.heading.footer.startswith("DATA NOT COMPLETE · PT ")  # printed pages get separated
    sentences = summary_of(plan).sentences
    assert plan.heading.banner not in sentences  # it stands above them already
    assert summary_of(plan).headline.startswith("? Cannot be judged yet")
    said = "Not read in full: the list of assignments of batch B-2 in course C-1. Only 1 of 1,200 rows arrived."
    assert said in sentences


def test_moving_lists_are_said_in_numbers() -> None:
    """A list that changed while it was read needs no banner, but a sentence with the difference."""
    moving = factories.reading(verdict=Verdict.MOVING, reason=Reason("moving", {"difference": 4}))
    plan = master_plan(factories.compliance(snapshot=factories.snapshot(lists=(moving,))), EN, JAKARTA)
    assert plan.heading.banner == ""
    text = " ".join(map(str, summary_of(plan).sentences))
    assert "complete, but 1 of 1 list changed while they were read." in text
    assert "Up to 4 rows were added or removed" in text


def test_complete_data_are_said_too() -> None:
    """Complete is said in plain words, on every first sheet, and there is no banner; numbers are in the audit trail."""
    plan = master_plan(factories.compliance(), EN, JAKARTA)
    assert plan.heading.banner == ""
    assert plan.heading.footer.startswith("PT ")
    run = factories.compliance()
    plans = (master_plan(run, ID, JAKARTA), manager_plan(run, run.teams[0], ID, JAKARTA))
    for each in plans:
        assert "Data lengkap: seluruh data LMS terbaca dan jumlahnya sesuai." in summary_of(each).sentences
    for each in (*plans, plan):
        for word in ("proven", "checked", "terbukti", "diperiksa"):
            assert word not in repr(summary_of(each).sentences)
    assert column(table_of(plan, "audit_trail"), "Value")[-1] == "proven complete"


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_structure_that_is_not_given_is_said(language: str) -> None:
    """The data are complete all the same; both first sheets and the audit trail say what cannot be told, and why."""
    words = load_words(language)
    reason = Reason("absent", {"status": "403"})
    lists = (factories.reading(), factories.reading(kind=ListKind.UNITS, verdict=Verdict.ABSENT, reason=reason))
    run = factories.compliance(snapshot=factories.snapshot(lists=lists))
    sentence = words.text("reason.absent", status="403")
    assert "(HTTP 403)" in sentence
    plan = master_plan(run, words, JAKARTA)
    for each in (plan, manager_plan(run, run.teams[0], words, JAKARTA)):
        assert {sentence, words.text("complete.yes")} <= set(summary_of(each).sentences)
        assert each.heading.banner == ""
    *_, (_, item, verdict, *_, note) = table_of(plan, "audit_trail").rows()
    assert (item, verdict) == (words.text("list.units"), words.text("verdict.absent"))
    assert str(note).endswith(sentence)


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("verdict", Verdict)
def test_nothing_is_called_complete_from_which_rows_were_set_aside(language: str, verdict: Verdict) -> None:
    """Whatever became of the lists; that lists changed or are missing is said beside it."""
    words = load_words(language)
    reading = factories.reading(verdict=verdict, reason=Reason("moving", {"difference": 4}))
    whole, aside = (completeness_sentences((reading,), count, words) for count in (0, 2))
    assert aside[1:] == whole[1:]
    is_whole = verdict is not Verdict.INCOMPLETE
    assert (aside[0] == words.text("complete.but_rows", count="2")) is is_whole
    assert (aside[0] != whole[0]) is is_whole


@pytest.mark.parametrize("language", ["en", "id"])
def test_rows_that_could_not_be_read_are_said(language: str) -> None:
    """The first sheet says how many, of which lists and where they are named; the rows still add up."""
    words = load_words(language)
    rows = tuple(factories.set_aside(page=page) for page in (1, 2))
    rows += (factories.set_aside(kind=ListKind.USERS, course="", batch=""),)
    run = factories.compliance(snapshot=factories.snapshot(set_aside=rows), findings=set_aside_findings(rows))
    plan = master_plan(run, words, JAKARTA)
    lists = f"{words.text('list.assignments', course='C-1', batch='B-1')}; {words.text('list.users')}"
    sheet = words.text("sheet.data_quality.title")
    assert words.text("complete.set_aside", count="3", lists=lists, sheet=sheet) in summary_of(plan).sentences
    for each in (plan, manager_plan(run, run.teams[0], words, JAKARTA)):
        assert words.text("complete.but_rows", count="3") in summary_of(each).sentences
        assert words.text("complete.yes") not in summary_of(each).sentences
    parts = ((f"health.{name}", count) for name, count in (("matched", "1"), ("unmatched", "0"), ("set_aside", "2")))
    added = " + ".join(words.text(key, count=count) for key, count in parts)
    assert words.text("health.adds_up", fetched="3", parts=added) in summary_of(plan).sentences
    (finding,) = records(table_of(plan, "data_quality"))
    assert finding[words.text("quality.count")] == 3
    examples = str(finding[words.text("quality.examples")])
    assert "assignments C-1 B-1, page 2, field isAttend, 00417" in examples
    assert "set_aside" not in repr(summary_of(master_plan(factories.compliance(), words, JAKARTA)).sentences)


def test_a_quick_extraction_is_one_moment() -> None:
    """Data that were read within a minute are not told to be from a minute to the same minute."""
    now = datetime(2026, 11, 1, 1, 2, tzinfo=UTC).astimezone(JAKARTA)
    edition = factories.edition(extraction_started=now, extraction_finished=now)
    (_, line) = master_plan(factories.compliance(edition=edition), EN, JAKARTA).heading.lines
    assert line.startswith("Data read from api.contoh.test, 1 Nov 2026 08:02 WIB · revision 1")
