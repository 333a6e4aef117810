"""A built edition as it is about to be sent, and its files changed by hand as an accident would change them."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from rkreport.config.load import Config, load_config
from rkreport.core.compliance import Period, Series
from rkreport.core.manifest import Manifest, ManifestFile
from rkreport.run.edition.assessing import Assessment, assess_snapshot, load_snapshot
from rkreport.run.edition.leak_testing import leak_test
from rkreport.run.pool import INLINE
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.snapshots import Snapshots
from tests.cli.program import Workspace


class Silent:
    """Nobody watches."""

    def say(self, sentence: str) -> None:
        """Say nothing."""

    def step(self, name: str, unit: str) -> Callable[[int, int], None]:
        """Show nothing."""
        return lambda _done, _known: None


@dataclass(frozen=True, slots=True)
class Edition:
    """What the leak test is given."""

    config: Config
    assessment: Assessment
    manifest: Manifest
    folder: Path
    world: World

    def leak_test(self) -> None:
        """Open its files and judge them."""
        leak_test(self.config, self.world, self.assessment.compliance, self.manifest, self.folder)

    def file_of(self, manager_id: str) -> Path:
        """A manager's workbook."""
        (path,) = [file["path"] for file in self._managers() if file["manager_id"] == manager_id]
        return self.folder / str(path)

    def resealed(self) -> "Edition":
        """The same edition whose manifest knows the files as they are now."""
        files: list[ManifestFile] = [
            {**file, "sha256": sha256((self.folder / file["path"]).read_bytes()).hexdigest()}
            for file in self._managers()
        ]
        return replace(self, manifest={**self.manifest, "files": files})

    def _managers(self) -> list[ManifestFile]:
        return [file for file in self.manifest["files"] if file["kind"] == "manager"]


def edition_of(workspace: Workspace, folder: Path | None = None) -> Edition:
    """October's first revision of a workspace, its teams computed again from the store."""
    config = load_config(workspace.config)
    world = World(lambda: workspace.now, lambda: 0.0, workspace.secrets, Silent(), lambda _tasks: nullcontext(INLINE))
    database = Database(config.data_dir)
    try:
        snapshots = Snapshots(database, world.utc_now)
        snapshot = load_snapshot(snapshots, snapshots.finished(None))
    finally:
        database.close()
    built = folder or workspace.built
    manifest = json.loads((built / "manifest.json").read_text("utf-8"))
    assessment = assess_snapshot(config, snapshot, Series(Period(2026, 10)), 1, ())
    return Edition(config, assessment, manifest, built, world)
