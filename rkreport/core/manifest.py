"""The manifest of a build: what other programs read. Its names are fixed. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rkreport.core.changes.comparison import NOTHING, Comparison
from rkreport.core.changes.table import changes_by_cause
from rkreport.core.compliance import Compliance
from rkreport.core.models import JoinedAssignment, MatchedBy, Requirement
from rkreport.core.percent import percent_number, target_of
from rkreport.core.report.completeness import list_name, reason_text
from rkreport.core.rollup import overall, status_counts
from rkreport.core.snapshot import Snapshot, Verdict, assignments_set_aside
from rkreport.core.words import Words


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """One file of a build. `path` is relative to its folder, with slashes; `rows` are data rows of its detail sheet.

    `content_sha256` covers what a manager's workbook says about its people; None for other files.
    """

    path: str
    kind: str  # master, manager, message, burst-list, changes, review
    manager_id: str | None
    rows: int | None
    sha256: str
    content_sha256: str | None = None


def manifest_of(
    compliance: Compliance,
    joined: Iterable[JoinedAssignment],
    files: Iterable[BuiltFile],
    timings_seconds: Mapping[str, float],
    words: Words,
    *,
    changes: Comparison = NOTHING,
) -> dict[str, Any]:
    """The whole manifest of a build; `words` are English, for the reasons."""
    snapshot, edition = compliance.snapshot, compliance.edition
    tally = overall(compliance.requirements)
    matched = Counter(row.matched_by for row in joined)
    verdicts = Counter(reading.verdict for reading in snapshot.lists)
    return {
        "run_id": edition.run_id,
        "period": str(edition.period),
        "kind": edition.series.kind,
        "revision": edition.revision,
        "as_of": edition.as_of.isoformat(timespec="seconds"),
        "complete": snapshot.is_complete,
        "reasons": [
            f"{list_name(reading, words)}: {reason_text(reading.reason, words)}"
            for reading in snapshot.lists
            if reading.reason
        ],
        "lists": {verdict.value: verdicts[verdict] for verdict in Verdict if verdict is not Verdict.ABSENT},
        "lms": _requests_and_rows(snapshot),
        "users": len(snapshot.learners),
        "assignments": len(snapshot.assignments) + assignments_set_aside(snapshot.set_aside),
        "rows_set_aside": len(snapshot.set_aside),
        "matched": {way.value: matched[way] for way in MatchedBy},
        "requirements": len(compliance.requirements),
        "status_counts": status_counts(compliance.requirements),
        "completion_dates": _sources_of_dates(compliance.requirements),
        "rate": {
            "compliant": tally.compliant,
            "counted": tally.counted,
            "exempt": tally.exempt,
            "percent": percent_number(tally.rate, target_of(compliance.rules.target_percent)),
        },
        "changes": changes_by_cause(changes),
        "findings": dict(sorted(Counter(finding.code for finding in compliance.findings).items())),
        "files": [asdict(file) for file in files],
        "timings_seconds": {step: round(seconds, 3) for step, seconds in timings_seconds.items()},
        "version": edition.version,
        "config_sha256": edition.config_sha256,
    }


def _sources_of_dates(requirements: Iterable[Requirement]) -> dict[str, int]:
    dated = [each.is_date_derived for each in requirements if each.completed_on]
    return {"lms": dated.count(False), "derived": dated.count(True)}


def _requests_and_rows(snapshot: Snapshot) -> dict[str, int]:
    return {
        "requests": snapshot.traffic.requests,
        "retries": snapshot.traffic.retries,
        "pages_expected": sum(reading.pages_expected for reading in snapshot.lists),
        "pages_received": sum(reading.pages_received for reading in snapshot.lists),
        "rows_expected": sum(reading.rows_expected for reading in snapshot.lists),
        "rows_received": sum(reading.rows_received for reading in snapshot.lists),
    }
