"""Runs a command and turns every error into an exit code and a sentence for the admin, never a traceback."""

import errno
import io
import logging
import os
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
from rkreport.cli.usage import usage_sentence
from rkreport.run.garbage import collect_garbage_rarely
from rkreport.sentence import Sentence

if TYPE_CHECKING:
    from rkreport.cli.command_run import CommandRun

log = logging.getLogger(__name__)

_OTHERS = 0o077
_COMMAND = get_command(app)


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

        sys.exit(menu(Screen(quiet=False, as_json=False, tell=Call().tell), run))
    try:
        code = run(arguments)
    except KeyboardInterrupt:  # while the sentence about the end was written
        code = errors.EXIT_INTERRUPTED
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done and said: Ctrl-C comes too late to change what it was
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one call; return its exit code."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _as_interrupt)
    call = Call(arguments)
    try:
        _refuse_bytes(arguments)
        code = _COMMAND(args=list(arguments), standalone_mode=False, prog_name="rkreport", obj=call)
    except TyperException as error:
        return _usage(error, call.command_run)
    except errors.RkreportError as error:
        command_run = call.command_run
        is_gap = isinstance(error, errors.DataError) and not isinstance(error, errors.GuardStop)
        more = ["--allow-incomplete"] if is_gap else []
        what = "build" if command_run.is_built else "fetch"
        kept = (
            Sentence(
                " The {what} is kept: {rerun} goes on from it.",
                what=what,
                rerun=_rerun([*arguments, *more], command_run),
            )
            if command_run.is_fetched
            else ""
        )
        command_run.screen.fail(Sentence("{error}{kept}", error=error, kept=kept), error.exit_code)
        return error.exit_code
    except _interruptions():
        return _interrupted(arguments, call.command_run)
    except Exception as error:  # noqa: BLE001 - the last line of defence: whatever it is, the admin gets a sentence
        return _unforeseen(error, call.command_run)
    if code == errors.EXIT_INTERRUPTED:  # typer caught the KeyboardInterrupt; no command returns this code itself
        return _interrupted(arguments, call.command_run)
    return code if isinstance(code, int) else errors.EXIT_DONE


def _refuse_bytes(arguments: Sequence[str]) -> None:
    """Bytes that the system could not read as text come as lone surrogates, which nothing can write down again."""
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in "".join(arguments)):
        raise errors.ConfigError("An argument holds bytes that are no text; type it again.")


def _interruptions() -> tuple[type[BaseException], ...]:
    from asyncio import CancelledError  # noqa: PLC0415 - the help needs none

    return KeyboardInterrupt, typer.Abort, CancelledError


def _usage(error: TyperException, command_run: "CommandRun") -> int:
    command_run.screen.fail(usage_sentence(error), errors.EXIT_CONFIG)
    return errors.EXIT_CONFIG


def _interrupted(arguments: Sequence[str], command_run: "CommandRun") -> int:
    again = _rerun(arguments, command_run)
    sentence = {
        "fetch": Sentence("Interrupted; no page that was read is lost. To go on, say: {again}", again=again),
        "run": Sentence("Interrupted; no page that was read is lost. To go on, say: {again}", again=again),
        "send": Sentence(
            "Interrupted; what was sent is in the ledger, and is not sent again. To go on, say: {again}", again=again
        ),
        "init": Sentence("Interrupted; nothing was written. To begin again, say: {again}", again=again),
        "simulate": "The simulated LMS has stopped.",
    }.get(
        "send" if command_run.is_built else command_run.command,
        Sentence("Interrupted. To do it again, say: {again}", again=again),
    )
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


def _unforeseen(error: Exception, command_run: "CommandRun") -> int:
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        command_run.screen.fail(
            Sentence("{path} is too long a name of a file; name another one.", path=error.filename), errors.EXIT_CONFIG
        )
        return errors.EXIT_CONFIG
    if isinstance(error, ImportError):
        command_run.screen.fail(errors.damaged_installation(error), errors.EXIT_CONFIG)
        return errors.EXIT_CONFIG
    path = command_run.bug_log()
    log.exception("This should not have happened")  # noqa: LOG004 - called while the error is being handled
    where = Sentence("the details are in {path}", path=path) if path else "and no log file could be written"
    command_run.screen.fail(
        Sentence("This is a mistake in rkreport, not yours; {where}.", where=where), errors.EXIT_BUG
    )
    return errors.EXIT_BUG


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a script started us in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)  # as Ctrl-C: the current message is finished first
