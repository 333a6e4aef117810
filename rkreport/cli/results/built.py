"""The result lines of build and fetch, and their JSON form. No names of people."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rkreport.cli.results.snapshots import fetched_document, shown_share
from rkreport.core.compliance import INTERIM
from rkreport.core.report.completeness import completeness_sentences, list_name
from rkreport.core.snapshot import ListReading, SetAside
from rkreport.core.words import counted
from rkreport.locale import load_words
from rkreport.run.edition.building import Built
from rkreport.run.edition.review_files import PAGE
from rkreport.run.fetch.estimating import Estimate
from rkreport.sentence import Sentence
from rkreport.store.snapshots import SnapshotRow


def built_rows(built: Built) -> list[tuple[str, str]]:
    """Word a finished build for the terminal."""
    manifest = built.manifest
    rate, matched = manifest["rate"], manifest["matched"]
    ways = ", ".join(
        Sentence("{count:,} by {replace}", count=count, replace=way.replace("_", " "))
        for way, count in matched.items()
        if way != "unmatched"
    )
    share = shown_share(rate["compliant"], rate["counted"], built.target)
    rows_aside = manifest["rows_set_aside"]
    aside = (
        Sentence("; {rows} could not be read, set aside: see Data quality", rows=counted(rows_aside, "row"))
        if rows_aside
        else ""
    )
    findings = manifest["findings"]
    of_kinds = Sentence(" of {findings} kinds", findings=len(findings)) if len(findings) > 1 else ""
    kinds = [file["kind"] for file in manifest["files"]]
    as_of = datetime.fromisoformat(manifest["as_of"])
    so_far = (
        Sentence(" so far, interim {revision}", revision=manifest["revision"]) if manifest["kind"] == INTERIM else ""
    )
    rows = [
        (
            "Period",
            Sentence(
                "{period}{so_far}, as of {as_of:%Y-%m-%d %H:%M}", period=manifest["period"], so_far=so_far, as_of=as_of
            ),
        ),
        *_completeness(built.lists),
        ("Users", Sentence("{records} in the LMS", records=counted(manifest["users"], "record"))),
        (
            "Assignments",
            Sentence(
                "{assignments:,}: {ways}, {unmatched:,} unmatched{aside}",
                assignments=manifest["assignments"],
                ways=ways,
                unmatched=matched["unmatched"],
                aside=aside,
            ),
        ),
        (
            "Compliance",
            Sentence(
                "{share} ({compliant:,} of {requirements}; {exempt:,} exempt)",
                share=share,
                compliant=rate["compliant"],
                requirements=counted(rate["counted"], "requirement"),
                exempt=rate["exempt"],
            ),
        ),
        (
            "Findings",
            Sentence("{values:,}{of_kinds}, see Data quality", values=sum(findings.values()), of_kinds=of_kinds),
        ),
        ("Master", str(built.master)),
        (
            "Managers",
            Sentence(
                "{workbooks} in {folder}",
                workbooks=counted(kinds.count("manager"), "workbook"),
                folder=built.folder / "managers",
            ),
        ),
    ]
    written, missing = len(built.mailing.files), len(built.mailing.not_written)
    if written or missing:
        of_all = Sentence(" of {written}", written=written + missing) if missing else ""
        rows.append(
            (
                "Messages",
                Sentence(
                    "{written}{of_all} in {folder}", written=written, of_all=of_all, folder=built.folder / "outbox"
                ),
            )
        )
    rows.append(("Review", str(built.folder / PAGE)))
    return rows


def built_document(built: Built) -> dict[str, Any]:
    """Return the manifest and its location."""
    return {**built.manifest, "folder": str(built.folder), "master": str(built.master)}


def fetched_rows(row: SnapshotRow) -> list[tuple[str, str]]:
    """Word a finished fetch for the terminal."""
    document = fetched_document(row)
    return [
        ("Snapshot", row.snapshot_id),
        *_completeness(row.lists),
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
    by_list = Counter(list_name(row, load_words("en")) for row in rows)
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
        ("Users", f"{expected.users:,}"),
        ("Batches", f"{expected.batches:,}{unknown}"),
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


def _completeness(lists: tuple[ListReading, ...]) -> list[tuple[str, str]]:
    return [("Data", sentence) for sentence in completeness_sentences(lists, load_words("en"))]
