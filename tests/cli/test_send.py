"""`send` against a mail server that does as it is told: who gets what, how often, and what is said of the rest."""

import csv
import json
import stat
import sys
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from tests.cli.office import MANAGERS, Office, attached, message_of, opened_office, states_in
from tests.cli.program import serving
from tests.cli.sent import message_in
from tests.delivery.scripted_smtp import Fault, Step

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
    assert f"{MANAGERS} of {MANAGERS} sent (0 in this run)" in again.out
    assert len(office.server.taken) == MANAGERS
    assert office.server.connections == 1 + len(office.server.summaries)


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
        assert row["planned_at"] == row["changed_at"] == "2026-11-10T09:00:00+07:00"
    if sys.platform != "win32":
        assert stat.S_IMODE((office.folder / "ledger.csv").stat().st_mode) == 0o600


def test_run_sends_in_one_go(fetched: Path, company: Company, tmp_path: Path) -> None:
    """`run --send` fetches, builds and sends; its one JSON object has the manifest and what became of the messages."""
    with serving(company) as simulator, opened_office(fetched, tmp_path) as office:
        office.point_to(company, simulator.base_url)
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


def test_a_refused_recipient_stops_nobody_else(built: Path, tmp_path: Path) -> None:
    """A 5xx makes that row failed, named with exit code 6; the next `send` tries that one alone."""
    with opened_office(built, tmp_path, Fault(Step.RECIPIENT, "550 5.1.1 No such user")) as office:
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
    assert office.workspace.rkreport("send").code == 4
    assert not office.server.taken
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
    assert f"Unchanged  {MANAGERS - 1}: an earlier revision says the same\n" in outcome.out
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


@pytest.mark.parametrize("answer", ["550 5.1.1 <boss@contoh.test> unknown", "450 4.2.1 Busy"])
def test_a_copy_that_is_not_taken_is_named(built: Path, tmp_path: Path, answer: str) -> None:
    """The manager gets theirs once; terminal, JSON and summary name manager and count, and no address; code 6."""
    with opened_office(built, tmp_path, Fault(Step.RECIPIENT, answer, recipient="boss@contoh.test")) as office:
        manager_id = min(office.addresses())
        office.set_copies(manager_id, "boss@contoh.test; aide@contoh.test")
        assert office.workspace.rkreport("build").code == 0
        first = office.workspace.rkreport("send")
        assert (first.code, set(office.states().values())) == (6, {"sent"})
        assert "Copies    1 not taken\n" in first.out
        assert f"Sent to manager {manager_id}, but 1 of 2 copies not taken ({answer[:3]} " in first.err
        assert "correct cc in the list of managers" in first.err
        assert "@" not in (first.out + first.err).replace("(address)", "")
        summary = office.server.summaries[-1].decode().replace("\r\n", "\n")
        assert f"manager {manager_id}: 1\n" in summary
        assert "boss" not in summary
        again = office.workspace.rkreport("send", "--json")
        assert (again.code, again.document["copies_not_taken"]) == (6, {manager_id: 1})
        assert len(office.server.taken) == MANAGERS


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
    assert office.server.connections == len(office.server.summaries)


def test_a_trial_does_not_hide_what_went_wrong(built: Path, tmp_path: Path) -> None:
    """Refused: exit code 6, with the reason."""
    with opened_office(built, tmp_path, Fault(Step.RECIPIENT, "550 5.1.1 No such user", times=None)) as office:
        outcome = office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "1")
        assert (outcome.code, "550 5.1.1 No such user.\n" in outcome.err) == (6, True)


def test_a_trial_ends_soon_where_no_mail_server_is(built: Path, tmp_path: Path) -> None:
    """One sentence about all messages, without a wait, then what to do."""
    with opened_office(built, tmp_path) as office:
        pass
    outcome = office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "3")
    assert outcome.code == 6
    assert outcome.err.count("cannot be reached (nothing listens there)") == 1
    assert "To try once more, say the same line in some minutes.\n" in outcome.err
    assert "Waiting" not in outcome.err


# ---- history, and the outbox


def test_history_tells_of_deliveries(office: Office) -> None:
    """Counts per month and revision on the screen; every row in JSON, no address on the screen."""
    assert office.workspace.rkreport("send", "--only", min(office.addresses())).code == 0
    outcome = office.workspace.rkreport("history")
    assert "Mail 2026-10 revision 1 " in outcome.out
    assert "2 planned, 1 sent\n" in outcome.out
    assert "@" not in outcome.out
    rows = office.workspace.rkreport("history", "--json").document["deliveries"]
    assert {row["manager_id"]: row["recipient"] for row in rows} == office.addresses()
    assert sorted(row["state"] for row in rows) == ["planned", "planned", "sent"]


def test_the_outbox_is_a_way_to_send(fetched: Path, tmp_path: Path) -> None:
    """With transport = "outbox" the built messages count as written, and stay as they were built."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
        before = {path.name: path.read_bytes() for path in (office.folder / "outbox").iterdir()}
        office.workspace.now = office.workspace.now.replace(hour=5)
        assert office.workspace.rkreport("send").code == 0
        assert {path.name: path.read_bytes() for path in (office.folder / "outbox").iterdir()} == before
        assert set(office.states().values()) == {"written"}
        assert office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "1").code == 0
        assert len(list((office.folder / "trial").iterdir())) == 1
        assert office.server.connections == 0


def test_json_is_one_object(office: Office) -> None:
    """What was sent, for other programs: counts, folder and every row."""
    document = office.workspace.rkreport("send", "--json").document
    assert document["counts"] == {"planned": 0, "sending": 0, "sent": MANAGERS, "written": 0, "failed": 0, "unknown": 0}
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


def test_the_summary_goes_to_the_admin_and_knows_what_went(office: Office) -> None:
    """By the same server, after the managers' messages, and with their true number."""
    assert office.workspace.rkreport("send").code == 0
    (summary,) = office.server.summaries
    assert f"Sent: {MANAGERS}, of which {MANAGERS} just now" in summary.decode()
    assert b"\r\nTo: ld@contoh.test\r\n" in summary


