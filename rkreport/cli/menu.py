"""The front door: `rkreport` alone, on a terminal in a folder with a config, offers what there is to do by number.

Each choice is a command, and the menu says which, so that it can be said without the menu.
"""

import shlex
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rkreport.cli.options import DEFAULT_CONFIG
from rkreport.sentence import Sentence

if TYPE_CHECKING:
    from rkreport.cli.screen import Screen

Run = Callable[[Sequence[str]], int]
"""Runs one call of the program; returns its exit code."""

_ADDRESS = "ADDRESS"


class _Choice(NamedTuple):
    """A line of the menu, and the command that it stands for."""

    text: str
    command: tuple[str, ...]


_CHOICES = (
    _Choice("Check everything", ("doctor",)),
    _Choice("Make last month's report", ("run",)),
    _Choice("Look at it", ("review", "--open")),
    _Choice("Send one manager's mail to me alone", ("send", "--to-me", _ADDRESS, "--sample", "1")),
    _Choice("Send it to the managers", ("send",)),
    _Choice("Make a reminder: the month so far", ("run", "--interim")),
    _Choice("Send the reminder", ("send", "--interim")),
    _Choice("See what was made and sent before", ("history",)),
)
_QUIT = "0"


def has_menu() -> bool:
    """Whether somebody sits at a terminal in a folder with a config."""
    return sys.stdin.isatty() and sys.stdout.isatty() and DEFAULT_CONFIG.is_file()


def menu(screen: "Screen", run: Run) -> int:
    """Offer the choices until the admin quits; return the exit code of the last command."""
    code = 0
    while True:
        width = max(len(screen.tell(choice.text)) for choice in _CHOICES)
        screen.gap()
        screen.show(
            "What shall rkreport do?",
            [
                *(
                    (str(number), f"{screen.tell(text):{width}}  {_said(command)}")
                    for number, (text, command) in _numbered()
                ),
                (_QUIT, Sentence("Quit")),
            ],
        )
        try:
            answer = screen.ask("Number", _QUIT).strip()
            chosen = {str(number): choice.command for number, choice in _numbered()}.get(answer)
            if answer in {_QUIT, "q", "quit", "exit"}:
                return code
            if chosen is None:
                screen.say(
                    Sentence(
                        "There is no {answer}; type a number from 0 to {choices}, then Enter.",
                        answer=answer,
                        choices=len(_CHOICES),
                    )
                )
                continue
            command = _filled(chosen, screen)
        except KeyboardInterrupt:
            return code
        if command:
            screen.gap()
            screen.say(f"> {_said(command)}")
            code = run(command)


def _numbered() -> list[tuple[int, _Choice]]:
    return list(enumerate(_CHOICES, start=1))


def _filled(command: tuple[str, ...], screen: "Screen") -> tuple[str, ...]:
    """Return the command with the admin's own address; empty if none is given."""
    if _ADDRESS not in command:
        return command
    address = screen.ask("Your own address (Enter: back)", "").strip()
    return tuple(address if word == _ADDRESS else word for word in command) if address else ()


def _said(command: Sequence[str]) -> str:
    return shlex.join(("rkreport", *command))
