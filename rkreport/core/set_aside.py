"""Rows that could not be read: counted and reported, never guessed. Knows where they are, not their content."""

from collections.abc import Iterable

from rkreport.core.findings import Finding, FindingCode, Level
from rkreport.core.snapshot import ListKind, SetAside


def set_aside_findings(rows: Iterable[SetAside]) -> tuple[Finding, ...]:
    """One finding per row: list, page, field and own id, such as `assignments C-01 B-01, page 3, field id, 00417`."""
    return tuple(Finding(FindingCode.ROW_SET_ASIDE, Level.CHECK, _place(row)) for row in rows)


def assignments_set_aside(rows: Iterable[SetAside]) -> int:
    """How many of the rows come from assignment lists: fetched, but unusable as assignments."""
    return sum(row.kind is ListKind.ASSIGNMENTS for row in rows)


def _place(row: SetAside) -> str:
    name = " ".join(filter(None, (row.kind.value, row.course, row.batch)))
    return ", ".join(filter(None, (name, f"page {row.page}", row.field and f"field {row.field}", row.row_id)))
