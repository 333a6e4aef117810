"""`rkreport incident`: the draft of the notice about a message that reached the wrong person."""

import json
import shutil
import stat
import sys
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from rkreport.core.leaks.text_folding import visible
from rkreport.core.mail.delivery import Delivery, DeliveryState
from tests.cli.program import Workspace
from tests.cli.sent import mark_sent
from tests.run.workbooks import cells_of, table_of


@pytest.fixture
def rows(configured: Workspace) -> list[Delivery]:
    """What was sent two days ago."""
    assert configured.rkreport("run").code == 0
    return mark_sent(configured, configured.now - timedelta(days=2))


def people_of(workspace: Workspace, row: Delivery) -> set[tuple[str, str]]:
    """Employee id and name of everybody in a manager's workbook, by another reader."""
    cells = cells_of(workspace.built / row.file)
    return {
        (line.get("ID karyawan", line.get("Employee ID")) or "", line.get("Nama", line.get("Name")) or "")
        for line in table_of(cells, list(cells)[3])
    }


def draft_of(workspace: Workspace, row: Delivery) -> Path:
    """Where the draft is when no other place was named."""
    return workspace.folder / f"incident_{row.message_id[1:].partition('@')[0]}.txt"


def test_the_draft_holds_what_the_law_wants(configured: Workspace, rows: list[Delivery]) -> None:
    """Every person of the file and no other, every column, when it went, to whom, and the gaps to fill in."""
    row = rows[0]
    outcome = configured.rkreport("incident", row.message_id)
    assert outcome.code == 0, outcome.err
    draft = draft_of(configured, row)
    text = draft.read_text("utf-8")
    people = people_of(configured, row)
    listed = {line[2:] for line in text.partition("4. PEOPLE CONCERNED")[2].splitlines() if line.startswith("- ")}
    assert listed == {visible(" · ".join(filter(None, person))) for person in people}
    assert f"Number of people: {len(people)}" in text
    book = openpyxl.load_workbook(configured.built / row.file)
    headers = [name for sheet in book for table in sheet.tables.values() for name in table.column_names]
    assert headers
    assert [name for name in headers if name not in text] == []
    for said in (row.recipient, row.message_id, row.file_sha256, "8 Nov 2026 09:00 WIB", "11 Nov 2026 09:00 WIB"):
        assert said in text
    assert "[what, when, by whom]" in text
    if sys.platform != "win32":
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600


def test_nobody_is_named_outside_the_draft(configured: Workspace, rows: list[Delivery]) -> None:
    """On the terminal, in the JSON object and in the log there are counts, the deadline and the draft's name."""
    row = rows[0]
    outcome = configured.rkreport("incident", row.message_id, "--verbose")
    document = configured.rkreport("incident", row.message_id, "--out", "draft.txt", "--json").document
    assert f"{len(people_of(configured, row))}" in outcome.out
    assert "2026-11-11 09:00 WIB, 72 hours after it was sent" in outcome.out
    assert document["deadline"] == "2026-11-11T09:00:00+07:00"
    said = outcome.out + outcome.err + configured.log + json.dumps(document)
    assert [text for person in people_of(configured, row) for text in person if len(text) > 5 and text in said] == []
    assert row.recipient not in outcome.out + outcome.err + configured.log


def test_the_report_s_language(configured: Workspace, rows: list[Delivery]) -> None:
    """The draft is in the report's language, whatever the manager's is."""
    configured.edit('language = "en"', 'language = "id"')
    assert configured.rkreport("incident", rows[0].message_id).code == 0
    text = draft_of(configured, rows[0]).read_text("utf-8")
    assert "PEMBERITAHUAN KEGAGALAN PELINDUNGAN DATA PRIBADI" in text
    assert "Batas waktu: 11 Nov 2026 09.00 WIB" in text


