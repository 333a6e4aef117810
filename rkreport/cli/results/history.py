"""The result of history."""

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from rkreport.cli.results.sent import delivery_documents, delivery_rows
from rkreport.cli.results.snapshots import fetched_document, read_rows, shown_share
from rkreport.core.snapshot import ListReading, Verdict
from rkreport.core.words import counted
from rkreport.run.keep.history import History
from rkreport.sentence import Sentence, ours
from rkreport.store.results import Standing

_STANDINGS = {
    Standing.SENT: "sent",
    Standing.WRITTEN: "written to the outbox",
    Standing.KEPT: "kept by an earlier version",
    Standing.BUILT: "built, not sent; no other month is compared with it",
}


def history_rows(past: History, target: Fraction) -> list[tuple[str, str]]:
    """Return one line per snapshot, per month and per sent edition."""
    rows: list[tuple[str, str]] = [
        (
            Sentence("Snapshot {snapshot_id}", snapshot_id=row.snapshot_id),
            Sentence(
                "{host}, {read_rows}, {completeness_in_short}",
                host=row.host,
                read_rows=read_rows(row),
                completeness_in_short=_completeness_in_short(row.lists),
            ),
        )
        for row in past.snapshots
    ]
    for kept in past.results:
        result = kept.result
        share = shown_share(result.compliant, result.counted, target)
        exempt = "" if result.exempt is None else Sentence("; {exempt:,} exempt", exempt=result.exempt)
        figures = Sentence(
            "{share} ({compliant:,} of {counted:,}{exempt}), {overdue:,} overdue",
            share=share,
            compliant=result.compliant,
            counted=result.counted,
            exempt=exempt,
            overdue=result.overdue,
        )
        edition = Sentence(
            "revision {revision}, {standings}", revision=kept.revision, standings=ours(_STANDINGS[kept.standing])
        )
        rows.append(
            (
                Sentence("Month {period}", period=result.period),
                Sentence("{figures}; {edition}", figures=figures, edition=edition),
            )
        )
    rows += delivery_rows(past.deliveries)
    return rows or [("Nothing yet", "run rkreport run")]


def history_document(past: History) -> dict[str, Any]:
    """Return the past for other programs."""
    return {
        "snapshots": [
            {**fetched_document(row), "host": row.host, "started_at": row.started_at.isoformat()}
            for row in past.snapshots
        ],
        "periods": [
            {
                **asdict(kept.result),
                "period": str(kept.result.period),
                "revision": kept.revision,
                "standing": kept.standing,
            }
            for kept in past.results
        ],
        "deliveries": delivery_documents(past.deliveries),
    }


def _completeness_in_short(lists: tuple[ListReading, ...]) -> str:
    incomplete, moving = (
        sum(one.verdict is verdict for one in lists) for verdict in (Verdict.INCOMPLETE, Verdict.MOVING)
    )
    whole = counted(len(lists), "list")
    if incomplete:
        return Sentence(
            "INCOMPLETE: {incomplete:,} of {whole} could not be read in full", incomplete=incomplete, whole=whole
        )
    return (
        Sentence("complete, but {moving:,} of {whole} changed while they were read", moving=moving, whole=whole)
        if moving
        else Sentence("complete")
    )
