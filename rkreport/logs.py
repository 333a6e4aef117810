"""The log file: set up once by the command line, readable by its owner alone, with every known secret taken out."""

import base64
import logging
import os
from collections.abc import Iterable
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import cast
from urllib.parse import quote

LOG_NAME = "rkreport.log"
_LARGEST_BYTES, _KEPT = 2_000_000, 3


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
    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        stream = open(self.baseFilename, self.mode, encoding=self.encoding, opener=private)  # noqa: SIM115 - Path.open takes no opener; the handler closes it
        return cast("TextIOWrapper", stream)


class Redacting(logging.Formatter):
    """Formats a record whole, traceback too, then takes out the secrets in every form they travel in."""

    def __init__(self, form: str, secrets: Iterable[str]) -> None:
        """Take the format and the secrets."""
        super().__init__(form)
        plain = [secret for secret in secrets if secret]
        encoded = [base64.b64encode(secret.encode()).decode() for secret in plain]
        self._hidden = sorted({*plain, *(quote(secret, safe="") for secret in plain), *encoded}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line without secrets."""
        line = super().format(record)
        for secret in self._hidden:
            line = line.replace(secret, "[secret]")
        return line
