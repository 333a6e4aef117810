"""The log file: set up once by the command line, readable by its owner alone, with every known secret taken out.

Each entry begins at the edge and nothing else does: line breaks and invisible characters in a name stand as their
escapes, and a traceback is indented. So no text from outside can forge an entry. Must not know what is logged.
"""

import base64
import errno
import json
import logging
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast
from urllib.parse import quote, quote_plus

from rkreport.bounds import NotRegular
from rkreport.core.leaks.text_folding import spelled_out
from rkreport.files import reason_of
from rkreport.sentence import Sentence

LOG_NAME = "rkreport.log"
_LARGEST_BYTES, _KEPT = 2_000_000, 3
_OTHERS = 0o077
_INDENT = "    "
_ESCAPE = re.compile("%[0-9A-F]{2}")
_SHORTEST_FRAGMENT = 6  # a shorter piece of base64 is in many harmless words


def open_log(folder: Path, secrets: Iterable[str], *, verbose: bool) -> Path:
    """Send the log to `folder`, in place of wherever it went before; returns the file.

    Raises:
        OSError: the file cannot be opened.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / LOG_NAME
    handler = _PrivateFileHandler(path, maxBytes=_LARGEST_BYTES, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s", secrets))
    root = logging.getLogger("rkreport")
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    root.propagate = False
    return path


class _PrivateFileHandler(RotatingFileHandler):
    _has_complained = False

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            # A link in its place would have us write into a file that somebody else chose.
            # A pipe there would have us wait for somebody who reads it.
            careful = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            descriptor = os.open(path, flags | careful, 0o600)
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                os.close(descriptor)
                raise NotRegular(errno.EINVAL, "it is no regular file", path)
            if mode & _OTHERS:  # another program made the file
                Path(path).chmod(mode & ~_OTHERS & 0o777)
            return descriptor

        # A lone surrogate in text from outside must not lose the line, nor stop the run.
        stream = open(  # noqa: SIM115 - Path.open takes no opener; the handler closes it
            self.baseFilename, self.mode, encoding=self.encoding, errors="backslashreplace", opener=private
        )
        return cast("TextIOWrapper", stream)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's
        """Say once that the log cannot be written; logging's default prints a traceback with all values and secrets."""
        if not self._has_complained:
            self._has_complained = True
            reason = reason_of(sys.exception())
            sentence = Sentence(
                "The log {basefilename} cannot be written: {reason}; the run goes on.",
                basefilename=self.baseFilename,
                reason=reason,
            )
            print(spelled_out(sentence), file=sys.stderr)  # noqa: T201 - the log is what is broken


class Redacting(logging.Formatter):
    """Formats a record whole, traceback too, takes out the secrets in every form they travel in.

    What stays is spelled out, so that each character can be seen.
    """

    def __init__(self, form: str, secrets: Iterable[str]) -> None:
        """Take the format and the secrets."""
        super().__init__(form)
        self._hidden = sorted({form for secret in secrets if secret for form in _forms(secret)}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The entry without secrets: one line, and the indented lines of a traceback."""
        details = [self.formatException(record.exc_info)] if record.exc_info else []
        details += [self.formatStack(record.stack_info)] if record.stack_info else []
        record.message = record.getMessage()
        record.asctime = self.formatTime(record, self.datefmt)
        entry = spelled_out(self._without_secrets(self.formatMessage(record)))
        lines = self._without_secrets("\n".join(details)).splitlines()
        return "\n".join((entry, *(f"{_INDENT}{spelled_out(line)}" for line in lines)))

    def _without_secrets(self, text: str) -> str:
        for secret in self._hidden:
            text = text.replace(secret, "[secret]")
        return text


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, as Python and JSON print it, as it stands in an address or a form, and in base64."""
    for printed in _printed(secret):
        yield from _printed(printed)  # a reply's JSON within a traceback is printed twice
    for quoted in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield quoted
        yield _ESCAPE.sub(lambda escape: escape[0].lower(), quoted)
    raw = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(raw).decode()
        # Within a longer text, as in `id:secret`, the secret begins at one of three offsets. The first and last digits
        # depend on its neighbours; only the middle is always the same.
        for offset, first in ((0, 0), (1, 2), (2, 3)):
            last = (offset + len(raw)) * 8 // 6
            fragment = encode(b"\0" * offset + raw + b"\0\0").decode()[first:last]
            if len(fragment) >= _SHORTEST_FRAGMENT:
                yield fragment


def _printed(text: str) -> set[str]:
    """Text with and without its escapes; which quotes are escaped depends on the text around it."""
    doubled = text.replace("\\", "\\\\")
    quotes = {doubled.replace("'", "\\'"), doubled.replace('"', '\\"')}
    return {text, doubled, *quotes, json.dumps(text)[1:-1], repr(text.encode())[2:-1]}
