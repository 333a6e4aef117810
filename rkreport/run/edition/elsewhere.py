"""Elsewhere: finds messages that a `ledger.csv` or the archive knows and this store does not.

Knows where to look and who sent what; the sending decides what to do about it.
"""

import logging
import re
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from rkreport.config.load import Config
from rkreport.config.secrets import WORKBOOK_PASSWORD
from rkreport.core.compliance import Period, Series
from rkreport.core.mail.delivery import Channel, Delivery, DeliveryState, TeamFigures, has_left
from rkreport.core.models import ManagerId
from rkreport.core.report.heading import series_told
from rkreport.core.review.elsewhere import OtherLedger, Source, unknown_to
from rkreport.errors import RkreportError
from rkreport.excel.ooxml.encryption import decrypted
from rkreport.run.edition.ledger_file import LEDGER_FILE, read_ledger_file
from rkreport.run.world import Clock, World
from rkreport.store.archive import FOLDER, Archive
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from rkreport.store.origin import Origin

log = logging.getLogger(__name__)

_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_FIRST: Final = (
    "This data folder sends for the first time, and sees no ledger.csv and no archive of another one: if this month was"
    " sent from elsewhere, it goes out twice."
)
_GONE: Final = (
    "This data folder has sent before, and {folder} holds no ledger.csv of any sending: if the data folder was restored"
    " from a backup and this month was sent since then, it goes out twice."
)
_ARCHIVED = "its workbook was about to be sent; nobody can tell what became of the message"


def other_ledgers_of(config: Config, database: Database, world: World, series: Series) -> tuple[OtherLedger, ...]:
    """Return what other ledgers know of a period's messages and this store does not.

    Raises:
        OutputError: a ledger.csv of the period cannot be read.
    """
    own = Ledger(database, world.utc_now).of_period(str(series))
    files = _ledger_files(config.output_dir, database, world.utc_now, series)
    return unknown_to(own, (*files, *_archive(config, database, world, series)))


def sent_elsewhere(output_dir: Path, database: Database, utc_now: Clock, until: Period) -> tuple[Delivery, ...]:
    """Return the messages of the newest month up to `until` that a ledger.csv lists and this store lacks.

    Returns none if the store itself knows a newer month.

    Raises:
        OutputError: a ledger.csv of such a month cannot be read.
    """
    own = [row for row in Ledger(database, utc_now).all() if not Series.parse(row.period).is_interim]
    newest = max((row.period for row in own if has_left(row) and row.period <= str(until)), default="")
    there = {path.parents[1].name for path in output_dir.glob(f"*/rev*/{LEDGER_FILE}")}
    months = [month for month in there if _MONTH.fullmatch(month) and newest <= month <= str(until)]
    for month in sorted(months, reverse=True):
        known = (row for row in own if row.period == month)
        other_ledgers = unknown_to(known, _ledger_files(output_dir, database, utc_now, Series.parse(month)))
        if other_ledgers:
            return tuple(row for each in other_ledgers for row in each.rows)
    return ()


def lost_state_notice(config: Config, database: Database, utc_now: Clock) -> str:
    """Return the warning that no file could tell of other sendings; `""` if a file could.

    Files in the outbox cannot be sent twice, so they need no warning.
    """
    if not config.channel.leaves or any(True for _ in config.output_dir.glob(f"*/*/{LEDGER_FILE}")):
        return ""
    rows = Ledger(database, utc_now).all()
    if any(row.state is not DeliveryState.PLANNED and row.attempts and row.channel.leaves for row in rows):
        return _GONE.format(folder=config.output_dir)
    return "" if any(True for _ in Archive(config.data_dir).kept()) else _FIRST


def _ledger_files(output_dir: Path, database: Database, utc_now: Clock, series: Series) -> Iterator[OtherLedger]:
    """Read the ledger.csv of each edition in a period's folder that this store did not write."""
    origin = Origin(database)
    for revision, path in sorted(_ledger_paths(output_dir, series)):
        read = read_ledger_file(path, str(series), revision, utc_now())
        if read.stamp is None or not origin.has_grown_from(read.stamp):
            is_ours = read.stamp is not None and read.stamp.lineage == origin.lineage()
            yield OtherLedger(Source.LATER if is_ours else Source.OTHER, str(path), series, revision, read.rows)


def _ledger_paths(output_dir: Path, series: Series) -> Iterator[tuple[int, Path]]:
    for path in (output_dir / str(series.period)).glob(f"{series.mark}*/{LEDGER_FILE}"):
        number = path.parent.name.removeprefix(series.mark)
        if _NUMBER.fullmatch(number):
            yield int(number), path


def _archive(config: Config, database: Database, world: World, series: Series) -> Iterator[OtherLedger]:
    """Find the series' workbooks that this store did not archive; each file names its own manager."""
    archive, found = Archive(config.data_dir), defaultdict[int, list[Delivery]](list)
    for sha256 in Origin(database).not_archived_here(digest for digest, _ in archive.kept()):
        properties = _properties(archive, sha256, world.secrets)
        is_message = bool(properties.get("manager_id"))  # the archive keeps the master too, which is never sent
        if is_message and series_told(properties) == str(series) and _NUMBER.fullmatch(properties.get("revision", "")):
            row = _archived_row(series, properties, sha256, config.channel, world.utc_now)
            found[row.revision].append(row)
    for revision, rows in sorted(found.items()):
        yield OtherLedger(Source.ARCHIVE, str(config.data_dir / FOLDER), series, revision, tuple(rows))


def _properties(archive: Archive, sha256: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Read a workbook's own properties; empty if it is damaged or locked."""
    from rkreport.excel.ooxml.read_back import read_properties  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    try:
        content = archive.read(sha256)
        if content.startswith(BOM_UTF8):
            return {}  # changes.csv
        return read_properties(
            content if content.startswith(b"PK") else decrypted(content, secrets.get(WORKBOOK_PASSWORD, ""))
        )
    except RkreportError:
        log.warning("the archived file %s cannot be read", sha256)
        return {}


def _archived_row(
    series: Series, properties: dict[str, str], sha256: str, channel: Channel, utc_now: Clock
) -> Delivery:
    """Make a ledger row from a workbook. Its recipient is unknown, so it counts at any address of its manager."""
    now = utc_now()
    return Delivery(
        period=str(series),
        revision=int(properties["revision"]),
        manager_id=ManagerId(properties.get("manager_id", "")),
        recipient="",
        cc=(),
        language="",
        message_id="",
        file="",
        file_sha256=sha256,
        content_sha256="",
        figures=TeamFigures(0, 0, 0, 0),
        state=DeliveryState.UNKNOWN,
        reply=_ARCHIVED,
        planned_at=now,
        changed_at=now,
        transport=channel.name,
    )
