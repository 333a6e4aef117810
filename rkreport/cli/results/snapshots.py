"""What fetch and history say of a snapshot, and build and history of a rate."""

from fractions import Fraction
from typing import Any

from rkreport.core.percent import percent_of
from rkreport.core.rollup import rate as share_of
from rkreport.core.snapshot import Verdict
from rkreport.core.words import counted
from rkreport.locale.translation import spoken_words
from rkreport.store.snapshots import SnapshotRow


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


def shown_share(compliant: int, counted: int, target: Fraction) -> str:
    """Return the rate as shown, on the right side of the target."""
    share = share_of(compliant, counted)
    return "nothing counts" if share is None else spoken_words().percent(percent_of(share, target))


def read_rows(row: SnapshotRow) -> str:
    """Return how many of the expected rows were read."""
    return counted(sum(one.rows_received for one in row.lists), "row")
