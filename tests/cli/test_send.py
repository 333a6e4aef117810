"""`send` against a mail server that does as it is told: who gets what, how often, and what is said of the rest."""

import csv
import email.policy
import json
import shutil
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from rkreport.store.database import Database
from rkreport.store.lock import exclusive_run
from tests.cli.program import Workspace, serving, wait_until
from tests.delivery.scripted_smtp import Do, Fault, ScriptedSmtp, Step, Taken

MANAGERS = 3  # two, and the people who belong to nobody


@dataclass(frozen=True, slots=True)
class Office:
    """A folder with an edition that is built, and the mail server of its config."""

    workspace: Workspace
    server: ScriptedSmtp

    @property
    def folder(self) -> Path:
        """The edition's."""
        return self.workspace.built

    def recipients(self) -> list[str]:
        """To whom the server took messages, in order."""
        return [one for taken in self.server.taken for one in taken.recipients]

    def ledger(self, revision: int = 1) -> dict[str, dict[str, str]]:
        """Rows of ledger.csv by manager id."""
        path = self.folder.with_name(f"rev{revision}") / "ledger.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["manager_id"]: row for row in csv.DictReader(file)}

    def states(self, revision: int = 1) -> dict[str, str]:
        """State by manager id."""
        return {one: row["state"] for one, row in self.ledger(revision).items()}

    def addresses(self) -> dict[str, str]:
        """Address by manager id, as the burst list has them."""
        with (self.folder / "burst-list.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["manager_id"]: row["email"] for row in csv.DictReader(file)}

    def set_address(self, manager_id: str, address: str) -> None:
        """Change managers.csv."""
        path = self.workspace.folder / "managers.csv"
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        for row in rows:
            row[2] = address if row[0] == manager_id else row[2]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture(scope="module")
def fetched(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a finished snapshot."""
    workspace = Workspace(tmp_path_factory.mktemp("fetched"))
    with serving(company) as simulator:
        workspace.configure(company, simulator.base_url)
        assert workspace.rkreport("fetch").code == 0
    return workspace.folder


@contextmanager
def opened_office(fetched: Path, folder: Path, *faults: Fault, mail: str = "") -> Iterator[Office]:
    """An office of its own; `mail` are further lines of [mail]."""
    shutil.copytree(fetched, folder / "office")
    workspace = Workspace(folder / "office")
    with ScriptedSmtp(*faults) as server:
        lines = 'transport = "smtp"\nhost = "127.0.0.1"\nsecurity = "none"\nallowed_domains = ["contoh.test"]\n'
        pace = "" if "messages_per_minute" in mail else "messages_per_minute = 10000\n"
        workspace.edit("[mail]\n", f"[mail]\n{lines}port = {server.port}\n{pace}{mail}\n")
        yield Office(workspace, server)


@pytest.fixture
def office(fetched: Path, tmp_path: Path) -> Iterator[Office]:
    """A built edition, and a server that behaves."""
    with opened_office(fetched, tmp_path) as office:
        assert office.workspace.rkreport("build").code == 0
        yield office


def message_of(taken: Taken) -> EmailMessage:
    """What the server took, as a mail program reads it."""
    message = BytesParser(policy=email.policy.default).parsebytes(taken.content)
    assert isinstance(message, EmailMessage)
    return message


def attached(taken: Taken) -> list[str]:
    """The names of its attachments."""
    return [str(part.get_filename()) for part in message_of(taken).iter_attachments()]


# ---- each once


def test_every_manager_gets_their_own_file_once(office: Office) -> None:
    """One message to each address of the burst list with that manager's workbook; said again, `send` sends nothing."""
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, outcome.err.count("Error")) == (0, 0), outcome.err
    addresses = office.addresses()
    assert sorted(office.recipients()) == sorted(addresses.values())
    assert len(office.server.taken) == len(addresses) == MANAGERS
    names = {address: manager_id for manager_id, address in addresses.items()}
    for taken in office.server.taken:
        (recipient,) = taken.recipients
        (name,) = attached(taken)
        assert name == f"{names[recipient]}_2026-10_rev1.xlsx"
    again = office.workspace.rkreport("send")
    assert again.code == 0
    assert f"{MANAGERS} of {MANAGERS} sent (0 now)" in again.out
    assert len(office.server.taken) == MANAGERS
    assert office.server.connections == 1


def test_the_ledger_tells_what_became_of_each(office: Office) -> None:
    """ledger.csv has a row per manager with the server's answer, digests and sizes, and is its owner's alone."""
    assert office.workspace.rkreport("send").code == 0
    rows = office.ledger()
    by_id = {taken.message_id: taken for taken in office.server.taken}
    files = {file["path"]: file["sha256"] for file in office.workspace.manifest["files"]}
    assert rows.keys() == office.addresses().keys()
    for manager_id, row in rows.items():
        taken = by_id[row["message_id"]]
        assert (row["recipient"],) == taken.recipients
        assert (row["state"], row["attempts"], row["reply"]) == ("sent", "1", "250 2.0.0 Ok: queued as 4F2A")
        assert row["sha256"] == files[row["file"]]
        assert row["file"].startswith(f"managers/{manager_id}")
        assert int(row["bytes"]) == len(taken.content)
        assert row["planned_at"] == row["changed_at"] == "2026-11-10T02:00:00+00:00"
    if sys.platform != "win32":
        assert stat.S_IMODE((office.folder / "ledger.csv").stat().st_mode) == 0o600


def test_run_sends_in_one_go(fetched: Path, company: Company, tmp_path: Path) -> None:
    """`run --send` fetches, builds and sends; its one JSON object has the manifest and what became of the messages."""
    with serving(company) as simulator, opened_office(fetched, tmp_path) as office:
        office.workspace.configure(company, simulator.base_url)
        lines = f'transport = "smtp"\nhost = "127.0.0.1"\nsecurity = "none"\nport = {office.server.port}\n'
        office.workspace.edit("[mail]\n", f"[mail]\n{lines}messages_per_minute = 10000\n")
        outcome = office.workspace.rkreport("run", "--send", "--json")
        assert outcome.code == 0, outcome.err
        assert outcome.document["period"] == "2026-10"
        assert outcome.document["sent"]["counts"]["sent"] == MANAGERS
        assert len(office.server.taken) == MANAGERS


def test_only_one_manager(office: Office) -> None:
    """`--only` sends to that manager; the others are planned and go with the next `send`; an unknown id is refused."""
    addresses = office.addresses()
    chosen = sorted(addresses)[1]
    outcome = office.workspace.rkreport("send", "--only", chosen)
    assert outcome.code == 0, outcome.err
    assert office.recipients() == [addresses[chosen]]
    assert sorted(office.states().values()) == ["planned", "planned", "sent"]
    refused = office.workspace.rkreport("send", "--only", "M-999")
    assert (refused.code, "There is no manager M-999" in refused.error) == (2, True)
    assert office.workspace.rkreport("send").code == 0
    assert sorted(office.recipients()) == sorted(addresses.values())


# ---- what is left


def test_a_refused_recipient_stops_nobody_else(fetched: Path, tmp_path: Path) -> None:
    """A 5xx makes that row failed, named with exit code 6; the next `send` tries that one alone."""
    with opened_office(fetched, tmp_path, Fault(Step.RECIPIENT, "550 5.1.1 No such user")) as office:
        assert office.workspace.rkreport("build").code == 0
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 6
        (failed,) = [one for one, state in office.states().items() if state == "failed"]
        assert f"No message for manager {failed}: 550 5.1.1 No such user.\n" in outcome.err
        assert len(office.server.taken) == MANAGERS - 1
        assert office.workspace.rkreport("send").code == 0
        assert sorted(office.recipients()) == sorted(office.addresses().values())
        assert office.ledger()[failed]["attempts"] == "2"


def test_a_mended_address_is_sent_alone(office: Office) -> None:
    """Without an address: failed. Once it is in managers.csv and built, that manager gets revision 2, nobody else."""
    addresses = office.addresses()
    manager_id = next(one for one in sorted(addresses) if one.startswith("M-"))
    office.set_address(manager_id, "")
    assert office.workspace.rkreport("build").code == 0
    outcome = office.workspace.rkreport("send", "--accept", "no_address")
    assert outcome.code == 6
    assert f"No message for manager {manager_id}: has no email address.\n" in outcome.err
    assert len(office.server.taken) == MANAGERS - 1
    office.set_address(manager_id, "mended@contoh.test")
    refused = office.workspace.rkreport("send")
    assert (refused.code, "run rkreport build again" in refused.error) == (5, True)
    built = office.workspace.rkreport("build", "--json")
    assert built.document["revision"] == 2
    outcome = office.workspace.rkreport("send")
    assert outcome.code == 0, outcome.err
    assert office.recipients()[MANAGERS - 1 :] == ["mended@contoh.test"]
    assert f"Unchanged  {MANAGERS - 1} have an earlier revision that says the same\n" in outcome.out
    assert office.states(2) == {manager_id: "sent"}
    message = message_of(office.server.taken[-1])  # the first that this manager gets: it corrects nothing
    text = message.get_body(("plain",))
    assert text
    assert "2" not in str(message["Subject"]).replace("2026", "")
    assert not any(word in text.get_content().casefold() for word in ("corrected", "koreksi", "revisi"))


def test_a_domain_outside_is_never_asked_for(office: Office) -> None:
    """An address outside allowed_domains is failed before any server hears of it."""
    manager_id = min(office.addresses())
    office.set_address(manager_id, "somebody@elsewhere.test")
    assert office.workspace.rkreport("build").code == 0
    outcome = office.workspace.rkreport("send", "--accept", "address_not_allowed")
    assert (outcome.code, office.states()[manager_id]) == (6, "failed")
    assert not any("elsewhere" in line for line, _ in office.server.commands)


# ---- in doubt


@pytest.mark.parametrize("fault", [Do.TAKE_AND_CUT, Do.CUT, Do.CUT_DURING])
def test_what_is_in_doubt_is_sent_again_only_when_told_to(fetched: Path, tmp_path: Path, fault: Do) -> None:
    """A connection cut after the text began: unknown, listed, exit code 6, left alone; --retry-unknown sends it."""
    with opened_office(fetched, tmp_path, Fault(Step.TEXT, fault)) as office:
        assert office.workspace.rkreport("build").code == 0
        first = office.workspace.rkreport("send")
        (doubtful,) = [one for one, state in office.states().items() if state == "unknown"]
        assert (first.code, "In doubt  1\n" in first.out) == (6, True)
        assert f"In doubt for manager {doubtful}: " in first.err
        assert "--retry-unknown" in first.err
        so_far = len(office.server.taken)
        again = office.workspace.rkreport("send")
        assert (again.code, len(office.server.taken)) == (6, so_far)
        assert office.workspace.rkreport("send", "--retry-unknown").code == 0
        assert len(office.server.taken) == so_far + 1
        assert office.recipients()[-1] == office.addresses()[doubtful]
        assert set(office.states().values()) == {"sent"}
        assert len(set(office.server.message_ids)) == MANAGERS  # the same message has the same id


def test_doubt_stays_with_the_next_revision(fetched: Path, tmp_path: Path) -> None:
    """A revision that says the same does not make a doubt go away: it is listed, and --retry-unknown settles it."""
    with opened_office(fetched, tmp_path, Fault(Step.TEXT, Do.CUT)) as office:
        assert office.workspace.rkreport("build").code == 0
        assert office.workspace.rkreport("send").code == 6
        (doubtful,) = [one for one, state in office.states().items() if state == "unknown"]
        assert office.workspace.rkreport("build", "--json").document["revision"] == 2
        outcome = office.workspace.rkreport("send", "--json")
        assert (outcome.code, outcome.document["in_doubt"]) == (6, [doubtful])
        assert len(office.server.taken) == MANAGERS - 1
        assert office.workspace.rkreport("send", "--retry-unknown").code == 0
        assert office.states(2) == {doubtful: "sent"}
        assert len(office.server.taken) == MANAGERS


# ---- what stops it


def test_a_refused_login_stops_everything(fetched: Path, tmp_path: Path) -> None:
    """The first refusal is the last try; all stay planned, and the reason is said once."""
    refusal = "530 5.7.57 Client not authenticated"
    with opened_office(fetched, tmp_path, Fault(Step.SENDER, refusal, times=None)) as office:
        assert office.workspace.rkreport("build").code == 0
        outcome = office.workspace.rkreport("send")
        assert (outcome.code, outcome.err.count("Stopped: ")) == (6, 1)
        assert set(office.states().values()) == {"planned"}
        assert sum(line.startswith("MAIL") for line, _ in office.server.commands) == 1
        assert office.server.taken == []


def test_three_policy_refusals_in_a_row_stop_it(fetched: Path, tmp_path: Path) -> None:
    """Refused for what they are: after the third the fourth is not tried; nothing was taken, all can go later."""
    with opened_office(fetched, tmp_path, Fault(Step.TEXT, "550 5.7.1 Looks like spam", times=None)) as office:
        assert office.workspace.rkreport("build").code == 0
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 6
        assert "Stopped: 3 messages in a row were refused alike: 550 5.7.1 Looks like spam.\n" in outcome.err


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest"])
def test_a_file_that_is_not_as_it_was_built_stops_everything(office: Office, harm: str) -> None:
    """One workbook changed, gone, or the manifest damaged: exit code 5, and nothing leaves."""
    path = next((office.folder / "managers").iterdir())
    if harm == "changed":
        path.write_bytes(path.read_bytes() + b"\0")
    elif harm == "missing":
        path.unlink()
    else:
        (office.folder / "manifest.json").write_text("{")
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "run rkreport build again" in outcome.error) == (5, True)
    assert office.server.connections == 0


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
    assert office.server.connections == 0
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
    assert (outcome.code, "1 messages were in flight" in outcome.err) == (6, True)
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


