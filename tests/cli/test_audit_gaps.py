"""What changes a message's state, or is refused, leaves its line in the audit log, whichever command does it."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import rkreport.run
from rkreport.files import sha256_of
from rkreport.run.world import os_actor
from rkreport.store.database import Database
from tests.cli.office import Office
from tests.cli.test_audit import audit_file, events_of, lines_of
from tests.cli.test_release import OTHER, code_of, guarded, send  # noqa: F401 - a fixture
from tests.cli.test_state_elsewhere import DATA, fetched_again


def left_in_flight(office: Office, manager_id: str) -> None:
    """The row of a message as a kill leaves it between text and answer."""
    store = Database(office.workspace.folder / DATA)
    try:
        store.write("UPDATE delivery SET state = 'sending' WHERE manager_id = ?", manager_id)
    finally:
        store.close()


@pytest.mark.parametrize(
    "call",
    [
        ("history",),
        ("export", "snapshot.rk"),
        ("send",),
        ("settle", "M-001", "--arrived"),
        ("send", "--again", "M-002", "--reason", "asked"),
    ],
    ids=" ".join,
)
def test_whoever_finds_messages_in_doubt_writes_it_down(office: Office, call: tuple[str, ...]) -> None:
    """One line, before what the command itself does; the next command has nothing to tell."""
    assert office.workspace.rkreport("send").code == 0
    left_in_flight(office, "M-001")
    before = len(lines_of(office.workspace))
    outcome = office.workspace.rkreport(*call)
    assert "Messages in flight when rkreport was ended: 1" in outcome.err
    line = lines_of(office.workspace)[before]
    assert (line["event"], line["command"], line["result"]) == ("messages_in_doubt", call[0], "1 message")
    office.workspace.rkreport("history")
    assert events_of(office.workspace).count("messages_in_doubt") == 1


def test_nothing_settles_the_ledger_by_the_way() -> None:
    """`recover` is called where its line is written, and nowhere else."""
    files = Path(rkreport.run.__file__).parent.rglob("*.py")
    assert [file.name for file in files if re.search(r"\.recover\(", file.read_text("utf-8"))] == ["recovering.py"]


def test_what_is_taken_over_is_written_down(office: Office, fetched: Path) -> None:
    """Rows of another data folder's ledger: how many, and whose."""
    assert office.workspace.rkreport("send").code == 0
    fetched_again(office, fetched)
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send", "--accept", "state_elsewhere").code == 0
    (line,) = [one for one in lines_of(office.workspace) if one["event"] == "messages_taken_over"]
    assert (line["result"], "M-001 M-002" in line["about"]["managers"]) == ("3 messages", True)
    assert office.workspace.rkreport("send").code == 0
    assert events_of(office.workspace).count("messages_taken_over") == 1


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        (None, OTHER, "no code or no name"),
        ("right", " ", "no code or no name"),
        ("right", "12", "what was given for a name is none"),
        ("3333-3333", OTHER, "a code that is not of this edition"),
        ("right", "sender", "the name of the user who sends"),
    ],
)
def test_a_release_that_is_refused_is_written_down(
    guarded: Office,  # noqa: F811 - the fixture
    code: str | None,
    name: str,
    reason: str,
) -> None:
    """With the reason; neither the code nor the name that was typed is in the line."""
    given = code_of(guarded) if code == "right" else code
    person = os_actor().user if name == "sender" else name
    release = () if given is None else ("--release", given)
    assert guarded.workspace.rkreport("send", "--approved-by", person, *release).code == 4
    line, summary = lines_of(guarded.workspace)[-2:]
    assert summary["event"] == "summary_made"
    assert (line["event"], line["result"], set(line["about"])) == (
        "release_refused",
        reason,
        {"period", "revision", "snapshot"},
    )


