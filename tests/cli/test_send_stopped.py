"""What stops a sending, or goes on with it: nothing leaves that should not, and the next `send` sends what is left."""

import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rkreport.cli import main
from rkreport.delivery.smtp_connection import SmtpSettings
from rkreport.simulator.company import Company
from rkreport.store.database import Database
from rkreport.store.lock import exclusive_run
from tests.cli import program
from tests.cli.office import MANAGERS, Office, opened_office, states_in
from tests.cli.program import serving, wait_until
from tests.delivery.scripted_smtp import Do, Fault, Step


def test_a_refused_login_stops_everything(built: Path, tmp_path: Path) -> None:
    """The first refusal is the last try; all stay planned, and the reason is said once."""
    refusal = "530 5.7.57 Client not authenticated"
    with opened_office(built, tmp_path, Fault(Step.SENDER, refusal, times=None)) as office:
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, outcome.err.count("Stopped: ")) == (6, 1)
        assert set(office.states().values()) == {"planned"}
        assert sum(line.startswith("MAIL") for line, _ in office.server.commands) == 1
        assert office.server.taken == []


def test_a_port_that_never_answers_is_said_once(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried is said before; then one sentence with a hint at the ports, exit code 6, and all stay planned."""
    monkeypatch.setattr(
        "rkreport.run.transports.SmtpSettings",
        lambda *given: replace(SmtpSettings(*given), greeting_timeout_seconds=0.3),
    )
    with opened_office(built, tmp_path, Fault(Step.GREETING, Do.HANG, times=None)) as office:
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, set(office.states().values())) == (6, {"planned"})
        trying = outcome.err.index(f"Trying 127.0.0.1:{office.server.port} …\n")
        assert trying < outcome.err.index("does not answer; check mail.host, mail.port and the network (port 587 goes")
        assert outcome.err.count("Stopped: ") == 1


def test_three_policy_refusals_in_a_row_stop_it(built: Path, tmp_path: Path) -> None:
    """Refused for what they are: after the third the fourth is not tried; nothing was taken, all can go later."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, "550 5.7.1 Looks like spam", times=None)) as office:
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 6
        assert "Stopped: 3 messages in a row were refused alike: 550 5.7.1 Looks like spam.\n" in outcome.err


@pytest.mark.parametrize("harm", ["workbook changed", "workbook missing", "master changed", "manifest damaged"])
def test_a_file_that_is_not_as_it_was_built_stops_everything(office: Office, harm: str) -> None:
    """The last workbook changed or gone, the master, the manifest: exit code 5, and no server hears of anything."""
    path = (
        office.folder / [file["path"] for file in office.workspace.manifest["files"] if file["kind"] == "manager"][-1]
    )
    if harm == "workbook missing":
        path.unlink()
    elif harm == "manifest damaged":
        (office.folder / "manifest.json").write_text("{")
    else:
        path = next(office.folder.glob("*_master_*.xlsx")) if harm == "master changed" else path
        path.write_bytes(path.read_bytes() + b"\0")
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "run rkreport build again" in outcome.error) == (5, True)
    assert office.server.connections == len(office.server.summaries)


def test_addresses_that_were_swapped_stop_the_next_month(fetched: Path, tmp_path: Path) -> None:
    """Two managers have each other's address since last month: said by the build and the review, and nothing is sent.

    Every address is a good one, and each is there once: only the ledger knows better.
    """
    with opened_office(fetched, tmp_path) as office:
        assert office.workspace.rkreport("build", "--period", "2026-09").code == 0
        assert office.workspace.rkreport("send", "--period", "2026-09").code == 0
        taken = len(office.server.taken)
        assert office.workspace.rkreport("build").code == 0
        addresses = office.addresses()
        office.set_address("M-001", addresses["M-002"])
        office.set_address("M-002", addresses["M-001"])
        assert office.workspace.rkreport("build").code == 0
        assert "address_moved" in (office.folder / "review.html").read_text("utf-8")
        reviewed = office.workspace.rkreport("review")
        assert "address_moved" in reviewed.out
        assert "another manager's last report went to: 2 (M-001, M-002)" in " ".join(reviewed.out.split())
        refused = office.workspace.rkreport("send", "--accept", "rate_moved")
        assert refused.code == 4
        assert refused.error.endswith("to send anyway, add --accept address_moved.")
        assert "@" not in refused.error
        assert len(office.server.taken) == taken
        accepted = office.workspace.rkreport("send", "--accept", "rate_moved", "--accept", "address_moved")
        assert accepted.code == 0, accepted.err
        again = office.workspace.rkreport("send", "--accept", "rate_moved")
        assert again.code == 0, again.err  # the addresses that were accepted are the last ones now


