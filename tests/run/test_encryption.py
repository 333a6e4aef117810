"""Workbooks that open with a password only, and what is refused before an hour of fetching."""

import sys
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import pytest
from openpyxl import load_workbook

from rkreport.config.secrets import WORKBOOK_PASSWORD
from rkreport.errors import DeliveryError, OutputError
from rkreport.excel.ooxml.encryption import decrypted, encrypted
from rkreport.simulator.company import Company
from tests.cli.program import NO_SERVER, Workspace, serving
from tests.run.conftest import WholeRun
from tests.run.editions import edition_of
from tests.run.workbooks import workbooks_of

PASSWORD = "rahasia besar 7"


def locked_in(folder: Path, company: Company, url: str) -> Workspace:
    """A workspace whose workbooks shall be encrypted."""
    workspace = Workspace(folder)
    workspace.configure(company, url)
    with workspace.config.open("a", encoding="utf-8") as config:
        config.write("\n[privacy]\nencrypt_workbooks = true\n")
    workspace.secrets[WORKBOOK_PASSWORD] = PASSWORD
    return workspace


def body_of(message: EmailMessage, kind: str) -> str:
    """What a mail says, as plain text or HTML."""
    body = message.get_body((kind,))
    assert body
    return str(body.get_content())


@pytest.fixture(scope="module")
def locked(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A whole run with encryption."""
    with serving(company) as simulator:
        workspace = locked_in(tmp_path_factory.mktemp("locked"), company, simulator.base_url)
        outcome = workspace.rkreport("run")
    assert outcome.code == 0, outcome.err
    assert PASSWORD not in outcome.out + outcome.err + workspace.log
    return workspace


def test_no_workbook_opens_without_the_password(locked: Workspace) -> None:
    """Neither the master nor a manager's, and another password does not help; with it they can be read."""
    books = workbooks_of(locked.built)
    assert len(books) == 7
    for path in books:
        content = path.read_bytes()
        with pytest.raises(BadZipFile):
            load_workbook(BytesIO(content))
        with pytest.raises(DeliveryError):
            decrypted(content, PASSWORD + "!")
    for path in books[:2]:
        assert load_workbook(BytesIO(decrypted(path.read_bytes(), PASSWORD))).worksheets[0]["A1"].value


def test_no_open_workbook_is_left(locked: Workspace) -> None:
    """All that lies below the output folder and is a workbook is encrypted, and readable by its owner alone."""
    found = [
        path
        for path in (locked.folder / "reports").rglob("*")
        if path.is_file() and b"PK\x03\x04" in path.read_bytes()[:4]
    ]
    assert found == []
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in workbooks_of(locked.built)} == {0o600}


def test_what_is_attached_is_what_was_locked(locked: Workspace) -> None:
    """Each message carries the encrypted file, says how it is opened, and nowhere holds the password."""
    messages = sorted((locked.built / "outbox").glob("*.eml"))
    notes = ("never by mail", "tidak pernah lewat email")
    for path in messages:
        message = message_from_bytes(path.read_bytes(), policy=email_policy.default)
        (attachment,) = message.iter_attachments()
        assert decrypted(attachment.get_content(), PASSWORD)
        for kind in ("plain", "html"):
            body = body_of(message, kind)
            assert any(note in body for note in notes)
            assert PASSWORD not in body
    assert len(messages) == 6


def test_an_open_file_s_mail_says_nothing_of_a_password(whole_run: WholeRun) -> None:
    """The sentence stands in mails about encrypted files alone."""
    for path in (whole_run.workspace.built / "outbox").glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=email_policy.default)
        body = body_of(message, "plain")
        assert "password" not in body
        assert "kata sandi" not in body


def test_locked_files_are_opened_for_the_leak_test(locked: Workspace) -> None:
    """They are judged like open ones; one that opens with another password, or with none, stops everything."""
    edition = edition_of(locked)
    edition.leak_test()
    path = edition.file_of("M-002")
    content = path.read_bytes()
    try:
        for other in (decrypted(content, PASSWORD), encrypted(decrypted(content, PASSWORD), "another one"), b"PK", b""):
            path.write_bytes(other)
            with pytest.raises(OutputError, match="does not open with the password"):
                edition.resealed().leak_test()
        path.write_bytes(encrypted(decrypted(edition.file_of("M-001").read_bytes(), PASSWORD), PASSWORD))
        with pytest.raises(OutputError, match="of somebody outside that team"):
            edition.resealed().leak_test()
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("password", "says"), [("", "is not set"), ("1234567", "is too short"), ("x" * 256, "is too long")]
)
def test_a_missing_password_is_refused_before_any_request(
    company: Company, tmp_path: Path, password: str, says: str
) -> None:
    """There is no server to ask, and the command does not find out."""
    workspace = locked_in(tmp_path, company, NO_SERVER)
    workspace.secrets[WORKBOOK_PASSWORD] = password
    for command in ("run",):
        outcome = workspace.rkreport(command)
        assert outcome.code == 2
        assert f"{WORKBOOK_PASSWORD} {says}; set it to a password of 8 to 255 characters" in outcome.error.replace(
            "\n", " "
        )
        assert not password or password not in outcome.err


def test_a_missing_package_is_refused_before_any_request(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence has the command that installs it."""
    workspace = locked_in(tmp_path, company, NO_SERVER)
    monkeypatch.setattr("rkreport.excel.ooxml.encryption.find_spec", lambda _name: None)
    outcome = workspace.rkreport("run")
    assert outcome.code == 2
    assert "pip install 'rkreport[encryption]'" in outcome.error


def test_build_refuses_too(locked: Workspace) -> None:
    """What was built with a password stays when the next build has none."""
    before = {path: path.read_bytes() for path in workbooks_of(locked.built)}
    locked.secrets[WORKBOOK_PASSWORD] = ""
    try:
        outcome = locked.rkreport("build")
    finally:
        locked.secrets[WORKBOOK_PASSWORD] = PASSWORD
    assert outcome.code == 2
    assert {path: path.read_bytes() for path in workbooks_of(locked.built)} == before