def test_a_message_that_came_back_is_known(configured: Workspace, rows: list[Delivery]) -> None:
    """The message itself, an answer to it, and a report that it could not be delivered lead to the same draft."""
    row = rows[0]
    original = next((configured.built / "outbox").glob(f"*_{row.manager_id}.eml"))
    shutil.copy(original, configured.folder / "itself.eml")
    answer = EmailMessage()
    answer["In-Reply-To"] = row.message_id
    answer.set_content("Not mine.")
    (configured.folder / "answer.eml").write_bytes(answer.as_bytes())
    bounce = EmailMessage()
    bounce.set_content("Could not be delivered.")
    returned = EmailMessage()
    returned["X-RkReport-Id"] = row.message_id[1:].partition("@")[0]
    returned.set_content("")
    bounce.add_attachment(returned)
    (configured.folder / "bounce.EML").write_bytes(bounce.as_bytes())
    for name, is_as_sent in (("itself.eml", True), ("answer.eml", None), ("bounce.EML", None)):
        document = configured.rkreport("incident", name, "--out", "draft.txt", "--json").document
        assert (document["message_id"], document["is_as_sent"]) == (row.message_id, is_as_sent), name


def test_a_workbook_that_came_back_is_known(configured: Workspace, rows: list[Delivery]) -> None:
    """As it was sent, or saved anew by a spreadsheet program: then the draft lists what was sent, and says so."""
    row = rows[0]
    same, altered = configured.folder / "same.xlsx", configured.folder / "altered.xlsx"
    shutil.copy(configured.built / row.file, same)
    book = openpyxl.load_workbook(same)
    book.worksheets[3]["B7"] = "Somebody Else"
    book.save(altered)
    document = configured.rkreport("incident", "same.xlsx", "--out", "same.txt", "--json").document
    assert (document["message_id"], document["is_as_sent"]) == (row.message_id, True)
    document = configured.rkreport("incident", "altered.xlsx", "--out", "altered.txt", "--json").document
    assert (document["message_id"], document["is_as_sent"]) == (row.message_id, False)
    text = (configured.folder / "altered.txt").read_text("utf-8")
    assert "Somebody Else" not in text
    assert "is not the one that was sent" in text


def test_a_file_that_is_gone_leaves_a_gap(configured: Workspace, rows: list[Delivery]) -> None:
    """Time runs: the draft is written all the same, with what the ledger knows."""
    shutil.rmtree(configured.folder / "rkreport-data" / "sent")
    outcome = configured.rkreport("incident", rows[0].message_id)
    assert outcome.code == 0
    assert "was purged, or never sent from here" in outcome.out
    assert "no longer known" in draft_of(configured, rows[0]).read_text("utf-8")


def test_a_draft_that_may_be_filled_in_is_not_overwritten(configured: Workspace, rows: list[Delivery]) -> None:
    """A second call asks for another name."""
    assert configured.rkreport("incident", rows[0].message_id).code == 0
    outcome = configured.rkreport("incident", rows[0].message_id)
    assert outcome.code == 5
    assert "perhaps filled in; name another file with --out." in outcome.error


@pytest.mark.parametrize(
    "message", ["<rk.2026-10.nobody@contoh.test>", "somebody@contoh.test", "none.eml", "junk.xlsx"]
)
def test_what_is_not_known_is_said(configured: Workspace, rows: list[Delivery], message: str) -> None:
    """Exit code 2 and what to name instead; an address that was typed is not repeated."""
    assert rows
    (configured.folder / "junk.xlsx").write_bytes(b"junk")
    outcome = configured.rkreport("incident", message)
    assert outcome.code == 2
    assert "Message-ID" in outcome.error
    assert "somebody@" not in outcome.err + configured.log
    assert not list(configured.folder.glob("incident_*"))


def test_several_messages_are_not_guessed_between(configured: Workspace, rows: list[Delivery]) -> None:
    """A thread that names two reports."""
    answer = EmailMessage()
    answer["References"] = f"{rows[0].message_id} {rows[1].message_id}"
    answer.set_content("Which?")
    (configured.folder / "thread.eml").write_bytes(answer.as_bytes())
    outcome = configured.rkreport("incident", "thread.eml")
    assert outcome.code == 2
    assert "thread.eml fits 2 messages" in outcome.error


def test_what_never_left_has_no_deadline(configured: Workspace) -> None:
    """The ledger says so, and asks how the message left."""
    assert configured.rkreport("run").code == 0
    row = mark_sent(configured, configured.now, DeliveryState.FAILED)[0]
    document = configured.rkreport("incident", row.message_id, "--json").document
    assert document["deadline"] is None
    assert "[How was it sent?]" in draft_of(configured, row).read_text("utf-8")