def test_an_older_edition_is_not_sent_in_place_of_a_lost_one(built: Path, tmp_path: Path) -> None:
    """The folder of the newest revision in the ledger is gone: exit code 5, and the next build makes another."""
    with opened_office(built, tmp_path, Fault(Step.RECIPIENT, "550 5.1.1 No such user")) as office:
        assert office.workspace.rkreport("send").code == 6
        assert office.workspace.rkreport("build", "--json").document["revision"] == 2
        assert office.workspace.rkreport("send").code == 0
        shutil.rmtree(office.folder.with_name("rev2"))
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, "rev2 is missing; run rkreport build again" in outcome.error) == (5, True)
        assert len(office.server.taken) == MANAGERS
        assert office.workspace.rkreport("build", "--json").document["revision"] == 3


def test_who_is_no_longer_in_the_edition_gets_nothing(built: Path, tmp_path: Path) -> None:
    """Planned, not sent, and the edition built again without that manager: withdrawn, and the others are sent."""
    refusal = Fault(Step.SENDER, "530 5.7.57 Client not authenticated")
    with opened_office(built, tmp_path, refusal) as office:
        assert office.workspace.rkreport("send").code == 6
        leaver = min(office.addresses())
        managers = office.workspace.folder / "managers.csv"
        rows = managers.read_text("utf-8-sig").splitlines()
        managers.write_text("\n".join(row for row in rows if not row.startswith(f"{leaver},")), "utf-8")
        assert office.workspace.rkreport("build", "--json").document["revision"] == 1
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 0, outcome.err
        row = office.ledger()[leaver]
        assert (row["state"], "was withdrawn" in row["reply"]) == ("failed", True)
        assert row["recipient"] not in office.recipients()
        assert len(office.server.taken) == MANAGERS - 1


def test_incomplete_data_are_refused_unless_allowed(company: Company, fetched: Path, tmp_path: Path) -> None:
    """Built with --allow-incomplete: `send` refuses with 4, sends when told so too, and ends with 6."""
    with serving(company, "total=+3") as simulator, opened_office(fetched, tmp_path) as office:
        office.point_to(company, simulator.base_url)
        assert office.workspace.rkreport("run", "--allow-incomplete").code == 6
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, "are incomplete, so nothing was sent" in outcome.error) == (4, True)
        assert office.server.connections == len(office.server.summaries)
        assert office.workspace.rkreport("send", "--allow-incomplete").code == 6
        assert len(office.server.taken) == MANAGERS


def test_a_missing_password_is_said_before_any_work(office: Office) -> None:
    """`run --send` refuses before it asks the LMS for anything, and `send` before it asks the mail server."""
    office.workspace.edit("[mail]\n", '[mail]\nusername = "ld@contoh.test"\n')
    for words in (("run", "--send"), ("send",)):
        outcome = office.workspace.rkreport(*words)
        assert (outcome.code, "RKREPORT_SMTP_PASSWORD" in outcome.error) == (2, True)
    assert office.server.connections == len(office.server.summaries)


