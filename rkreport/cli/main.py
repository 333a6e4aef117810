"""Runs a command and turns whatever happens into an exit code: a sentence for the admin, never a traceback."""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from rkreport import errors
from rkreport.cli.commands import app, current_session

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The program."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """One call; returns its exit code."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="rkreport")
    except TyperException as error:
        return _usage(error)
    except errors.RkreportError as error:
        session = current_session()
        session.screen.fail(str(error), error.exit_code)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort, asyncio.CancelledError):
        return _interrupted()
    except Exception:  # noqa: BLE001 - the last line of defence: whatever it is, the admin gets a sentence
        return _bug()
    return code if isinstance(code, int) else errors.EXIT_DONE


def _usage(error: TyperException) -> int:
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    current_session().screen.fail(f"{message} Say rkreport --help for all commands and options.", errors.EXIT_CONFIG)
    return errors.EXIT_CONFIG


def _interrupted() -> int:
    session = current_session()
    again = " ".join(["rkreport", *sys.argv[1:]])
    session.screen.fail(f"Interrupted; what was done is kept. To go on, say: {again}", errors.EXIT_INTERRUPTED)
    return errors.EXIT_INTERRUPTED


def _bug() -> int:
    session = current_session()
    path = session.bug_log()
    log.exception("This should not have happened")  # noqa: LOG004 - called while the error is being handled
    where = f"the details are in {path}" if path else "and no log file could be written"
    session.screen.fail(f"This is a mistake in rkreport, not yours; {where}.", errors.EXIT_BUG)
    return errors.EXIT_BUG


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
