"""The ledger as it is looked up afterwards: which messages there were. Reads, and changes nothing."""

import json
from datetime import datetime
from typing import Any

from rkreport.core.delivery import Delivery, DeliveryState, TeamFigures
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import Database

_COLUMNS = (
    "period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256, content_sha256, figures,"
    " state, attempts, reply, size_bytes, planned_at, changed_at"
)


class PastDeliveries:
    """The ledger's rows by what a person asks for, oldest period and revision first."""

    def __init__(self, database: Database) -> None:
        """Take the store."""
        self._database = database

    def all(self) -> list[Delivery]:
        """Every row."""
        return self._rows("")

    def of_period(self, period: str) -> list[Delivery]:
        """The rows of all revisions of a month."""
        return self._rows("WHERE period = ?", period)

    def of_manager(self, manager_id: str) -> list[Delivery]:
        """A manager's rows."""
        return self._rows("WHERE manager_id = ?", manager_id)

    def of_message(self, name: str) -> list[Delivery]:
        """The rows of a Message-ID, with its brackets or without, or of what stands before its @."""
        # Some services put a domain of their own into the Message-ID; what stands before the @ is ours alone.
        own = name.strip().strip("<>").partition("@")[0]
        return self._rows("WHERE substr(message_id, 1, instr(message_id, '@') - 1) = ?", f"<{own}")

    def of_file(self, sha256: str) -> list[Delivery]:
        """The rows with which a file was sent."""
        return self._rows("WHERE file_sha256 = ?", sha256)

    def _rows(self, condition: str, *values: object) -> list[Delivery]:
        sql = f"SELECT {_COLUMNS} FROM delivery {condition} ORDER BY period, revision, manager_id"  # noqa: S608 - the conditions stand above
        found = self._database.read(sql, *values)
        try:
            return [_delivery(tuple(row)) for row in found]
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"A row of the ledger in {self._database.path} is damaged; restore the file from a backup."
            ) from error


def _delivery(columns: tuple[Any, ...]) -> Delivery:
    period, revision, manager_id, recipient, cc, language, message_id, file, file_sha256, content_sha256 = columns[:10]
    figures, state, attempts, reply, size_bytes, planned_at, changed_at = columns[10:]
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
    )
