"""The menu of `rkreport` alone: what it offers, which command it says and runs, and where it does not appear."""

import os
import shlex
import sys
from collections.abc import Sequence

import pytest
from typer.main import get_command

from rkreport.cli.app import app
from rkreport.cli.menu import menu
from rkreport.cli.screen import Screen
from tests.cli.program import Workspace
from tests.cli.test_init import Terminal


def asked(monkeypatch: pytest.MonkeyPatch, *answers: str, codes: Sequence[int] = ()) -> tuple[int, list[list[str]]]:
    """Type these; the exit code, and the calls that were made. The input ends after them, as with Ctrl-D."""
    calls: list[list[str]] = []
    left = list(codes)

    def run(arguments: Sequence[str]) -> int:
        calls.append(list(arguments))
        return left.pop(0) if left else 0

    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{answer}\n" for answer in answers)))
    return menu(Screen(quiet=False, as_json=False), run), calls


def test_every_choice_is_its_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """By number; each is said before it runs, and exists."""
    _, calls = asked(monkeypatch, "1", "2", "3", "4", "me@contoh.test", "5", "6", "7", "8", "0")
    said = capsys.readouterr().err
    assert [shlex.join(call) for call in calls] == [
        *("doctor", "run", "review --open", "send --to-me me@contoh.test --sample 1", "send"),
        *("run --interim", "send --interim", "history"),
    ]
    assert [f"> rkreport {shlex.join(call)}" in said for call in calls] == [True] * len(calls)
    known = getattr(get_command(app), "commands")  # noqa: B009 - typer's own type of command is private
    for command, *words in calls:
        options = {option for parameter in known[command].params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options
    assert max(map(len, said.splitlines())) <= 120


def test_going_on_and_quitting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A command that fails leads back to the menu; Enter, 0, q and the end of the input quit with its exit code."""
    assert asked(monkeypatch, "1", "1", "", codes=[4, 6]) == (6, [["doctor"], ["doctor"]])
    for way in ("0", "q", ""):
        assert asked(monkeypatch, way) == (0, [])
    assert asked(monkeypatch) == (0, [])
    assert asked(monkeypatch, "4", "", "0") == (0, [])
    capsys.readouterr()
    assert asked(monkeypatch, "9", "0") == (0, [])
    assert "There is no 9; type a number from 0 to 8, then Enter." in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="has no such terminals")
def test_a_real_terminal(configured: Workspace) -> None:
    """In a folder with a config the menu, which runs a real command; in another folder the help."""
    import pty  # noqa: PLC0415 - there is none on Windows

    ours, theirs = pty.openpty()
    process = configured.start(stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    said = b""
    for awaited, answer in ((b"Number [0]: ", b"8\n"), (b"Number [0]: ", b"0\n")):
        while awaited not in said.rpartition(b"\n")[2]:
            said += os.read(ours, 4096)
        os.write(ours, answer)
        said += b"\n"
    assert process.wait(30) == 0
    assert b"rkreport history" in said
    configured.config.rename(configured.folder / "other.toml")
    process = configured.start(stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    assert process.wait(30) == 0
    assert b"Usage: rkreport" in os.read(ours, 4096)
    os.close(theirs)
    os.close(ours)


def test_without_a_terminal_the_help(configured: Workspace) -> None:
    """A scheduler's call is not asked anything."""
    assert "Usage: rkreport" in configured.process().out
