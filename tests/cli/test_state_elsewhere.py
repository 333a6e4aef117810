"""What was sent from elsewhere: restored, deleted, copied and renamed, nobody gets one report twice without a yes."""

import csv
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from rkreport.store.database import Database
from tests.cli.office import MANAGERS, Office, opened_office
from tests.cli.program import wait_until
from tests.delivery.scripted_smtp import Fault, Step

DATA = "rkreport-data"
LATER, OTHER, ARCHIVED = "later version or another copy", "from another data folder", "about to be sent"


def twice(office: Office) -> list[str]:
    """Who was mailed more than once."""
    return [address for address, count in Counter(office.recipients()).items() if count > 1]


def refused(office: Office, *words: str) -> None:
    """`send` stops with exit code 4, says all of that, no address, and sends nothing; so it does said again."""
    taken = len(office.server.taken)
    for _ in range(2):
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 4, outcome.err
        assert outcome.error.endswith("to send anyway, add --accept state_elsewhere.")
        assert "@" not in outcome.error
        for word in words:
            assert word in outcome.error, outcome.error
        assert len(office.server.taken) == taken


def accepted(office: Office) -> None:
    """Accepted it takes over what is known, mails nobody again, and stops no more."""
    taken = len(office.server.taken)
    outcome = office.workspace.rkreport("send", "--accept", "state_elsewhere")
    assert outcome.code == 0, outcome.err
    assert office.workspace.rkreport("send").code == 0
    assert len(office.server.taken) == taken
    assert twice(office) == []


def fetched_again(office: Office, fetched: Path) -> None:
    """A fresh data folder with a snapshot, as after another fetch."""
    shutil.rmtree(office.workspace.folder / DATA)
    shutil.copytree(fetched / DATA, office.workspace.folder / DATA)
    store = Database(office.workspace.folder / DATA)
    store.write("UPDATE origin SET lineage = 'rk-another'")  # the fixture's store is everybody's
    store.close()


def test_a_restored_backup_knows_that_it_is_older(office: Office) -> None:
    """Backed up after the build, sent, restored: the sentence says that it is an older state of the same folder."""
    data, backup = office.workspace.folder / DATA, office.workspace.folder / "backup"
    shutil.copytree(data, backup)
    assert office.workspace.rkreport("send").code == 0
    shutil.rmtree(data)
    backup.rename(data)
    refused(office, LATER, "revision 1", f": {MANAGERS}.", "rev1/ledger.csv")
    reviewed = office.workspace.rkreport("review")
    assert "state_elsewhere" in reviewed.out
    accepted(office)
    assert set(office.states().values()) == {"sent"}


def test_a_backup_that_went_on_by_itself_still_sees_it(office: Office) -> None:
    """The restored folder sends another month first, so that its serial is the higher one: that hides nothing."""
    data, backup = office.workspace.folder / DATA, office.workspace.folder / "backup"
    shutil.copytree(data, backup)
    assert office.workspace.rkreport("send").code == 0
    shutil.rmtree(data)
    backup.rename(data)
    taken = len(office.server.taken)
    for month in ("2026-08", "2026-09"):
        assert office.workspace.rkreport("build", "--period", month).code == 0
        assert office.workspace.rkreport("send", "--period", month, "--accept", "rate_moved").code == 0
    assert len(office.server.taken) == taken + 2 * MANAGERS
    outcome = office.workspace.rkreport("send", "--accept", "rate_moved", "--accept", "people_moved")
    assert (outcome.code, LATER in outcome.error) == (4, True)
    assert len(office.server.taken) == taken + 2 * MANAGERS


def test_a_restored_store_hears_of_it_from_the_archive(office: Office) -> None:
    """Only the store was restored, and the reports are gone: the files kept as sent stop it, as in doubt."""
    data = office.workspace.folder / DATA
    shutil.copytree(data, data.with_name("backup"))
    assert office.workspace.rkreport("send").code == 0
    (office.folder / "ledger.csv").unlink()
    for path in data.glob("store.sqlite3*"):
        path.unlink()
    shutil.copy(data.with_name("backup") / "store.sqlite3", data)
    refused(office, ARCHIVED, "revision 1", f": {MANAGERS}.")
    taken = len(office.server.taken)
    assert office.workspace.rkreport("send", "--accept", "state_elsewhere").code == 6
    assert set(office.states().values()) == {"unknown"}
    assert office.workspace.rkreport("send").code == 6
    assert len(office.server.taken) == taken


