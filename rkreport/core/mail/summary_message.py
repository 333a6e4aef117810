"""What the admin is told after a run or a sending, whether it went well or not. Pure.

Knows counts, manager ids and names of files; no person and no address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from rkreport.core.compliance import Period, PeriodResult, Series, month_text, number_text
from rkreport.core.mail.templates import Value
from rkreport.core.percent import percent_of
from rkreport.core.release import NO_RELEASE, Release
from rkreport.core.report.headline import headline_band, since_last_month
from rkreport.core.rollup import rate
from rkreport.core.words import Words
from rkreport.errors import EXIT_BUG, EXIT_CONFIG, EXIT_DATA, EXIT_DONE, EXIT_GAPS, EXIT_LMS, EXIT_OUTPUT
from rkreport.sentence import Sentence

SUMMARY_NAMES: Final = (
    "company",
    "month",  # of the report; may be empty
    "command",
    "finished",
    "headline",  # two or three words
    "all_well",  # one sentence; this or `trouble` is empty
    "trouble",
    "error",  # what the program said when it stopped; may be empty
    "exit_code",
    "edition",
    "data",
    "verdict",  # whether the target is reached, in one sentence
    "rate",
    "requirements",  # compliant of counted, in words
    "change",
    "people",
    "workbooks",
    "findings",
    "messages",
    "not_sent",  # manager ids and why
    "release",  # by a second person, in words; empty where none is wanted
    "guards",  # that were accepted
    "next",
    "files",
)
"""All names that a template of the summary may use. Their values may be empty."""

_MOST_NAMED = 20
_List = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailCounts:
    """The states of an edition's messages. `taken`: just now. `written`: to the outbox, by a build or a sending.

    `copies_missed`: manager ids, and how many copies of a sent message the server did not take.
    """

    sent: int = 0
    taken: int = 0
    left: int = 0
    failed: int = 0
    in_doubt: int = 0
    unchanged: int = 0
    written: int = 0
    copies_missed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What is known of the edition that was built or sent."""

    series: Series
    revision: int
    as_of: datetime
    is_complete: bool
    reasons: tuple[str, ...]  # why not
    lists: int
    rows_received: int
    rows_expected: int
    people: int
    compliant: int
    counted: int
    workbooks: int
    findings: Mapping[str, int]  # code → how many
    rows_set_aside: int = 0
    overdue: int = 0
    expired: int = 0
    exempt: int = 0


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Everything that the summary tells. Moments are in the report's zone."""

    command: str
    company: str
    finished_at: datetime
    exit_code: int
    target: Fraction  # share of 1
    error: str = ""
    edition: EditionFacts | None = None
    results: tuple[PeriodResult, ...] = ()  # of the months that are kept
    never_sent: tuple[Period, ...] = ()  # earlier months that were built, and neither sent nor written since
    mail: MailCounts | None = None
    is_sending: bool = False
    not_sent: tuple[tuple[str, str], ...] = ()  # manager id, why
    release: Release = NO_RELEASE
    guards: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def summary_values(facts: RunFacts, words: Words) -> dict[str, Value]:
    """A value for each of `SUMMARY_NAMES`."""
    edition = facts.edition
    is_aside = bool(edition and edition.rows_set_aside)
    is_well = facts.exit_code == EXIT_DONE and not facts.not_sent and not is_aside
    share = rate(edition.compliant, edition.counted) if edition else None
    code = EXIT_GAPS if facts.exit_code == EXIT_DONE and not is_well else facts.exit_code
    sentence = words.text(_SENTENCES.get(code, "summary.stopped_bug"))
    return {
        "company": facts.company,
        "month": month_text(edition.series, words) if edition else "",
        "command": facts.command,
        "finished": words.timestamp(facts.finished_at),
        "headline": words.text(_headline(code)),
        "all_well": sentence if is_well else "",
        "trouble": "" if is_well else sentence,
        "error": facts.error,
        "exit_code": str(facts.exit_code),
        "edition": _edition(edition, words),
        "data": _data(edition, words),
        "verdict": _verdict(edition, facts.target, words),
        "rate": words.percent(percent_of(share, facts.target)) if share is not None else "",
        "requirements": _requirements(edition, words),
        "change": _change(edition, facts.results, facts.target, words),
        "people": words.number(edition.people) if edition else "",
        "workbooks": words.number(edition.workbooks) if edition else "",
        "findings": _findings(edition, words),
        "messages": _messages(facts, words),
        "not_sent": _not_sent(facts, words),
        "release": _release(facts.release, words),
        "guards": facts.guards,
        "next": _next(facts, words),
        "files": facts.files,
    }


_SENTENCES: Final = {
    EXIT_DONE: "summary.done",
    EXIT_BUG: "summary.stopped_bug",
    EXIT_CONFIG: "summary.stopped_config",
    EXIT_LMS: "summary.stopped_lms",
    EXIT_DATA: "summary.stopped_data",
    EXIT_OUTPUT: "summary.stopped_output",
    EXIT_GAPS: "summary.gaps",
}


def _headline(exit_code: int) -> str:
    if exit_code == EXIT_DONE:
        return "summary.headline_done"
    return "summary.headline_gaps" if exit_code == EXIT_GAPS else "summary.headline_stopped"


def _edition(edition: EditionFacts | None, words: Words) -> str:
    if edition is None:
        return ""
    number = number_text(edition.series, edition.revision, words)
    return words.text("summary.edition", edition=number, as_of=words.timestamp(edition.as_of))


