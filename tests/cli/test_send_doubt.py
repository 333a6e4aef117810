"""What is in doubt stays so until a person says otherwise, or the server takes it."""

from pathlib import Path

import pytest

from tests.cli.office import MANAGERS, message_of, opened_office
from tests.delivery.scripted_smtp import Do, Fault, Step


@pytest.mark.parametrize("fault", [Do.TAKE_AND_CUT, Do.CUT, Do.CUT_DURING])
def test_what_is_in_doubt_is_sent_again_only_when_told_to(built: Path, tmp_path: Path, fault: Do) -> None:
    """A connection cut after the text began: unknown, listed, exit code 6, left alone; --retry-unknown sends it."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, fault)) as office:
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


@pytest.mark.parametrize("revision", [1, 2])
def test_retrying_one_in_doubt_leaves_the_others_in_doubt(built: Path, tmp_path: Path, revision: int) -> None:
    """--retry-unknown with --only is said of that manager alone: the others are not sent, now or by a later `send`."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, Do.TAKE_AND_CUT, times=2)) as office:
        assert office.workspace.rkreport("send").code == 6
        doubtful = sorted(one for one, state in office.states().items() if state == "unknown")
        assert (len(doubtful), len(office.server.taken)) == (2, MANAGERS)
        if revision == 2:
            assert office.workspace.rkreport("build", "--json").document["revision"] == 2
        assert office.workspace.rkreport("send", "--retry-unknown", "--only", doubtful[0]).code == 0
        assert office.recipients()[MANAGERS:] == [office.addresses()[doubtful[0]]]
        outcome = office.workspace.rkreport("send", "--json")
        assert (outcome.code, outcome.document["in_doubt"]) == (6, doubtful[1:])
        assert len(office.server.taken) == MANAGERS + 1


@pytest.mark.parametrize("answer", ["451 4.3.0 Busy for 3600 seconds", "550 5.1.1 No such user"])
@pytest.mark.parametrize("step", [Step.RECIPIENT, Step.DATA])
def test_doubt_outlives_a_retry_that_is_refused(built: Path, tmp_path: Path, answer: str, step: Step) -> None:
    """--retry-unknown, and the server says no: in doubt, also for the next build and for a plain `send`."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, Do.TAKE_AND_CUT)) as office:
        assert office.workspace.rkreport("send").code == 6
        (doubtful,) = [one for one, state in office.states().items() if state == "unknown"]
        office.server.faults.append(Fault(step, answer))
        retried = office.workspace.rkreport("send", "--retry-unknown")
        assert (retried.code, office.states()[doubtful]) == (6, "unknown")
        assert f"In doubt for manager {doubtful}: sent again without success: {answer}.\n" in retried.err
        assert office.workspace.rkreport("send").code == 6
        assert office.workspace.rkreport("build", "--json").document["revision"] == 2
        for words in ((), ("--retry-unknown",), ()):  # the next revision forgets nothing either
            office.server.faults += [Fault(step, answer)] if words else []
            again = office.workspace.rkreport("send", *words)
            assert (again.code, len(office.server.taken)) == (6, MANAGERS), words
        assert office.workspace.rkreport("send", "--json").document["in_doubt"] == [doubtful]


def test_doubt_stays_with_the_next_revision(built: Path, tmp_path: Path) -> None:
    """A revision that says the same does not make a doubt go away: it is listed, and --retry-unknown settles it."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, Do.CUT)) as office:
        assert office.workspace.rkreport("send").code == 6
        (doubtful,) = [one for one, state in office.states().items() if state == "unknown"]
        assert office.workspace.rkreport("build", "--json").document["revision"] == 2
        outcome = office.workspace.rkreport("send", "--json")
        assert (outcome.code, outcome.document["in_doubt"]) == (6, [doubtful])
        assert len(office.server.taken) == MANAGERS - 1
        assert office.workspace.rkreport("send", "--retry-unknown").code == 0
        assert office.states(2) == {doubtful: "sent"}
        assert len(office.server.taken) == MANAGERS
        text = message_of(office.server.taken[-1]).get_body(("plain",))
        assert text  # nothing has changed, so nothing is called a correction, nor its details
        assert not any(word in text.get_content().casefold() for word in ("corrected", "koreksi", "perbaikan"))
