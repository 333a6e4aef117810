"""Which language the screen has: `--lang`, else that of the reports, else the system's, else English.

Looks into the config by itself, because a config that cannot be used is told about too. Must not know what is said.
"""

import locale
import os
import re
from collections.abc import Sequence
from pathlib import Path

from rkreport.bounds import open_regular
from rkreport.cli.options import DEFAULT_CONFIG
from rkreport.core.words import LANGUAGES

OPTION = "--lang"
ENGLISH = "en"
_MOST_BYTES = 1_000_000
_OF_REPORTS = re.compile(r"^\s*\[report\][^\[]*?^\s*language\s*=\s*[\"'](\w+)[\"']", re.MULTILINE)
_NAMES = {"id": "id", "in": "id", "indonesian": "id", "en": "en", "english": "en"}  # of POSIX and of Windows


def language_of(arguments: Sequence[str]) -> str:
    """Return the language of a call."""
    asked = _given(arguments, OPTION)
    config = _given(arguments, "--config")
    known = (asked, _of_config(Path(config) if config else DEFAULT_CONFIG), _of_system())
    return next((one for one in known if one in LANGUAGES), ENGLISH)


def _given(arguments: Sequence[str], option: str) -> str:
    """The value of an option; empty if it is not given."""
    for number, argument in enumerate(arguments):
        name, joint, value = argument.partition("=")
        if name == option:
            return value if joint else "".join(arguments[number + 1 : number + 2])
    return ""


def _of_config(path: Path) -> str:
    try:
        with open_regular(path) as file:
            found = _OF_REPORTS.search(file.read(_MOST_BYTES).decode("utf-8", "replace"))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""


def _of_system() -> str:
    set_by_hand = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    name = set_by_hand or locale.getlocale()[0] or ""
    return _NAMES.get(re.split(r"[^A-Za-z]", name)[0].casefold(), "")