@pytest.mark.parametrize("change", ["", "company", "ids", "spreadsheet"])
def test_a_deleted_data_folder(office: Office, fetched: Path, change: str) -> None:
    """All is fetched again: the build makes a revision more, `send` stops, and accepted it mails nobody again.

    Nor does it where the company or all manager ids were renamed meanwhile, or a spreadsheet program saved the ledger.
    """
    assert office.workspace.rkreport("send").code == 0
    fetched_again(office, fetched)
    if change == "company":
        office.workspace.edit('company = "', 'company = "New ')
    if change == "ids":
        rename_ids(office)
    if change == "spreadsheet":
        path = office.folder / "ledger.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    before = (office.folder / "ledger.csv").read_bytes()
    assert office.workspace.rkreport("build", "--json").document["revision"] == 2
    assert (office.folder / "ledger.csv").read_bytes() == before
    refused(office, OTHER, "revision 1", f": {MANAGERS}.")
    accepted(office)


def rename_ids(office: Office) -> None:
    """All manager ids are others; addresses and teams stay."""
    path = office.workspace.folder / "managers.csv"
    path.write_text(path.read_text("utf-8-sig").replace("M-0", "X-9"), "utf-8")


@pytest.mark.parametrize("is_accepted", [True, False])
def test_guards_compare_with_what_another_data_folder_sent(
    office: Office,
    fetched: Path,
    is_accepted: bool,  # noqa: FBT001 - one of two cases
) -> None:
    """The data folder is gone, the month after has swapped units: what lies in the reports' folder tells."""
    workspace = office.workspace
    assert workspace.rkreport("build", "--period", "2026-09").code == 0
    assert workspace.rkreport("send", "--period", "2026-09").code == 0
    fetched_again(office, fetched)
    if is_accepted:
        assert workspace.rkreport("build", "--period", "2026-09").code == 0
        assert workspace.rkreport("send", "--period", "2026-09", "--accept", "state_elsewhere").code == 0
    swap_units(office)
    assert workspace.rkreport("build").code == 0
    taken = len(office.server.taken)
    outcome = workspace.rkreport("send", "--accept", "rate_moved", "--accept", "people_moved")
    assert (outcome.code, "M-001 → M-002: " in outcome.error) == (4, True)
    assert outcome.error.endswith("add --accept team_moved.")
    assert len(office.server.taken) == taken


def swap_units(office: Office) -> None:
    """The first two managers have each other's unit."""
    path = office.workspace.folder / "managers.csv"
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    rows[1][6], rows[2][6] = rows[2][6], rows[1][6]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def test_a_second_data_folder_on_the_same_reports(office: Office, fetched: Path) -> None:
    """A second computer: what the first built is not its own, and what the first sent it does not send again."""
    fetched_again(office, fetched)
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, "was not built from this data folder" in outcome.error) == (5, True)
    assert office.server.taken == []
    assert office.workspace.rkreport("build", "--json").document["revision"] == 1  # nobody has anything of it
    assert office.workspace.rkreport("send").code == 0
    first = office.workspace.folder / "first"
    (office.workspace.folder / DATA).rename(first)
    shutil.copytree(fetched / DATA, office.workspace.folder / DATA)
    assert office.workspace.rkreport("build", "--json").document["revision"] == 2
    refused(office, OTHER)
    accepted(office)


def test_a_sending_that_was_killed_is_not_gone_on_with_from_elsewhere(office: Office, fetched: Path) -> None:
    """What was due when the other was killed may have gone: its file says so, and it is taken over as in doubt."""

    async def run(_campaign: object, _rows: object) -> None:
        """Killed before the first message."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rkreport.run.send.engine.SendLoop.run", run)
        patch.setattr("rkreport.run.send.sending.write_ledger_file", _first_only())
        office.workspace.rkreport("send")
    assert set(office.states().values()) == {"sending"}
    fetched_again(office, fetched)
    assert office.workspace.rkreport("build", "--json").document["revision"] == 2
    refused(office, OTHER)
    assert office.workspace.rkreport("send", "--accept", "state_elsewhere").code == 6
    assert office.server.taken == []


def _first_only() -> Callable[..., None]:
    from rkreport.run.edition.ledger_file import write_ledger_file  # noqa: PLC0415 - before it is replaced

    calls = []

    def write(*given: object) -> None:
        calls.append(given)
        if len(calls) == 1:
            write_ledger_file(*given)  # type: ignore[arg-type]  # as they came

    return write


def test_the_own_folder_goes_on_after_a_kill(office: Office) -> None:
    """The same file tells its own data folder nothing new: the ledger knows better what had gone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rkreport.run.send.sending.write_ledger_file", _first_only())
        assert office.workspace.rkreport("send", "--only", "M-001").code == 0
    assert office.states()["M-001"] == "sending"
    assert office.workspace.rkreport("send").code == 0
    assert (len(office.server.taken), twice(office)) == (MANAGERS, [])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a,b\n1,2\n"])
