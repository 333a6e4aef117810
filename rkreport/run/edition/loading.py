"""The edition to send: finds its folder, checks it against its seal, and judges its snapshot again.

Knows the file names, what makes an edition unfit to send and which revision comes next; must not make messages.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

from rkreport import __version__
from rkreport.config.load import Config
from rkreport.core.changes.comparison import NOTHING, Comparison
from rkreport.core.changes.table import changes_by_cause
from rkreport.core.compliance import Compliance, Series
from rkreport.core.mail.changes import LastMonth
from rkreport.core.mail.delivery import Delivery, MessageContent, has_left
from rkreport.core.manifest import Manifest, manager_files
from rkreport.core.models import ManagerId
from rkreport.core.release import NO_RELEASE, Release
from rkreport.core.report.fingerprint import CONTENT_VERSION, content_sha256, content_version
from rkreport.core.report.team_view import team_views
from rkreport.core.review.elsewhere import OtherLedger
from rkreport.core.review.last_sent import LastSent
from rkreport.core.rollup import overall
from rkreport.errors import DataError, OutputError
from rkreport.files import reason_of
from rkreport.run.edition.assessing import Assessment, assess_snapshot, load_earlier, load_snapshot, series_of
from rkreport.run.edition.changing import comparison_of
from rkreport.run.edition.comparing import last_sent
from rkreport.run.edition.earlier import last_months
from rkreport.run.edition.elsewhere import other_ledgers_of
from rkreport.run.edition.manifest_file import read_manifest
from rkreport.run.edition.sealing import MANIFEST, check_files, check_manifest
from rkreport.run.world import World
from rkreport.sentence import Sentence
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.results import Results
from rkreport.store.seals import Seals
from rkreport.store.snapshots import Snapshots

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_FIELDS: Final[Mapping[str, type]] = MappingProxyType(
    {
        "run_id": str,
        "revision": int,
        "complete": bool,
        "rate": dict,
        "files": list,
        "version": str,
        "config_sha256": str,
    }
)
"""The manifest's keys that are read later, with their types."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A built edition, complete and unchanged. `assessment` was made anew from the stored snapshot.

    An edition sent before seals existed has none, so no more of it may be sent. `other_ledgers` holds what only
    other ledgers know of the period's messages. `changes` is what changed since the last month-end report. `release` is
    that under which it may be sent, set by the checks.
    """

    config: Config
    assessment: Assessment
    manifest: Manifest
    folder: Path
    world: World
    last_month: Mapping[ManagerId, LastMonth]
    last_sent: LastSent
    is_sealed: bool = True
    other_ledgers: tuple[OtherLedger, ...] = ()
    changes: Comparison = NOTHING
    release: Release = NO_RELEASE

    @property
    def wanted(self) -> dict[ManagerId, MessageContent]:
        """What each manager should get, as it was built."""
        contents = _contents(self.manifest)
        managers = (team.manager for team in self.assessment.compliance.teams)
        return {
            each.manager_id: MessageContent(contents[each.manager_id], each.cc)
            for each in managers
            if each.manager_id in contents
        }


"""Raises an RkreportError to stop a sending."""


def next_revision(config: Config, database: Database, world: World, series: Series) -> int:
    """Return the revision to build: the newest one, or the next once a manager may have a message of the newest.

    Raises:
        OutputError: another folder's ledger.csv for the period cannot be read.
    """
    built, other_ledgers = _built(config.output_dir, series), other_ledgers_of(config, database, world, series)
    rows = _known(Ledger(database, world.utc_now), series, other_ledgers)
    newest = max([1, *(row.revision for row in rows), *built])
    is_taken = any(row.revision == newest and has_left(row) for row in rows)
    return newest + 1 if is_taken else newest


def _known(ledger: Ledger, series: Series, other_ledgers: Iterable[OtherLedger]) -> tuple[Delivery, ...]:
    """Return the ledger's rows of a series, and the rows that only other ledgers have."""
    return (*ledger.of_period(str(series)), *(row for each in other_ledgers for row in each.rows))


