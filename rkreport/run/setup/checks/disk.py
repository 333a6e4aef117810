"""Checks folders, free space, the store and this machine's clock. Leaves no file behind."""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rkreport.config.inspection import Inspection
from rkreport.core.period import CURRENT, resolve_period
from rkreport.core.words import counted
from rkreport.errors import EXIT_CONFIG, EXIT_OUTPUT, StoreError
from rkreport.files import reason_of
from rkreport.run.setup.checks.places import kept_elsewhere
from rkreport.run.setup.checks.value import Check, State, failed, failed_by, passed, skipped, warning
from rkreport.run.setup.checks.windows_rights import is_open_to_others, rights_of
from rkreport.sentence import Sentence
from rkreport.store.database import FILE_NAME, look_at_store
from rkreport.store.lock import at_work

_OTHERS = 0o077
_CLOSE = (
    'in PowerShell say icacls "{one}" /inheritance:r /grant:r "${{env:USERNAME}}:(OI)(CI)F"'
    if sys.platform == "win32"
    else "say chmod 700 {one}"
)
_BASE_BYTES = 50_000_000
_BYTES_PER_PERSON = 15_000  # snapshot, workbooks and messages: 6,500 were measured
_COMFORTABLE = 10  # months
_GIGABYTE = 1e9
_HOUR = timedelta(hours=1)
_CLOCK_WARNS, _CLOCK_FAILS = timedelta(minutes=5), 12 * _HOUR


def check_folders(inspection: Inspection, environ: Mapping[str, str], mounts: str, now: datetime) -> Iterator[Check]:
    """Check the two folders that a run writes, and the store in one of them."""
    for name, folder, key in (
        ("Output folder", inspection.output_dir, "output_dir"),
        ("Data folder", inspection.data_dir, "data_dir"),
    ):
        if folder is None:
            yield skipped(name, "not looked at, because [report] cannot be used")
            continue
        yield _writable(name, folder, key)
        if key == "output_dir":
            yield from _month_in_the_way(name, folder, inspection, now)
        yield from _private(name, folder)
        if key == "data_dir" and (where := kept_elsewhere(folder.absolute(), environ, mounts)):
            yield warning(
                name,
                Sentence(
                    "{folder} is {where}: personal data would be copied elsewhere, and the store can be damaged",
                    folder=folder,
                    where=where,
                ),
                "choose another report.data_dir, on this machine's own disk",
            )
    if inspection.data_dir:
        yield _store(inspection.data_dir)
        if holder := at_work(inspection.data_dir):
            yield failed("Data folder", holder)


def _month_in_the_way(name: str, folder: Path, inspection: Inspection, now: datetime) -> Iterator[Check]:
    """A file where the month's folder goes; `folder` is that of all reports."""
    if inspection.report is None:
        return
    month = folder / str(resolve_period(inspection.report.period, now, ZoneInfo(inspection.report.timezone)))
    if month.exists() and not month.is_dir():
        yield failed(
            name, Sentence("{month} is a file where the month's folder goes; move it away", month=month), EXIT_OUTPUT
        )


def _writable(name: str, folder: Path, key: str) -> Check:
    there = _nearest(folder)
    if not there.is_dir():
        return failed(
            name,
            Sentence("{there} is a file, not a folder; choose another report.{key}", there=there, key=key),
            EXIT_OUTPUT,
        )
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        sentence = Sentence(
            "{there} cannot be written: {reason}; check its rights, or choose another report.{key}",
            there=there,
            reason=reason_of(error),
            key=key,
        )
        return failed(name, sentence, EXIT_OUTPUT)
    return passed(
        name,
        Sentence("{folder} can be written", folder=folder)
        if there == folder
        else Sentence("{folder} will be made", folder=folder),
    )


def _private(name: str, folder: Path) -> Iterator[Check]:
    """Check who else can read the folder. Report folders are private themselves, so their parent need not be."""
    inside = sorted(folder.glob("*/*")) if name == "Output folder" else [folder]
    for one in filter(Path.is_dir, inside):
        try:
            is_open = _is_open_to_others(one)
        except OSError as error:
            yield skipped(name, Sentence("who can read {one} is not told: {reason}", one=one, reason=reason_of(error)))
            continue
        if is_open:
            said = Sentence("other users of this machine can read {one}", one=one)
            yield warning(name, said, Sentence(_CLOSE, one=one))


