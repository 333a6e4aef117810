"""Writes the store's ledger as `ledger.csv` beside the workbooks, and reads such a file of any data folder.

Another data folder learns from the file what was sent. A spreadsheet program may have saved it since. Knows the file's
columns; must not change the ledger.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from rkreport.bounds import read_regular
from rkreport.core.compliance import Series
from rkreport.core.mail.delivery import OUTBOX, Delivery, DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.core.moments import is_sane
from rkreport.errors import OutputError
from rkreport.files import csv_bytes, write_private_file
from rkreport.run.edition.manifest_file import read_manifest
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
_NEEDED: Final = frozenset({"manager_id", "recipient", "state", "sha256"})
_LARGEST_BYTES = 32 * 2**20  # of the largest company: a third of that
_MOST_ROWS = 50_000
_MOST_CELLS = 3_000_000
_MOST_COLUMNS = 200
_MOST_DIGITS = 15
_MOST_ATTEMPTS = 1_000_000


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
    contents, stamp = _contents(path.parent), None
    rows: list[Delivery] = []
    try:
        for number, row in enumerate(_lines(read_regular(path, _LARGEST_BYTES))):
            if not row.keys() >= _NEEDED or number >= _MOST_ROWS:
                raise _unreadable(path)
            stamp = _stamp(row) if number == 0 else stamp
            # A message sent again was also sent before.
            if not row.get("again") and row["state"] not in _NOT_LEFT and not _is_written(row):
                rows.append(_delivery(row, period, revision, contents, now))
    except (OSError, ValueError, csv.Error) as error:
        raise _unreadable(path) from error
    return LedgerFile(tuple(rows), stamp)


def _lines(content: bytes) -> Iterator[dict[str, str]]:
    """The lines below the header, one by one: as a whole they take a hundred times their bytes.

    Raises:
        ValueError, csv.Error: it is no such file.
    """
    if sum(map(content.count, (b",", b";", b"\n", b"\r"))) > _MOST_CELLS:
        raise ValueError("too many cells")
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8-sig")
    header = text.readline()
    delimiter = ";" if header.count(";") > header.count(",") else ","
    found = csv.DictReader(chain([header], text), delimiter=delimiter)
    if not header.strip("\n") or len(found.fieldnames or ()) > _MOST_COLUMNS:
        raise ValueError("no header")
    yield from map(_plain, found)


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
        attempts=_number(row, "attempts", _MOST_ATTEMPTS),
        reply=row.get("reply", ""),
        size_bytes=_number(row, "bytes"),
        planned_at=_time(row.get("planned_at", ""), now),
        changed_at=_time(row.get("changed_at", ""), now),
        transport=row.get("transport") or "smtp",
        copies_missed=_number(row, "copies_missed", _MOST_ATTEMPTS),
        release_code=row.get("release_code", ""),
        approved_by=row.get("approved_by", ""),
    )


def _stamp(row: Mapping[str, str]) -> Stamp | None:
    return Stamp(row["lineage"], _number(row, "serial"), row.get("head", "")) if row.get("lineage") else None


def _contents(folder: Path) -> dict[str, str]:
    """Return, by file digest, the content digests from the manifest beside the file."""
    try:
        files = read_manifest(folder / "manifest.json")["files"]
        return {str(file["sha256"]): str(file["content_sha256"]) for file in files if file.get("content_sha256")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _number(row: Mapping[str, str], name: str, most: int = 10**_MOST_DIGITS) -> int:
    """Read a number; 0 if it is missing, or a spreadsheet program changed it. ValueError: nothing has so many."""
    cell = row.get(name, "")
    if not cell.isdecimal():
        return 0
    number = int(cell) if len(cell) <= _MOST_DIGITS else most + 1
    if number > most:
        raise ValueError(name)
    return number


def _time(text: str, now: datetime) -> datetime:
    """Parse a time with its zone; `now` if it is missing, or a spreadsheet program changed it.

    Raises:
        ValueError: no message was sent then.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    if moment.tzinfo is None:
        return now
    if not is_sane(moment):
        raise ValueError(text)
    return moment.astimezone(now.tzinfo)


def _moment(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds") if moment else ""