def test_the_pace_of_the_run_before_holds(fetched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message a minute: the next `send`, a moment later, waits for a minute before its first message."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        raise KeyboardInterrupt

    real_world = program._real_world  # noqa: SLF001 - where the world of calls in this process is made
    monkeypatch.setattr(program, "_real_world", lambda *given: replace(real_world(*given), sleep=sleep))
    with opened_office(fetched, tmp_path, mail="messages_per_minute = 1") as office:
        assert office.workspace.rkreport("build").code == 0
        assert office.workspace.rkreport("send", "--only", min(office.addresses())).code == 0
        assert (office.workspace.rkreport("send").code, len(office.server.taken)) == (130, 1)
    assert slept == [pytest.approx(60, abs=2)]


def test_a_server_that_stays_busy_is_given_up_with_its_answer(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 6; each wait and the end say what the server said, once for all messages."""

    async def sleep(_seconds: float) -> None:
        """The clock of the pace and of the patience stands still."""

    real_world = program._real_world  # noqa: SLF001 - the seam of the fixture
    monkeypatch.setattr(program, "_real_world", lambda *given: replace(real_world(*given), sleep=sleep))
    with opened_office(built, tmp_path, Fault(Step.GREETING, "421 4.3.2 Busy", times=None)) as office:
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, set(office.states().values())) == (6, {"planned"})
        said = f"The mail server 127.0.0.1:{office.server.port} answered: 421 4.3.2 Busy.\n"
        assert f"seconds. {said}" in outcome.err
        assert outcome.err.count("Not yet sent: ") == 1
        assert f"Not yet sent: {MANAGERS}. {said}" in outcome.err


def test_without_a_build_there_is_nothing_to_send(fetched: Path, tmp_path: Path) -> None:
    """Exit code 5 and a sentence that names the month and the command."""
    with opened_office(fetched, tmp_path) as office:
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, outcome.error) == (
            5,
            "Error: Nothing is built for 2026-10 in reports; run rkreport build, or name another month with --period.",
        )


def test_a_second_send_is_refused(office: Office) -> None:
    """While another holds the data folder nothing is said to the server."""
    with exclusive_run(office.workspace.folder / "rkreport-data", "2026-11-10 09:00"):
        outcome = office.workspace.rkreport("send")
    assert (outcome.code, "Another rkreport is at work" in outcome.error) == (2, True)
    assert office.server.connections == len(office.server.summaries)
    assert office.workspace.rkreport("send").code == 0


def test_a_disk_that_is_full_before_the_text_keeps_it_back(office: Office) -> None:
    """Where `sending` cannot be written the text does not go; with room again everybody gets theirs, once."""
    store = Database(office.workspace.folder / "rkreport-data")
    store.write(
        "CREATE TRIGGER full BEFORE UPDATE ON delivery WHEN NEW.state = 'sending'"
        " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    store.close()
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "the disk is full" in outcome.error) == (5, True)
    assert office.server.taken == []
    assert set(office.states().values()) == {"planned"}
    store = Database(office.workspace.folder / "rkreport-data")
    store.write("DROP TRIGGER full")
    store.close()
    assert office.workspace.rkreport("send").code == 0
    assert sorted(office.recipients()) == sorted(office.addresses().values())


def test_a_disk_that_is_full_after_the_text_leaves_a_doubt(office: Office) -> None:
    """The server has it and we could not write so: in doubt, not sent again."""
    store = Database(office.workspace.folder / "rkreport-data")
    store.write(
        "CREATE TRIGGER full BEFORE UPDATE ON delivery WHEN NEW.state = 'sent'"
        " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    store.close()
    assert office.workspace.rkreport("send").code == 5
    store = Database(office.workspace.folder / "rkreport-data")
    store.write("DROP TRIGGER full")
    store.close()
    assert len(office.server.taken) == 1
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "in flight when rkreport was ended: 1;" in outcome.err) == (6, True)
    assert sorted(office.states().values()) == ["sent", "sent", "unknown"]
    assert sorted(office.recipients()) == sorted(office.addresses().values())


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_ctrl_c_says_how_to_go_on(fetched: Path, tmp_path: Path) -> None:
    """Exit code 130 between two messages: the ledger is written, and the command that goes on sends the rest."""
    with opened_office(fetched, tmp_path, mail="messages_per_minute = 1") as office:
        workspace = office.workspace
        assert workspace.process("build", "--period", "2026-10").code == 0
        process = workspace.start("send", "--period", "2026-10", "--retry-unknown")
        wait_until(lambda: len(office.server.taken) == 1)
        wait_until(lambda: "sent" in states_in(workspace))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130
        assert err.splitlines()[-1] == (
            "Interrupted; what was sent is in the ledger, and is not sent again. To go on, say: rkreport send --period"
            " 2026-10"
        )
        assert sorted(office.states().values()) == ["planned", "planned", "sent"]


def test_ctrl_c_while_the_end_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 130 and no traceback; after the last sentence Ctrl-C changes nothing any more."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(sys, "argv", ["rkreport", "history"])
    monkeypatch.setattr("os.umask", lambda _mask: 0)  # else it holds for the tests that follow

    def pressed(_arguments: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "run", pressed)
    try:
        with pytest.raises(SystemExit) as ended:
            main.main()
        assert (ended.value.code, signal.getsignal(signal.SIGINT)) == (130, signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGINT, before)
