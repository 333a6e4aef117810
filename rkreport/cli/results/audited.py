"""The result of audit: lines of the audit log for the terminal, and for programs as they stand in the file."""

import json
import re
from datetime import tzinfo
from typing import Any

from rkreport.cli.screen import Column
from rkreport.core.audit_chain import AuditEntry, line_of
from rkreport.core.words import counted
from rkreport.run.keep.audit_reading import ReadLog
from rkreport.sentence import Sentence, joined

_DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")

AUDIT_COLUMNS = (
    Column("Line", is_number=True),
    Column("When"),
    Column("Who", share=1),
    Column("What", share=2),
    Column("About", share=3),
)


def audit_table(read: ReadLog, zone: tzinfo) -> list[tuple[str, ...]]:
    """Return a row per line, with times in the report's zone."""
    return [_cells(entry, zone) if entry else ("?", "", "", "not rkreport's", "") for entry in read.lines]


def audit_rows(read: ReadLog, *, is_whole: bool = False) -> list[tuple[str, str]]:
    """Return the lines below the table."""
    rows = [("Log", str(read.path)), ("Lines", Sentence("{number:,}", number=read.head.number))]
    if read.head.number:
        rows.append(
            (
                "Digest",
                Sentence("{sha256} of the last line, which stands for all before it", sha256=read.head.sha256),
            )
        )
    return (
        [*rows, ("Check", Sentence("{lines} as written, none missing", lines=counted(read.head.number, "line")))]
        if is_whole
        else rows
    )


def audit_document(read: ReadLog) -> dict[str, Any]:
    """Return the log for other programs; a line that is not rkreport's is null."""
    return {
        "file": str(read.path),
        "lines": read.head.number,
        "sha256": read.head.sha256 if read.head.number else None,
        "last": [json.loads(line_of(entry)) if entry else None for entry in read.lines],
    }


def _cells(entry: AuditEntry, zone: tzinfo) -> tuple[str, ...]:
    what = joined(" ", filter(None, (entry.event.value, entry.result)))
    told = {**entry.about, **entry.digests}
    about = joined(", ", (Sentence("{name} {text}", name=name, text=_short(text)) for name, text in told.items()))
    when = entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    return str(entry.number), when, f"{entry.actor.user}@{entry.actor.host}", what, about


def _short(text: str) -> str:
    """A digest with its first 12 characters, which are enough to tell two apart; --json and --export have it whole."""
    return _DIGEST.sub(r"\1…", text)