def _is_open_to_others(folder: Path) -> bool:
    if sys.platform == "win32":
        return is_open_to_others(rights_of(folder))
    return bool(folder.stat().st_mode & _OTHERS)


def _store(folder: Path) -> Check:
    name = "Store"
    path = folder / FILE_NAME
    if not path.exists():
        return passed(name, "there is none yet; the first fetch makes it")
    try:
        snapshots = look_at_store(path)
    except StoreError as error:
        return failed_by(name, error)
    return passed(
        name,
        Sentence(
            "{path} can be read; it holds {finished_snapshots}",
            path=path,
            finished_snapshots=counted(snapshots, "finished snapshot"),
        ),
    )


def check_space(inspection: Inspection, learners: int | None) -> Iterator[Check]:
    """Check free space against a month's need; `learners` None: their number is unknown."""
    name = "Disk space"
    folders = {_nearest(folder) for folder in (inspection.output_dir, inspection.data_dir) if folder}
    if not folders:
        yield skipped(name, "not looked at, because [report] cannot be used")
    needed = _BASE_BYTES + _BYTES_PER_PERSON * (learners or 0)
    month = (
        Sentence(
            "a month of {people} takes up to {size}", people=counted(learners, "person", "people"), size=_size(needed)
        )
        if learners
        else Sentence("a month takes {size} or more", size=_size(needed))
    )
    for folder in sorted(folders)[:1] if _same_disk(folders) else sorted(folders):
        free = shutil.disk_usage(folder).free
        found = Sentence(
            "{size} free at {absolute}; {month}", size=_size(free), absolute=folder.absolute(), month=month
        )
        if free < needed:
            yield Check(name, State.FAILED, found, "make room, or choose other folders", EXIT_OUTPUT)
        elif free < _COMFORTABLE * needed:
            yield warning(name, found, "make room soon; rkreport purge deletes old months")
        else:
            yield passed(name, found)


def _same_disk(folders: set[Path]) -> bool:
    return len({folder.stat().st_dev for folder in folders}) == 1


def check_clock(inspection: Inspection, now: datetime, server_time: str) -> Check:
    """Compare this machine's clock with the LMS's, and show it in the report's time zone."""
    name = "Clock"
    if inspection.report is None:
        return skipped(name, "not looked at, because [report] cannot be used")
    zone = ZoneInfo(inspection.report.timezone)
    local = now.astimezone(zone)
    try:
        off = abs(now - parsedate_to_datetime(server_time)) if server_time else None
    except (ValueError, TypeError):  # not a date, or a date without a zone
        off = None
    found = Sentence(
        "{local:%Y-%m-%d %H:%M} {tzname} ({timezone})",
        local=local,
        tzname=local.tzname(),
        timezone=inspection.report.timezone,
    )
    if off is not None and off >= _CLOCK_WARNS:
        sentence = Sentence("{found}, but the LMS's clock differs by {span}", found=found, span=_span(off))
        fix = "set this machine's clock, since it decides which month is reported and what is overdue"
        if off >= _CLOCK_FAILS:
            return Check(name, State.FAILED, sentence, fix, EXIT_CONFIG)
        return warning(name, sentence, fix)
    month = resolve_period(inspection.report.period, now, zone)
    if month > resolve_period(CURRENT, now, zone):
        return failed(name, Sentence("report.period: {month} has not begun yet; choose an earlier one", month=month))
    return passed(
        name,
        Sentence(
            "{found}{more}; the report is of {month}",
            found=found,
            more=Sentence(", as the LMS has it") if off is not None else "",
            month=month,
        ),
    )


def _nearest(folder: Path) -> Path:
    """Return the folder, or its nearest parent that exists."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())


def _size(count: float) -> str:
    return (
        Sentence("{count:,.0f} MB", count=count / 1000000.0)
        if count < _GIGABYTE
        else Sentence("{count:,.1f} GB", count=count / _GIGABYTE)
    )


def _span(span: timedelta) -> str:
    return (
        Sentence("{span:,} minutes", span=round(span / timedelta(minutes=1)))
        if span < 2 * _HOUR
        else Sentence("{span:,.0f} hours", span=span / _HOUR)
    )
