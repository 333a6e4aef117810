"""A file to double-click beside the config: it opens the menu. One for the system on which it is written.

Must not know what the menu offers.
"""

import sys
from pathlib import Path

from rkreport.files import write_private_file

_WINDOWS = """\
@echo off
chcp 65001 > nul
cd /d "%~dp0"
"{python}" -m rkreport
if errorlevel 1 pause
"""
_MACOS = """\
#!/bin/sh
cd "$(dirname "$0")" && exec {python} -m rkreport
"""
_LINUX = """\
[Desktop Entry]
Type=Application
Name=rkreport
Comment=Training compliance reports
Path={folder}
Exec={python} -m rkreport
Terminal=true
"""


def start_file(config: Path, platform: str = sys.platform) -> Path | None:
    """Where the start file of a config goes; None if there is one, or the menu would not find the config."""
    name = {"win32": "rkreport.cmd", "darwin": "rkreport.command"}.get(platform, "rkreport.desktop")
    path = config.parent / name
    return None if path.exists() or config.name != "config.toml" else path


def write_start_file(path: Path, platform: str = sys.platform, python: str = sys.executable) -> None:
    """Write it, for the Python that runs now.

    Raises:
        OutputError: it cannot be written.
    """
    write_private_file(path, start_text(path.parent.absolute(), platform, python).encode())
    if platform != "win32":
        path.chmod(0o700)


def start_text(folder: Path, platform: str, python: str) -> str:
    """What stands in it; every path is quoted as its system wants it.

    A Python below the folder is named from there, so that the whole folder may move; a desktop entry needs it whole.
    """
    inside = platform in {"win32", "darwin"} and Path(python).is_relative_to(folder)
    python = str(Path(python).relative_to(folder)) if inside else python
    if platform == "win32":
        return _WINDOWS.format(python=python.replace("%", "%%")).replace("\n", "\r\n")
    if platform == "darwin":
        quoted = "'" + python.replace("'", "'\\''") + "'"
        return _MACOS.format(python=quoted)
    return _LINUX.format(folder=_escaped(str(folder)), python=_exec_quoted(python))


def _escaped(text: str) -> str:
    """Escape a value of a desktop entry."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _exec_quoted(text: str) -> str:
    """Quote an argument of the key Exec, then escape it as a value; a percent sign would begin a field code."""
    for sign in '\\"`$':
        text = text.replace(sign, f"\\{sign}")
    return _escaped(f'"{text}"').replace("%", "%%")
