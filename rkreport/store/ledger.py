"""The ledger: what became of every manager's message, and the record of each change. Knows no mail and no server.

Each change is one transaction, on the disk when it returns, together with its line in `delivery_event`. Such a line is
never changed. `rkreport.core.mail.delivery` says which moves are possible.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from rkreport.core.mail.delivery import MOVES, Delivery, DeliveryState, TeamFigures, has_left, is_written, knows_more
from rkreport.core.models import ManagerId
from rkreport.core.release import NO_RELEASE, Release
from rkreport.core.review.last_sent import WentTo
from rkreport.errors import StoreError
from rkreport.sentence import Sentence
from rkreport.store.database import Database, Write, intact

_SELECT = (
    "SELECT period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256, content_sha256,"
    " figures, state, attempts, reply, size_bytes, planned_at, changed_at, transport, again, reason, copies_missed,"
    " release_code, approved_by FROM delivery"
)
_THIS = f"{_SELECT} WHERE period = ? AND revision = ? AND manager_id = ? AND again = ?"
_REPLACE = (
    "REPLACE INTO delivery (period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256,"
    " content_sha256, figures, state, attempts, reply, size_bytes, planned_at, changed_at, transport, again, reason,"
    " copies_missed, release_code, approved_by)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHANGE = (
    "UPDATE delivery SET state = ?, reply = ?, attempts = attempts + ?, size_bytes = max(size_bytes, ?),"
    "changed_at = ?, copies_missed = ? WHERE period = ? AND revision = ? AND manager_id = ? AND again = ? AND state = ?"
)
_RELEASE = (
    "UPDATE delivery SET release_code = ?, approved_by = ?"
    " WHERE period = ? AND revision = ? AND manager_id = ? AND again = ?"
)
_RECORD = (
    "INSERT INTO delivery_event (period, revision, manager_id, again, at, state, reply) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_DAMAGED = Sentence("A row of the ledger in {path} is damaged; restore the file from a backup.")
_OPEN = frozenset({DeliveryState.PLANNED, DeliveryState.FAILED, DeliveryState.WRITTEN})  # planning may change these


@dataclass(frozen=True, slots=True)
class Master:
    """The master workbook of an edition that was sent or written. `kept_at` is None until it is kept."""

    period: str
    revision: int
    file: str
    file_sha256: str
    kept_at: datetime | None = None


class Ledger:
    """The rows of a store. The caller must hold the data folder's lock: with two at once, `recover` would be wrong."""

    def __init__(self, database: Database, utc_now: Callable[[], datetime]) -> None:
        """Take the store and a clock."""
        self._database = database
        self._now = utc_now

    def all(self) -> tuple[Delivery, ...]:
        """Every row, by period, revision, manager id and time; also those that were sent again on purpose."""
        return self._found("")

    def of_period(self, period: str) -> tuple[Delivery, ...]:
        """The rows of all revisions of a period, oldest first."""
        return self._found("WHERE period = ? AND again = 0", period)

    def rows(self, period: str, revision: int) -> tuple[Delivery, ...]:
        """The rows of one revision, by manager id."""
        return self._found("WHERE period = ? AND revision = ? AND again = 0", period, revision)

    def sent_again(self, period: str, revision: int) -> tuple[Delivery, ...]:
        """The rows of one revision that were sent again on purpose, by manager id and time."""
        return self._found("WHERE period = ? AND revision = ? AND again > 0", period, revision)

    def masters(self) -> tuple[Master, ...]:
        """The masters of editions that were sent or written, oldest first."""
        sql = "SELECT period, revision, file, file_sha256, kept_at FROM sent_master ORDER BY period, revision"
        with intact(self._database.path, _DAMAGED):
            rows = self._database.read(sql)
            return tuple(Master(key, nr, file, sha, datetime.fromisoformat(at)) for key, nr, file, sha, at in rows)

    def last_recipients(self) -> dict[ManagerId, WentTo]:
        """By manager, the addresses of the newest sent report of any period, else of a written one, else one in doubt.

        A purged address is not known.
        """
        sql = (
            "SELECT manager_id, recipient, cc FROM delivery"
            " WHERE state IN ('sent', 'written', 'sending', 'unknown') AND recipient <> ''"
            " ORDER BY state = 'sent', state = 'written', changed_at, period, revision"  # the last one counts; UTC
        )
        found = self._database.read(sql)
        with intact(self._database.path, _DAMAGED):
            return {ManagerId(manager): WentTo(recipient, tuple(json.loads(cc))) for manager, recipient, cc in found}

    def begun_since(self, moment: datetime) -> tuple[datetime, ...]:
        """The times since a moment at which the text of a message began to go out, oldest first."""
        sql = "SELECT at FROM delivery_event WHERE state = 'sending' AND at > ? ORDER BY number"  # all are UTC
        with intact(self._database.path, _DAMAGED):
            return tuple(datetime.fromisoformat(at) for (at,) in self._database.read(sql, moment.isoformat()))

    def in_flight(self) -> tuple[Delivery, ...]:
        """What another run left in the state `sending`."""
        return self._found("WHERE state = 'sending'")

    # ---- changing

    def recover(self) -> int:
        """A dead run's messages in flight become `unknown`, its files `planned`; returns how many are unknown."""
        stuck = self.in_flight()
        with self._database.transaction() as write:
            for row in stuck:
                end = DeliveryState.UNKNOWN if has_left(row) else DeliveryState.PLANNED
                self._change(write, row, end, "rkreport ended before the answer came")
        return sum(map(has_left, stuck))

    def plan(self, rows: Iterable[Delivery]) -> None:
        """Enter messages to send (`planned`), and those that cannot be sent, with the reason (`failed`): all or none.

        If the message of an existing row has not left, the row takes over the new recipient, file and state; else it
        stays.
        """
        with self._database.transaction() as write:
            for row in rows:
                self._plan(write, row)

    def keep_master(self, master: Master) -> None:
        """Note which master belongs to an edition that is about to be sent."""
        self._database.write(
            "REPLACE INTO sent_master (period, revision, file, file_sha256, kept_at) VALUES (?, ?, ?, ?, ?)",
            *(master.period, master.revision, master.file, master.file_sha256, self._now().isoformat()),
        )

    def claim(self, row: Delivery, size_bytes: int, release: Release = NO_RELEASE) -> None:
        """Mark a message as `sending`, just before its text goes under a release. `row` is planned, or in doubt.

        Raises:
            StoreError: the row is in another state, or this cannot be written: then the text must not go.
        """
        with self._database.transaction() as write:
            self._change(write, _waiting(row), DeliveryState.SENDING, row.reply, attempts=1, size_bytes=size_bytes)
            write(_RELEASE, (release.code, release.approved_by, *_key(row)))

    def move(self, row: Delivery, end: DeliveryState, reply: str, *, attempts: int = 0, copies_missed: int = 0) -> None:
        """Move a message from the state in `row` to `end`; `attempts` counts those that ended before the text.

        Raises:
            ValueError: there is no such move; that is a bug of the caller.
            StoreError: the row is in another state, or this cannot be written.
        """
        if end not in MOVES[row.state]:
            raise ValueError(f"nothing leads from {row.state} to {end}")
        with self._database.transaction() as write:
            self._change(write, row, end, reply, attempts=attempts, copies_missed=copies_missed)

    def put_off(self, row: Delivery, reply: str) -> None:
        """Record a refusal before the text: the message stays planned, or in doubt, and the attempt counts."""
        with self._database.transaction() as write:
            waiting = _waiting(row)
            self._change(write, waiting, waiting.state, reply, attempts=1)

    def take_in(self, rows: Iterable[Delivery]) -> int:
        """Take over rows from elsewhere that know more of a message than the row here; returns how many."""
        taken = 0
        with self._database.transaction() as write:
            for row in rows:
                found = write(_THIS, _key(row)).fetchone()
                if knows_more(row, self._row(found) if found else None):
                    write(_REPLACE, _values(row))
                    _record(write, row)
                    taken += 1
        return taken

    # ---- inside

    def _plan(self, write: Write, row: Delivery) -> None:
        if row.state not in _OPEN:
            raise ValueError(f"{row.state} cannot be planned")
        now = self._now()
        found = write(_THIS, _key(row)).fetchone()
        known = self._row(found) if found else replace(row, state=DeliveryState.PLANNED, planned_at=now)
        if known.state not in _OPEN or _is_in_outbox(known, row):
            return
        wanted = replace(
            row,
            attempts=known.attempts,
            size_bytes=known.size_bytes,
            reply=row.reply or known.reply,
            planned_at=known.planned_at,
            changed_at=known.changed_at,
            release_code=known.release_code,
            approved_by=known.approved_by,
        )
        if found is None or wanted != known:
            wanted = replace(wanted, changed_at=now)
            write(_REPLACE, _values(wanted))
            _record(write, wanted)

    def _change(
        self,
        write: Write,
        row: Delivery,
        end: DeliveryState,
        reply: str,
        *,
        attempts: int = 0,
        size_bytes: int = 0,
        copies_missed: int = 0,
    ) -> None:
        now = self._now()
        values = (end, reply, attempts, size_bytes, now.isoformat(), copies_missed, *_key(row), row.state)
        if write(_CHANGE, values).rowcount != 1:
            raise StoreError(
                "The message for manager {manager_id} is not where the ledger in {path} said it is;"
                " nothing more was sent; say rkreport send again.",
                manager_id=row.manager_id,
                path=self._database.path,
            )
        _record(write, replace(row, state=end, reply=reply, changed_at=now))

    def _found(self, condition: str, *values: object) -> tuple[Delivery, ...]:
        rows = self._database.read(f"{_SELECT} {condition} ORDER BY period, revision, manager_id, again", *values)
        return tuple(map(self._row, rows))

    def _row(self, columns: Any) -> Delivery:  # noqa: ANN401 - sqlite3 types its rows so
        with intact(self._database.path, _DAMAGED):
            return _parsed(*columns)


