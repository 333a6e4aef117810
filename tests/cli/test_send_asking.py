"""The question of `send` before the first message: asked on a terminal, of what really leaves, and of nothing else."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.office import MANAGERS, Office, opened_office
from tests.delivery.scripted_smtp import Do, Fault, Step


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """Somebody sits at the terminal and gives one answer to all questions, which are collected."""

    def answering(answer: str) -> list[str]:
        questions: list[str] = []

        def ask(question: str) -> bool:
            questions.append(question)
            return answer == "yes"

        monkeypatch.setattr("rkreport.cli.commands.deliver.asker", lambda _screen: ask)
        return questions

    return answering


def test_a_yes_sends(office: Office, asked: Callable[[str], list[str]]) -> None:
    """One question: how many, about which month, through which server, to which domains, and the way to a trial."""
    questions = asked("yes")
    first = office.workspace.rkreport("send")
    assert first.code == 0
    (question,) = questions
    assert question == (
        "This data folder sends for the first time, and sees no ledger.csv and no archive of another one: if this month"
        " was sent from elsewhere, it goes out twice. 3 messages go about October 2026 through 127.0.0.1 to"
        " contoh.test (3). To try it on yourself first, answer no, and say rkreport send --to-me YOUR-ADDRESS."
        " Send now? [y/N]"
    )
    assert "for the first time" not in first.err  # it stands in the question, before anything is answered
    assert len(office.server.taken) == MANAGERS
    assert office.workspace.rkreport("send").code == 0  # nothing is left, so there is nothing to ask
    assert len(questions) == 1


def test_a_no_sends_nothing(office: Office, asked: Callable[[str], list[str]]) -> None:
    """Exit code 6 as messages were not sent, no summary, no server; the next `send` sends all."""
    questions = asked("no")
    outcome = office.workspace.rkreport("send")
    assert (outcome.code, len(questions)) == (6, 1)
    assert outcome.out.startswith("Nothing was sent.\n")
    assert questions[0].startswith("This data folder sends for the first time")
    assert office.server.connections == 0
    document = office.workspace.rkreport("send", "--json").document
    assert (document["declined"], document["taken"], document["counts"]["planned"]) == (True, 0, MANAGERS)
    assert office.workspace.rkreport("send", "--yes").code == 0
    assert len(office.server.taken) == MANAGERS


def test_yes_answers_no_guard(office: Office, asked: Callable[[str], list[str]]) -> None:
    """Two managers share an address: `--yes` does not accept that. Without a terminal it stops, on one it asks."""
    for manager_id in ("M-001", "M-002"):
        office.set_address(manager_id, "same@contoh.test")
    assert office.workspace.rkreport("build").code == 0
    outcome = office.workspace.rkreport("send", "--yes")
    assert (outcome.code, "--accept same_address" in outcome.error) == (4, True)
    questions = asked("no")
    assert office.workspace.rkreport("send", "--yes").code == 4
    (question,) = questions
    assert question.endswith("\nSend anyway? [y/N]")
    assert office.server.taken == []


def test_what_may_arrive_twice_is_said(built: Path, tmp_path: Path, asked: Callable[[str], list[str]]) -> None:
    """--retry-unknown: the question counts the messages that a manager may have already."""
    with opened_office(built, tmp_path, Fault(Step.TEXT, Do.TAKE_AND_CUT)) as office:
        assert office.workspace.rkreport("send", "--yes").code == 6
        questions = asked("no")
        assert office.workspace.rkreport("send", "--retry-unknown").code == 6
        assert questions[0].startswith("1 message goes about October 2026 through 127.0.0.1 to contoh.test (1). 1 of")
        assert "may have arrived already" in questions[0]


def test_what_leaves_nothing_is_not_asked(office: Office, asked: Callable[[str], list[str]]) -> None:
    """Neither a trial nor an outbox."""
    questions = asked("no")
    assert office.workspace.rkreport("send", "--to-me", "admin@contoh.test", "--sample", "1").code == 0
    office.workspace.edit('transport = "smtp"', 'transport = "outbox"')
    assert office.workspace.rkreport("build").code == 0
    assert office.workspace.rkreport("send").code == 0
    assert questions == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
@pytest.mark.parametrize(("answer", "code", "taken"), [("n", 6, 0), ("y", 0, MANAGERS), ("\x03", 130, 0)])
def test_a_real_terminal(office: Office, answer: str, code: int, taken: int) -> None:
    """The command as a person starts it: the question stands on the terminal, Ctrl-C at it ends with 130."""
    import pty  # noqa: PLC0415 - there is none on Windows

    assert office.workspace.process("build", "--period", "2026-10").code == 0
    ours, theirs = pty.openpty()
    process = office.workspace.start(
        *("send", "--period", "2026-10"), stdin=theirs, stderr=theirs, start_new_session=True, preexec_fn=_own_terminal
    )
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 4096)
    os.write(ours, f"{answer}\n".encode())
    process.communicate(timeout=30)
    os.close(ours)
    assert (process.returncode, len(office.server.taken)) == (code, taken)


def _own_terminal() -> None:
    """Make the pseudo terminal the one from which Ctrl-C comes."""
    import fcntl  # noqa: PLC0415 - as pty
    import termios  # noqa: PLC0415 - as pty

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
