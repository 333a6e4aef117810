"""`rkreport login`: secrets are asked for, tried, and kept in the keyring; none is ever shown."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rkreport.simulator.company import Company
from rkreport.simulator.server import Simulator
from tests.cli.memory_keyring import MemoryKeyring, using
from tests.cli.office import MAIL
from tests.cli.program import NO_SERVER, Outcome, Workspace
from tests.cli.test_init import Terminal
from tests.delivery.scripted_smtp import Fault, Offers, ScriptedSmtp, Step

LOGIN = ("demo", "demo-secret")
ID, SECRET, PASSWORD = "RKREPORT_CLIENT_ID", "RKREPORT_CLIENT_SECRET", "RKREPORT_SMTP_PASSWORD"


@pytest.fixture
def keyring() -> Iterator[MemoryKeyring]:
    """An empty keyring."""
    memory = MemoryKeyring()
    with using(memory):
        yield memory


@pytest.fixture
def bare(configured: Workspace) -> Workspace:
    """A folder with a config, and no secrets in the environment."""
    configured.secrets = {}
    return configured


@contextmanager
def typed(*answers: str) -> Iterator[list[str]]:
    """Somebody at a terminal types these; the questions."""
    questions: list[str] = []
    left = list(answers)

    def getpass(prompt: str, _stream: object = None) -> str:
        questions.append(prompt)
        return left.pop(0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("getpass.getpass", getpass)
        patch.setattr("sys.stdin", Terminal())
        yield questions
    assert not left


def log_in(workspace: Workspace, *answers: str) -> Outcome:
    """Say `rkreport login` and type these."""
    with typed(*answers):
        outcome = workspace.rkreport("login")
    assert not [each for each in answers if each and each in outcome.out + outcome.err]
    return outcome


def test_what_was_taken_is_kept_and_used(bare: Workspace, keyring: MemoryKeyring) -> None:
    """Both are in the keyring under the service `rkreport`, and a fetch needs nothing else."""
    assert "say rkreport login once" in bare.rkreport("fetch").error
    outcome = log_in(bare, *LOGIN)
    assert (outcome.code, "the LMS takes it" in outcome.out) == (0, True), outcome.err
    assert keyring.held == {("rkreport", ID): "demo", ("rkreport", SECRET): "demo-secret"}
    assert bare.rkreport("fetch").code == 0


def test_what_was_refused_is_not_kept(bare: Workspace, keyring: MemoryKeyring) -> None:
    """The LMS refuses: exit code 3, and the keyring holds nothing; what was kept before stays."""
    assert log_in(bare, "demo", "wrong").code == 3
    assert keyring.held == {}
    assert log_in(bare, *LOGIN).code == 0
    assert log_in(bare, "", "wrong").code == 3
    assert keyring.held["rkreport", SECRET] == "demo-secret"
    assert log_in(bare, "", "").code == 0


def test_nothing_typed_is_said(bare: Workspace) -> None:
    """Enter, Enter: what is missing, exit code 2."""
    outcome = log_in(bare, "", "")
    assert (outcome.code, f"{ID} is not set" in outcome.error) == (2, True)


def test_an_lms_that_is_not_there(bare: Workspace, keyring: MemoryKeyring, server: Simulator) -> None:
    """Nothing could be tried, so nothing is kept."""
    bare.edit(server.base_url, NO_SERVER)
    assert (log_in(bare, *LOGIN).code, keyring.held) == (3, {})


def test_the_password_of_the_mailbox(bare: Workspace, keyring: MemoryKeyring) -> None:
    """It is tried on the mail server; one that is refused is not kept, and the login to the LMS is."""
    refusal = Fault(Step.LOGIN, "535 5.7.8 Authentication credentials invalid")
    with ScriptedSmtp(refusal, offers=Offers(login=("ld@contoh.test", "hunter2"))) as mail_server:
        lines = f'{MAIL}port = {mail_server.port}\nusername = "ld@contoh.test"\n'
        bare.edit("[mail]\n", f"[mail]\n{lines}")
        refused = log_in(bare, *LOGIN, "hunter2")
        assert (refused.code, ("rkreport", PASSWORD) in keyring.held) == (6, False), refused
        assert keyring.held["rkreport", ID] == "demo"
        taken = log_in(bare, "", "", "hunter2")
        assert (taken.code, keyring.held.get(("rkreport", PASSWORD))) == (0, "hunter2"), taken.err


def test_what_wins_over_the_keyring_is_said(bare: Workspace, tmp_path: Path) -> None:
    """A variable that is set makes the keyring's useless: it is named."""
    (tmp_path / "secret").write_text("demo-secret")
    bare.secrets = {f"{SECRET}_FILE": str(tmp_path / "secret")}
    assert f"{SECRET}_FILE  is set as well, and wins over the keyring" in log_in(bare, *LOGIN).out