def load_edition(
    config: Config,
    database: Database,
    world: World,
    wanted: str | None,
    *,
    is_interim: bool = False,
    allow_incomplete: bool,
    without: frozenset[str] = frozenset(),
) -> Loaded:
    """Load and check the newest edition of a month, except files of the kinds in `without`.

    The month is `wanted`; None means as configured, or the current month for an interim edition.

    Raises:
        OutputError: no edition exists; other rules, another version or another data folder built it; its snapshot
            now gives other figures; or a file is missing or has changed.
        DataError: its data are incomplete and that was not allowed, or its snapshot is deleted.
    """
    snapshots, ledger = Snapshots(database, world.utc_now), Ledger(database, world.utc_now)
    newest = snapshots.finished(None).finished_at or world.utc_now()
    series = series_of(config, world.utc_now, newest, wanted, is_interim=is_interim)
    built, other_ledgers = _built(config.output_dir, series), other_ledgers_of(config, database, world, series)
    folder = _newest(config.output_dir, series, built, _known(ledger, series, other_ledgers))
    manifest = _manifest(folder)
    _check_maker(config, folder, manifest)
    edition = str(series), int(folder.name.removeprefix(series.mark))
    is_sealed = _check_seal(Seals(database).of(*edition), ledger.rows(*edition), folder, manifest, without)
    if not allow_incomplete:
        _refuse_incomplete(folder, manifest)
    snapshot_id = manifest["run_id"].rpartition("-")[0]
    row = snapshots.finished(snapshot_id)
    snapshot, completions = load_snapshot(snapshots, row), load_earlier(snapshots, row)
    history = Results(database, world.utc_now).before(series.period)
    assessment = assess_snapshot(config, snapshot, series, manifest["revision"], history, earlier=completions)
    _check_figures(folder, manifest, assessment.compliance)
    last_month = last_months(database, world.utc_now, series.period, config.rules_sha256)
    return Loaded(
        config,
        assessment,
        manifest,
        folder,
        world,
        last_month,
        last_sent(config, database, world, series, manifest["revision"]),
        is_sealed=is_sealed,
        other_ledgers=other_ledgers,
        changes=_changes(manifest, comparison_of(config, database, world, assessment.compliance)),
    )


def _changes(manifest: Manifest, now: Comparison) -> Comparison:
    """Return the comparison if the workbooks show the same; else none: what they were compared with has changed."""
    return now if manifest.get("changes") == changes_by_cause(now) else NOTHING


def _refuse_incomplete(folder: Path, manifest: Manifest) -> None:
    if not manifest["complete"]:
        raise DataError(
            "The data of {folder} are incomplete, so nothing was sent; fetch and build again, or"
            " say --allow-incomplete: every subject says so then.",
            folder=folder,
        )


def _check_maker(config: Config, folder: Path, manifest: Manifest) -> None:
    """Refuse an edition that was built with other settings, or by another version."""
    if manifest["config_sha256"] != config.sha256:
        other = "{folder} was built with other settings than {path} and its files say now; run rkreport build again."
        raise OutputError(other, folder=folder, path=config.path)
    if manifest["version"] != __version__:
        raise OutputError(
            "{folder} was built by rkreport {version}, and this is {version_2}; run rkreport build again.",
            folder=folder,
            version=manifest["version"],
            version_2=__version__,
        )
    if any(content_version(digest) != CONTENT_VERSION for digest in _contents(manifest).values()):
        older = "{folder} was built by an older rkreport {version}; run rkreport build again."
        raise OutputError(older, folder=folder, version=__version__)


def _check_seal(
    seal: Mapping[str, str],
    rows: Iterable[Delivery],
    folder: Path,
    manifest: Manifest,
    without: frozenset[str],
) -> bool:
    """Check the folder against its seal, or its manifest if it was sent before seals existed. True if sealed."""
    if seal or not any(map(has_left, rows)):
        check_manifest(folder, seal)
    check_files(folder, manifest, seal or {file["path"]: file["sha256"] for file in manifest["files"]}, without)
    return bool(seal)


