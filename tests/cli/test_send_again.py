"""`send --again`: the very same file once more, on purpose, under a name and in a row of its own."""

import csv
from pathlib import Path

import pytest

from rkreport.store.database import Database
from tests.cli.office import MANAGERS, Office, message_of, opened_office
from tests.cli.sent import ledger_of
from tests.delivery.scripted_smtp import Do, Fault, Step, Taken

REASON = ("--reason", "deleted by mistake")


def workbook_of(taken: Taken) -> bytes:
    """The bytes that are attached."""
    (part,) = message_of(taken).iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def rows_of(office: Office, manager_id: str) -> list[dict[str, str]]:
    """All rows of a manager in ledger.csv."""
    with (office.folder / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if row["manager_id"] == manager_id]


def test_the_same_file_goes_again(office: Office) -> None:
    """Same bytes, same subject, another Message-ID; a row with the reason; all others, and `send`, as before."""
    workspace = office.workspace
    assert workspace.rkreport("send").code == 0
    addresses = office.addresses()
    (first,) = [taken for taken in office.server.taken if taken.recipients == (addresses["M-001"],)]
    outcome = workspace.rkreport("send", "--again", "M-001", *REASON, "--json")
    assert outcome.code == 0, outcome.err
    (document,) = outcome.document["deliveries"]
    assert (document["state"], document["again"], document["reason"]) == ("sent", 1, "deleted by mistake")
    assert len(office.server.taken) == MANAGERS + 1
    again = office.server.taken[-1]
    assert (again.recipients, workbook_of(again)) == (first.recipients, workbook_of(first))
    assert message_of(again)["Subject"] == message_of(first)["Subject"]
    assert again.message_id not in {taken.message_id for taken in office.server.taken[:-1]}
    rows = rows_of(office, "M-001")
    assert [(row["again"], row["reason"], row["state"]) for row in rows] == [
        ("", "", "sent"),
        ("1", "deleted by mistake", "sent"),
    ]
    assert workspace.rkreport("send").code == 0
    assert workspace.rkreport("build", "--json").document["revision"] == 2
    assert workspace.rkreport("send").code == 0
    assert len(office.server.taken) == MANAGERS + 1
    assert "3 sent, 1 sent again on purpose\n" in workspace.rkreport("history").out
    assert workspace.rkreport("incident", again.message_id).code == 0


def test_after_another_build_it_is_still_the_file_that_was_sent(office: Office) -> None:
    """Revision 2 says the same and was not sent: what goes again is the file of revision 1, each time by a new name."""
    assert office.workspace.rkreport("send").code == 0
    assert office.workspace.rkreport("build").code == 0
    sent = office.folder / rows_of(office, "M-001")[0]["file"]
    for number in (1, 2):
        assert office.workspace.rkreport("send", "--again", "M-001", *REASON).code == 0
        assert workbook_of(office.server.taken[-1]) == sent.read_bytes()
        assert [row["again"] for row in rows_of(office, "M-001")[1:]] == [str(one + 1) for one in range(number)]
    assert len(set(office.server.message_ids)) == MANAGERS + 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--again", "M-001"), "--again and --reason go together"),
        (REASON, "--again and --reason go together"),
        (("--again", "M-001", "--reason", " "), "--again and --reason go together"),
        (("--again", "M-001", "--only", "M-001", *REASON), "leave out --to-me, --only and --retry-unknown"),
        (("--again", "m-01", *REASON), "There is no manager m-01 in this edition; did you mean M-001?"),
        (("--again", "M-001", *REASON), "Nothing was sent to manager M-001 that could be sent again"),
    ],
)
def test_what_cannot_go_again(office: Office, words: tuple[str, ...], sentence: str) -> None:
    """Exit code 2, one sentence, and no message."""
    outcome = office.workspace.rkreport("send", *words)
    assert (outcome.code, sentence in outcome.error) == (2, True), outcome.error
    assert office.server.taken == []


def test_what_went_elsewhere_does_not_go_again(office: Office) -> None:
    """The address is another one now: a build and a plain `send` are for that."""
    assert office.workspace.rkreport("send").code == 0
    office.set_address("M-001", "other@contoh.test")
    assert office.workspace.rkreport("build").code == 0
    outcome = office.workspace.rkreport("send", "--again", "M-001", *REASON)
    assert (outcome.code, "is another one than their report went to" in outcome.error) == (2, True)
    assert len(office.server.taken) == MANAGERS


def test_an_address_in_other_letters_is_the_same(office: Office) -> None:
    """Capitals in the list of managers make no other address: a plain `send` has nothing to send either."""
    assert office.workspace.rkreport("send").code == 0
    office.set_address("M-001", office.addresses()["M-001"].upper())
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0
    assert len(office.server.taken) == MANAGERS
    assert office.workspace.rkreport("send", "--again", "M-001", *REASON).code == 0
    assert len(office.server.taken) == MANAGERS + 1


def test_one_in_doubt_is_settled_first(built: Path, tmp_path: Path) -> None:
    """Cut after its text: in doubt, and said again nothing goes until somebody found out."""
    with opened_office(built, tmp_path) as office:
        assert office.workspace.rkreport("send").code == 0
        office.server.faults.append(Fault(Step.TEXT, Do.TAKE_AND_CUT))
        doubtful = office.workspace.rkreport("send", "--again", "M-001", *REASON)
        assert (doubtful.code, "--retry-unknown" in doubtful.err) == (6, False)  # that is for first messages
        assert "After that, rkreport send --again sends it once more." in " ".join(doubtful.err.split())
        taken = len(office.server.taken)
        refused = office.workspace.rkreport("send", "--again", "M-001", *REASON)
        assert (refused.code, "say rkreport settle first" in refused.error) == (2, True), refused.error
        assert office.workspace.rkreport("send").code == 0
        settled = office.workspace.rkreport("settle", "M-001", "--lost")
        assert "goes out with the next rkreport send --again M-001 --reason TEXT --period 2026-10\n" in settled.out
        assert office.workspace.rkreport("send").code == 0
        assert len(office.server.taken) == taken  # it does not go by itself
        assert office.workspace.rkreport("send", "--again", "M-001", "--reason", "lost").code == 0
        assert len(office.server.taken) == taken + 1
        (again,) = [row for row in ledger_of(office.workspace) if row.again]
        assert (again.again, again.reason, again.state) == (1, "lost", "sent")


def test_in_the_outbox_it_is_a_file_of_its_own(office: Office) -> None:
    """The first message stays; the other one lies in a folder beside it, and is written, not sent."""
    office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0
    before = {path: path.read_bytes() for path in (office.folder / "outbox").iterdir()}
    assert office.workspace.rkreport("send", "--again", "M-001", *REASON).code == 0
    assert {path: path.read_bytes() for path in (office.folder / "outbox").iterdir()} == before
    assert [path.name for path in (office.folder / "again1").iterdir()] == ["0001_M-001.eml"]
    assert [row["state"] for row in rows_of(office, "M-001")] == ["written", "written"]


def test_what_is_corrected_does_not_go_again(office: Office) -> None:
    """Revision 2 says something else than was sent."""
    assert office.workspace.rkreport("send").code == 0
    assert office.workspace.rkreport("build").code == 0
    store = Database(office.workspace.folder / "rkreport-data")
    store.write("UPDATE delivery SET content_sha256 = '2:other'")
    store.close()
    outcome = office.workspace.rkreport("send", "--again", "M-001", *REASON)
    assert (outcome.code, "Revision 2 says something else" in outcome.error) == (2, True), outcome.error
    assert len(office.server.taken) == MANAGERS
