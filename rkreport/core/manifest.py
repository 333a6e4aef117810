"""The manifest of a build: what other programs read. Its names are fixed. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from rkreport.core.changes.comparison import NOTHING, Comparison
from rkreport.core.changes.table import changes_by_cause
from rkreport.core.compliance import Compliance
from rkreport.core.models import JoinedAssignment, ManagerId, MatchedBy, Requirement
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
    kind: str  # master, manager, message, review, burst-list, changes
    manager_id: str | None
    rows: int | None
    sha256: str
    content_sha256: str | None = None


class ManifestFile(TypedDict):
    """A `BuiltFile` in the manifest."""

    path: str
    kind: str
    manager_id: str | None
    rows: int | None
    sha256: str
    content_sha256: str | None


class ManifestRate(TypedDict):
    """The rate with its numbers; `percent` is None when nothing counts."""

    compliant: int
    counted: int
    exempt: int
    percent: float | None


class Manifest(TypedDict):
    """`manifest.json`. One that is read back may be older: what is needed of it is checked where it is read."""

    run_id: str
    period: str
    kind: str
    revision: int
    as_of: str
    complete: bool
    reasons: list[str]
    lists: dict[str, int]
    lms: dict[str, int]
    users: int
    assignments: int
    rows_set_aside: int
    matched: dict[str, int]
    requirements: int
    status_counts: dict[str, int]
    completion_dates: dict[str, int]
    rate: ManifestRate
    changes: dict[str, dict[str, int | float | None]]
    findings: dict[str, int]
    files: list[ManifestFile]
    timings_seconds: dict[str, float]
    version: str
    config_sha256: str


def manager_files(manifest: Manifest) -> dict[ManagerId, ManifestFile]:
    """The managers' workbooks, in the order of the manifest."""
    files = (file for file in manifest["files"] if file["kind"] == "manager")
    return {ManagerId(str(file["manager_id"])): file for file in files}


def file_entry(file: BuiltFile) -> ManifestFile:
    """A file as the manifest has it."""
    return {
        "path": file.path,
        "kind": file.kind,
        "manager_id": file.manager_id,
        "rows": file.rows,
        "sha256": file.sha256,
        "content_sha256": file.content_sha256,
    }


def manifest_of(
    compliance: Compliance,
    joined: Iterable[JoinedAssignment],
    files: Iterable[BuiltFile],
    timings_seconds: Mapping[str, float],
    words: Words,
    *,
    changes: Comparison = NOTHING,
) -> Manifest:
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
        "files": [file_entry(file) for file in files],
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
