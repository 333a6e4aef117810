"""A workspace whose messages were sent, as a sending leaves it: rows in the ledger, files in the archive."""

from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from rkreport.core.mail.delivery import Delivery, DeliveryState
from rkreport.core.models import ManagerId
from rkreport.store.archive import Archive
from rkreport.store.database import Database
from rkreport.store.ledger import Ledger
from tests import factories
from tests.cli.program import Workspace
from tests.ledger_rows import put


def message_in(path: Path) -> EmailMessage:
    """A message of the outbox."""
    return parsed_message(path.read_bytes())


def parsed_message(content: bytes) -> EmailMessage:
    """A message as its reader's program has it."""
    parsed = BytesParser(policy=policy.default).parsebytes(content)
    assert isinstance(parsed, EmailMessage)
    return parsed


def mark_sent(workspace: Workspace, at: datetime, state: DeliveryState = DeliveryState.SENT) -> list[Delivery]:
    """Every message of October's first revision was sent at that moment; the rows, by manager id."""
    messages = {path.stem[5:]: message_in(path) for path in (workspace.built / "outbox").iterdir()}
    files = {file["manager_id"]: file for file in workspace.manifest["files"] if file["kind"] == "manager"}
    folder = workspace.folder / "rkreport-data"
    rows = []
    for manager_id, message in sorted(messages.items()):
        file = files[manager_id]
        Archive(folder).keep(workspace.built / file["path"], file["sha256"])
        rows.append(
            factories.delivery(
                manager_id=ManagerId(manager_id),
                recipient=str(message["To"]),
                message_id=str(message["Message-ID"]),
                file=file["path"],
                file_sha256=file["sha256"],
                content_sha256=file["content_sha256"],
                state=state,
                planned_at=at - timedelta(minutes=1),
                changed_at=at,
            )
        )
    database = Database(folder)
    put(database, *rows)
    database.close()
    return rows


def ledger_of(workspace: Workspace) -> tuple[Delivery, ...]:
    """All rows."""
    database = Database(workspace.folder / "rkreport-data")
    try:
        return Ledger(database, lambda: workspace.now).all()
    finally:
        database.close()