def states_in(workspace: Workspace) -> list[str]:
    """The states in the store of a run that is going on."""
    store = Database(workspace.folder / "rkreport-data")
    try:
        return [str(state) for (state,) in store.read("SELECT state FROM delivery")]
    finally:
        store.close()


# ---- trials


def test_a_trial_reaches_nobody_but_the_admin(office: Office) -> None:
    """Real messages with real files to the one address, marked in the subject; the ledger never hears of them."""
    outcome = office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "2")
    assert outcome.code == 0, outcome.err
    assert "2 sent as a trial; the managers got nothing" in outcome.out
    assert office.recipients() == ["admin@contoh.test"] * 2
    for taken in office.server.taken:
        message = message_of(taken)
        assert str(message["Subject"]).startswith(("[TRIAL] ", "[UJI COBA] "))
        assert (str(message["To"]), message["Cc"]) == ("admin@contoh.test", None)
        assert len(attached(taken)) == 1
    named = {
        address for line, _ in office.server.commands for address in office.addresses().values() if address in line
    }
    assert named <= {"ld@contoh.test"}  # the sender
    assert not (office.folder / "ledger.csv").exists()
    assert states_in(office.workspace) == []
    assert office.workspace.rkreport("send").code == 0
    assert sorted(office.recipients()[2:]) == sorted(office.addresses().values())
    assert len(set(office.server.message_ids)) == MANAGERS + 2


