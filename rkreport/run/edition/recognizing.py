"""Recognize: whether a manager's workbook from an earlier version of rkreport has the same content as today's.

An update of rkreport is no correction. Knows the words of version 1's team detail, which never change; must not know
today's layout.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rkreport.bounds import read_regular
from rkreport.config.load import Config
from rkreport.config.secrets import WORKBOOK_PASSWORD
from rkreport.core.compliance import Compliance, Series
from rkreport.core.mail.delivery import Delivery, MessageContent
from rkreport.core.mail.incident import SentTable
from rkreport.core.models import Counts, CourseSerial, JoinedAssignment, ManagerId, Requirement, Status
from rkreport.core.report.fingerprint import content_version
from rkreport.core.report.team_view import TeamView, team_views
from rkreport.core.review.last_sent import Identity
from rkreport.core.snapshot import Verdict
from rkreport.errors import RkreportError
from rkreport.excel.ooxml.encryption import decrypted
from rkreport.excel.text import clean
from rkreport.files import sha256_of
from rkreport.run.edition.manifest_file import read_manifest
from rkreport.store.archive import Archive

_TABLE = "tblTeamDetail"
_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Employee ID": "employee_id",
        "ID karyawan": "employee_id",
        "User serial": "user_serial",
        "Serial pengguna": "user_serial",
        "Name": "name",
        "Nama": "name",
        "Email": "email",
        "Unit": "unit",
        "Course serial": "course",
        "Serial kursus": "course",
        "Batch serial": "batch",
        "Serial batch": "batch",
        "Attended": "attended",
        "Hadir": "attended",
        "Assignment status": "assignment_status",
        "Status penugasan": "assignment_status",
        "Post activity": "post_activity",
        "Aktivitas pascasesi": "post_activity",
        "Post-test attempts": "attempts",
        "Percobaan post-test": "attempts",
        "Due date": "due",
        "Jatuh tempo": "due",
        "Compliance status": "status",
        "Status kepatuhan": "status",
        "Counts": "counts",
        "Dihitung": "counts",
    }
)
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {"yes": "yes", "ya": "yes", "no": "no", "tidak": "no", **{status.value: status.value for status in Status}}
    | {
        "Dibebaskan": "Exempt",
        "Kedaluwarsa": "Expired",
        "Akan kedaluwarsa": "Expiring",
        "Selesai": "Completed",
        "Terlambat": "Overdue",
        "Tidak lulus": "Failed",
        "Segera jatuh tempo": "Due soon",
        "Berjalan": "In progress",
        "Belum mulai": "Not started",
        "Belum ditugaskan": "Not assigned",
    }
)
_COUNTS: Final[Mapping[str, Counts]] = MappingProxyType(
    {each.value: each for each in Counts}
    | {
        "ya": Counts.YES,
        "digantikan": Counts.SUPERSEDED,
        "belum dimulai": Counts.NOT_BEGUN,
        "tidak aktif": Counts.INACTIVE,
        "tidak cocok": Counts.UNMATCHED,
        "di luar sasaran": Counts.NOT_IN_AUDIENCE,  # in version 1
        "bukan peserta wajib": Counts.NOT_IN_AUDIENCE,
        "dibebaskan": Counts.EXEMPT,
    }
)
_NOT_DECIDING = frozenset({Counts.SUPERSEDED, Counts.NOT_BEGUN})  # another row decides the same requirement
_ASSIGNED = ("employee_id", "user_serial", "name", "email", "unit", "course", "batch")
_GIVEN = ("assignment_status", "post_activity", "attempts")


@dataclass(frozen=True, slots=True)
class _Content:
    """A workbook's content: the LMS's values of each assignment, and the verdict of each requirement that counts."""

    assignments: Counter[tuple[str, ...]]
    verdicts: Counter[tuple[str, ...]]


def recognized(
    config: Config,
    secrets: Mapping[str, str],
    compliance: Compliance,
    received: Mapping[ManagerId, Delivery],
    wanted: Mapping[ManagerId, MessageContent],
) -> dict[ManagerId, Delivery]:
    """Return `received`; rows of another version get the wanted digest if their content is the same.

    The content is the same if snapshot and config are those of the row's edition, or if the sent file shows it. An
    unreadable file counts as different.
    """
    old = {
        manager_id
        for manager_id, row in received.items()
        if manager_id in wanted
        and content_version(row.content_sha256) != content_version(wanted[manager_id].content_sha256)
    }
    teams = [team for team in compliance.teams if team.manager.manager_id in old]
    same = {
        view.team.manager.manager_id
        for view in team_views(compliance, teams)
        if _is_unchanged(config, secrets, received[view.team.manager.manager_id], view, compliance.snapshot.snapshot_id)
    }
    return {
        manager_id: replace(row, content_sha256=wanted[manager_id].content_sha256) if manager_id in same else row
        for manager_id, row in received.items()
    }


def _is_unchanged(config: Config, secrets: Mapping[str, str], row: Delivery, view: TeamView, snapshot_id: str) -> bool:
    manifest = _manifest(config.output_dir, row)
    was_made_from = str(manifest.get("run_id")).rpartition("-")[0]
    if was_made_from == snapshot_id and manifest.get("config_sha256") in {config.sha256, config.bytes_sha256}:
        return True
    is_complete = all(reading.verdict is not Verdict.INCOMPLETE for reading in view.lists)
    return manifest.get("complete", True) == is_complete and _content_sent(config, secrets, row) == _content_of(view)


def _manifest(output_dir: Path, row: Delivery) -> dict[str, Any]:
    """Read the manifest of the row's edition; empty if it is missing or damaged."""
    with suppress(OSError, ValueError):
        return read_manifest(output_dir / Series.parse(row.period).folder(row.revision) / "manifest.json")
    return {}