def _data(edition: EditionFacts | None, words: Words) -> _List:
    if edition is None:
        return ()
    counts = {
        "lists": words.number(edition.lists),
        "received": words.number(edition.rows_received),
        "expected": words.number(edition.rows_expected),
    }
    aside = edition.rows_set_aside
    set_aside = (words.text("summary.set_aside", count=words.number(aside)),) if aside else ()
    if edition.is_complete:
        return (words.text("summary.read" if aside else "summary.complete", **counts), *set_aside)
    reasons = edition.reasons[:_MOST_NAMED]
    return (words.text("summary.incomplete", **counts), *reasons, *set_aside)


def _requirements(edition: EditionFacts | None, words: Words) -> str:
    if edition is None:
        return ""
    if not edition.counted:
        return ""
    counts = {
        name: words.number(getattr(edition, name)) for name in ("compliant", "counted", "overdue", "expired", "exempt")
    }
    return words.text("summary.requirements", **counts)


def _verdict(edition: EditionFacts | None, target: Fraction, words: Words) -> str:
    if edition is None:
        return ""
    return headline_band(edition, target, words, is_complete=edition.is_complete)


def _change(edition: EditionFacts | None, results: tuple[PeriodResult, ...], target: Fraction, words: Words) -> str:
    """The change since the month before, if both results are kept and this month's is of these figures."""
    if edition is None or edition.series.is_interim:
        return ""
    now = next((result for result in results if result.period == edition.series.period), None)
    if now is None or (now.compliant, now.counted) != (edition.compliant, edition.counted):
        return ""
    return since_last_month(now, results, target, words)


def _findings(edition: EditionFacts | None, words: Words) -> _List:
    if edition is None:
        return ()
    if not edition.findings:
        return (words.text("summary.no_findings"),)
    ordered = sorted(edition.findings.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(
        words.text("summary.counted", what=words.text(f"finding.{code}.title"), count=words.number(count))
        for code, count in ordered
    )


def _messages(facts: RunFacts, words: Words) -> _List:
    mail = facts.mail
    if mail is None:
        return (words.text("summary.nothing_sent"),) if facts.is_sending else ()
    if not facts.is_sending and not mail.written:
        return (words.text("summary.nothing_written"),)
    if not facts.is_sending:
        return (words.text("summary.written", count=words.number(mail.written)),)
    counts = (
        ("summary.unchanged", mail.unchanged),
        ("summary.left", mail.left),
        ("summary.failed", mail.failed),
        ("summary.in_doubt", mail.in_doubt),
    )
    key, done = ("summary.written_now", mail.written) if mail.written else ("summary.sent", mail.sent)
    sent = words.text(key, count=words.number(done), taken=words.number(mail.taken))
    said = (words.text(key, count=words.number(count)) for key, count in counts if count)
    return (sent, *said, *_copies(mail, words))


def _copies(mail: MailCounts, words: Words) -> _List:
    """The managers whose copies were not taken, with how many."""
    named = tuple(
        words.text("summary.copies", manager=manager_id, count=words.number(count))
        for manager_id, count in mail.copies_missed[:_MOST_NAMED]
    )
    more = len(mail.copies_missed) - len(named)
    return (*named, words.text("summary.more", count=words.number(more))) if more else named


def _release(release: Release, words: Words) -> str:
    return words.text("summary.release", name=release.approved_by, code=release.code) if release.code else ""


def _not_sent(facts: RunFacts, words: Words) -> _List:
    named = tuple(
        Sentence("{manager_id}: {why}", manager_id=manager_id, why=why)
        for manager_id, why in facts.not_sent[:_MOST_NAMED]
    )
    more = len(facts.not_sent) - len(named)
    return (*named, words.text("summary.more", count=words.number(more))) if more else named


def _next(facts: RunFacts, words: Words) -> _List:
    """What to do, the most pressing first."""
    mail = facts.mail or MailCounts()
    is_built = facts.exit_code in {EXIT_DONE, EXIT_GAPS} and not facts.is_sending
    is_aside = bool(facts.edition and facts.edition.rows_set_aside)
    steps = (
        ("summary.do_bug", facts.exit_code == EXIT_BUG),
        ("summary.do_config", facts.exit_code == EXIT_CONFIG),
        ("summary.do_lms", facts.exit_code == EXIT_LMS),
        ("summary.do_data", facts.exit_code == EXIT_DATA),
        ("summary.do_output", facts.exit_code == EXIT_OUTPUT),
        ("summary.do_in_doubt", bool(mail.in_doubt)),
        ("summary.do_failed", bool(mail.failed or (facts.not_sent and not facts.is_sending))),
        ("summary.do_copies", bool(mail.copies_missed)),
        ("summary.do_left", bool(mail.left)),
        ("summary.do_incomplete", bool(facts.edition and not facts.edition.is_complete)),
        ("summary.do_set_aside", is_built and is_aside),
        ("summary.do_send", is_built and not is_aside),
    )
    due = [words.text(key) for key, is_due in steps if is_due]
    if facts.never_sent:
        months = ", ".join(words.month(each.year, each.month) for each in facts.never_sent)
        due.append(words.text("summary.do_never_sent", months=months, period=str(facts.never_sent[-1])))
    return tuple(due) or (words.text("summary.do_nothing"),)
