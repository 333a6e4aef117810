"""The result lines of build and fetch, and their JSON form. No names of people."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rkreport.cli.results.snapshots import fetched_document, shown_share
from rkreport.core.compliance import INTERIM
from rkreport.core.report.completeness import completeness_sentences, list_name
from rkreport.core.snapshot import ListReading, SetAside
from rkreport.core.words import counted
from rkreport.locale.translation import spoken_words
from rkreport.run.edition.building import Built
from rkreport.run.edition.review_files import PAGE
from rkreport.run.fetch.estimating import Estimate
from rkreport.sentence import Sentence, joined, ours
from rkreport.store.snapshots import SnapshotRow


def built_rows(built: Built) -> list[tuple[str, str]]:
    """Word a finished build for the terminal."""
    manifest = built.manifest
    workbooks = counted([file["kind"] for file in manifest["files"]].count("manager"), "workbook")
    rows: list[tuple[str, str]] = [
        ("Period", _period(manifest)),
        *_completeness(built.lists, built.manifest["rows_set_aside"]),
        ("Users", Sentence("{records} in the LMS", records=counted(manifest["users"], "record"))),
        ("Assignments", _assignments(manifest)),
        ("Compliance", _compliance(built)),
        ("Findings", _findings(manifest["findings"])),
        ("Master", str(built.master)),
        ("Managers", Sentence("{workbooks} in {folder}", workbooks=workbooks, folder=built.folder / "managers")),
    ]
    written, missing = len(built.mailing.files), len(built.mailing.not_written)
    if written or missing:
        of_all = Sentence(" of {written}", written=written + missing) if missing else ""
        folder = built.folder / "outbox"
        rows.append(
            ("Messages", Sentence("{written}{of_all} in {folder}", written=written, of_all=of_all, folder=folder))
        )
    rows.append(("Review", str(built.folder / PAGE)))
    return rows


def _period(manifest: Mapping[str, Any]) -> str:
    is_interim = manifest["kind"] == INTERIM
    return Sentence(
        "{period}{so_far}, as of {as_of:%Y-%m-%d %H:%M}",
        period=manifest["period"],
        so_far=Sentence(" so far, interim {revision}", revision=manifest["revision"]) if is_interim else "",
        as_of=datetime.fromisoformat(manifest["as_of"]),
    )


def _assignments(manifest: Mapping[str, Any]) -> str:
    matched, rows_aside = manifest["matched"], manifest["rows_set_aside"]
    ways = (
        Sentence("{count:,} by {replace}", count=count, replace=ours(way.replace("_", " ")))
        for way, count in matched.items()
        if way != "unmatched"
    )
    aside = Sentence("; {rows} could not be read, set aside: see Data quality", rows=counted(rows_aside, "row"))
    return Sentence(
        "{assignments:,}: {ways}, {unmatched:,} unmatched{aside}",
        assignments=manifest["assignments"],
        ways=joined(", ", ways),
        unmatched=matched["unmatched"],
        aside=aside if rows_aside else "",
    )


def _compliance(built: Built) -> str:
    rate = built.manifest["rate"]
    return Sentence(
        "{share} ({compliant:,} of {requirements}; {exempt:,} exempt)",
        share=shown_share(rate["compliant"], rate["counted"], built.target),
        compliant=rate["compliant"],
        requirements=counted(rate["counted"], "requirement"),
        exempt=rate["exempt"],
    )


def _findings(findings: Mapping[str, int]) -> str:
    of_kinds = Sentence(" of {findings} kinds", findings=len(findings)) if len(findings) > 1 else ""
    return Sentence("{values:,}{of_kinds}, see Data quality", values=sum(findings.values()), of_kinds=of_kinds)


def built_document(built: Built) -> dict[str, Any]:
    """Return the manifest and its location."""
    return {**built.manifest, "folder": str(built.folder), "master": str(built.master)}


def fetched_rows(row: SnapshotRow, set_aside: int) -> list[tuple[str, str]]:
    """Word a finished fetch, with so many unreadable rows, for the terminal."""
    document = fetched_document(row)
    return [
        ("Snapshot", row.snapshot_id),
        *_completeness(row.lists, set_aside),
        (
            "Rows",
            Sentence(
                "{rows_received:,} of {rows_expected:,}",
                rows_received=document["rows_received"],
                rows_expected=document["rows_expected"],
            ),
        ),
        (
            "Requests",
            Sentence(
                "{requests:,}, {retries:,} of them again", requests=row.traffic.requests, retries=row.traffic.retries
            ),
        ),
    ]


def set_aside_rows(rows: Sequence[SetAside]) -> list[tuple[str, str]]:
    """Count the unreadable rows of a fetch per list; no line if there are none."""
    by_list = Counter(list_name(row, spoken_words()) for row in rows)
    return [
        ("Set aside", Sentence("{count:,} of the {name} cannot be read; they count nowhere", count=count, name=name))
        for name, count in by_list.items()
    ]


def set_aside_document(rows: Sequence[SetAside]) -> dict[str, Any]:
    """Return the unreadable rows for other programs."""
    by_list = Counter((row.kind.value, row.course, row.batch) for row in rows)
    lists = [
        {"list": kind, "course": course, "batch": batch, "rows": count}
        for (kind, course, batch), count in by_list.items()
    ]
    return {"rows_set_aside": len(rows), "set_aside": lists}


def estimate_rows(expected: Estimate) -> list[tuple[str, str]]:
    """Word an estimate for the terminal."""
    unknown = (
        Sentence(
            "; the sizes of {unknown_batches:,} are unknown, so it may be more",
            unknown_batches=expected.unknown_batches,
        )
        if expected.unknown_batches
        else ""
    )
    minutes = math.ceil(expected.seconds / 60)
    return [
        ("LMS", expected.host),
        ("Users", Sentence("{users:,}", users=expected.users)),
        ("Batches", Sentence("{batches:,}{unknown}", batches=expected.batches, unknown=unknown)),
        (
            "Requests",
            Sentence("{requests:,} (this estimate took {spent:,})", requests=expected.requests, spent=expected.spent),
        ),
        ("Time", Sentence("about {minutes:,} minutes", minutes=minutes) if minutes > 1 else "about a minute"),
    ]


def estimate_document(expected: Estimate) -> dict[str, Any]:
    """Return an estimate as JSON; its names are fixed."""
    return {
        "host": expected.host,
        "users": expected.users,
        "batches": expected.batches,
        "unknown_batches": expected.unknown_batches,
        "requests": expected.requests,
        "seconds": expected.seconds,
        "spent": expected.spent,
    }


def _completeness(lists: tuple[ListReading, ...], set_aside: int) -> list[tuple[str, str]]:
    return [("Data", sentence) for sentence in completeness_sentences(lists, set_aside, spoken_words())]