def aside_of(edition: Path) -> Path:
    """Return where an edition is kept while a newer build of it takes its place."""
    return edition.with_name(f".{edition.name}.old")


def _built(output_dir: Path, series: Series) -> list[int]:
    """List the revisions whose folders exist. First restore a folder that a killed build had set aside."""
    folder = output_dir / str(series.period)
    for aside in folder.glob(f".{series.mark}*.old"):
        edition = folder / aside.name.removeprefix(".").removesuffix(".old")
        if not edition.exists():
            with suppress(OSError):  # it then counts as not built, and the message says to build
                aside.rename(edition)
    found = folder.glob(f"{series.mark}*/{MANIFEST}")
    numbers = (path.parent.name.removeprefix(series.mark) for path in found)
    return [int(number) for number in numbers if _NUMBER.fullmatch(number)]


def _newest(output_dir: Path, series: Series, built: Sequence[int], rows: Iterable[Delivery]) -> Path:
    newest = max(built, default=0)
    if not newest:
        raise OutputError(
            "{more} is built for {period} in {output_dir}; run rkreport build{what}, or name"
            " another month with --period.",
            more=Sentence("No interim edition") if series.is_interim else Sentence("Nothing"),
            period=series.period,
            output_dir=output_dir,
            what=Sentence(" --interim") if series.is_interim else "",
        )
    known = max((row.revision for row in rows), default=0)
    if known > newest:  # an older edition must not replace a newer one
        raise OutputError(
            "The folder {output_dir} is missing; run rkreport build again.",
            output_dir=output_dir / series.folder(known),
        )
    return output_dir / series.folder(newest)


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        found = read_manifest(path)
        if _is_whole(found):
            return cast("Manifest", found)
    except OSError as error:
        raise OutputError(
            "{path} cannot be read: {reason}; run rkreport build again.", path=path, reason=reason_of(error)
        ) from error
    except ValueError:
        pass
    raise OutputError("{path} is damaged; run rkreport build again.", path=path)


def _is_whole(manifest: Mapping[str, Any]) -> bool:
    """True if every key that is read later exists with its type."""
    return all(isinstance(manifest.get(name), kind) for name, kind in _FIELDS.items()) and all(
        isinstance(file, dict) and _names_a_file(file) for file in manifest["files"]
    )


def _names_a_file(file: Mapping[str, Any]) -> bool:
    """True if a file has its names and digest; a manager's file also needs its manager and content digest."""
    texts = [file.get("path"), file.get("kind"), file.get("sha256")]
    if file.get("kind") == "manager":
        texts += [file.get("manager_id"), file.get("content_sha256")]
    return "manager_id" in file and all(isinstance(text, str) for text in texts)


def _contents(manifest: Manifest) -> dict[ManagerId, str]:
    """Return, by manager, the content digest of their workbook."""
    return {manager_id: str(file["content_sha256"]) for manager_id, file in manager_files(manifest).items()}


def _check_figures(folder: Path, manifest: Manifest, compliance: Compliance) -> None:
    """Refuse workbooks with other figures than the snapshot gives now: the messages use the present figures."""
    tally, built = overall(compliance.requirements), manifest["rate"]
    now = (tally.compliant, tally.counted, tally.exempt)
    contents = _contents(manifest)
    views = team_views(compliance, compliance.teams)
    if (built.get("compliant"), built.get("counted"), built.get("exempt")) != now or any(
        contents.get(view.team.manager.manager_id, "") not in {"", content_sha256(view)} for view in views
    ):
        raise OutputError(
            "The workbooks in {folder} hold other figures than their snapshot gives now; nothing"
            " was sent; run rkreport build again.",
            folder=folder,
        )
