"""`rkreport audit`: who did what, found by `--verify` when it was changed, and exported for other programs."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from rkreport.core.audit_chain import AuditEntry, AuditEvent, line_of
from rkreport.errors import StoreError
from rkreport.run.world import os_actor
from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from rkreport.store.audit_log import AuditLog
from rkreport.store.database import Database
from tests.cli.office import MANAGERS, Office, opened_office
from tests.cli.program import NOW, Workspace, serving
from tests.cli.test_doctor import checks
from tests.cli.test_privacy import personal_words
from tests.delivery.scripted_smtp import Do, Fault, Step


def audit_file(workspace: Workspace) -> Path:
    """The log of a folder."""
    return workspace.folder / "rkreport-data" / "audit.jsonl"


def lines_of(workspace: Workspace) -> list[dict[str, Any]]:
    """Its lines."""
    return [json.loads(line) for line in audit_file(workspace).read_text("ascii").splitlines()]


def events_of(workspace: Workspace) -> list[str]:
    """What they tell of."""
    return [line["event"] for line in lines_of(workspace)]


def test_a_month_leaves_its_lines(office: Office) -> None:
    """Fetch, build, review, trial, sending and every message: by whom, when, and with which digests."""
    workspace = office.workspace
    for call in (("review",), ("send", "--to-me", "ld@contoh.test"), ("send",), ("send",)):
        assert workspace.rkreport(*call).code == 0
    messages = ["message_given", "message_ended"] * MANAGERS
    assert events_of(workspace) == [
        *("fetch_finished", "edition_built", "review_shown", "trial_begun", "trial_ended"),
        *("sending_begun", *messages, "sending_ended", "summary_made", "summary_made"),
    ]
    begun, given, ended = lines_of(workspace)[5:8]
    actor, file = os_actor(), {entry["manager_id"]: entry["sha256"] for entry in workspace.manifest["files"]}
    assert (begun["user"], begun["host"], begun["command"]) == (actor.user, actor.host, "send")
    assert (begun["at"], begun["result"]) == ("2026-11-10T02:00:00.000+00:00", "3 messages")
    assert set(begun["digests"]) == {"manifest", "burst_list"}
    assert given["digests"]["file"] == file[given["about"]["manager_id"]]
    assert (ended["about"], ended["result"]) == (given["about"], "taken")


def test_no_word_about_a_person(configured: Workspace, company: Company, server: Simulator, tmp_path: Path) -> None:
    """Neither of a learner nor of a manager, in any line of any command; and no reason that the admin wrote."""
    for call in (("run", "--send"), ("send", "--again", "M-001", "--reason", "asked by Dewi"), ("archive", "M-001")):
        assert configured.rkreport(*call).code == 0
    assert configured.rkreport("export", str(tmp_path / "snapshot.rk")).code == 0
    assert configured.rkreport("import", str(tmp_path / "snapshot.rk")).code == 0
    message = next(iter((configured.built / "outbox").glob("*.eml")))
    assert configured.rkreport("incident", str(message)).code == 0
    assert configured.rkreport("purge", "--older-than", "1", "--yes").code == 0
    text = audit_file(configured).read_text("ascii")
    assert {"message_given_again", "file_retrieved", "snapshot_exported", "snapshot_imported"} < set(
        events_of(configured)
    )
    assert [word for word in personal_words(company, server) if word in text] == []
    assert [word for word in ("@", "Dewi", "demo-secret") if word in text] == []


def test_it_is_shown_and_verified(office: Office) -> None:
    """The last lines on screen and as JSON; a whole log says so with exit code 0."""
    workspace = office.workspace
    outcome = workspace.rkreport("audit", "--last", "1")
    assert outcome.code == 0
    assert ("edition_built" in outcome.out, "fetch_finished" in outcome.out) == (True, False)
    document = workspace.rkreport("audit", "--json").document
    assert [line["event"] for line in document["last"]] == ["fetch_finished", "edition_built"]
    outcome = workspace.rkreport("audit", "--verify")
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, "The audit log is whole.")


def test_digests_are_short_on_the_screen_alone(office: Office) -> None:
    """12 characters of each in the table; whole ones for programs, and of the last line, which is to be kept."""
    workspace = office.workspace
    document = workspace.rkreport("audit", "--json").document
    whole = [digest for line in document["last"] for digest in line["digests"].values()]
    shown = "".join(workspace.rkreport("audit").out.split())
    assert [(digest[:12] + "…" in shown, digest[:13] in shown, len(digest)) for digest in whole] == [
        (True, False, 64)
    ] * len(whole)
    assert len(whole) > 2
    assert document["sha256"] in workspace.rkreport("audit", "--verify").out


def look(workspace: Workspace) -> dict[str, Any]:
    """What doctor says of the log, without a change to it."""
    before = audit_file(workspace).read_bytes() if audit_file(workspace).exists() else b""
    (check,) = checks(workspace.rkreport("doctor", "--offline", "--json"), "Audit log")
    assert (audit_file(workspace).read_bytes() if audit_file(workspace).exists() else b"") == before
    return check


def test_doctor_says_whether_it_is_whole(office: Office) -> None:
    """Whole: with the number of lines. Changed: what was done, as a warning, since every run goes on."""
    path = audit_file(office.workspace)
    check = look(office.workspace)
    assert (check["state"], "is whole: 2 lines as written" in check["found"]) == ("ok", True)
    text = path.read_bytes()
    path.write_bytes(text.replace(b"complete", b"compl3te", 1))
    check = look(office.workspace)
    assert (check["state"], check["exit_code"], "line 1 was changed" in check["found"]) == ("warning", 0, True)
    assert check["fix"].startswith("keep the file as evidence")
    path.unlink()
    assert "lines 1 to 2 are missing" in look(office.workspace)["found"]
    if sys.platform != "win32":  # where links need rights
        path.symlink_to(office.workspace.folder / "elsewhere")
        assert look(office.workspace)["exit_code"] == 5


@pytest.mark.parametrize("kept", [0, 1, 100, -1])
def test_doctor_takes_no_kill_for_a_change(office: Office, kept: int) -> None:
    """A last line that a kill tore is not damage: the next command writes it again."""
    workspace = office.workspace
    store = Database(workspace.folder / "rkreport-data")
    try:
        log = AuditLog(store)
        log.append(lambda head: line_of(AuditEntry(head.number + 1, NOW, os_actor(), "send", AuditEvent.REVIEW_SHOWN)))
    finally:
        store.close()
    *lines, last = audit_file(workspace).read_bytes().splitlines(keepends=True)
    audit_file(workspace).write_bytes(b"".join([*lines, last[:kept]]))
    assert (look(workspace)["state"], "2 lines as written" in look(workspace)["found"]) == ("ok", True)
    audit_file(workspace).write_bytes(b"".join([lines[0].replace(b"complete", b"compl3te"), *lines[1:], last[:kept]]))
    assert "line 1 was changed" in look(workspace)["found"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0].replace(b"complete", b"compl3te"), *lines[1:]], "line 1 was changed"),
        (lambda lines: [*lines[:1], *lines[2:]], "line 2 is missing, line 1 is no longer proven"),
        (lambda lines: lines[:-1], "line 3 is missing, lines 1 to 2 are no longer proven"),
        (lambda lines: [lines[1], lines[0], lines[2]], "the 2. line of the file was moved"),
        (lambda lines: [*lines, lines[0]], "the 4. line of the file is not rkreport's"),
    ],
    ids=["changed", "missing", "cut off", "reordered", "inserted"],
)
def test_what_was_done_to_it_is_named(office: Office, change: Any, said: str) -> None:
    """One sentence, exit code 5; and the program goes on with its work."""
    workspace = office.workspace
    assert workspace.rkreport("review").code == 0
    path = audit_file(workspace)
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    outcome = workspace.rkreport("audit", "--verify")
    assert (outcome.code, f"audit.jsonl is not what rkreport wrote: {said}; keep" in outcome.error) == (5, True)
    assert workspace.rkreport("audit", "--export", "log.jsonl").code == 5
    assert workspace.rkreport("review").code == 0
    assert said in workspace.rkreport("audit", "--verify").error


def test_a_file_full_of_line_breaks_is_refused_at_once(office: Office) -> None:
    """Neither the check nor the last lines read all of what somebody put there."""
    with audit_file(office.workspace).open("ab") as file:
        file.write(b"\n" * 3_000_000)
    outcome = office.workspace.rkreport("audit", "--verify")
    assert (outcome.code, "it has far more lines than the 2 of the log" in outcome.error) == (5, True)
    assert office.workspace.rkreport("audit").code == 0


def test_the_export_is_what_was_written(office: Office) -> None:
    """A JSON object a line, each with the digest of the one before; no file is written over."""
    workspace = office.workspace
    before = audit_file(workspace).read_bytes()
    assert workspace.rkreport("audit", "--export", "log.jsonl").code == 0
    assert (workspace.folder / "log.jsonl").read_bytes() == before
    assert events_of(workspace)[-1] == "log_exported"
    again = workspace.rkreport("audit", "--export", "log.jsonl")
    assert (again.code, "is there already" in again.error) == (5, True)
    assert workspace.rkreport("audit", "--verify", "--export", "other").code == 2


def test_no_sending_without_its_line(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log cannot be written: nothing goes, the ledger stays, exit code 5. Later all goes once."""
    append = AuditLog.append

    def full(log: AuditLog, line_after: Any) -> None:
        raise StoreError("The audit log cannot be written.")

    office.workspace.patches.append((AuditLog, "append", full))
    assert office.workspace.rkreport("send").code == 5
    assert office.server.taken == []
    office.workspace.patches[-1] = (AuditLog, "append", append)
    assert office.workspace.rkreport("send").code == 0
    assert len(office.server.taken) == MANAGERS


