"""Runs a command and turns every error into an exit code and a sentence for the admin, never a traceback."""

import io
import logging
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from rkreport import errors
from rkreport.cli.app import Call, app
from rkreport.cli.menu import has_menu, menu
from rkreport.run.garbage import collect_garbage_rarely

if TYPE_CHECKING:
    from rkreport.cli.command_run import CommandRun

log = logging.getLogger(__name__)

_OTHERS = 0o077
_COMMAND = get_command(app)
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)")  # of the library for options
_OWN_NUMBERS = {  # what the library for options says about a number, and our words for it
    r"Input should be a valid integer.*": "write a whole number, such as 3",
    r"Input should be greater than or equal to (?P<limit>\S+)": r"write a whole number, at least \g<limit>",
    r"Input should be less than or equal to (?P<limit>\S+)": r"write a whole number, at most \g<limit>",
}
_OWN_WORDS = {"No such command 'rkreport'. Did you mean 'export'?": "rkreport stands there twice; leave one out"}


def main() -> NoReturn:
    """Run the program."""
    os.umask(_OTHERS)  # whatever it makes is for its owner alone
    # Until a command opens its log, discard what libraries log: Python would print it.
    logging.getLogger().addHandler(logging.NullHandler())
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name that the console cannot encode must not lose the result
        sys.stdout.reconfigure(errors="backslashreplace")
    collect_garbage_rarely()
    arguments = sys.argv[1:]
    if not arguments and has_menu():
        from rkreport.cli.screen import Screen  # noqa: PLC0415 - other calls may do without

        sys.exit(menu(Screen(quiet=False, as_json=False), run))
    sys.exit(run(arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one call; return its exit code."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _as_interrupt)
    call = Call(arguments)
    try:
        code = _COMMAND(args=list(arguments), standalone_mode=False, prog_name="rkreport", obj=call)
    except TyperException as error:
        return _usage(error, call.command_run)
    except errors.RkreportError as error:
        command_run = call.command_run
        is_gap = isinstance(error, errors.DataError) and not isinstance(error, errors.GuardStop)
        more = ["--allow-incomplete"] if is_gap else []
        what = "build" if command_run.is_built else "fetch"
        kept = (
            f" The {what} is kept: {_rerun([*arguments, *more], command_run)} goes on from it."
            if command_run.is_fetched
            else ""
        )
        command_run.screen.fail(f"{error}{kept}", error.exit_code)
        return error.exit_code
    except _interruptions():
        return _interrupted(arguments, call.command_run)
    except Exception:  # noqa: BLE001 - the last line of defence: whatever it is, the admin gets a sentence
        return _bug(call.command_run)
    if code == errors.EXIT_INTERRUPTED:  # typer caught the KeyboardInterrupt; no command returns this code itself
        return _interrupted(arguments, call.command_run)
    return code if isinstance(code, int) else errors.EXIT_DONE


def _interruptions() -> tuple[type[BaseException], ...]:
    from asyncio import CancelledError  # noqa: PLC0415 - the help needs none

    return KeyboardInterrupt, typer.Abort, CancelledError


def _usage(error: TyperException, command_run: "CommandRun") -> int:
    message = (error.format_message() if hasattr(error, "format_message") else str(error)).rstrip(". ")
    message = _OWN_WORDS.get(message) or _EXTRA.sub(r"\1 stands where nothing is expected", message)
    for said, own in _OWN_NUMBERS.items():
        message = re.sub(rf"Invalid value for '(?P<option>\S+)': {said}", rf"\g<option>: {own}", message)
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "rkreport")
    joint = " Say" if message.endswith("?") else "; say"
    command_run.screen.fail(f"{message}{joint} {command} --help for what there is.", errors.EXIT_CONFIG)
    return errors.EXIT_CONFIG


def _interrupted(arguments: Sequence[str], command_run: "CommandRun") -> int:
    again = _rerun(arguments, command_run)
    sentence = {
        "fetch": f"Interrupted; no page that was read is lost. To go on, say: {again}",
        "run": f"Interrupted; no page that was read is lost. To go on, say: {again}",
        "send": f"Interrupted; what was sent is in the ledger, and is not sent again. To go on, say: {again}",
        "init": f"Interrupted; nothing was written. To begin again, say: {again}",
        "simulate": "The simulated LMS has stopped.",
    }.get("send" if command_run.is_built else command_run.command, f"Interrupted. To do it again, say: {again}")
    command_run.screen.fail(sentence, errors.EXIT_INTERRUPTED)
    return errors.EXIT_INTERRUPTED


def _rerun(arguments: Sequence[str], command_run: "CommandRun") -> str:
    """Return the command that continues from here; it never reads again what is already stored."""
    left_out, words = {"--fresh", "--retry-unknown"}, list(arguments)  # a person must decide the latter each time
    if command_run.is_fetched:
        left_out |= {"--send", "--no-verify"}
        words[words.index("run")] = "send" if command_run.is_built else "build"
    words = ["rkreport", *(argument for argument in words if argument not in left_out)]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _bug(command_run: "CommandRun") -> int:
    path = command_run.bug_log()
    log.exception("This should not have happened")  # noqa: LOG004 - called while the error is being handled
    where = f"the details are in {path}" if path else "and no log file could be written"
    command_run.screen.fail(f"This is a mistake in rkreport, not yours; {where}.", errors.EXIT_BUG)
    return errors.EXIT_BUG


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a script started us in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)  # as Ctrl-C: the current message is finished first