# ---- who has it already


def test_a_corrected_address_gets_the_report(office: Office) -> None:
    """What went to a wrong address reached nobody: after a build the right one gets it, and it corrects nothing."""
    assert office.workspace.rkreport("send").code == 0
    manager_id = next(one for one in sorted(office.addresses()) if one.startswith("M-"))
    office.set_address(manager_id, "right.person@contoh.test")
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send", "--accept", "address_moved").code == 0
    assert office.recipients()[MANAGERS:] == ["right.person@contoh.test"]
    text = message_of(office.server.taken[-1]).get_body(("plain",))
    assert text
    assert not any(word in text.get_content().casefold() for word in ("corrected", "koreksi"))


def test_what_lay_in_the_outbox_is_sent_once_there_is_a_mail_server(fetched: Path, tmp_path: Path) -> None:
    """Trials with the outbox take no manager's mail away and no revision: the first real mailing is revision 1."""
    with opened_office(fetched, tmp_path) as office:
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        for _ in range(2):
            assert office.workspace.rkreport("build", "--json").document["revision"] == 1
            assert office.workspace.rkreport("send").code == 0
        assert not office.server.taken
        office.workspace.edit('transport = "outbox"', 'transport = "smtp"')
        assert office.workspace.rkreport("build", "--json").document["revision"] == 1
        assert office.workspace.rkreport("review", "--json").document["plan"]["messages"] == MANAGERS
        assert office.workspace.rkreport("send").code == 0
        assert len(office.server.taken) == MANAGERS
        assert set(office.states().values()) == {"sent"}
        assert office.workspace.rkreport("send").code == 0
        assert len(office.server.taken) == MANAGERS


def test_an_outbox_is_never_called_sent(fetched: Path, tmp_path: Path) -> None:
    """Terminal, JSON, ledger.csv, review, history, archive and the summary in both languages say `written`."""
    for language, words in (("en", "Written to the outbox folder, not sent: 3"), ("id", "Ditulis ke folder outbox")):
        (tmp_path / language).mkdir()
        with opened_office(fetched, tmp_path / language) as office:
            workspace = office.workspace
            workspace.edit('transport = "smtp"', 'transport = "outbox"')
            workspace.edit('language = "en"', f'language = "{language}"')
            assert workspace.rkreport("build").code == 0
            said = workspace.rkreport("send").out
            assert f"{MANAGERS} of {MANAGERS} written to the outbox folder; nothing left this machine" in said
            counts = workspace.rkreport("send", "--json").document["counts"]
            assert (counts["written"], counts["sent"]) == (MANAGERS, 0)
            plan = workspace.rkreport("review", "--json").document["plan"]
            assert (plan["written"], plan["sent"], plan["messages"]) == (MANAGERS, 0, 0)
            history = workspace.rkreport("history")
            assert f"{MANAGERS} written\n" in history.out
            assert "revision 1, written to the outbox\n" in history.out
            archived = workspace.rkreport("archive", min(office.addresses()))
            assert "not sent, but written to the outbox" in archived.out
            text = message_in(office.folder / "summary.eml").get_body(("plain",))
            assert text
            assert words in text.get_content()


def test_a_build_that_was_not_handed_over_leaves_the_written_figures(fetched: Path, tmp_path: Path) -> None:
    """Written to the outbox, then built for a mail server and not sent: what was written stands."""
    with opened_office(fetched, tmp_path) as office:
        workspace = office.workspace
        workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert workspace.rkreport("build").code == 0
        assert workspace.rkreport("send").code == 0
        (before,) = workspace.rkreport("history", "--json").document["periods"]
        workspace.edit('transport = "outbox"', 'transport = "smtp"')
        workspace.edit("target_percent = 90", "target_percent = 50")
        workspace.now = workspace.now.replace(hour=5)
        assert workspace.rkreport("build").code == 0
        (after,) = workspace.rkreport("history", "--json").document["periods"]
        assert after == before
        assert after["standing"] == "written"


def test_a_remark_in_a_setting_file_needs_no_build(office: Office) -> None:
    """A comment in the config and rows of managers.csv in another order are no other settings."""
    office.workspace.edit("[mail]\n", "# written by hand\n[mail]\n")
    managers = office.workspace.folder / "managers.csv"
    header, *rows = managers.read_text("utf-8-sig").splitlines()
    managers.write_text("\n".join([header, *reversed(rows)]) + "\n", "utf-8")
    assert office.workspace.rkreport("send").code == 0
    assert len(office.server.taken) == MANAGERS


def test_a_refusal_is_kept_without_the_manager_s_name(built: Path, tmp_path: Path) -> None:
    """The server's answer names the person; ledger.csv, screen and log have it without."""
    managers = (built / "managers.csv").read_text("utf-8-sig").splitlines()
    ((name, address),) = [row[1:3] for row in csv.reader(managers) if row[0] == "M-001"]
    fault = Fault(Step.RECIPIENT, f"550 5.1.1 no such user {name.upper()} here", None, address)
    with opened_office(built, tmp_path, fault) as office:
        outcome = office.workspace.rkreport("send")
        assert office.ledger()["M-001"]["reply"] == "550 5.1.1 no such user (address) here"
        log = "".join(file.read_text("utf-8") for file in (office.workspace.folder / "rkreport-data").rglob("*.log*"))
        assert name.lower() not in (outcome.out + outcome.err + log).lower()