@pytest.mark.parametrize("again", [False, True])
def test_a_no_is_written_down(guarded: Office, monkeypatch: pytest.MonkeyPatch, again: bool) -> None:  # noqa: F811, FBT001 - the fixture; a case
    """After the release that was given: both persons' names, and that nothing went."""
    code = code_of(guarded)
    if again:
        assert send(guarded, code, OTHER).code == 0
    monkeypatch.setattr("rkreport.cli.commands.deliver.asker", lambda _screen: lambda _question: False)
    taken = len(guarded.server.taken)
    more = ("--again", "M-001", "--reason", "asked") if again else ()
    assert send(guarded, code, OTHER, *more).code == 6
    given, declined = lines_of(guarded.workspace)[-2:]
    assert (given["event"], declined["event"]) == ("release_given", "sending_declined")
    assert declined["result"] == ("1 message" if again else "3 messages")
    assert declined["about"]["approved_by"] == OTHER
    assert len(guarded.server.taken) == taken


@pytest.mark.parametrize("transport", ["smtp", "outbox"])
def test_a_summary_is_written_down(office: Office, transport: str) -> None:
    """Sent or kept as a file: the digests of its text and address, also where the command failed; a trial has none."""
    if transport == "outbox":
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0
    line = lines_of(office.workspace)[-1]
    assert (line["event"], line["command"], line["result"]) == ("summary_made", "send", transport)
    if transport == "outbox":
        (file,) = office.workspace.folder.rglob("summary.eml")
        assert line["digests"]["message"] == sha256_of(file.read_bytes())
    assert office.workspace.rkreport("send", "--only", "nobody").code == 2
    assert events_of(office.workspace).count("summary_made") == 2
    assert office.workspace.rkreport("send", "--to-me", "ld@contoh.test").code == 0
    assert events_of(office.workspace).count("summary_made") == 2


def cut_break(path: Path) -> None:
    """The last byte of the file is gone."""
    path.write_bytes(path.read_bytes()[:-1])


def test_a_lost_line_break_is_no_secret(office: Office) -> None:
    """`--verify` and `--export` say so until another command mends it; the log itself then has a line that tells."""
    workspace = office.workspace
    cut_break(audit_file(workspace))
    for call in (("--verify",), ("--export", "log.jsonl"), ("--verify",)):
        outcome = workspace.rkreport("audit", *call)
        assert (outcome.code, "its last line has lost its line break; keep" in outcome.error) == (5, True)
    assert workspace.rkreport("review").code == 0
    assert events_of(workspace)[-2:] == ["log_mended", "review_shown"]
    assert workspace.rkreport("audit", "--verify").code == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data + b"x",
        lambda data: data[:-40],
        lambda _data: b"",
        lambda data: data[: data[:-1].rindex(b"\n") + 1],
    ],
    ids=["break cut off", "break added", "byte added", "torn", "emptied", "line cut off"],
)
def test_a_change_of_the_end_is_told_as_often_as_it_is_asked(office: Office, change: Callable[[bytes], bytes]) -> None:
    """The check changes nothing of what it found."""
    path = audit_file(office.workspace)
    path.write_bytes(change(path.read_bytes()))
    changed = path.read_bytes()
    assert [office.workspace.rkreport("audit", "--verify").code for _ in range(2)] == [5, 5]
    assert path.read_bytes() == changed
    assert office.workspace.rkreport("audit").code == 0
    assert json.loads(path.read_bytes().splitlines()[-1])["event"] == "log_mended"


def test_what_a_kill_tore_is_told_in_the_log(office: Office) -> None:
    """The last line, begun in the store, is not whole in the file: it is written again, and a line says so."""
    workspace = office.workspace
    saved = audit_file(workspace).with_name("saved")
    shutil.copy(audit_file(workspace), saved)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rkreport.run.opened_store.AuditLog.confirm", lambda _log: None)  # as ended by a kill
        assert workspace.rkreport("review").code == 0
    shutil.copy(saved, audit_file(workspace))
    outcome = workspace.rkreport("audit", "--verify")
    assert (outcome.code, "was not whole when rkreport was ended" in outcome.err) == (0, True)
    assert events_of(workspace)[-2:] == ["review_shown", "log_mended"]
