"""Review: looks at a month's newest edition again before sending. Writes its list and pages; sends nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rkreport.config.load import Config
from rkreport.core.audit_chain import AuditEvent
from rkreport.core.mail.delivery import DeliveryState, is_written, states_of
from rkreport.core.manifest import ManifestFile, file_entry, manager_files
from rkreport.core.models import ManagerId
from rkreport.core.release import code_of
from rkreport.core.review.burst_list import DeliveryStatus
from rkreport.core.review.page import Review
from rkreport.files import write_private_file
from rkreport.run.auditing import record
from rkreport.run.edition.earlier import received_by
from rkreport.run.edition.loading import Loaded, load_edition
from rkreport.run.edition.recognizing import recognized
from rkreport.run.edition.releasing import about_loaded, edition_digests, release_digest
from rkreport.run.edition.review_files import BURST_LIST, KINDS, PAGE, write_review
from rkreport.run.edition.sealing import MANIFEST, seal_of
from rkreport.run.world import World
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.seals import Seals


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review in English, and the location of its files."""

    review: Review
    period: str
    revision: int
    is_complete: bool
    folder: Path
    page: Path
    burst_list: Path
    release_code: str = ""  # where a second person must give it before the sending


def review_step(
    config: Config, database: Database, world: World, wanted: str | None, *, is_interim: bool = False
) -> Reviewed:
    """Judge the snapshot of the newest edition again, and write what the admin should see before sending it.

    Args:
        config: the same as for the build.
        database: the store, held by this run.
        world: clocks.
        wanted: the month, None for the configured one.
        is_interim: True for an interim edition of the current month.

    Raises:
        OutputError: the month has no edition, it was built with other settings, or a file cannot be read or written.
    """
    loaded = load_edition(config, database, world, wanted, is_interim=is_interim, allow_incomplete=True, without=KINDS)
    folder, manifest, compliance = loaded.folder, loaded.manifest, loaded.assessment.compliance
    period, revision = str(compliance.edition.series), compliance.edition.revision
    built = manager_files(manifest)
    digest = release_digest(loaded) if config.settings.release.approval else ""
    code = code_of(digest) if digest else ""
    written = write_review(
        config,
        compliance,
        folder,
        {manager_id: file["path"] for manager_id, file in built.items()},
        posted=_posted(loaded, Ledger(database, world.utc_now), built),
        last_sent=loaded.last_sent,
        other_ledgers=loaded.other_ledgers,
        release_code=code,
    )
    files = [*(each for each in manifest["files"] if each["kind"] not in KINDS), *map(file_entry, written.files)]
    text = json.dumps({**manifest, "files": files}, indent=2, ensure_ascii=False)
    write_private_file(folder / MANIFEST, text.encode())
    if loaded.is_sealed:
        own = seal_of(folder, ((file.path, file.sha256) for file in written.files))
        Seals(database).add(period, revision, own)
    digests = edition_digests(folder, {**manifest, "files": files})
    _record(database, loaded, digests | ({"release": digest} if digest else {}), code)
    return Reviewed(
        review=written.review,
        period=period,
        revision=revision,
        is_complete=compliance.snapshot.is_complete,
        folder=folder,
        page=folder / PAGE,
        burst_list=folder / BURST_LIST,
        release_code=code,
    )


def _record(database: Database, loaded: Loaded, digests: Mapping[str, str], code: str) -> None:
    about = about_loaded(loaded) | ({"release": code} if code else {})
    record(database, loaded.world, AuditEvent.REVIEW_SHOWN, about=about, digests=digests)


def _posted(loaded: Loaded, ledger: Ledger, built: Mapping[ManagerId, ManifestFile]) -> DeliveryStatus:
    """Return what became of the messages of these workbooks; one in the outbox with an older workbook is none."""
    config, compliance = loaded.config, loaded.assessment.compliance
    edition = compliance.edition
    received = recognized(config, loaded.world.secrets, compliance, received_by(ledger, compliance), loaded.wanted)
    digests = {manager_id: file["sha256"] for manager_id, file in built.items()}
    rows = [
        row
        for row in ledger.rows(str(edition.series), edition.revision)
        if row.state is not DeliveryState.WRITTEN
        or (row.manager_id in digests and is_written(row, digests[row.manager_id], config.channel.name))
    ]
    return DeliveryStatus(*states_of(rows, received, loaded.wanted))
