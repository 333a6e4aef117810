"""What the admin is told after a run: everything that matters, nothing that is not so, and nobody's name."""

import re
from datetime import datetime
from typing import Any

import pytest

from rkreport.core.compliance import Period, PeriodResult, Series
from rkreport.core.mail.summary_message import SUMMARY_NAMES, EditionFacts, MailCounts, RunFacts, summary_values
from rkreport.core.mail.templates import Composed, MessageTemplates, compose
from rkreport.core.percent import target_of
from rkreport.locale import load_words
from rkreport.run.edition.mail_templates import mail_templates
from tests.core.mail.test_templates import balance, names_in
from tests.factories import AS_OF, JAKARTA

FULL = {name: f"«{name}»" for name in SUMMARY_NAMES}
OCTOBER, SEPTEMBER = Period(2026, 10), Period(2026, 9)
LISTS = ("findings", "messages", "not_sent", "guards", "next", "files", "data")


def edition(**overrides: Any) -> EditionFacts:
    """A whole edition of October."""
    fields: dict[str, Any] = {
        "series": Series(OCTOBER),
        "revision": 1,
        "as_of": AS_OF,
        "is_complete": True,
        "reasons": (),
        "lists": 12,
        "rows_received": 1234,
        "rows_expected": 1234,
        "people": 250,
        "compliant": 900,
        "counted": 1000,
        "workbooks": 6,
        "findings": {"blank_name": 1, "unmatched_assignment": 10},
        "overdue": 40,
        "expired": 30,
    }
    return EditionFacts(**(fields | overrides))


def result(period: Period, compliant: int, rules: str = "rules") -> PeriodResult:
    """A month's kept figures."""
    return PeriodResult(period, 250, 200, 1000, compliant, 9, 0, 0, rules, "snapshot")


def facts(**overrides: Any) -> RunFacts:
    """A run that went well and sent nothing."""
    fields: dict[str, Any] = {
        "command": "rkreport run",
        "company": "PT Contoh Sejahtera",
        "finished_at": datetime(2026, 11, 2, 8, 30, tzinfo=JAKARTA),
        "exit_code": 0,
        "target": target_of(95),
        "edition": edition(),
        "results": (result(SEPTEMBER, 850), result(OCTOBER, 900)),
        "mail": MailCounts(written=6),
    }
    return RunFacts(**(fields | overrides))


def told(language: str = "en", **overrides: Any) -> dict[str, Any]:
    """The values of a summary."""
    return dict(summary_values(facts(**overrides), load_words(language)))


def templates(language: str) -> MessageTemplates:
    """The shipped ones."""
    return mail_templates(None, "summary", language)


def written(language: str = "en", **overrides: Any) -> Composed:
    """The whole summary."""
    return compose(templates(language), told(language, **overrides), SUMMARY_NAMES)


@pytest.mark.parametrize("language", ["en", "id"])
def test_text_and_html_tell_the_same(language: str) -> None:
    """Both use every name but the headline, which is the subject's."""
    for part in (templates(language).text, templates(language).html):
        assert names_in(part) == set(SUMMARY_NAMES) - {"headline"}


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("empty", [(), tuple(name for name in SUMMARY_NAMES if name not in {"company", "headline"})])
def test_html_is_balanced_and_fetches_nothing(language: str, empty: tuple[str, ...]) -> None:
    """Full or nearly empty: matching tags, no address, no value within a tag; and no label without its value."""
    composed = compose(templates(language), FULL | dict.fromkeys(empty, ""), SUMMARY_NAMES)
    parsed = balance(composed.html)
    assert (parsed.open, parsed.wrong) == ([], [])
    assert not {"script", "img", "link", "iframe", "form", "a"} & set(parsed.seen)
    assert not {name for name, _ in parsed.attributes} & {"src", "href", "background"}
    assert not [value for _, value in parsed.attributes if "«" in value or "url(" in value]
    if empty:
        assert not re.search(r"^[^:\n]+: ?$", composed.text, re.MULTILINE)
        assert "th" not in parsed.seen


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_gap_where_nothing_is_said(language: str) -> None:
    """A run that died before it had an edition: no empty line twice, no stray dash in the subject."""
    composed = written(language, edition=None, mail=None, exit_code=3, error="The LMS does not answer.")
    assert "\n\n\n" not in composed.text
    assert "– –" not in composed.subject
    assert "The LMS does not answer." in composed.text
    assert "The LMS does not answer." in composed.html


def test_a_run_that_went_well() -> None:
    """The figures, how the rate moved, the findings with the most first, and that nothing was sent yet."""
    text = written().text
    for said in (
        "The run succeeded.",
        "✖ Target not reached: the compliance rate is 90.0% (900 of 1,000), 5 points below the target of 95.0%.",
        "90.0%\n900 of 1,000 training requirements met; 40 overdue, 30 expired",
        "Up 5 points from 85.0% (850 of 1,000) last month.",
        "Complete: 1,234 rows in 12 lists.",
        "- Person without a user record: 10\n- User without a name: 1",
        "6 are in the outbox folder; nothing was sent.",
        "Open review.html first, then the master workbook; if both are right, run rkreport send.",
        "Exit code: 0",
    ):
        assert said in text
    assert written().subject == "[rkreport] Run finished – October 2026 – PT Contoh Sejahtera"  # says no "all": 90 %


def test_in_indonesian() -> None:
    """The same in the other language."""
    composed = written("id")
    assert composed.subject == "[rkreport] Proses selesai – Oktober 2026 – PT Contoh Sejahtera"
    assert "90,0%\n900 dari 1.000 kewajiban pelatihan terpenuhi" in composed.text
    assert "Naik 5 poin dari 85,0% (850 dari 1.000) bulan lalu." in composed.text


