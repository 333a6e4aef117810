"""The result lines of build, fetch, history and simulate, and their JSON form. No names of people."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any

from rkreport.cli.results.sent import delivery_documents, delivery_rows
from rkreport.core.compliance import INTERIM
from rkreport.core.percent import percent_of
from rkreport.core.report.completeness import completeness_sentences, list_name
from rkreport.core.rollup import rate as share_of
from rkreport.core.snapshot import ListReading, SetAside, Verdict
from rkreport.core.words import counted
from rkreport.locale import load_words
from rkreport.run.edition.building import Built
from rkreport.run.edition.review_files import PAGE
from rkreport.run.fetch.estimating import Estimate
from rkreport.run.keep.history import History
from rkreport.run.setup.simulating import Simulation
from rkreport.store.results import Standing
from rkreport.store.snapshots import SnapshotRow

_STANDINGS = {
    Standing.SENT: "sent",
    Standing.WRITTEN: "written to the outbox",
    Standing.KEPT: "kept by an earlier version",
    Standing.BUILT: "built, not sent; no other month is compared with it",
}


def built_rows(built: Built) -> list[tuple[str, str]]:
    """Word a finished build for the terminal."""
    manifest = built.manifest
    rate, matched = manifest["rate"], manifest["matched"]
    ways = ", ".join(f"{count:,} by {way.replace('_', ' ')}" for way, count in matched.items() if way != "unmatched")
    share = _share(rate["compliant"], rate["counted"], built.target)
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


def fetched_document(row: SnapshotRow) -> dict[str, Any]:
    """Return a finished fetch for other programs."""
    return {
        "snapshot": row.snapshot_id,
        "complete": row.is_complete,
        "lists": {verdict.value: sum(one.verdict is verdict for one in row.lists) for verdict in Verdict},
        "rows_expected": sum(one.rows_expected for one in row.lists),
        "rows_received": sum(one.rows_received for one in row.lists),
        "requests": row.traffic.requests,
        "retries": row.traffic.retries,
        "seconds": round(row.fetch_seconds, 3),
    }


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


def history_rows(past: History, target: Fraction) -> list[tuple[str, str]]:
    """Return one line per snapshot, per month and per sent edition."""
    rows = [
        (
            f"Snapshot {row.snapshot_id}",
            f"{row.host}, {_rows_of(row)}, {_completeness_in_short(row.lists)}",
        )
        for row in past.snapshots
    ]
    for kept in past.results:
        result = kept.result
        share = _share(result.compliant, result.counted, target)
        exempt = "" if result.exempt is None else f"; {result.exempt:,} exempt"
        figures = f"{share} ({result.compliant:,} of {result.counted:,}{exempt}), {result.overdue:,} overdue"
        edition = f"revision {kept.revision}, {_STANDINGS[kept.standing]}"
        rows.append((f"Month {result.period}", f"{figures}; {edition}"))
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


def _share(compliant: int, counted: int, target: Fraction) -> str:
    share = share_of(compliant, counted)
    return "nothing counts" if share is None else load_words("en").percent(percent_of(share, target))


def _completeness(lists: tuple[ListReading, ...]) -> list[tuple[str, str]]:
    return [("Data", sentence) for sentence in completeness_sentences(lists, load_words("en"))]


def _completeness_in_short(lists: tuple[ListReading, ...]) -> str:
    incomplete, moving = (
        sum(one.verdict is verdict for one in lists) for verdict in (Verdict.INCOMPLETE, Verdict.MOVING)
    )
    whole = counted(len(lists), "list")
    if incomplete:
        return f"INCOMPLETE: {incomplete:,} of {whole} could not be read in full"
    return f"complete, but {moving:,} of {whole} changed while they were read" if moving else "complete"


def _rows_of(row: SnapshotRow) -> str:
    return counted(sum(one.rows_received for one in row.lists), "row")


def simulation_rows(simulation: Simulation) -> list[tuple[str, str]]:
    """Word a simulated LMS for the terminal: its address and contents."""
    truth = simulation.truth
    rows = [
        ("Address", simulation.base_url),
        ("Figures", f"{simulation.base_url}/_stats"),
        ("Users", f"{truth.users:,}"),
        ("Courses", f"{len(truth.courses):,} with {counted(len(truth.batches), 'batch', 'batches')}"),
        ("Assignments", f"{truth.assignments:,}"),
        ("Online courses", f"{len(truth.online):,} with {counted(truth.online_assignments, 'assignment')}"),
        ("Learning plans", f"{len(truth.plans):,}"),
    ]
    if simulation.config:
        rows.append(("Config", str(simulation.config)))
    return rows


def simulation_document(simulation: Simulation) -> dict[str, Any]:
    """Return a simulated LMS for other programs."""
    return {
        "base_url": simulation.base_url,
        "users": simulation.truth.users,
        "courses": len(simulation.truth.courses),
        "batches": len(simulation.truth.batches),
        "assignments": simulation.truth.assignments,
        "online_courses": len(simulation.truth.online),
        "online_assignments": simulation.truth.online_assignments,
        "learning_plans": len(simulation.truth.plans),
        "config": str(simulation.config) if simulation.config else None,
    }