def test_a_ledger_that_cannot_be_read_stops_everything(office: Office, content: bytes) -> None:
    """Nobody may send, or build over it, as if it knew nothing: exit code 5."""
    (office.folder / "ledger.csv").write_bytes(content)
    for command in ("send", "build"):
        outcome = office.workspace.rkreport(command)
        assert (outcome.code, "ledger.csv cannot be read" in outcome.error) == (5, True)
    assert office.server.taken == []


@pytest.mark.parametrize("change", ["company", "ids", "transport", "clock"])
def test_what_changes_around_a_month_that_was_sent(office: Office, change: str) -> None:
    """Company or ids renamed, transport switched and back, clock set back: the next build mails nobody again."""
    assert office.workspace.rkreport("send").code == 0
    if change == "company":
        office.workspace.edit('company = "', 'company = "New ')
    if change == "ids":
        rename_ids(office)
    if change == "transport":
        office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
        assert office.workspace.rkreport("build").code == 0
        assert office.workspace.rkreport("send").code == 0
        office.workspace.edit('transport = "outbox"', 'transport = "smtp"')
    if change == "clock":
        office.workspace.now -= timedelta(days=3)
    assert office.workspace.rkreport("build", "--period", "2026-10").code == 0
    outcome = office.workspace.rkreport("send", "--period", "2026-10")
    assert outcome.code == 0, outcome.err
    assert (len(office.server.taken), twice(office)) == (MANAGERS, [])


def test_ids_that_share_an_address_are_renamed(office: Office) -> None:
    """Two managers have one address, as was accepted: with other ids neither gets the same report again."""
    for one in ("M-001", "M-002"):
        office.set_address(one, "both@contoh.test")
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send", "--accept", "same_address").code == 0
    rename_ids(office)
    assert office.workspace.rkreport("build", "--json").document["revision"] == 2
    assert office.workspace.rkreport("send", "--accept", "same_address").code == 0
    assert len(office.server.taken) == MANAGERS


def test_addresses_that_changed_want_a_yes(office: Office) -> None:
    """Another address has nothing yet: the guard asks first, and who kept theirs gets nothing again."""
    assert office.workspace.rkreport("send").code == 0
    office.set_address("M-001", "new.person@contoh.test")
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 4
    assert office.workspace.rkreport("send", "--accept", "address_moved").code == 0
    assert (len(office.server.taken), twice(office)) == (MANAGERS + 1, [])


@pytest.mark.skipif(sys.platform == "win32", reason="deletes no file in use")
def test_a_deleted_lock_makes_nobody_get_it_twice(fetched: Path, tmp_path: Path) -> None:
    """Two at work in one data folder: the ledger lets each message begin once."""
    with opened_office(fetched, tmp_path, mail="messages_per_minute = 40") as office:
        assert office.workspace.process("build", "--period", "2026-10").code == 0
        first = office.workspace.start("send", "--period", "2026-10")
        wait_until(lambda: len(office.server.taken) == 1)
        (office.workspace.folder / DATA / "run.lock").unlink()
        (office.workspace.folder / "reports" / ".sending.lock").unlink()
        second = office.workspace.start("send", "--period", "2026-10")
        for process in (first, second):
            process.communicate(timeout=60)
        assert office.workspace.process("send", "--period", "2026-10").code in {0, 6}
        assert (sorted(office.recipients()), twice(office)) == (sorted(set(office.addresses().values())), [])


def test_two_data_folders_do_not_send_at_once(office: Office) -> None:
    """While another sending holds the reports' folder, this one says so: exit code 2."""
    from rkreport.store.lock import one_sending  # noqa: PLC0415 - beside its one use

    with one_sending(office.workspace.folder / "reports"):
        outcome = office.workspace.rkreport("send")
    assert (outcome.code, "Another rkreport is sending from" in outcome.error) == (2, True)
    assert office.server.taken == []
    assert office.workspace.rkreport("send").code == 0


def test_a_first_sending_that_sees_no_other_says_so(office: Office) -> None:
    """Once, in one line; never again, and not where a ledger of any month can be seen."""
    sentence = "sends for the first time, and sees no ledger.csv"
    first = office.workspace.rkreport("send", "--only", "M-001")
    assert " ".join(first.err.split()).count(sentence) == 1
    assert sentence not in " ".join(office.workspace.rkreport("send").err.split())