def test_delete(bare: Workspace, keyring: MemoryKeyring) -> None:
    """All of rkreport's are deleted, and nobody else's; twice is no error."""
    log_in(bare, *LOGIN)
    keyring.held["other", ID] = "theirs"
    assert bare.rkreport("login", "--delete", "--json").document["deleted"] == [ID, SECRET]
    assert keyring.held == {("other", ID): "theirs"}
    assert bare.rkreport("login", "--delete").code == 0


def test_a_locked_keyring(bare: Workspace, keyring: MemoryKeyring) -> None:
    """It takes nothing: one sentence says what to do instead; every other command goes on without it."""
    keyring.is_locked = True
    outcome = log_in(bare, *LOGIN)
    assert (outcome.code, f"does not take {ID} (KeyringLocked); unlock it" in outcome.error) == (2, True)
    assert bare.rkreport("doctor").code != 1


def test_nobody_to_ask(bare: Workspace) -> None:
    """Without a terminal: exit code 2, and what to do instead."""
    outcome = bare.rkreport("login")
    assert (outcome.code, "There is nobody to ask" in outcome.error, f"{ID}_FILE" in outcome.error) == (2, True, True)


def test_init_offers_it(workspace: Workspace, keyring: MemoryKeyring, server: Simulator, company: Company) -> None:
    """The courses can be ticked at once, and `doctor` has its login."""
    workspace.secrets = {}
    answers = ("PT Maju", "en", "WIB", server.base_url, "*", "1", "", "ld@contoh.test", "", "", "")
    with typed(*LOGIN), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", Terminal("".join(f"{answer}\n" for answer in answers)))
        outcome = workspace.rkreport("init")
    assert (outcome.code, "1 in it" in outcome.out) == (0, True), outcome.err
    assert (len(keyring.held), "set RKREPORT" in outcome.out) == (2, False)
    assert company.courses


def test_init_goes_on_without_it(workspace: Workspace, keyring: MemoryKeyring, server: Simulator) -> None:
    """Enter, or a login that is refused and asked for again: said, nothing is kept, and init goes on."""
    for answers in (("",), ("demo", "wrong", "")):
        workspace.secrets = {}
        lines = ("PT Maju", "en", "WIB", server.base_url, "", "", "", "")
        with typed(*answers), pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in lines)))
            outcome = workspace.rkreport("init")
        assert (outcome.code, keyring.held) == (0, {}), outcome.err
        assert ("Paste both again" in outcome.err) is ("wrong" in answers)
        assert outcome.err.count("cannot be listed now") == 1
        for path in workspace.folder.iterdir():
            if path.is_file():
                path.unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_a_real_terminal_shows_nothing(bare: Workspace) -> None:
    """As a person types it: no secret comes back from the terminal. A computer without keyring says what to do."""
    import pty  # noqa: PLC0415 - there is none on Windows

    ours, theirs = pty.openpty()
    backend = {"PYTHON_KEYRING_BACKEND": "tests.cli.memory_keyring.MemoryKeyring"}
    bare.secrets = backend
    process = bare.start("login", stdin=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    said = b""
    for question, answer in ((b"API (Enter: none): ", b"demo\n"), (b"Client secret (Enter: none): ", b"demo-secret\n")):
        while question not in said:
            said += os.read(ours, 4096)
        os.write(ours, answer)
    out, _ = process.communicate(timeout=30)
    os.close(ours)
    assert (process.returncode, b"demo" in said, "the LMS takes it" in out) == (0, False, True)
    bare.secrets = {}
    assert bare.process("login").code == 2