def test_a_sample_is_of_the_teams_that_there_are(office: Office) -> None:
    """More than there are teams: each once; with --only that one."""
    assert office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "50").code == 0
    assert sorted(name for taken in office.server.taken for name in attached(taken)) == sorted(
        path.name for path in (office.folder / "managers").iterdir()
    )
    chosen = min(office.addresses())
    assert office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--only", chosen).code == 0
    assert attached(office.server.taken[-1]) == [f"{chosen}_2026-10_rev1.xlsx"]
    assert len(office.server.taken) == MANAGERS + 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--to-me", "admin@elsewhere.test"), "outside mail.allowed_domains"),
        (("--to-me", "a@contoh.test, b@contoh.test"), "needs exactly one @"),
        (("--to-me", ""), "needs an address"),
        (("--to-me", "admin@contoh.test", "--retry-unknown"), "has no meaning in a trial"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(office: Office, words: tuple[str, ...], sentence: str) -> None:
    """Exit code 2, and the server hears nothing; the address is not repeated."""
    outcome = office.workspace.rkreport("send", *words)
    assert (outcome.code, sentence in outcome.error) == (2, True)
    assert "elsewhere" not in outcome.error
    assert office.server.connections == 0


def test_a_trial_does_not_hide_what_went_wrong(fetched: Path, tmp_path: Path) -> None:
    """Refused: exit code 6, with the reason."""
    with opened_office(fetched, tmp_path, Fault(Step.RECIPIENT, "550 5.1.1 No such user", times=None)) as office:
        assert office.workspace.rkreport("build").code == 0
        outcome = office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "1")
        assert (outcome.code, "550 5.1.1 No such user.\n" in outcome.err) == (6, True)