def test_a_restored_folder_whose_reports_are_gone_says_so(office: Office) -> None:
    """It has sent before, and nothing is left that could tell what was sent since: one line, and not again."""
    assert office.workspace.rkreport("send").code == 0
    shutil.rmtree(office.workspace.folder / "reports")
    assert office.workspace.rkreport("build", "--period", "2026-09").code == 0
    sentence = "reports holds no ledger.csv of any sending: if the data folder was restored from a backup"
    words = ("send", "--period", "2026-09", "--only")
    assert sentence in " ".join(office.workspace.rkreport(*words, "M-001").err.split())
    assert sentence not in " ".join(office.workspace.rkreport(*words, "M-002").err.split())


def test_message_ids_are_the_same_from_every_copy(office: Office, fetched: Path) -> None:
    """A mail server that has a message recognises the second one, whichever data folder it came from."""
    assert office.workspace.rkreport("send").code == 0
    first = {one: row["message_id"] for one, row in office.ledger().items()}
    shutil.rmtree(office.workspace.folder / "reports")
    fetched_again(office, fetched)
    office.workspace.edit('company = "', 'company = "New ')
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0
    assert {one: row["message_id"] for one, row in office.ledger().items()} == first


def test_a_snapshot_carries_its_ledger(office: Office) -> None:
    """Exported, imported on a new laptop that sees nothing else, built and sent: nobody is mailed again."""
    workspace = office.workspace
    assert workspace.rkreport("send").code == 0
    assert workspace.rkreport("export", "all.rkreport", "--json").document["messages"] == MANAGERS
    for folder in (DATA, "reports"):
        shutil.rmtree(workspace.folder / folder)
    assert workspace.rkreport("import", "all.rkreport", "--json").document["messages"] == MANAGERS
    assert workspace.rkreport("import", "all.rkreport", "--json").document["messages"] == 0
    assert workspace.rkreport("build", "--json").document["revision"] == 2
    assert workspace.rkreport("send").code == 0
    assert len(office.server.taken) == MANAGERS


def test_files_that_were_archived_and_built_again_are_no_other_state(fetched: Path, tmp_path: Path) -> None:
    """A refused login, another company name, a build: what the store archived and then replaced stops nothing."""
    refusal = Fault(Step.SENDER, "530 5.7.57 Client not authenticated", times=2)
    with opened_office(fetched, tmp_path, refusal) as office:
        for _ in range(2):
            assert office.workspace.rkreport("build", "--json").document["revision"] == 1
            assert office.workspace.rkreport("send").code == 6
            office.workspace.edit('company = "', 'company = "New ')
        assert office.workspace.rkreport("build", "--json").document["revision"] == 1
        outcome = office.workspace.rkreport("send")
        assert outcome.code == 0, outcome.err
        assert (len(office.server.taken), twice(office)) == (MANAGERS, [])


def test_guards_know_the_teams_to_which_another_copy_had_sent_nothing_yet(office: Office) -> None:
    """August went to all; a later copy sent September to one manager: its manifest tells whose everybody else was."""
    workspace = office.workspace
    data, backup = workspace.folder / DATA, workspace.folder / "backup"
    assert workspace.rkreport("build", "--period", "2026-08").code == 0
    assert workspace.rkreport("send", "--period", "2026-08").code == 0
    shutil.copytree(data, backup)
    assert workspace.rkreport("build", "--period", "2026-09").code == 0
    words = [word for code in ("rate_moved", "people_moved") for word in ("--accept", code)]
    assert workspace.rkreport("send", "--period", "2026-09", "--only", "M-001", *words).code == 0
    shutil.rmtree(data)
    backup.rename(data)
    swap_units(office)
    assert workspace.rkreport("build").code == 0
    outcome = workspace.rkreport("send", *words)
    assert (outcome.code, "M-002 → M-001: " in outcome.error) == (4, True)


def test_a_ledger_whose_workbooks_are_gone_hides_no_earlier_month(office: Office) -> None:
    """A line of October whose file is not there: whose people they were in September still counts."""
    workspace = office.workspace
    assert workspace.rkreport("build", "--period", "2026-09").code == 0
    assert workspace.rkreport("send", "--period", "2026-09").code == 0
    swap_units(office)
    assert workspace.rkreport("build").code == 0
    address = office.addresses()["M-001"]
    (office.folder / "ledger.csv").write_text(f"manager_id,recipient,state,sha256\nM-001,{address},sent,ab\n", "utf-8")
    words = [word for code in ("rate_moved", "people_moved", "state_elsewhere") for word in ("--accept", code)]
    taken = len(office.server.taken)
    outcome = workspace.rkreport("send", *words)
    assert (outcome.code, "M-001 → M-002: " in outcome.error) == (4, True)
    assert len(office.server.taken) == taken
