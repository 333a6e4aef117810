"""A message in doubt is closed by what a person found out, and the ledger keeps who said so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rkreport.store.database import Database
from tests.cli.office import MANAGERS, Office, opened_office
from tests.delivery.scripted_smtp import Do, Fault, Step


@pytest.fixture
def doubtful(built: Path, tmp_path: Path) -> Iterator[tuple[Office, str]]:
    """An office where the first message is in doubt, and whose that is."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, Do.CUT)) as office:
        assert office.workspace.rkreport("send").code == 6
        (manager_id,) = [one for one, state in office.states().items() if state == "unknown"]
        yield office, manager_id


def events(office: Office, manager_id: str) -> list[tuple[str, str]]:
    """State and reply of all that was recorded of a manager's message."""
    store = Database(office.workspace.folder / "rkreport-data")
    try:
        sql = "SELECT state, reply FROM delivery_event WHERE manager_id = ? ORDER BY number"
        return [tuple(row) for row in store.read(sql, manager_id)]
    finally:
        store.close()


def test_it_arrived(doubtful: tuple[Office, str]) -> None:
    """Sent in ledger.csv, recorded with its reason, and nothing goes any more, also not with --retry-unknown."""
    office, manager_id = doubtful
    outcome = office.workspace.rkreport("settle", manager_id, "--arrived", "--json")
    assert (outcome.code, outcome.document["state"], outcome.document["manager_id"]) == (0, "sent", manager_id)
    assert set(office.states().values()) == {"sent"}
    assert events(office, manager_id)[-1] == ("sent", "somebody found out that it arrived")
    assert office.workspace.rkreport("send", "--retry-unknown").code == 0
    assert len(office.server.taken) == MANAGERS - 1


@pytest.mark.parametrize("revision", [1, 2])
def test_it_was_lost(doubtful: tuple[Office, str], revision: int) -> None:
    """Planned again: a plain `send` sends that one alone, also where the report was built again meanwhile."""
    office, manager_id = doubtful
    if revision == 2:
        assert office.workspace.rkreport("build", "--json").document["revision"] == 2
    outcome = office.workspace.rkreport("settle", manager_id, "--lost", "--period", "2026-10", "--revision", "1")
    assert outcome.code == 0, outcome.err
    assert "planned; it goes out with the next rkreport send --period 2026-10\n" in outcome.out
    assert events(office, manager_id)[-1] == ("planned", "somebody found out that it was lost")
    assert office.workspace.rkreport("send").code == 0
    assert office.recipients()[MANAGERS - 1 :] == [office.addresses()[manager_id]]
    assert office.states(revision)[manager_id] == "sent"
    assert office.workspace.rkreport("send").code == 0
    assert len(office.server.taken) == MANAGERS


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("M-001",), "Say what was found out: --arrived or --lost."),
        (("M-001", "--lost", "--arrived"), "Say what was found out: --arrived or --lost."),
        (("M-0O1", "--lost"), "There is no manager M-0O1 in the ledger; did you mean M-001?"),
        (("nobody at all", "--lost"), "There is no manager nobody at all in the ledger; take an id from"),
        (("SENT", "--lost"), "is in doubt; 2026-10 revision 1 is sent."),
        (("DOUBT", "--lost", "--revision", "7"), "is in doubt; 2026-10 revision 1 is unknown."),
    ],
)
def test_what_cannot_be_settled(doubtful: tuple[Office, str], words: tuple[str, ...], sentence: str) -> None:
    """Exit code 2 and one sentence; the ledger stays as it is."""
    office, manager_id = doubtful
    before = office.states()
    names = {"SENT": next(one for one, state in before.items() if state == "sent"), "DOUBT": manager_id}
    outcome = office.workspace.rkreport("settle", *(names.get(word, word) for word in words))
    assert (outcome.code, sentence in outcome.error) == (2, True), outcome.error
    assert office.states() == before


def test_which_one_must_be_said(doubtful: tuple[Office, str]) -> None:
    """In doubt in two months: named, and nothing is settled until it is said which."""
    office, manager_id = doubtful
    office.server.faults.append(Fault(Step.TEXT, Do.CUT))
    accept = ("--accept", "rate_moved", "--accept", "people_moved")
    assert office.workspace.rkreport("build", "--period", "2026-09").code == 0
    assert office.workspace.rkreport("send", "--period", "2026-09", "--only", manager_id, *accept).code == 6
    outcome = office.workspace.rkreport("settle", manager_id, "--lost")
    assert (outcome.code, "2026-09 revision 1, 2026-10 revision 1" in outcome.error) == (2, True), outcome.error
    assert office.workspace.rkreport("settle", manager_id, "--lost", "--period", "2026-09").code == 0
    assert office.states()[manager_id] == "unknown"
