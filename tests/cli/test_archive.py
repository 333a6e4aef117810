"""`rkreport archive`: the exact file that was sent, or a sentence."""

import hashlib
import shutil
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from rkreport.core.mail.delivery import Delivery, DeliveryState
from tests.cli.office import Office
from tests.cli.program import Workspace
from tests.cli.sent import mark_sent


@pytest.fixture
def rows(configured: Workspace) -> list[Delivery]:
    """What was sent two days ago."""
    assert configured.rkreport("run").code == 0
    return mark_sent(configured, configured.now - timedelta(days=2))


def archived(workspace: Workspace, row: Delivery) -> Path:
    """Where a file is kept."""
    return workspace.folder / "rkreport-data" / "sent" / row.file_sha256[:2] / f"{row.file_sha256}.xlsx"


def test_the_file_comes_back_as_it_was_sent(configured: Workspace, rows: list[Delivery]) -> None:
    """Byte for byte, although the report's folder was edited since; says when, where to, and by which Message-ID."""
    row = rows[0]
    (configured.built / row.file).write_bytes(b"edited")
    outcome = configured.rkreport("archive", row.manager_id)
    assert outcome.code == 0, outcome.err
    written = configured.folder / row.file.removeprefix("managers/")
    assert hashlib.sha256(written.read_bytes()).hexdigest() == row.file_sha256
    assert f"manager {row.manager_id}, 2026-10 revision 1" in outcome.out
    assert "sent 2026-11-08 09:00 WIB to " in outcome.out
    assert row.message_id in outcome.out
    if sys.platform != "win32":
        assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_the_address_is_whole_for_programs_alone(configured: Workspace, rows: list[Delivery]) -> None:
    """Masked on the terminal and absent from the log; in full in the JSON object."""
    row = rows[0]
    outcome = configured.rkreport("archive", row.manager_id, "--out", "again.xlsx", "--verbose")
    assert row.recipient not in outcome.out + outcome.err + configured.log
    assert f"{row.recipient[0]}…@contoh.test" in outcome.out
    document = configured.rkreport("archive", row.manager_id, "--out", "again.xlsx", "--json").document
    assert (document["recipient"], document["file"]) == (row.recipient, "again.xlsx")


def test_another_file_is_not_overwritten(configured: Workspace, rows: list[Delivery]) -> None:
    """A workbook of that name in the current folder may be somebody's work; the same file once more is none."""
    own = configured.folder / rows[0].file.removeprefix("managers/")
    own.write_bytes(b"work of a day")
    outcome = configured.rkreport("archive", rows[0].manager_id)
    assert (outcome.code, own.read_bytes()) == (5, b"work of a day")
    assert "is there already and is another file; name a new one with --out." in outcome.error
    own.unlink()
    assert [configured.rkreport("archive", rows[0].manager_id).code for _ in range(2)] == [0, 0]


def test_damage_is_exit_code_5(configured: Workspace, rows: list[Delivery]) -> None:
    """A damaged or purged file is said, and nothing is written."""
    archived(configured, rows[0]).write_bytes(b"rot")
    outcome = configured.rkreport("archive", rows[0].manager_id)
    assert outcome.code == 5
    assert "is damaged: it is not the file that was sent; restore it from a backup." in outcome.error
    archived(configured, rows[0]).unlink()
    outcome = configured.rkreport("archive", rows[0].manager_id)
    assert outcome.code == 5
    assert "it was purged, or never sent from here; look for it in a backup." in outcome.error
    assert not list(configured.folder.glob("*.xlsx"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("M-999",), "There is no manager M-999 in the ledger; take an id from burst-list.csv."),
        (("M-001", "--period", "2026-09"), "manager M-001 of 2026-09 was sent; there is 2026-10 revision 1."),
        (("M-001", "--revision", "2"), "manager M-001, revision 2 was sent; there is 2026-10 revision 1."),
        (("M-001", "--period", "October"), 'The period "October" is no month'),
    ],
)
def test_what_was_not_sent_is_said(
    configured: Workspace, rows: list[Delivery], options: tuple[str, ...], said: str
) -> None:
    """Exit code 2, and what there is instead."""
    assert rows
    outcome = configured.rkreport("archive", *options)
    assert outcome.code == 2
    assert said in outcome.error


def test_what_never_left_is_no_sent_file(configured: Workspace) -> None:
    """A refused message was sent to nobody; one in doubt may have been."""
    assert configured.rkreport("run").code == 0
    mark_sent(configured, configured.now, DeliveryState.FAILED)
    outcome = configured.rkreport("archive", "M-001")
    assert outcome.code == 2
    assert "was not sent: it is failed in the ledger" in outcome.error


def test_the_master_of_what_was_sent(office: Office) -> None:
    """As it was when its messages went, whatever became of the folder; before a sending there is none."""
    workspace = office.workspace
    refused = workspace.rkreport("archive", "master")
    assert (refused.code, "No master is kept; rkreport send keeps that of each edition." in refused.error) == (2, True)
    assert workspace.rkreport("send").code == 0
    (master,) = office.folder.glob("*_master_rev1.xlsx")
    content = master.read_bytes()
    shutil.rmtree(office.folder)
    words = ("--period", "2026-10", "--revision", "1", "--out", "master.xlsx", "--json")
    document = workspace.rkreport("archive", "master", *words).document
    assert (workspace.folder / "master.xlsx").read_bytes() == content
    assert document["file_sha256"] == hashlib.sha256(content).hexdigest()
    assert document["kept_at"] == "2026-11-10T09:00:00+07:00"
    missing = workspace.rkreport("archive", "master", "--revision", "2")
    assert (missing.code, "No master, revision 2 is kept; there is 2026-10 revision 1." in missing.error) == (2, True)


def test_a_mistyped_manager_id(office: Office) -> None:
    """The sentence names the id that was probably meant."""
    assert office.workspace.rkreport("send").code == 0
    outcome = office.workspace.rkreport("archive", "M-01")
    assert outcome.error == "Error: There is no manager M-01 in the ledger; did you mean M-001?"
    only = office.workspace.rkreport("send", "--only", "m001")
    assert only.error == "Error: There is no manager m001 in this edition; did you mean M-001?"
