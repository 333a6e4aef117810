"""Writes the store's ledger as `ledger.csv` beside the workbooks, and reads such a file of any data folder.

Another data folder learns from the file what was sent. A spreadsheet program may have saved it since. Knows the file's
columns; must not change the ledger.
"""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rkreport.core.compliance import Series
from rkreport.core.mail.delivery import OUTBOX, Delivery, DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.errors import OutputError
from rkreport.files import csv_bytes, write_private_file
from rkreport.sentence import Sentence
from rkreport.store.origin import Stamp

LEDGER_FILE: Final = "ledger.csv"
_COLUMNS = (
    *("manager_id", "recipient", "state", "attempts", "message_id", "file", "sha256", "bytes"),
    *("planned_at", "changed_at", "reply", "period", "revision", "cc", "language", "transport", "content_sha256"),
    *(
        "people",
        "counted",
        "compliant",
        "overdue",
        "lineage",
        "serial",
        "head",
        "again",
        "reason",
        "kind",
        "copies_missed",
        "release_code",
        "approved_by",
    ),
)
_NOT_LEFT: Final = frozenset({"", "planned", "failed", "written"})  # in these states no message can have arrived
_SENT = MappingProxyType({"sent": DeliveryState.SENT})  # any other state is in doubt
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """What a file knows: messages that left or may have, and the stamp of the ledger that wrote it, if it has one."""

    rows: tuple[Delivery, ...]
    stamp: Stamp | None


def write_ledger_file(folder: Path, rows: Sequence[Delivery], stamp: Stamp, zone: tzinfo = UTC) -> None:
    """Write the rows of an edition into its folder, with times in `zone`.

    Raises:
        OutputError: the file cannot be written.
    """
    cells = [
        (
            *(row.manager_id, row.recipient, row.state.value, row.attempts, row.message_id, row.file, row.file_sha256),
            *(row.size_bytes, _moment(row.planned_at, zone), _moment(row.changed_at, zone), row.reply),
            *(str(Series.parse(row.period).period), row.revision),
            *(", ".join(row.cc), row.language, row.transport, row.content_sha256),
            *(row.figures.people, row.figures.counted, row.figures.compliant, row.figures.overdue),
            *(stamp.lineage, stamp.serial, stamp.head, row.again or "", row.reason),
            *(Series.parse(row.period).kind, row.copies_missed or ""),
            *(row.release_code, row.approved_by),
        )
        for row in rows
    ]
    write_private_file(folder / LEDGER_FILE, csv_bytes(_COLUMNS, cells))


def read_ledger_file(path: Path, period: str, revision: int, now: datetime) -> LedgerFile:
    """Read the file of one edition. An earlier version wrote fewer columns; the manifest beside it has the digests.

    Raises:
        OutputError: it cannot be read, or is no such file; sending without its knowledge would be unsafe.
    """
    try:
        text = path.read_text("utf-8").removeprefix(_BOM)
        header = text.partition("\n")[0]
        found = list(csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ","))
    except (OSError, ValueError, csv.Error) as error:
        raise _unreadable(path) from error
    if any(not {"manager_id", "recipient", "state", "sha256"} <= _plain(row).keys() for row in found) or not header:
        raise _unreadable(path)
    contents = _contents(path.parent)
    first = (row for row in map(_plain, found) if not row.get("again"))  # a message sent again was also sent before
    left = [row for row in first if row["state"] not in _NOT_LEFT and not _is_written(row)]
    rows = tuple(_delivery(row, period, revision, contents, now) for row in left)
    return LedgerFile(rows, _stamp(_plain(found[0])) if found else None)


def _unreadable(path: Path) -> OutputError:
    return OutputError(
        Sentence(
            "{path} cannot be read, and it tells who has a message already; restore it from a"
            " backup, or move it away if you know that nothing of that revision was sent.",
            path=path,
        )
    )


def _plain(row: Mapping[str | None, Any]) -> dict[str, str]:
    """Return a line without the marks that keep cells from running as formulas."""
    cells = {name: str(cell or "") for name, cell in row.items() if name}
    return {name: cell.removeprefix("'") if cell[1:2] in tuple("=+-@\t\r") else cell for name, cell in cells.items()}


def _is_written(row: Mapping[str, str]) -> bool:
    """True for a file in the outbox, not a message; an earlier version said so only in the reply."""
    return row.get("transport") == OUTBOX.name or ("transport" not in row and "outbox" in row.get("reply", ""))


def _delivery(
    row: Mapping[str, str], period: str, revision: int, contents: Mapping[str, str], now: datetime
) -> Delivery:
    figures = (_number(row, name) for name in ("people", "counted", "compliant", "overdue"))
    return Delivery(
        period=period,
        revision=revision,
        manager_id=ManagerId(row["manager_id"]),
        recipient=row["recipient"],
        cc=tuple(one for one in row.get("cc", "").split(", ") if one),
        language=row.get("language", ""),
        message_id=row.get("message_id", ""),
        file=row.get("file", ""),
        file_sha256=row["sha256"],
        content_sha256=row.get("content_sha256") or contents.get(row["sha256"], ""),
        figures=TeamFigures(*figures),
        state=_SENT.get(row["state"], DeliveryState.UNKNOWN),
        attempts=_number(row, "attempts"),
        reply=row.get("reply", ""),
        size_bytes=_number(row, "bytes"),
        planned_at=_time(row.get("planned_at", ""), now),
        changed_at=_time(row.get("changed_at", ""), now),
        transport=row.get("transport") or "smtp",
        copies_missed=_number(row, "copies_missed"),
        release_code=row.get("release_code", ""),
        approved_by=row.get("approved_by", ""),
    )


def _stamp(row: Mapping[str, str]) -> Stamp | None:
    return Stamp(row["lineage"], _number(row, "serial"), row.get("head", "")) if row.get("lineage") else None


def _contents(folder: Path) -> dict[str, str]:
    """Return, by file digest, the content digests from the manifest beside the file."""
    try:
        files = json.loads((folder / "manifest.json").read_bytes())["files"]
        return {str(file["sha256"]): str(file["content_sha256"]) for file in files if file.get("content_sha256")}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}


def _number(row: Mapping[str, str], name: str) -> int:
    cell = row.get(name, "")
    return int(cell) if cell.isdecimal() else 0


def _time(text: str, now: datetime) -> datetime:
    """Parse a time with its zone; `now` if it is missing, or a spreadsheet program changed it."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    return moment.astimezone(now.tzinfo) if moment.tzinfo else now


def _moment(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
