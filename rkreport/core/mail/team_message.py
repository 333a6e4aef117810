"""What a mail says: one team's headline numbers in its manager's language, and no person's name. Pure."""

from collections.abc import Sequence
from fractions import Fraction

from rkreport.core.changes.team import TeamChanges
from rkreport.core.compliance import Edition, month_text
from rkreport.core.mail.changes import LastMonth, most_important, since_last_month, since_revision, team_figures
from rkreport.core.mail.delivery import Delivery
from rkreport.core.mail.templates import Value
from rkreport.core.models import Manager, Requirement, Status
from rkreport.core.percent import percent_of
from rkreport.core.report.actions import needing_action
from rkreport.core.report.completeness import banner
from rkreport.core.report.headline import headline_band
from rkreport.core.report.kpis import rate_text
from rkreport.core.rollup import CompanyFigures, Tally, overall
from rkreport.core.snapshot import ListReading
from rkreport.core.words import Words


def mail_values(
    edition: Edition,
    manager: Manager,
    requirements: Sequence[Requirement],
    lists: Sequence[ListReading],
    *,
    target: Fraction,
    company: CompanyFigures,
    reply_to: str,
    file_name: str,
    words: Words,
    earlier: Delivery | None = None,
    last_month: LastMonth | None = None,
    changes: TeamChanges | None = None,
    is_encrypted: bool = False,
) -> dict[str, Value]:
    """A value for every name of `rkreport.core.mail.templates.TEMPLATE_NAMES`.

    `earlier` is the manager's message of an earlier revision, `last_month` the team's figures of the month before,
    `changes` what changed since the last month-end report. `is_encrypted`: the workbook is.
    """
    incomplete = banner(lists, words)
    figures, sheet = team_figures(requirements), words.text("sheet.action_needed.title")
    tally = overall(requirements)
    all_done = _all_done(manager, requirements, words) if not incomplete else ""
    return {
        "company": edition.company,
        "manager_name": manager.name,
        "month": month_text(edition.series, words),
        "as_of": words.timestamp(edition.as_of),
        "people": words.number(figures.people),
        **_counts(tally, target, words),
        "verdict": "" if all_done else headline_band(tally, target, words, is_complete=not incomplete),
        "all_done": all_done,
        "compared": _compared(company, target, words),
        "change": since_last_month(last_month, figures, target, words),
        "changed_most": most_important(changes, words),
        "changed": "" if edition.is_interim else since_revision(earlier, figures, words),
        "banner": incomplete,
        "incomplete": words.text("mail.incomplete") if incomplete else "",
        "reply_to": reply_to,
        "file_name": file_name,
        "next_step": words.text(
            _next_step(manager, requirements, is_complete=not incomplete), file_name=file_name, sheet=sheet
        ),
        "password_note": words.text("mail.password_note") if is_encrypted else "",
        "interim": words.text("mail.interim") if edition.is_interim else "",
        "revision": words.number(edition.revision) if edition.revision > 1 and not edition.is_interim else "",
    }


def _compared(company: CompanyFigures, target: Fraction, words: Words) -> str:
    shown = words.percent(percent_of(target, target))
    return words.text("mail.compared", target=shown, company=rate_text(company, target, words))


def _counts(tally: Tally, target: Fraction, words: Words) -> dict[str, str]:
    def count(status: Status) -> str:
        return words.number(tally.by_status[status])

    return {
        "compliant": words.number(tally.compliant),
        "counted": words.number(tally.counted),
        "exempt": _exempt(tally, words),
        "rate": words.percent(percent_of(tally.rate, target)),
        "overdue": count(Status.OVERDUE),
        "due_soon": count(Status.DUE_SOON),
        "failed": count(Status.FAILED),
        "expired": count(Status.EXPIRED),
        "not_assigned": count(Status.NOT_ASSIGNED),
        "expiring": count(Status.EXPIRING),
    }


def _all_done(manager: Manager, requirements: Sequence[Requirement], words: Words) -> str:
    """The sentence if all that counts is met and nothing is about to expire; else `""`.

    People without a manager still need one, so the fallback's recipient always has something to do.
    """
    tally = overall(requirements)
    if manager.is_fallback or not tally.counted or needing_action(requirements):
        return ""
    return words.text(
        "mail.all_done" if tally.people > 1 else "mail.one_all_done",
        people=words.number(tally.people),
        compliant=words.number(tally.compliant),
        counted=words.number(tally.counted),
        exempt=_exempt(tally, words),
    )


def _exempt(tally: Tally, words: Words) -> str:
    return words.text("mail.exempt", count=words.number(tally.exempt)) if tally.exempt else ""


def _next_step(manager: Manager, requirements: Sequence[Requirement], *, is_complete: bool) -> str:
    """The key of the words. Say "nothing to do" only if the data are complete."""
    if manager.is_fallback:
        return "mail.fallback_step"
    if not is_complete or needing_action(requirements):
        return "mail.next_step"
    return "mail.no_next_step" if overall(requirements).counted else "mail.nothing_counts_step"


def too_large_note(file_name: str, size_bytes: int, limit_bytes: int, reply_to: str, words: Words) -> str:
    """Why the workbook is not attached, and how to get it; sizes are of the encoded message."""
    return words.text(
        "mail.too_large",
        file_name=file_name,
        size=words.number(round(size_bytes / 1_000_000, 1)),
        limit=words.number(round(limit_bytes / 1_000_000, 1)),
        reply_to=reply_to,
    )
