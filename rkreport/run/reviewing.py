"""Review: the newest edition of a month looked at again before it is sent. Writes its list and pages, sends nothing."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rkreport.config.load import Config
from rkreport.core.models import ManagerId
from rkreport.core.report.burst_list import Posted
from rkreport.core.report.review import Review
from rkreport.delivery.private_file import write_private_file
from rkreport.errors import DataError, OutputError
from rkreport.run.assessing import assess_snapshot, load_snapshot, period_of
from rkreport.run.building import MANIFEST
from rkreport.run.review_files import BURST_LIST, KINDS, PAGE, write_review
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.delivery_states import delivery_states
from rkreport.store.results import Results
from rkreport.store.snapshots import Snapshots

_REVISION = re.compile("rev([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review in English, and where its files are."""

    review: Review
    period: str
    is_complete: bool
    folder: Path
    page: Path
    burst_list: Path


def review_step(config: Config, database: Database, world: World, wanted: str | None) -> Reviewed:
    """Judge the snapshot of the newest edition again, and write what somebody should see before it is sent.

    Args:
        config: as at the build.
        database: the store, held by this run.
        world: clocks.
        wanted: the month, None for the configured one.

    Raises:
        DataError: nothing was built for the month.
        OutputError: it was built with other settings, or a file cannot be read or written.
    """
    folder, manifest = _newest_edition(config, database, world, wanted)
    snapshots = Snapshots(database, world.utc_now)
    row = snapshots.finished(str(manifest["run_id"]).rpartition("-rev")[0])
    snapshot = load_snapshot(snapshots, row)
    period = period_of(config, snapshot.finished_at, str(manifest["period"]))
    history = Results(database, world.utc_now).before(period)
    assessment = assess_snapshot(config, snapshot, period, int(manifest["revision"]), history)
    built = {ManagerId(file["manager_id"]): file for file in manifest["files"] if file["kind"] == "manager"}
    workbooks = {manager_id: str(file["path"]) for manager_id, file in built.items()}
    contents = {manager_id: str(file.get("content_sha256")) for manager_id, file in built.items()}
    states, unchanged = delivery_states(database, str(period), int(manifest["revision"]), contents)
    written = write_review(config, assessment.compliance, folder, workbooks, Posted(states, unchanged))
    others = [file for file in manifest["files"] if file["kind"] not in KINDS]
    files = [*others, *(asdict(file) for file in written.files)]
    text = json.dumps({**manifest, "files": files}, indent=2, ensure_ascii=False)
    write_private_file(folder / MANIFEST, text.encode())
    return Reviewed(
        review=written.review,
        period=str(period),
        is_complete=snapshot.is_complete,
        folder=folder,
        page=folder / PAGE,
        burst_list=folder / BURST_LIST,
    )


def _newest_edition(
    config: Config, database: Database, world: World, wanted: str | None
) -> tuple[Path, Mapping[str, Any]]:
    newest = Snapshots(database, world.utc_now).finished(None)
    period = period_of(config, newest.finished_at or world.utc_now(), wanted)
    above = config.output_dir / str(period)
    matches = (_REVISION.fullmatch(path.parent.name) for path in above.glob(f"rev*/{MANIFEST}"))
    revisions = sorted(int(match[1]) for match in matches if match)
    if not revisions:
        raise DataError(f"Nothing was built for {period} in {above}; run rkreport build --period {period}.")
    folder = above / f"rev{revisions[-1]}"
    manifest = _read(folder / MANIFEST)
    if manifest["config_sha256"] != config.sha256:
        raise OutputError(
            f"{folder} was built with other settings than {config.path} and its files say now; run rkreport build"
            " again."
        )
    return folder, manifest


def _read(path: Path) -> Mapping[str, Any]:
    """The manifest, as far as it is used here."""
    try:
        manifest = json.loads(path.read_text("utf-8"))
        is_ours = all(
            isinstance(file["path"], str) and isinstance(file["kind"], str) and "manager_id" in file
            for file in manifest["files"]
        ) and {"run_id", "period", "revision", "config_sha256"} <= set(manifest)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise OutputError(f"The manifest {path} cannot be read; run rkreport build again.") from error
    if not is_ours:
        raise OutputError(f"The manifest {path} is not what rkreport wrote; run rkreport build again.")
    return dict(manifest)