def test_a_retry_and_a_kill_stand_in_it(built: Path, tmp_path: Path) -> None:
    """A message in doubt ends as `unknown`; what a person decides about it has words of its own."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, Do.TAKE_AND_CUT)) as office:
        assert office.workspace.rkreport("send").code == 6
        assert [line["result"] for line in lines_of(office.workspace) if line["event"] == "message_ended"].count(
            "unknown"
        ) == 1
        assert office.workspace.rkreport("send", "--retry-unknown").code == 0
        assert events_of(office.workspace).count("message_retried") == 1


def test_a_folder_from_before_begins_a_log(office: Office) -> None:
    """Without the file and without its end in the store nothing is said, and the first line has number 1."""
    shutil.rmtree(office.workspace.folder / "rkreport-data")
    outcome = office.workspace.rkreport("audit")
    assert (outcome.code, "not as rkreport left it" in outcome.err) == (0, False)
    assert office.workspace.rkreport("audit", "--verify").code == 0


def test_a_guard_that_was_accepted_is_named(office: Office) -> None:
    """With its code, before the sending."""
    for manager_id in ("M-001", "M-002"):
        office.set_address(manager_id, "same@contoh.test")
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 4
    assert "guard_accepted" not in events_of(office.workspace)
    assert office.workspace.rkreport("send", "--accept", "same_address").code == 0
    events = events_of(office.workspace)
    line = lines_of(office.workspace)[events.index("guard_accepted")]
    assert (line["result"], events.index("guard_accepted") < events.index("sending_begun")) == ("same_address", True)


def test_a_fetch_with_gaps_says_so(configured: Workspace, company: Company) -> None:
    """The snapshot's line tells whether it is complete."""
    with serving(company, "total=+3") as simulator:
        configured.configure(company, simulator.base_url)
        configured.rkreport("fetch")
    (line,) = lines_of(configured)
    assert (line["event"], line["result"], len(line["digests"]["snapshot"])) == ("fetch_finished", "incomplete", 64)
