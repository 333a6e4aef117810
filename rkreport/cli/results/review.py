"""A review for the terminal, and its JSON form. It shows managers as the admin's file names them.

Must not know how a figure is made.
"""

from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from rkreport.cli.results.sent import series_document
from rkreport.cli.screen import Column
from rkreport.core.leaks.text_folding import visible
from rkreport.core.percent import percent_number, percent_of
from rkreport.core.review.burst_list import BurstRow
from rkreport.core.review.guard import ALLOW_INCOMPLETE
from rkreport.core.review.page import GuardLine, Review
from rkreport.core.words import Words, counted
from rkreport.locale.translation import spoken_words
from rkreport.run.edition.reviewing import Reviewed
from rkreport.sentence import Sentence, joined, ours

ROWS_SHOWN = 40
_KILO = 1000


_LABEL, _PEOPLE, _OVERDUE = (
    Column("Manager", share=1),
    Column("People", is_number=True),
    Column("Overdue", is_number=True),
)
_RATE, _ADDRESS = Column("Rate", is_number=True), Column("Address and notes", share=2)
_COLUMNS = (
    *(_LABEL, _PEOPLE, _OVERDUE, _RATE),
    *(Column("Met", is_number=True), Column("Size", is_number=True), Column("Lang")),
    _ADDRESS,
)
_FEWER_COLUMNS = (_LABEL, _PEOPLE, _OVERDUE, _RATE, Column("File", is_number=True), _ADDRESS)
_WIDE = 100  # characters; below that names and addresses would break within words


def burst_table(review: Review, width: int) -> tuple[tuple[Column, ...], list[tuple[str, ...]]]:
    """Return columns and rows for a terminal of this width; a long list is cut, rows that need attention come first.

    On a narrow one what belongs together stands in one column, on lines of its own.
    """
    words, rows = spoken_words(), _shown(review.rows)
    if width >= _WIDE:
        return _COLUMNS, [_cells(row, review.target, words) for row in rows]
    return _FEWER_COLUMNS, [_fewer(_cells(row, review.target, words)) for row in rows]


def _fewer(cells: tuple[str, ...]) -> tuple[str, ...]:
    label, people, overdue, rate, met, size, language, address = cells
    return label, people, overdue, joined("\n", (rate, met)), joined("\n", (size, language)), address


def _shown(rows: Sequence[BurstRow]) -> Sequence[BurstRow]:
    if len(rows) <= ROWS_SHOWN:
        return rows
    return sorted(rows, key=lambda row: (not row.warnings, not row.is_new, -row.overdue))[:ROWS_SHOWN]


def _cells(row: BurstRow, target: Fraction, words: Words) -> tuple[str, ...]:
    address = [row.address] if row.address else []
    notes = [Sentence("▲ {note}", note=note) for note in (*((Sentence("new"),) if row.is_new else ()), *row.warnings)]
    state = [Sentence("message: {state}", state=ours(row.state.value))] if row.state else []
    if row.is_unchanged and not row.state:
        state = [Sentence("unchanged")]
    cells = (
        Sentence("{people:,}", people=row.people),
        Sentence("{overdue:,}", overdue=row.overdue),
        words.percent(percent_of(row.rate, target)),
        Sentence("{compliant:,} of {counted:,}", compliant=row.compliant, counted=row.counted)
        + (Sentence("\n{exempt:,} exempt", exempt=row.exempt) if row.exempt else ""),
        Sentence("{size_bytes:,} kB", size_bytes=max(round(row.size_bytes / _KILO), 1)) if row.size_bytes else "–",
        row.language,
        joined("\n", (visible(line) for line in (*address, *notes, *state))),
    )
    return (visible(row.label), *cells)


def review_rows(reviewed: Reviewed) -> list[tuple[str, str]]:
    """Return the lines below the table."""
    review, heading, rows = reviewed.review, reviewed.review.heading, list[tuple[str, str]]()
    if (left_out := len(review.rows) - ROWS_SHOWN) > 0:
        more = counted(left_out, "more manager")
        rows.append(("List", Sentence("{more_managers}; all of them are in burst-list.csv", more_managers=more)))
    period = Sentence(
        "{month}, as of {as_of}, {number}", month=heading.month, as_of=heading.as_of, number=heading.number
    )
    rows.append(("Period", period))
    rows.append(("Compliance", review.verdict))
    rows.append(("Since then", review.compared_with))
    if review.gone:
        gone = (
            Sentence(
                "{manager_id} ({people})",
                manager_id=visible(each.manager_id),
                people=counted(each.people, "person", "people"),
            )
            for each in review.gone
        )
        rows.append(("Gone", joined(", ", gone)))
    rows += [
        ("STOP", Sentence("{sentence} After looking: {option}", sentence=guard.sentence, option=guard.option))
        for guard in review.guards
    ]
    if not review.guards:
        rows.append(("Guards", "nothing stops the sending"))
    rows += [("On send", sentence) for sentence in review.plan.sentences]
    if code := reviewed.release_code:
        told = Sentence("{release_code}; whoever looked passes it on to the person who sends", release_code=code)
        rows.append(("Release", told))
    rows.append(("CSV", str(reviewed.burst_list)))
    rows.append(("Page", str(reviewed.page)))
    return rows


def review_document(reviewed: Reviewed) -> dict[str, Any]:
    """Return a review for other programs."""
    review, plan = reviewed.review, reviewed.review.plan
    return {
        **series_document(reviewed.period),
        "revision": reviewed.revision,
        "complete": reviewed.is_complete,
        "folder": str(reviewed.folder),
        "page": str(reviewed.page),
        "burst_list": str(reviewed.burst_list),
        **({"release": reviewed.release_code} if reviewed.release_code else {}),
        "guards": [_guard(guard) for guard in review.guards],
        "plan": {
            "messages": plan.messages,
            "domains": dict(plan.domains),
            "minutes": plan.minutes,
            "sent": plan.sent,
            "written": plan.written,
            "unknown": plan.unknown,
            "unchanged": plan.unchanged,
            "refused": {refusal.value: list(managers) for refusal, managers in plan.refused},
        },
        "findings": {kind.code: kind.count for kind in review.findings},
        "managers": [_document(row, review.target) for row in review.rows],
        "gone": [asdict(each) for each in review.gone],
    }


def _guard(guard: GuardLine) -> dict[str, str | None]:
    """Return a guard; `accept` is its word for --accept, null if another option accepts it."""
    accept = None if guard.option == ALLOW_INCOMPLETE else guard.code
    return {"code": guard.code, "accept": accept, "option": guard.option, "sentence": guard.sentence}


def _document(row: BurstRow, target: Fraction) -> dict[str, Any]:
    return {
        "manager_id": row.manager_id,
        "name": row.name,
        "email": row.address,
        "cc": list(row.cc),
        "language": row.language,
        "people": row.people,
        "requirements": row.counted,
        "compliant": row.compliant,
        "overdue": row.overdue,
        "exempt": row.exempt,
        "percent": percent_number(row.rate, target),
        "file": row.path,
        "size_bytes": row.size_bytes,
        "message": row.state.value if row.state else None,
        "unchanged": row.is_unchanged,
        "new": row.is_new,
        "refused": row.refusal.value if row.refusal else None,
        "warnings": list(row.warnings),
    }
