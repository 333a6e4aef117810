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
from rkreport.store.snapshots import SnapshotRow


def built_rows(built: Built) -> list[tuple[str, str]]:
    """Word a finished build for the terminal."""
    manifest = built.manifest
    rate, matched = manifest["rate"], manifest["matched"]
    ways = ", ".join(f"{count:,} by {way.replace('_', ' ')}" for way, count in matched.items() if way != "unmatched")
    share = shown_share(rate["compliant"], rate["counted"], built.target)
    rows_aside = manifest["rows_set_aside"]
    aside = f"; {counted(rows_aside, 'row')} could not be read, set aside: see Data quality" if rows_aside else ""
    findings = manifest["findings"]
    of_kinds = f" of {len(findings)} kinds" if len(findings) > 1 else ""
    kinds = [file["kind"] for file in manifest["files"]]
    as_of = datetime.fromisoformat(manifest["as_of"])
    so_far = f" so far, interim {manifest['revision']}" if manifest["kind"] == INTERIM else ""
    rows = [
        ("Period", f"{manifest['period']}{so_far}, as of {as_of:%Y-%m-%d %H:%M}"),
        *_completeness(built.lists),
        ("Users", f"{counted(manifest['users'], 'record')} in the LMS"),
        ("Assignments", f"{manifest['assignments']:,}: {ways}, {matched['unmatched']:,} unmatched{aside}"),
        (
            "Compliance",
            f"{share} ({rate['compliant']:,} of {counted(rate['counted'], 'requirement')}; {rate['exempt']:,} exempt)",
        ),
        ("Findings", f"{sum(findings.values()):,}{of_kinds}, see Data quality"),
        ("Master", str(built.master)),
        ("Managers", f"{counted(kinds.count('manager'), 'workbook')} in {built.folder / 'managers'}"),
    ]
    written, missing = len(built.mailing.files), len(built.mailing.not_written)
    if written or missing:
        of_all = f" of {written + missing}" if missing else ""
        rows.append(("Messages", f"{written}{of_all} in {built.folder / 'outbox'}"))
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
        ("Rows", f"{document['rows_received']:,} of {document['rows_expected']:,}"),
        ("Requests", f"{row.traffic.requests:,}, {row.traffic.retries:,} of them again"),
    ]


def set_aside_rows(rows: Sequence[SetAside]) -> list[tuple[str, str]]:
    """Count the unreadable rows of a fetch per list; no line if there are none."""
    by_list = Counter(list_name(row, load_words("en")) for row in rows)
    return [
        ("Set aside", f"{count:,} of the {name} cannot be read; they count nowhere") for name, count in by_list.items()
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
        f"; the sizes of {expected.unknown_batches:,} are unknown, so it may be more"
        if expected.unknown_batches
        else ""
    )
    minutes = math.ceil(expected.seconds / 60)
    return [
        ("LMS", expected.host),
        ("Users", f"{expected.users:,}"),
        ("Batches", f"{expected.batches:,}{unknown}"),
        ("Requests", f"{expected.requests:,} (this estimate took {expected.spent:,})"),
        ("Time", f"about {minutes:,} minutes" if minutes > 1 else "about a minute"),
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