def _waiting(row: Delivery) -> Delivery:
    """The row as it must be before its text goes: in doubt if the caller says so, else planned."""
    return row if row.state is DeliveryState.UNKNOWN else replace(row, state=DeliveryState.PLANNED)


def _is_in_outbox(known: Delivery, wanted: Delivery) -> bool:
    """Whether the outbox already holds the wanted message."""
    same = (known.recipient, known.cc, known.message_id) == (wanted.recipient, wanted.cc, wanted.message_id)
    return same and is_written(known, wanted.file_sha256, wanted.transport) and wanted.state is DeliveryState.PLANNED


def _record(write: Write, row: Delivery) -> None:
    write(_RECORD, (*_key(row), _text(row.changed_at), row.state, row.reply))


def _key(row: Delivery) -> tuple[str, int, str, int]:
    return row.period, row.revision, row.manager_id, row.again


def _text(moment: datetime | None) -> str:
    if moment is None:
        raise ValueError("a row in the ledger has its times")
    return moment.isoformat()


def _values(row: Delivery) -> tuple[object, ...]:
    return (
        *(row.period, row.revision, row.manager_id, row.recipient, json.dumps(row.cc), row.language, row.message_id),
        *(row.file, row.file_sha256, row.content_sha256, json.dumps(asdict(row.figures)), row.state, row.attempts),
        *(row.reply, row.size_bytes, _text(row.planned_at), _text(row.changed_at), row.transport),
        *(row.again, row.reason, row.copies_missed, row.release_code, row.approved_by),
    )


def _parsed(*columns: Any) -> Delivery:  # noqa: ANN401 - as `_row`
    period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256, content_sha256 = columns[:10]
    figures, state, attempts, reply, size_bytes, planned_at, changed_at, transport, again, reason = columns[10:20]
    missed, code, approved_by = columns[20:]
    return Delivery(
        period=period,
        revision=revision,
        manager_id=ManagerId(manager_id),
        recipient=recipient,
        cc=tuple(json.loads(cc)),
        language=language,
        message_id=message_id,
        file=file,
        file_sha256=file_sha256,
        content_sha256=content_sha256,
        figures=TeamFigures(**json.loads(figures)),
        state=DeliveryState(state),
        attempts=attempts,
        reply=reply,
        size_bytes=size_bytes,
        planned_at=datetime.fromisoformat(planned_at),
        changed_at=datetime.fromisoformat(changed_at),
        transport=transport,
        again=again,
        reason=reason,
        copies_missed=missed,
        release_code=code,
        approved_by=approved_by,
    )