def test_a_sending_with_gaps() -> None:
    """Sent, left, failed and in doubt, each with what to do, and which managers, at most twenty of them."""
    mail = MailCounts(sent=4, taken=3, left=2, failed=25, in_doubt=1, unchanged=7)
    not_sent = tuple((f"M-{number:03d}", "was refused") for number in range(25))
    found = told(mail=mail, is_sending=True, exit_code=6, not_sent=not_sent)
    assert found["messages"] == (
        "Sent: 4, of which 3 just now",
        "Not sent again, because nothing changed since an earlier revision: 7",
        "Left for the next sending: 2",
        "Failed: 25",
        "In doubt, perhaps arrived: 1",
    )
    assert len(found["not_sent"]) == 21
    assert found["not_sent"][-1] == "and 5 more, see ledger.csv"
    steps = " ".join(found["next"])
    wanted = ("--retry-unknown", "the list of managers", "sends only what is left")
    assert [word for word in wanted if word not in steps] == []
    assert found["trouble"]
    assert not found["all_well"]


@pytest.mark.parametrize(("language", "word"), [("en", "Copies (cc)"), ("id", "Tembusan (cc)")])
def test_copies_that_were_not_taken_are_told_of(language: str, word: str) -> None:
    """Each manager with how many, at most twenty of them, and what to do about it."""
    missed = tuple((f"M-{number:03d}", 2) for number in range(25))
    found = told(language, mail=MailCounts(sent=25, copies_missed=missed), is_sending=True, exit_code=6)
    assert len(found["messages"]) == 1 + 20 + 1
    assert found["messages"][1].startswith(word)
    assert found["messages"][1].endswith(" M-000: 2")
    assert [step for step in found["next"] if " cc " in step]


@pytest.mark.parametrize("exit_code", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("language", ["en", "id"])
def test_every_trouble_has_its_sentence_and_step(exit_code: int, language: str) -> None:
    """Whatever the exit code, it is said what it means and what to do."""
    found = told(language, exit_code=exit_code, edition=None, mail=None)
    assert found["trouble"]
    assert found["exit_code"] == str(exit_code)
    assert all(found["next"])
    others = {told(language, exit_code=code, edition=None, mail=None)["trouble"] for code in range(7)} - {""}
    assert len(others) == 6


@pytest.mark.parametrize(
    ("language", "gaps", "sheet"),
    [("en", "Done with gaps", "Data quality"), ("id", "Selesai dengan catatan", "Kualitas data")],
)
def test_rows_set_aside_are_a_gap(language: str, gaps: str, sheet: str) -> None:
    """Not all went well, however the run ended; how many, where they are named, and by which word they are sent."""
    found = told(language, edition=edition(rows_set_aside=3))
    assert (found["headline"], found["all_well"]) == (load_words(language).text("summary.headline_gaps"), "")
    assert found["headline"] == gaps
    assert found["trouble"] == load_words(language).text("summary.gaps")
    assert "3" in found["data"][-1]
    assert not any(sentence.startswith(("Complete:", "Lengkap:")) for sentence in found["data"])
    assert sheet in found["data"][-1]
    (step,) = found["next"]
    assert "rkreport send --accept rows_set_aside" in step
    assert sheet in step


def test_rows_set_aside_are_told_of_a_sending_too() -> None:
    """A person let them pass: nothing more is to be done."""
    found = told(edition=edition(rows_set_aside=3), is_sending=True, mail=MailCounts(sent=6, taken=6))
    assert (found["headline"], found["next"]) == ("Done with gaps", ("Nothing.",))


@pytest.mark.parametrize("language", ["en", "id"])
def test_where_nothing_counts_there_is_no_rate(language: str) -> None:
    """A sentence in its place, and no stray dash."""
    composed = written(language, edition=edition(compliant=0, counted=0), results=())
    assert load_words(language).text("headline.nothing_counts") in composed.text
    assert [line for line in composed.text.splitlines() if line.startswith("–")] == []


def test_without_messages_none_are_said_to_lie_anywhere() -> None:
    """The config names a mail server, or no manager has people."""
    assert told(mail=MailCounts())["messages"] == ("No messages were written; nothing was sent.",)


def test_incomplete_data_are_said() -> None:
    """In capital letters, with rows and reasons, and to be fetched again."""
    found = told(edition=edition(is_complete=False, rows_received=1200, reasons=("users: 34 rows are missing",)))
    assert found["data"] == ("NOT COMPLETE: 1,200 of 1,234 rows in 12 lists.", "users: 34 rows are missing")
    assert any("Fetch again" in step for step in found["next"])


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ((), ""),
        ((result(OCTOBER, 900),), ""),
        ((result(SEPTEMBER, 850), result(OCTOBER, 901)), ""),
        ((result(SEPTEMBER, 850, "others"), result(OCTOBER, 900)), "Last month had other rules"),
        ((result(Period(2026, 8), 850), result(OCTOBER, 900)), ""),
    ],
)
def test_only_what_can_be_compared_is(results: tuple[PeriodResult, ...], said: str) -> None:
    """No line without last month, for figures that are not this edition's, or by other rules."""
    assert told(results=results)["change"].startswith(said)
    assert bool(told(results=results)["change"]) is bool(said)


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_lists(name: str) -> None:
    """Or the templates' lines would run into each other."""
    assert isinstance(told(exit_code=6, is_sending=True)[name], tuple)
    assert isinstance(told(edition=None, mail=None)[name], tuple)