def workbooks_of(output_dir: Path, row: Delivery) -> tuple[Delivery, ...]:
    """Return a row for each manager's workbook of this row's edition; none if another build wrote its manifest."""
    files = _manifest(output_dir, row).get("files")
    managers = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    found = {str(file["manager_id"]): file for file in managers if file.get("manager_id")}
    if found.get(row.manager_id, {}).get("sha256") != row.file_sha256:
        return ()
    return tuple(
        replace(
            row,
            manager_id=ManagerId(manager_id),
            file=str(file.get("path")),
            file_sha256=str(file.get("sha256")),
        )
        for manager_id, file in found.items()
    )


# ---- content of the file that was sent


def _content_sent(config: Config, secrets: Mapping[str, str], row: Delivery) -> _Content | None:
    """Read the sent file; None if it is missing, damaged or locked, or has other columns."""
    with suppress(ValueError, KeyError):
        table = _table(config, secrets, row)
        return _content_of_table(table) if table else None
    return None


def _table(config: Config, secrets: Mapping[str, str], row: Delivery) -> SentTable | None:
    """Read the team detail of the sent file; None if it is missing, damaged or locked."""
    from rkreport.excel.ooxml.read_back import read_tables  # noqa: PLC0415 - importing openpyxl takes a quarter of a second

    with suppress(RkreportError, ValueError):
        content = bytes_sent(config, row)
        if not content.startswith(b"PK"):
            content = decrypted(content, secrets.get(WORKBOOK_PASSWORD, ""))
        (table,) = [table for table in read_tables(content, _HEADERS) if table.name == _TABLE]
        return table
    return None


def bytes_sent(config: Config, row: Delivery) -> bytes:
    """Read the sent file from the edition's folder if its digest matches, else from the archive.

    The archive lacks what another data folder sent.

    Raises:
        OutputError: neither place has the file.
    """
    path = config.output_dir / Series.parse(row.period).folder(row.revision) / row.file
    with suppress(OSError):
        content = read_regular(path)
        if sha256_of(content) == row.file_sha256:
            return content
    return Archive(config.data_dir).read(row.file_sha256)


def _content_of_table(table: SentTable) -> _Content:
    """Convert a table of version 1; raises KeyError or ValueError for any other table."""
    rows = [{_HEADERS[header]: cell for header, cell in row.items()} for row in table.rows]
    return _Content(
        assignments=Counter(
            (*(row[name] for name in _ASSIGNED), _WORDS.get(row["attended"], ""), *(row[name] for name in _GIVEN))
            for row in rows
            if row["batch"]
        ),
        verdicts=Counter(
            (row["employee_id"], row["course"], _word(row["status"]), row["due"][:10])
            for row in rows
            if _WORDS.get(row["counts"]) == "yes"
        ),
    )


def _word(cell: str) -> str:
    """Return the status after its symbol, in English."""
    return _WORDS[cell.partition(" ")[2]]


@dataclass(frozen=True, slots=True)
class SentRequirement:
    """One requirement as a workbook shows it."""

    identity: Identity
    course: CourseSerial
    status: Status
    counts: Counts


def sent_requirements(config: Config, secrets: Mapping[str, str], row: Delivery) -> tuple[SentRequirement, ...] | None:
    """Return each requirement of the sent workbook once; None if the file cannot be read.

    The file gives no further reason for a requirement that has not begun, so it counts as `not begun`.
    """
    table = _table(config, secrets, row)
    if table is None:
        return None
    found: dict[tuple[str, ...], SentRequirement] = {}
    for cells in table.rows:
        told = {_HEADERS[header]: cell for header, cell in cells.items()}
        identity = Identity(told.get("employee_id", ""), told.get("user_serial", ""), told.get("name", ""))
        status, counts = _WORDS.get(told.get("status", "").partition(" ")[2]), _COUNTS.get(told.get("counts", ""))
        if status is None or counts is None:
            return None
        key = (*identity, told.get("course", ""))
        known = found.get(key)
        if known is None or (known.counts in _NOT_DECIDING and counts not in _NOT_DECIDING):
            found[key] = SentRequirement(identity, CourseSerial(key[-1]), Status(status), counts)
    return tuple(found.values())


# ---- content of today's workbook


def _content_of(view: TeamView) -> _Content:
    return _Content(
        assignments=Counter(
            _cells_of(requirement, joined) for requirement in view.requirements for joined, _ in requirement.attempts
        ),
        verdicts=Counter(_verdicts(view)),
    )


def _verdicts(view: TeamView) -> Iterator[tuple[str, ...]]:
    for each in view.requirements:
        if each.counts is Counts.YES:
            due = each.due.isoformat() if each.due else ""
            yield clean(each.person.employee_id), clean(each.course.serial), each.status.value, due


def _cells_of(requirement: Requirement, joined: JoinedAssignment) -> tuple[str, ...]:
    """Return the cells of `_ASSIGNED`, attendance and `_GIVEN` in that order, as the file shows them."""
    person, own, learner = requirement.person, joined.assignment, requirement.person.learner
    values = (
        person.employee_id if joined.learner else own.employee_id,
        person.user_serial or own.user_serial or "",
        person.name if joined.learner else own.name,
        learner.email if learner else "",
        learner.unit_name if learner else "",
        own.course_serial,
        own.batch_serial,
        "" if own.attended is None else "yes" if own.attended else "no",
        own.status.word,
        own.post_activity.word,
        str(own.post_test_attempts),
    )
    return tuple(map(clean, values))