# ---- history, and the outbox


def test_history_tells_of_deliveries(office: Office) -> None:
    """Counts per month and revision on the screen; every row in JSON, no address on the screen."""
    assert office.workspace.rkreport("send", "--only", min(office.addresses())).code == 0
    outcome = office.workspace.rkreport("history")
    assert "Mail 2026-10 rev1 " in outcome.out
    assert "2 planned, 1 sent\n" in outcome.out
    assert "@" not in outcome.out
    rows = office.workspace.rkreport("history", "--json").document["deliveries"]
    assert {row["manager_id"]: row["recipient"] for row in rows} == office.addresses()
    assert sorted(row["state"] for row in rows) == ["planned", "planned", "sent"]


def test_the_outbox_is_a_way_to_send(fetched: Path, tmp_path: Path) -> None:
    """With transport = "outbox" the built messages count as sent, and stay as they were built."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
        before = {path.name: path.read_bytes() for path in (office.folder / "outbox").iterdir()}
        office.workspace.now = office.workspace.now.replace(hour=5)
        assert office.workspace.rkreport("send").code == 0
        assert {path.name: path.read_bytes() for path in (office.folder / "outbox").iterdir()} == before
        assert set(office.states().values()) == {"sent"}
        assert office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "1").code == 0
        assert len(list((office.folder / "trial").iterdir())) == 1
        assert office.server.connections == 0


def test_json_is_one_object(office: Office) -> None:
    """What was sent, for other programs: counts, folder and every row."""
    document = office.workspace.rkreport("send", "--json").document
    assert document["counts"] == {"planned": 0, "sending": 0, "sent": MANAGERS, "failed": 0, "unknown": 0}
    assert (document["period"], document["revision"], document["taken"]) == ("2026-10", 1, MANAGERS)
    assert (document["trial"], document["complete"], document["stopped"]) == (False, True, "")
    assert len(document["deliveries"]) == MANAGERS
    json.dumps(document)


def test_nothing_personal_is_said_or_logged(office: Office) -> None:
    """No address on the terminal or in the log, also when the server names those that it refuses."""
    addresses = office.addresses()
    office.server.faults += [
        Fault(Step.RECIPIENT, f"550 5.1.1 <{address}> unknown", recipient=address) for address in addresses.values()
    ]
    outcome = office.workspace.rkreport("send", "--verbose")
    assert outcome.code == 6
    assert set(office.states().values()) == {"failed"}
    said = outcome.out + outcome.err + office.workspace.log
    assert "550 5.1.1 <(address)> unknown" in said
    assert "@" not in said.replace("(address)", "")
